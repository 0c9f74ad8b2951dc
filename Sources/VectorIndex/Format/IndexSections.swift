/// The sections of an index, in memory or in a mapped file.
package struct IndexSections: @unchecked Sendable {
    // Safe to share: the bytes are `owner`'s, which keeps them and never writes.
    package let codes: UnsafeRawBufferPointer
    /// Nil when the index is codes alone.
    package let graph: UnsafeRawBufferPointer?
    let owner: AnyObject

    /// - Parameters:
    ///   - codes: begins at a multiple of 4, better of 64; so does `graph`.
    ///   - owner: keeps both alive and unchanged.
    package init(
        codes: UnsafeRawBufferPointer, graph: UnsafeRawBufferPointer?, owner: AnyObject
    ) {
        self.codes = codes
        self.graph = graph
        self.owner = owner
    }

    /// Copies of sections that were built.
    package init(_ built: BuiltIndex) {
        let owner = Copies(codes: Self.copy(built.codes), graph: built.graph.map(Self.copy))
        self.init(codes: owner.codes.bytes, graph: owner.graph?.bytes, owner: owner)
    }

    private final class Copies {
        let codes: Block<UInt8>
        let graph: Block<UInt8>?

        init(codes: Block<UInt8>, graph: Block<UInt8>?) {
            self.codes = codes
            self.graph = graph
        }
    }

    private static func copy(_ bytes: [UInt8]) -> Block<UInt8> {
        let block = Block<UInt8>(bytes.count)
        bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            block.start.update(from: start, count: source.count)
        }
        return block
    }
}

/// What a build made: the bytes of the sections.
package struct BuiltIndex: Sendable {
    /// Section 16.
    package let codes: [UInt8]
    /// Section 18; nil when codes are enough.
    package let graph: [UInt8]?
    /// Recall at 10 that the build measured on its own rows; nil without a graph.
    package let measuredRecall: Double?

    package init(codes: [UInt8], graph: [UInt8]?, measuredRecall: Double?) {
        self.codes = codes
        self.graph = graph
        self.measuredRecall = measuredRecall
    }
}

extension Block<UInt8> {
    /// Valid as long as the block.
    fileprivate var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: count)
    }
}
