#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How important the calling thread is.
package enum ThreadPriority {
    /// Steps below normal: others take what they need first.
    private static let backgroundSteps: Int32 = 10

    /// Lets all other threads go first, from here on. Where the system doesn't do that by thread
    /// nothing happens.
    package static func lower() {
        #if os(Linux)
            _ = setpriority(
                __priority_which_t(PRIO_PROCESS.rawValue), 0, backgroundSteps)
        #endif
    }
}
