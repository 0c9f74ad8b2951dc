import TestSupport
import Testing

@testable import Billing

struct MerkleTreeTests {
    /// Certificate Transparency's own test vectors.
    private static let entries: [String] = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]

    @Test("roots are those of RFC 6962's test vectors")
    func vectors() {
        let roots = [
            0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        for (count, root) in roots {
            let tree = MerkleTree(Self.entries.prefix(count).compactMap(Hexadecimal.bytes))
            #expect(Hexadecimal.text(tree.root) == root)
        }
    }

    @Test("a leaf's proof holds for that leaf, place and tree, and for nothing else")
    func proofs() throws {
        for count in 1...33 {
            let entries = (0..<count).map { [UInt8($0), 7] }
            let tree = MerkleTree(entries)
            for index in 0..<count {
                let proof = try #require(tree.inclusionProof(of: index))
                func holds(
                    _ entry: [UInt8], _ index: Int, _ count: Int, _ proof: [MerkleTree.Hash]
                ) -> Bool {
                    MerkleTree.includes(
                        entry, at: index, of: count, proof: proof, root: tree.root)
                }
                #expect(holds(entries[index], index, count, proof))
                #expect(!holds([9, 9], index, count, proof))
                #expect(!holds(entries[index], index, count, proof + [tree.root]))
                if count > 1 {
                    #expect(!holds(entries[index], (index + 1) % count, count, proof))
                    #expect(!holds(entries[index], index, count, Array(proof.dropLast())))
                }
            }
            #expect(tree.inclusionProof(of: count) == nil)
        }
    }
}
