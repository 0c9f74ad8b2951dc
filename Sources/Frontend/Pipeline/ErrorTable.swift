import ChromaModel
import HTTPTypes

extension HTTPResponse.Status {
    /// What logs and metrics call a request that nobody waited for, as nginx does; never sent.
    static let clientClosedRequest = HTTPResponse.Status(
        code: 499, reasonPhrase: "Client Closed Request")
}

extension ServiceError.Code {
    /// The HTTP status of each code (protocol §1.1.1).
    var status: HTTPResponse.Status {
        switch self {
        case .invalidArgument, .aborted: .badRequest
        case .unauthenticated: .unauthorized
        case .permissionDenied: .forbidden
        case .notFound: .notFound
        case .alreadyExists, .writeConflict: .conflict
        case .failedPrecondition, .staleRead: .preconditionFailed
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .unprocessable: .unprocessableContent
        case .resourceExhausted: .tooManyRequests
        case .internalError, .versionMismatch: .internalServerError
        case .unimplemented: .notImplemented
        case .unavailable: .serviceUnavailable
        case .deadlineExceeded: .gatewayTimeout
        case .insufficientStorage:
            HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    /// What `Retry-After` says: these pass by themselves, in about this time.
    var retryAfterSeconds: Int? {
        switch self {
        case .resourceExhausted, .unavailable: 1
        case .insufficientStorage: 5
        default: nil
        }
    }

    /// The `error` member: clients make their exception from it, so no other name is ever sent
    /// (protocol §1.1.1).
    var wireName: String {
        switch self {
        case .invalidArgument: "InvalidArgumentError"
        case .notFound: "NotFoundError"
        case .internalError: "InternalError"
        case .versionMismatch: "VersionMismatchError"
        case .writeConflict: "ConditionalWriteConflictError"
        case .staleRead: "StaleReadError"
        default: "ChromaError"
        }
    }
}
