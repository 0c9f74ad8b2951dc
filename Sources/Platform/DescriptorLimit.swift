import Glibc

/// How many file descriptors the process may have.
package enum DescriptorLimit {
    /// What is assumed when the system doesn't say: POSIX's usual soft limit.
    private static let fallback = 1024

    /// Raises the soft limit to the hard one and returns what the limit is then.
    package static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return fallback
        }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            limit.rlim_cur = soft
        }
        return Int(clamping: limit.rlim_cur)
    }
}
