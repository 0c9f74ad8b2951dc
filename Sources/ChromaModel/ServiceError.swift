/// The one error of the project: what kind, what to do about it, and what caused it.
///
/// It is mapped to HTTP (or gRPC) once, at the edge. Messages that upstream's clients read keep
/// upstream's words (protocol §1.1.1, §1.6.1).
package struct ServiceError: Error, CustomStringConvertible {
    /// Upstream's internal codes; the edge knows the HTTP status and wire name of each.
    package enum Code: String, Sendable, CaseIterable {
        case invalidArgument, notFound, internalError, versionMismatch, alreadyExists
        case permissionDenied, unauthenticated, resourceExhausted, failedPrecondition
        case unprocessable, unimplemented, unavailable, deadlineExceeded, aborted
        case unsupportedMediaType, payloadTooLarge, insufficientStorage
        case writeConflict, staleRead
    }

    package let code: Code
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String {
        cause.map { "\(code): \(message) (cause: \($0))" } ?? "\(code): \(message)"
    }
}

extension ServiceError {
    package static func invalid(_ message: String) -> ServiceError {
        ServiceError(.invalidArgument, message)
    }

    package static func unprocessable(_ message: String) -> ServiceError {
        ServiceError(.unprocessable, message)
    }

    /// A data route was asked for a collection that is not in the scope.
    package static func noCollection(id: String) -> ServiceError {
        ServiceError(.notFound, "Collection [\(id)] does not exist.")
    }

    /// A name route was asked for a collection that is not in the scope.
    package static func noCollection(name: String) -> ServiceError {
        ServiceError(.notFound, "Collection [\(name)] does not exist")
    }

    package static func collectionExists(_ name: CollectionName) -> ServiceError {
        ServiceError(.alreadyExists, "Collection [\(name)] already exists")
    }

    /// A record that a transaction depends on was written since it was read.
    package static var writeConflict: ServiceError {
        ServiceError(.writeConflict, "conditional write conflict")
    }

    /// What a read token saw cannot be told from the present any more.
    package static var staleRead: ServiceError {
        ServiceError(
            .staleRead, "The read_token is too old: read again and retry the transaction")
    }

    /// What a change was made from is not there any more.
    package static var changedMeanwhile: ServiceError {
        ServiceError(.aborted, "The collection was changed meanwhile; read it again and retry")
    }

    package static func wrongDimension(expected: Int, got: Int) -> ServiceError {
        .invalid("Collection expecting embedding with dimension of \(expected), got \(got)")
    }
}
