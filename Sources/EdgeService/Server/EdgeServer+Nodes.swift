import Access
import ChromaModel
import Directory
import FoundationEssentials
import Logging
import RateLimits
import SwiftProtobuf
import TesseraRPC

extension EdgeServer {
    /// The roles that a node claims must be in its certificate.
    func registerNode(_ request: EdgeRegisterNodeRequest, _ caller: Caller) async throws
        -> EdgeRegisterNodeResponse
    {
        let roles = Set(request.roles.compactMap { NodeRole(rawValue: $0) })
        guard roles.count == request.roles.count, !roles.isEmpty, roles.isSubset(of: caller.roles)
        else {
            throw ServiceError(
                .permissionDenied, "A node may only take the roles that its certificate names.")
        }
        guard (1...NodeIdentity.idBytesMax).contains(request.nodeID.utf8.count) else {
            throw ServiceError.invalid(
                "A node's id has 1 to \(NodeIdentity.idBytesMax) bytes; correct node.id.")
        }
        nodes.register(
            NodeIdentity(
                id: request.nodeID, bootID: try request.bootID.uniqueID(), roles: roles))
        logger.notice("a node is there", metadata: ["node": "\(request.nodeID)"])
        return .with {
            $0.peppers = peppers.all.map { pepper in
                .with {
                    $0.version = Int32(clamping: pepper.version)
                    $0.key = Data(pepper.keyBytes)
                }
            }
            $0.authoritySeconds = UInt32(DirectoryCache.trustSeconds)
        }
    }

    func acquireLeases(_ request: EdgeAcquireLeasesRequest, _: Caller) async throws
        -> EdgeAcquireLeasesResponse
    {
        var questions: [LeaseTable<RateKey>.Question] = []
        for question in request.questions { questions.append(try question.question()) }
        // In one order for every frontend, or two would lock each other out.
        guard zip(questions, questions.dropFirst()).allSatisfy({ $0.key < $1.key }) else {
            throw ServiceError.unreadableMessage("questions out of order")
        }
        let answers = try await keeper.acquire(questions)
        return .with { $0.answers = answers.map { EdgeLeaseAnswer($0) } }
    }

    func noteTokenUses(_ request: EdgeNoteTokenUsesRequest, _: Caller) async throws
        -> Google_Protobuf_Empty
    {
        for use in request.uses {
            uses.note(TokenKeyID(use.keyID), atMilliseconds: use.atMilliseconds)
        }
        return Google_Protobuf_Empty()
    }
}
