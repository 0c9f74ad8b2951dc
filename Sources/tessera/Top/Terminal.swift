import ArgumentParser
import Dispatch
import Glibc

/// The terminal that this process was started on, taken over for a while: keys come one by one,
/// and what stood there before is back afterwards.
struct Terminal: Sendable {
    static let controlC: Character = "\u{3}"
    private static let escape = "\u{1B}["

    private let original: termios

    /// Throws when there is no terminal.
    init() throws {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
            throw ValidationError("This is no terminal; use --once.")
        }
        original = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        // The other screen, without a cursor.
        Self.write(Self.escape + "?1049h" + Self.escape + "?25l")
    }

    func restore() {
        Self.write(Self.escape + "?25h" + Self.escape + "?1049l")
        var settings = original
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Calls `body` with each key until it is cancelled.
    func keys(_ body: @escaping @Sendable (Character) -> Void) -> any DispatchSourceRead {
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
        source.setEventHandler {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            for byte in bytes.prefix(max(count, 0)) { body(Character(Unicode.Scalar(byte))) }
            // The terminal is gone.
            if count == 0 { body(Self.controlC) }
        }
        source.activate()
        return source
    }

    /// Fills the screen.
    ///
    /// - Parameter lines: those for so many rows and columns.
    func draw(_ lines: (_ rows: Int, _ columns: Int) -> [String]) {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        let shown = isKnown ? lines(Int(size.ws_row), Int(size.ws_col)) : lines(24, 80)
        let text = shown.map { $0 + Self.escape + "K" }.joined(separator: "\r\n")
        Self.write(Self.escape + "H" + text)
    }

    private static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
