import HTTPTypes
import NIOCore
import Platform

/// Routes that answer anyone: health, version and what clients may send (protocol §1.2).
struct SystemRoutes: Sendable {
    let time: any TimeSource

    var routes: [Route] {
        [
            Route(.get, PathStem.api, .open(heartbeat)),
            Route(.get, PathStem.api + "/heartbeat", .open(heartbeat)),
            Route(.get, PathStem.api + "/healthcheck", .open(healthCheck)),
            Route(.get, PathStem.api + "/version", .open(version)),
            Route(.get, PathStem.api + "/pre-flight-checks", .open(preFlightChecks)),
        ]
    }

    private func heartbeat(_ call: Call) -> Operation {
        { [time] in
            let now = time.unixNanoseconds()
            return Reply { $0.writeString("{\"nanosecond heartbeat\":\(now)}") }
        }
    }

    /// The process serves, so its engine and its log do; a broken one does not come so far.
    private func healthCheck(_ call: Call) -> Operation {
        Self.constant("{\"is_executor_ready\":true,\"is_log_client_ready\":true}")
    }

    /// What upstream's 1.5 servers say, whatever their real version.
    private func version(_ call: Call) -> Operation { Self.constant("\"1.0.0\"") }

    /// Clients refuse to send larger batches, and pack embeddings as base64 when they may.
    private func preFlightChecks(_ call: Call) -> Operation {
        Self.constant(
            "{\"max_batch_size\":\(Self.batchRecordsMax),\"supports_base64_encoding\":true}")
    }

    /// Upstream's figure; enforced by clients alone (protocol §1.6.1).
    private static let batchRecordsMax = 5461

    private static func constant(_ json: String) -> Operation {
        { Reply { $0.writeString(json) } }
    }
}
