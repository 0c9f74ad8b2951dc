import Crypto

/// A Merkle tree over a list of byte strings, as RFC 6962 §2.1 has it: SHA-256, leaves prefixed
/// with 0 and inner nodes with 1, so that no node can be shown as a leaf.
package struct MerkleTree: Sendable {
    package typealias Hash = [UInt8]

    private let leaves: [Hash]

    package init(_ entries: some Sequence<[UInt8]>) { leaves = entries.map(Self.leafHash) }

    package var count: Int { leaves.count }

    /// SHA-256 of nothing when there are no leaves.
    package var root: Hash {
        leaves.isEmpty ? Array(SHA256.hash(data: [UInt8]())) : Self.root(leaves[...])
    }

    /// What proves that a leaf is in the tree: the hashes beside its way to the root, from below.
    /// nil when there is no such leaf.
    package func inclusionProof(of index: Int) -> [Hash]? {
        leaves.indices.contains(index) ? Self.path(index, leaves[...]) : nil
    }

    /// Whether an entry is the one at `index` of the tree of `count` entries with that root.
    package static func includes(
        _ entry: [UInt8], at index: Int, of count: Int, proof: [Hash], root: Hash
    ) -> Bool {
        guard (0..<max(count, 0)).contains(index) else { return false }
        var rest = proof[...]
        guard let found = climb(leafHash(entry), index, count, &rest) else { return false }
        return rest.isEmpty && found == root
    }

    /// The hash of a subtree of `count` leaves, one of which is known, by the hashes beside it.
    private static func climb(
        _ leaf: Hash, _ index: Int, _ count: Int, _ proof: inout ArraySlice<Hash>
    ) -> Hash? {
        guard count > 1 else { return leaf }
        let split = split(count)
        if index < split {
            guard let left = climb(leaf, index, split, &proof), let right = proof.popFirst() else {
                return nil
            }
            return nodeHash(left, right)
        }
        guard let right = climb(leaf, index - split, count - split, &proof),
            let left = proof.popFirst()
        else { return nil }
        return nodeHash(left, right)
    }

    private static func root(_ leaves: ArraySlice<Hash>) -> Hash {
        guard leaves.count > 1 else { return leaves[leaves.startIndex] }
        let middle = leaves.startIndex + split(leaves.count)
        return nodeHash(root(leaves[..<middle]), root(leaves[middle...]))
    }

    private static func path(_ index: Int, _ leaves: ArraySlice<Hash>) -> [Hash] {
        guard leaves.count > 1 else { return [] }
        let middle = leaves.startIndex + split(leaves.count)
        let (left, right) = (leaves[..<middle], leaves[middle...])
        return index < middle
            ? path(index, left) + [root(right)] : path(index, right) + [root(left)]
    }

    /// The largest power of two that is smaller than `count`, which is at least 2.
    private static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    private static func leafHash(_ entry: [UInt8]) -> Hash { Array(SHA256.hash(data: [0] + entry)) }

    private static func nodeHash(_ left: Hash, _ right: Hash) -> Hash {
        Array(SHA256.hash(data: [1] + left + right))
    }
}
