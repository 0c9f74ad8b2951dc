import ChromaModel

/// Why a text was refused, with the way to the offending value.
struct JSONFailure: Error {
    enum Kind {
        /// The text is not JSON.
        case syntax
        /// The text is JSON of another shape than asked for.
        case shape
    }

    enum Step {
        case member(String)
        case element(Int)
    }

    let kind: Kind
    let reason: String
    /// Bytes read when it was noticed.
    let offset: Int
    /// From the innermost value outwards.
    private(set) var path: [Step] = []

    init(_ kind: Kind, _ reason: String, at offset: Int) {
        self.kind = kind
        self.reason = reason
        self.offset = offset
    }

    /// The same failure, seen from the value that contains it.
    func inside(_ step: Step) -> JSONFailure {
        var outer = self
        outer.path.append(step)
        return outer
    }

    /// The failure in upstream's words (protocol §1.1), with line and column in `bytes`.
    func serviceError(in bytes: UnsafeRawBufferPointer) -> ServiceError {
        let read = bytes.prefix(offset)
        let line = 1 + read.count { $0 == 0x0A }
        let column = offset - (read.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
        let text = "\(pathText)\(reason) at line \(line) column \(column)"
        switch kind {
        case .syntax: return .invalid("Failed to parse the request body as JSON: \(text)")
        case .shape:
            return .unprocessable(
                "Failed to deserialize the JSON body into the target type: \(text)")
        }
    }

    /// `metadatas[0].key: `, or nothing at the top.
    private var pathText: String {
        var text = ""
        for step in path.reversed() {
            switch step {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .element(let index): text += "[\(index)]"
            }
        }
        return text.isEmpty ? "" : text + ": "
    }
}
