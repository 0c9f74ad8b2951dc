import Platform

/// Reads something, and once more when a call failed: one failure says little about a disk.
///
/// - Throws: `StorageError` of the second try; at once when the bytes themselves are bad.
package func readingTwice<Result>(_ read: () throws(StorageError) -> Result) throws(StorageError)
    -> Result
{
    do { return try read() } catch {
        guard case .file = error else { throw error }
        return try read()
    }
}

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
