import ChromaModel
import TenantStorage

/// The trees that forking makes: each fork is an edge, kept count of even when it is deleted.
struct Lineages {
    private struct Tree {
        var forkCount = 0
        /// Live collections; a tree without any is forgotten.
        var memberCount = 0
    }

    /// By root. A collection that was never forked has no tree.
    private var trees: [CollectionID: Tree] = [:]

    init() {}

    /// - Parameter roots: the root of every live collection, once for each.
    init(_ lineages: [Checkpoint.Lineage], roots: some Sequence<CollectionID>) {
        for lineage in lineages { trees[lineage.root] = Tree(forkCount: lineage.forkCount) }
        for root in roots { trees[root]?.memberCount += 1 }
    }

    func forkCount(_ root: CollectionID) -> Int { trees[root]?.forkCount ?? 0 }

    /// A collection of the tree was forked.
    mutating func addFork(_ root: CollectionID) {
        trees[root, default: Tree(memberCount: 1)].forkCount += 1
        trees[root]?.memberCount += 1
    }

    /// A collection of the tree was deleted.
    mutating func removeMember(_ root: CollectionID) {
        guard let tree = trees[root] else { return }
        if tree.memberCount == 1 { trees[root] = nil } else { trees[root]?.memberCount -= 1 }
    }

    var described: [Checkpoint.Lineage] {
        trees.map { Checkpoint.Lineage(root: $0.key, forkCount: $0.value.forkCount) }
            .sorted { $0.root < $1.root }
    }
}
