import Glibc

/// What the Swift runtime tells when the process crashes.
///
/// Its report prints the memory that registers point at, which may be part of a token, a document
/// or a vector. The runtime reads its settings before any code of ours runs, so the process
/// begins anew, under the same id, with settings that keep the report to places in the code.
/// Whoever sets `SWIFT_BACKTRACE` has the last word.
enum CrashReports {
    private static let variable = "SWIFT_BACKTRACE"
    private static let settings = "registers=none,interactive=no,color=no,symbolicate=fast"

    /// Call it before there are threads, files or sockets.
    static func keepToCode() {
        guard getenv(variable) == nil, setenv(variable, settings, 1) == 0 else { return }
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        // Still here: no report is better than one with memory in it.
        for each in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] {
            signal(each, SIG_DFL)
        }
    }
}
