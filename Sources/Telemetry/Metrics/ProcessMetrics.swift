import Glibc
import Platform

/// What the kernel knows of this process. The names are those that Prometheus users expect.
package struct ProcessMetrics: Sendable {
    private let version: String
    private let startSeconds: Double

    /// - Parameter version: of this build.
    package init(version: String, time: any TimeSource = SystemTimeSource()) {
        self.version = version
        startSeconds = Double(time.unixMilliseconds()) / 1000
    }

    package func collect() -> [MetricFamily] {
        [
            MetricFamily(
                "tessera.build_info", .gauge, unit: "1", "The version that runs; always 1.",
                [.init([Attribute("version", version)], 1)]),
            .gauge(
                "process.start_time", unit: "s", "When the process started, in Unix seconds.",
                startSeconds),
            MetricFamily(
                "process.cpu", .counter, unit: "s", "CPU time of all threads.",
                [.init(Self.cpuSeconds)]),
            .gauge(
                "process.resident_memory", unit: "By", "Memory that is in RAM.",
                Double(Self.residentBytes)),
            .gauge(
                "process.open_fds", unit: "{descriptor}", "Open file descriptors.",
                Double(Self.openDescriptors)),
            .gauge(
                "process.max_fds", unit: "{descriptor}", "File descriptors that may be open.",
                Double(Self.descriptorsMax)),
            .gauge(
                "process.threads", unit: "{thread}", "Threads of the process.",
                Double(Self.threads)),
        ]
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The second word of /proc/self/statm, in pages.
    private static var residentBytes: Int {
        let words = file("/proc/self/statm").split(separator: " ")
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static var openDescriptors: Int { entries(of: "/proc/self/fd") }
    private static var threads: Int { entries(of: "/proc/self/task") }

    private static var descriptorsMax: UInt {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(7), &limit)  // RLIMIT_NOFILE
        return limit.rlim_cur
    }

    private static func entries(of path: String) -> Int {
        guard let directory = opendir(path) else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != 46 { count += 1 }  // ASCII "."
        }
        return count
    }

    private static func file(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}
