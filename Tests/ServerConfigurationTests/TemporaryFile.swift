import FoundationEssentials

/// A file that goes with its owner.
final class TemporaryFile: Sendable {
    let path: String

    init(_ text: String) throws {
        path = FileManager.default.temporaryDirectory
            .appending(path: "tessera-\(UUID().uuidString).yaml").path()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
