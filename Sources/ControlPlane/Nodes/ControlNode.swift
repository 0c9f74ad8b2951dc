import Access
import ChromaModel
import Crypto
import Platform

/// A process with the role control, as the others on its database know it.
package struct ControlNode: Sendable {
    /// Of its data directory, whose lock one process holds: who registers with the same id has
    /// taken the place of the one before.
    package let id: String
    /// As people call it: `node.id`.
    package let name: String
    /// Another one for every start.
    let bootID: UniqueID
    let roles: Set<NodeRole>
    /// Of the keys that all of an installation must share.
    let keysDigest: [UInt8]

    var hasEngine: Bool { roles.contains(.engine) }

    /// - Parameters:
    ///   - peppers: without the same ones a process takes no token of the others.
    ///   - receiptKey: the public half; of others' keys receipts would look forged.
    package init(
        id: String, name: String, bootID: UniqueID, roles: Set<NodeRole>, peppers: Peppers,
        receiptKey: String
    ) {
        self.id = id
        self.name = name
        self.bootID = bootID
        self.roles = roles
        var digest = SHA256()
        for pepper in peppers.all {
            digest.update(data: Array("\(pepper.version):".utf8) + pepper.keyBytes)
        }
        digest.update(data: Array(receiptKey.utf8))
        keysDigest = Array(digest.finalize())
    }

    /// One that nobody has named: of a control plane without a data directory.
    static func nameless(_ peppers: Peppers, _ random: any RandomSource) -> ControlNode {
        let id = UniqueID(version4From: random.pair())
        return ControlNode(
            id: "\(id)", name: "\(id)", bootID: id, roles: [.control], peppers: peppers,
            receiptKey: "")
    }
}
