import Glibc
import Synchronization

/// Where finished lines go.
package protocol LogOutput: Sendable {
    /// Takes one whole line; two lines never mix.
    func write(_ line: [UInt8])
}

/// The process's standard error, one line at a time.
package final class StandardErrorOutput: LogOutput {
    private let turn = Mutex(())

    package init() {}

    package func write(_ line: [UInt8]) {
        turn.withLock { _ in line.withUnsafeBytes(Self.writeAll) }
    }

    /// A log that can't be written has nowhere to say so.
    private static func writeAll(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(written, 0))
        }
    }
}
