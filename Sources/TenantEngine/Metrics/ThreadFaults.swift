#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How often the calling thread had to wait for the disk, because a mapped page was not in memory.
enum ThreadFaults {
    static var count: Int {
        var usage = rusage()
        #if os(Linux)
            getrusage(thisThread, &usage)
        #endif
        return usage.ru_majflt
    }
}

#if canImport(Glibc)
    /// `RUSAGE_THREAD`, which glibc's header shows to GNU sources alone.
    private let thisThread = __rusage_who_t(1)
#else
    private let thisThread: Int32 = 1
#endif
