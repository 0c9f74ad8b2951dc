import ArgumentParser
import FoundationEssentials
import Glibc

/// Where a command writes what it fetched: a file, which gets its name when it is whole, or
/// standard output.
struct OutputFile: Sendable {
    private let path: String?
    private let descriptor: Int32

    private var draft: String { (path ?? "") + ".part" }

    /// - Parameter path: nil for standard output.
    init(_ path: String?) throws {
        self.path = path
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        descriptor = open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ValidationError("\(path) can't be written.") }
    }

    func write(_ data: Data) throws {
        var rest = Array(data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ValidationError("The output can't be written.") }
            rest = rest.dropFirst(count)
        }
    }

    func finish() throws {
        guard let path else { return }
        guard fsync(descriptor) == 0, close(descriptor) == 0, rename(draft, path) == 0 else {
            throw ValidationError("\(path) can't be written.")
        }
    }
}
