import Access
import ChromaModel
import Directory
import Testing

struct ConfigFeedTests {
    private static func change(_ epoch: Int64) -> NumberedChange {
        NumberedChange(epoch: epoch, change: .tokenChanged(TokenKeyID("key-\(epoch)")))
    }

    private static func reset(_ epoch: Int64) -> [NumberedChange] {
        [NumberedChange(epoch: epoch, change: .reset)]
    }

    @Test("a follower is told every change once, in order, and who comes back goes on from there")
    func follows() {
        let feed = ConfigFeed()
        feed.begin(at: 7)
        feed.append([Self.change(8), Self.change(11)])
        let first = feed.newsForReturning(after: 7)
        #expect(first.changes == [Self.change(8), Self.change(11)])
        #expect(first.epoch == 11)
        #expect(feed.news(after: 11, resets: first.resets).changes.isEmpty)
        feed.append([Self.change(12)])
        #expect(feed.news(after: 11, resets: first.resets).changes == [Self.change(12)])
        #expect(feed.newsForReturning(after: 8).changes == [Self.change(11), Self.change(12)])
    }

    @Test("who is further behind, or further ahead, than the feed knows forgets everything")
    func unknownPast() {
        let feed = ConfigFeed()
        feed.begin(at: 7)
        feed.append([Self.change(8)])
        #expect(feed.newsForReturning(after: 6).changes == Self.reset(8))
        #expect(feed.newsForReturning(after: 9).changes == Self.reset(8))
    }

    @Test("a change read twice is told once")
    func readTwice() {
        let feed = ConfigFeed()
        feed.begin(at: 7)
        feed.append([Self.change(8)])
        feed.append([Self.change(8), Self.change(9)])
        #expect(feed.newsForReturning(after: 7).changes == [Self.change(8), Self.change(9)])
    }

    @Test("a reset reaches who is connected, once, and who was away, too")
    func resets() {
        let feed = ConfigFeed()
        feed.begin(at: 7)
        let before = feed.newsForReturning(after: 7)
        #expect(before.changes.isEmpty)
        feed.reset()
        let told = feed.news(after: 7, resets: before.resets)
        #expect(told.changes == Self.reset(7))
        #expect(feed.news(after: 7, resets: told.resets).changes.isEmpty)
        #expect(feed.newsForReturning(after: 7).changes == Self.reset(7))
        feed.append([Self.change(8)])
        #expect(feed.newsForReturning(after: 8).changes.isEmpty)
    }

    @Test("nobody is vouched for past a change that was committed here and not read back")
    func vouchesForNothingUnread() {
        let feed = ConfigFeed()
        feed.begin(at: 7)
        let before = feed.newsForReturning(after: 7)
        feed.vouch(atNanoseconds: 1)
        #expect(feed.news(after: 7, resets: before.resets).changes.isEmpty)
        feed.committed(8)
        feed.vouch(atNanoseconds: 2)
        let told = feed.news(after: 7, resets: before.resets)
        #expect(told.changes == Self.reset(8))
        // What comes from the log later was told by the reset.
        feed.append([Self.change(8)])
        #expect(feed.news(after: told.epoch, resets: told.resets).changes.isEmpty)
    }

    @Test("more changes than are kept make a reset of those who need the first of them")
    func bounded() {
        let feed = ConfigFeed()
        feed.begin(at: 0)
        for start in stride(from: Int64(1), through: 12_001, by: 1000) {
            feed.append((start..<start + 1000).map(Self.change))
        }
        #expect(feed.newsForReturning(after: 2999).changes == Self.reset(13_000))
        #expect(feed.newsForReturning(after: 3000).changes.count == 10_000)
    }
}
