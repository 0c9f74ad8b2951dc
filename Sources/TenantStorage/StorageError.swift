import Platform

/// What can be wrong with a tenant's files.
package enum StorageError: Error, CustomStringConvertible {
    /// Bytes that passed their checksum but do not parse, or parts of them that are missing.
    case malformed(String)
    /// Bytes that fail their checksum where acknowledged data must be.
    case corrupt(file: String, offset: UInt64, String)
    /// A file written by a newer version, or for another tenant.
    case foreign(file: String, String)
    case file(FileError)

    package var description: String {
        switch self {
        case .malformed(let what): "malformed: \(what)"
        case .corrupt(let file, let offset, let what): "\(file) at byte \(offset): \(what)"
        case .foreign(let file, let what): "\(file): \(what)"
        case .file(let error): error.description
        }
    }
}
