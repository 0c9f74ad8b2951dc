import ChromaModel
import Directory
import GRPCCore
import Platform
import ServiceLifecycle
import SwiftProtobuf
import TesseraRPC

/// One node's stream of changes: answers each of its words, and tells it of changes in between.
///
/// A word is answered with everything that this process knows of the log, and how old that
/// knowledge is; the node counts its authority from when it sent the word. So nothing that delays
/// a word or an answer prolongs it.
struct ConfigStream: Sendable {
    let server: EdgeServer

    private enum Event: Sendable {
        case word(EdgeStreamConfigRequest)
        case wakeUp
        /// The node has hung up, or this process stops.
        case end
    }

    /// Runs until the node hangs up or this process stops.
    func run(
        _ words: RPCAsyncSequence<EdgeStreamConfigRequest, any Error>,
        _ writer: RPCWriter<EdgeStreamConfigResponse>
    ) async throws {
        let (events, source) = AsyncStream.makeStream(of: Event.self)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                await cancelWhenGracefulShutdown {
                    do {
                        for try await word in words { source.yield(.word(word)) }
                    } catch {}
                }
                source.yield(.end)
            }
            tasks.addTask {
                for await _ in server.feed.wakeUps() { source.yield(.wakeUp) }
            }
            try? await answer(events, writer)
            tasks.cancelAll()
        }
    }

    private func answer(
        _ events: AsyncStream<Event>, _ writer: RPCWriter<EdgeStreamConfigResponse>
    ) async throws {
        var node: Follower?
        for await event in events {
            switch event {
            case .end: return
            case .word(let word):
                var follower = try node ?? Follower(word)
                guard
                    server.nodes.note(
                        follower.id, bootID: follower.bootID, appliedEpoch: word.appliedEpoch)
                else {
                    throw RPCError(code: .failedPrecondition, message: "Register the node first.")
                }
                try await writer.write(answer(&follower, to: word))
                node = follower
            case .wakeUp:
                guard var follower = node, let news = follower.news(in: server.feed) else {
                    continue
                }
                try await writer.write(response(news))
                node = follower
            }
        }
    }

    private func answer(_ follower: inout Follower, to word: EdgeStreamConfigRequest)
        -> EdgeStreamConfigResponse
    {
        let news = follower.allNews(in: server.feed)
        let now = server.time.monotonicNanoseconds()
        var response = response(news)
        response.sentNanoseconds = word.sentNanoseconds
        response.ageNanoseconds = now - min(now, news.completeNanoseconds)
        return response
    }

    private func response(_ news: ConfigFeed.News) -> EdgeStreamConfigResponse {
        .with {
            $0.changes = news.changes.map { EdgeDirectoryChange($0) }
            $0.epoch = news.epoch
            $0.frontendCount = UInt32(clamping: server.frontendCount())
            $0.hasPeers_p = server.hasPeers()
        }
    }
}

/// How far one node has been told.
private struct Follower {
    let id: String
    let bootID: UniqueID
    private var epoch: Int64
    /// nil until it has been told something.
    private var resets: UInt64?

    init(_ word: EdgeStreamConfigRequest) throws(ServiceError) {
        id = word.nodeID
        bootID = try word.bootID.uniqueID()
        epoch = word.appliedEpoch
    }

    /// What the node has not been told yet; nil when that is nothing.
    mutating func news(in feed: ConfigFeed) -> ConfigFeed.News? {
        let news = allNews(in: feed)
        return news.changes.isEmpty ? nil : news
    }

    mutating func allNews(in feed: ConfigFeed) -> ConfigFeed.News {
        let news =
            resets.map { feed.news(after: epoch, resets: $0) }
            ?? feed.newsForReturning(after: epoch)
        (epoch, resets) = (news.epoch, news.resets)
        return news
    }
}
