import ChromaModel
import Logging
import NIOCore
import Platform
import Telemetry
import TenantStorage
import VectorIndex

extension SegmentIndexes {
    /// Opens an index from its file; nil when there is none to be used. Blocking.
    func load(_ rows: SegmentSections, _ space: DistanceSpace) -> EmbeddingIndex? {
        do {
            guard let file = try store.index(of: rows.part) else { return nil }
            return try EmbeddingIndex(
                IndexSections(codes: file.codes, graph: file.graph, owner: file),
                of: VectorRows(rows, space))
        } catch {
            logger.warning(
                "an index cannot be used and is built anew; searches are slower meanwhile",
                metadata: ["part": "\(rows.part)", "error": "\(error)"])
            return nil
        }
    }

    /// Opens or builds an index, on a thread for that.
    func run(_ build: IndexBuild, _ rows: SegmentSections, _ space: DistanceSpace) {
        ThreadPriority.background.take()  // and that of the threads that the builder starts
        do {
            if build.isCancelled { throw CancellationError() }
            try rows.require([.embeddings, .inverseNorms])
            if let index = load(rows, space) { return end(build, with: .ready(index)) }
            let began = time.monotonicNanoseconds()
            guard let built = try builder(build, rows, space).build() else {
                return end(build, with: .absent(until: .max))
            }
            metrics.indexBuilds.observe(Int(time.monotonicNanoseconds() - began))
            try write(built, of: rows, for: build)
            end(build, with: load(rows, space).map { .ready($0) } ?? .absent(until: retryTime))
        } catch is CancellationError {
            end(build, with: nil)
        } catch {
            metrics.indexBuildFailures.add()
            logger.warning(
                "an index could not be built; searches are slower, and it is tried again later",
                metadata: ["part": "\(rows.part)", "error": "\(error)"])
            end(build, with: .absent(until: retryTime))
        }
    }

    private func builder(
        _ build: IndexBuild, _ rows: SegmentSections, _ space: DistanceSpace
    ) -> IndexBuilder {
        var options = IndexBuilder.Options()
        options.threads =
            policy.threadsPerBuild > 0 ? policy.threadsPerBuild : System.coreCount
        options.sizeClass = policy.sizeClass(rows: rows.rowCount, dimension: rows.dimension)
        return IndexBuilder(
            VectorRows(rows, space), options: options, isCancelled: { build.isCancelled })
    }

    private func write(_ built: BuiltIndex, of rows: SegmentSections, for build: IndexBuild)
        throws
    {
        let contents = IndexFileWriter.Contents(
            rowCount: rows.rowCount, codes: built.codes, graph: built.graph,
            measuredRecall: built.measuredRecall)
        try whileOpen {
            try store.write(contents, of: rows.part) { build.isCancelled }
            // Else a seal that removed what nobody reads may have come before the file's name.
            if !expects(build) { try store.removeIndex(of: rows.part) }
        }
    }
}

extension VectorRows {
    /// The rows of a segment, live or deleted.
    init(_ rows: SegmentSections, _ space: DistanceSpace) {
        self.init(
            space: space, dimension: rows.dimension, count: rows.rowCount,
            values: rows.embeddings, inverseNorms: rows.inverseNorms, owner: rows, check: rows)
    }
}

extension SegmentSections: RowCheck {
    /// What is wrong is found out again, and told, by whoever then reads all of the segment.
    package func areWhole(_ rows: UnsafeBufferPointer<UInt32>) -> Bool {
        do throws(StorageError) {
            try checkEmbeddings(of: rows)
            return true
        } catch {
            return false
        }
    }
}
