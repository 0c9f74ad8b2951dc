import Platform
import Usage

/// Writes a boot's spool files. One thread at a time.
///
/// A file begins with all live cells, so that it alone says everything as soon as that is written;
/// those before it are removed when it is durable.
final class SpoolWriter {
    /// A file is followed by the next one when it is larger than that.
    static let fileBytesMax: UInt64 = 16 << 20

    private let fileSystem: any FileSystem
    private let directory: String
    private var file: (any File)?
    private var number: UInt64 = 0
    private var offset: UInt64 = 0

    /// - Parameter directory: of the boot; it exists.
    init(fileSystem: any FileSystem, directory: String) {
        self.fileSystem = fileSystem
        self.directory = directory
    }

    /// To be synced, if it is not closed yet.
    var fileInUse: (any File)? { file }

    var wantsNextFile: Bool { file == nil || offset > Self.fileBytesMax }

    /// Appends a frame, unsynced: it survives the process, not the machine.
    func append(_ amounts: [UsageAmount]) throws(FileError) {
        guard let file else { throw FileError("append", directory, Self.noFile) }
        let frame = SpoolFormat.frame(amounts)
        try write(frame, to: file, at: offset)
        offset += UInt64(frame.count)
    }

    /// Makes what was appended durable.
    func sync() throws(FileError) { try file?.syncData() }

    /// Begins a file that holds all live cells, unsynced. It is to be settled.
    func beginFile(with cells: [UsageAmount]) throws(FileError) -> NewSpoolFile {
        let next = try fileSystem.open(path(number + 1), .create)
        let bytes = SpoolFormat.header + SpoolFormat.frame(cells)
        do throws(FileError) {
            try next.truncate(to: 0)
            try write(bytes, to: next, at: 0)
        } catch {
            next.close()
            throw error
        }
        let before = file
        file = next
        number += 1
        offset = UInt64(bytes.count)
        return NewSpoolFile(
            directory: directory, number: number, file: next, before: before,
            fileSystem: fileSystem)
    }

    func close() {
        file?.close()
        file = nil
    }

    private func write(_ bytes: [UInt8], to file: any File, at offset: UInt64) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { raw in
            do throws(FileError) { try file.write(raw, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func path(_ number: UInt64) -> String {
        directory + "/" + SpoolFormat.fileName(number)
    }

    /// `EBADF`
    private static let noFile: Int32 = 9
}
