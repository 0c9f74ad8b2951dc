import Glibc

/// The process's standard output without a buffer: who waits for a line sees it at once.
enum StandardOutput {
    static func print(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
