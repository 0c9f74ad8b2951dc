import Access
import ChromaModel
import RateLimits

/// Why a request was refused, as one of a fixed set of words: for counters and spans.
enum RefusalReason {
    static func word(for failure: any Error) -> String {
        switch failure {
        case Refusal.unknownPath: "unknown_path"
        case Refusal.wrongMethod: "wrong_method"
        case Refusal.retiredAPI: "retired_api"
        case let error as ServiceError:
            if let refusal = error.cause as? RateRefusal<RateKey> {
                "rate:" + refusal.key.usage.rawValue
            } else if let refusal = AuthenticationRefusal(behind: error) {
                "credential:" + refusal.rawValue
            } else {
                error.code.rawValue
            }
        case is CancellationError, is ClientGone: "client_gone"
        default: ServiceError.Code.internalError.rawValue
        }
    }
}
