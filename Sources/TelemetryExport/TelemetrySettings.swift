import ChromaModel
import Telemetry

/// What is exported, where to, and how: OpenTelemetry's `OTEL_…` settings, checked.
package struct TelemetrySettings: Sendable {
    /// How many items wait, go together, and how long for.
    package struct Batching: Sendable, Equatable {
        package let scheduleMilliseconds: Int
        package let queueMax: Int
        package let batchMax: Int
        /// All tries of one export together.
        package let patienceMilliseconds: Int

        package init(
            scheduleMilliseconds: Int, queueMax: Int, batchMax: Int, patienceMilliseconds: Int
        ) {
            self.scheduleMilliseconds = scheduleMilliseconds
            self.queueMax = queueMax
            self.batchMax = batchMax
            self.patienceMilliseconds = patienceMilliseconds
        }
    }

    /// Signals without a target are not exported.
    package let targets: [OTLPSignal: OTLPTarget]
    package let resource: OTLPResource
    package let sampler: Sampler
    package let spans: Batching
    package let logs: Batching
    package let metricsMilliseconds: Int

    package init(
        targets: [OTLPSignal: OTLPTarget], resource: OTLPResource, sampler: Sampler,
        spans: Batching, logs: Batching, metricsMilliseconds: Int
    ) {
        self.targets = targets
        self.resource = resource
        self.sampler = sampler
        self.spans = spans
        self.logs = logs
        self.metricsMilliseconds = metricsMilliseconds
    }

    /// Reads `key=value,key=value`, values percent-encoded (W3C Baggage, as `OTEL_…` lists are).
    ///
    /// Throws `invalidArgument` that names `setting` and quotes no value.
    package static func pairs(_ text: String, of setting: String) throws(ServiceError)
        -> [(name: String, value: String)]
    {
        var pairs: [(name: String, value: String)] = []
        for word in text.split(separator: ",") {
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = sides[0].trimming()
            guard sides.count == 2, !name.isEmpty,
                let value = decoded(sides[1].trimming())
            else {
                throw .invalid(
                    "\(setting) must be like key=value,key=value, values percent-encoded.")
            }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Substring {
    fileprivate func trimming() -> String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
