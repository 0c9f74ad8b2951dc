import ChromaWire
import HTTPTypes
import Platform

/// Routes that answer anyone: health, version and what clients may send (protocol §1.2).
struct SystemRoutes: Sendable {
    let time: any TimeSource

    var routes: [Route] {
        [
            Route(
                .get, PathStem.api, .open(heartbeat),
                RouteDescription(
                    "heartbeat_root", "Tells the server's time.", answers: .named(.heartbeat))),
            Route(
                .get, PathStem.api + "/heartbeat", .open(heartbeat),
                RouteDescription(
                    "heartbeat", "Tells the server's time.", answers: .named(.heartbeat))),
            Route(
                .get, PathStem.api + "/healthcheck", .open(healthCheck),
                RouteDescription(
                    "healthcheck", "Tells whether the server serves.",
                    answers: .named(.healthCheck))),
            Route(
                .get, PathStem.api + "/version", .open(version),
                RouteDescription("version", "Tells the API's version.", answers: .string)),
            Route(
                .get, PathStem.api + "/pre-flight-checks", .open(preFlightChecks),
                RouteDescription(
                    "pre_flight_checks", "Tells clients what they may send.",
                    answers: .named(.preFlightChecks))),
        ]
    }

    private func heartbeat(_ call: Call) -> Operation {
        { [time] in
            let now = time.unixNanoseconds()
            return Reply { SystemResponse.write(heartbeat: now, into: &$0) }
        }
    }

    /// The process serves, so its engine and its log do; a broken one does not come so far.
    private func healthCheck(_ call: Call) -> Operation {
        {
            Reply {
                SystemResponse.write(isExecutorReady: true, isLogClientReady: true, into: &$0)
            }
        }
    }

    /// What upstream's 1.5 servers say, whatever their real version.
    private func version(_ call: Call) -> Operation {
        { Reply { SystemResponse.write(string: "1.0.0", into: &$0) } }
    }

    /// Clients refuse to send larger batches, and pack embeddings as base64 when they may.
    private func preFlightChecks(_ call: Call) -> Operation {
        { Reply { SystemResponse.write(batchRecordsMax: Self.batchRecordsMax, into: &$0) } }
    }

    /// Upstream's figure; enforced by clients alone (protocol §1.6.1).
    private static let batchRecordsMax = 5461
}
