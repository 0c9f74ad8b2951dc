import ChromaModel
import GRPCCore

/// What a `ServiceError.Code` is on the wire.
package struct WireStatus: Sendable, Equatable {
    package let grpc: RPCError.Code
    /// gRPC's canonical name, which HTTP answers carry too.
    package let name: String
    package let http: Int

    private init(_ grpc: RPCError.Code, _ name: String, _ http: Int) {
        self.grpc = grpc
        self.name = name
        self.http = http
    }
}

extension ServiceError.Code {
    /// The one table from our codes to gRPC and HTTP, as google.rpc.Code pairs them; HTTP has
    /// finer statuses for three.
    package var wireStatus: WireStatus {
        switch self {
        case .invalidArgument, .unprocessable: .invalidArgument(400)
        case .unsupportedMediaType: .invalidArgument(415)
        case .unauthenticated: .unauthenticated
        case .permissionDenied: .permissionDenied
        case .notFound: .notFound
        case .alreadyExists: .alreadyExists
        case .aborted, .versionMismatch, .writeConflict: .aborted
        case .failedPrecondition, .staleRead: .failedPrecondition
        case .resourceExhausted: .resourceExhausted(429)
        case .payloadTooLarge: .resourceExhausted(413)
        case .insufficientStorage: .resourceExhausted(507)
        case .internalError: .internalError
        case .unimplemented: .unimplemented
        case .unavailable: .unavailable
        case .deadlineExceeded: .deadlineExceeded
        }
    }
}

extension WireStatus {
    static let unauthenticated = WireStatus(.unauthenticated, "UNAUTHENTICATED", 401)
    static let permissionDenied = WireStatus(.permissionDenied, "PERMISSION_DENIED", 403)
    static let notFound = WireStatus(.notFound, "NOT_FOUND", 404)
    static let alreadyExists = WireStatus(.alreadyExists, "ALREADY_EXISTS", 409)
    static let aborted = WireStatus(.aborted, "ABORTED", 409)
    static let failedPrecondition = WireStatus(
        .failedPrecondition, "FAILED_PRECONDITION", 400)
    static let internalError = WireStatus(.internalError, "INTERNAL", 500)
    static let unimplemented = WireStatus(.unimplemented, "UNIMPLEMENTED", 501)
    static let unavailable = WireStatus(.unavailable, "UNAVAILABLE", 503)
    static let deadlineExceeded = WireStatus(.deadlineExceeded, "DEADLINE_EXCEEDED", 504)

    static func invalidArgument(_ http: Int) -> WireStatus {
        WireStatus(.invalidArgument, "INVALID_ARGUMENT", http)
    }

    static func resourceExhausted(_ http: Int) -> WireStatus {
        WireStatus(.resourceExhausted, "RESOURCE_EXHAUSTED", http)
    }
}
