import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

/// How long something lives, typed as 90d, 12h, 30m or 45s.
struct Lifetime: Sendable, Equatable {
    /// A century: longer is a slip of the finger.
    static let secondsMax = 100 * 365 * 86_400

    let seconds: Int

    /// Throws `ValidationError`.
    init(text: String) throws {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (1...Self.secondsMax / unit).contains(count)
        else { throw ValidationError("\(text) is no time; write it like 90d, 12h or 30m.") }
        seconds = count * unit
    }

    /// When it ends if it begins now.
    var end: Google_Protobuf_Timestamp {
        let time = Date().timeIntervalSince1970 + Double(seconds)
        return Google_Protobuf_Timestamp(unixMilliseconds: UInt64(time * 1000))
    }
}
