import Platform

/// Something in a tenant's files that is not as it must be, and where.
package struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
    package enum Severity: String, Sendable, Codable {
        /// Acknowledged data that no other file has.
        case damage
        /// It follows from data that is whole and can be made anew.
        case derivable
        /// Nothing needs it: a crash left it, and the engine removes it when the tenant opens.
        case leftover
    }

    package let severity: Severity
    package let file: String
    /// Byte of the file where it begins; nil when the whole file is meant.
    package let offset: UInt64?
    /// What is wrong, in words that name no record's content.
    package let what: String

    package init(_ severity: Severity, _ file: String, at offset: UInt64? = nil, _ what: String) {
        self.severity = severity
        self.file = file
        self.offset = offset
        self.what = what
    }

    /// An error of a reader as a finding.
    package init(_ severity: Severity, _ error: StorageError, in path: String) {
        switch error {
        case .corrupt(let file, let offset, let what):
            self.init(severity, file, at: offset, what)
        case .foreign(let file, let what): self.init(severity, file, what)
        case .malformed(let what): self.init(severity, path, "malformed: \(what)")
        case .file(let error): self.init(severity, error.path, error.description)
        }
    }

    package var description: String {
        let place = offset.map { "\(file) at byte \($0)" } ?? file
        return "\(severity.rawValue): \(place): \(what)"
    }
}
