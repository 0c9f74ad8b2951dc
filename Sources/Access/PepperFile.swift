import ChromaModel
import Platform

/// The peppers on disk: one line for each, its version and its key in hexadecimal.
///
/// ```
/// 1 3f0c…64 characters
/// ```
/// A new version is rotated in by adding a line; a line goes when no token uses it any more.
package struct PepperFile: Sendable {
    private let path: String
    private let fileSystem: any FileSystem

    package init(path: String, fileSystem: any FileSystem) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Reads the peppers, or makes the first one when there is no file yet (mode 0600).
    /// Throws `internalError` when the file cannot be read, written or understood.
    package func loadOrCreate(random: any RandomSource) throws -> Peppers {
        do {
            if try !fileSystem.exists(path) {
                let line = "1 \(Self.hexadecimal(random.bytes(Pepper.keyBytes)))\n"
                try fileSystem.writeAtomically(Array(line.utf8), to: path)
            }
            return try Self.parse(String(decoding: fileSystem.readAll(path), as: UTF8.self))
        } catch {
            throw ServiceError(
                .internalError,
                "The pepper file \(path) cannot be used; restore it from a backup, since every"
                    + " token depends on it.", cause: error)
        }
    }

    private static func parse(_ text: String) throws -> Peppers {
        try Peppers(
            text.split(separator: "\n").map { line in
                let words = line.split(separator: " ")
                guard words.count == 2, let version = Int(words[0]), let key = bytes(words[1])
                else { throw ServiceError.invalid("A line is not a version and a key.") }
                return try Pepper(version: version, key: key)
            })
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hexadecimal: Substring) -> [UInt8]? {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        guard digits.count == hexadecimal.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}
