import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

extension EdgeOrigin {
    /// The origin of the request that is being answered; empty when there is none.
    static var current: EdgeOrigin {
        guard let origin = RequestOrigin.current else { return EdgeOrigin() }
        return .with {
            $0.actor = origin.actor
            $0.action = origin.action.rawValue
            $0.requestID = Data(origin.requestID)
            $0.address = origin.address ?? ""
        }
    }

    /// Runs work as asked for by it. Throws `internalError` for an origin that can't be read.
    func isCurrent<Output>(_ work: () async throws -> Output) async throws -> Output {
        guard !actor.isEmpty else { return try await work() }
        guard let action = Action(rawValue: action) else {
            throw ServiceError.unreadableMessage("an action")
        }
        let origin = RequestOrigin(
            actor: actor, action: action, requestID: try requestID.uniqueID(),
            address: address.isEmpty ? nil : address)
        return try await RequestOrigin.$current.withValue(origin) { try await work() }
    }
}
