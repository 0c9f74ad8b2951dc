import Glibc
import Platform
import Synchronization

/// The `date` header field (RFC 9110 §5.6.7), formatted once a second.
final class HTTPDate: Sendable {
    private let time: any TimeSource
    private let cache = Mutex<(second: UInt64, text: String)>((.max, ""))

    init(time: any TimeSource) { self.time = time }

    var text: String {
        let now = time.unixSeconds()
        return cache.withLock { cached in
            if cached.second != now { cached = (now, Self.format(now)) }
            return cached.text
        }
    }

    private static func format(_ unixSeconds: UInt64) -> String {
        var moment = time_t(unixSeconds)
        var fields = tm()
        gmtime_r(&moment, &fields)
        let name = days[Int(fields.tm_wday)]
        let month = months[Int(fields.tm_mon)]
        let date = "\(padded(fields.tm_mday)) \(month) \(fields.tm_year + 1900)"
        let clock = [fields.tm_hour, fields.tm_min, fields.tm_sec].map(padded)
        return "\(name), \(date) \(clock.joined(separator: ":")) GMT"
    }

    private static func padded(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
