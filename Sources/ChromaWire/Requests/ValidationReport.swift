import ChromaModel

/// The rules that a body's fields break, gathered so that the client learns of all at once.
struct ValidationReport {
    private var lines: [String] = []

    /// Notes that `field` breaks a rule.
    mutating func add(_ field: String, _ message: String) {
        lines.append("\(field): \(message)")
    }

    /// Notes what `check` throws, if it does, as said of `field`.
    mutating func check(_ field: String, _ check: () throws(ServiceError) -> Void) {
        do throws(ServiceError) {
            try check()
        } catch {
            add(field, error.message)
        }
    }

    /// Throws upstream's "Validation error: …" when anything was noted.
    func verify() throws(ServiceError) {
        guard lines.isEmpty else {
            throw .invalid("Validation error: " + lines.joined(separator: "\n"))
        }
    }
}
