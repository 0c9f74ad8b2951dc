import ChromaModel
import GRPCCore

/// A `ServiceError` between two processes: the code as gRPC has it, and ours beside it, so that a
/// client's answer is the same whether the roles are split or not.
extension RPCError {
    private static let codeKey = "tessera-code"

    /// The error as it is sent. Its cause stays here, in the log.
    package init(_ error: ServiceError) {
        self.init(
            code: error.code.wireStatus.grpc, message: error.message,
            metadata: [Self.codeKey: "\(error.code.rawValue)"])
    }

    /// The error that the other side sent; nil when it is the transport's own.
    package var serviceError: ServiceError? {
        metadata[stringValues: Self.codeKey].first { _ in true }
            .flatMap { ServiceError.Code(rawValue: $0) }
            .map { ServiceError($0, message, cause: self) }
    }
}
