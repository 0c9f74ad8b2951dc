import ChromaModel
import Directory
import Testing

@testable import ControlPlane

struct PeerWatchTests {
    private let lease = DirectoryCache.trustSeconds * 1_000_000_000

    private func peer(
        _ name: String, beats: Int64 = 1, _ epoch: Int64, frontends: Int = 1
    ) -> Peer {
        Peer(
            id: name, name: name, bootID: UniqueID(high: 0, low: 1), beats: beats,
            appliedEpoch: epoch, frontends: frontends)
    }

    @Test("nothing is known before somebody has looked who had read the change")
    func unknown() {
        var watch = PeerWatch()
        #expect(watch.standing(of: 1, nowNanoseconds: 0) == .unknown)
        watch.observe([], at: 4, nowNanoseconds: 0)
        #expect(watch.standing(of: 5, nowNanoseconds: 0) == .unknown)
        #expect(watch.standing(of: 4, nowNanoseconds: 0) == .done(lapsed: []))
    }

    @Test("a change is done when every peer has followed so far")
    func followed() {
        var watch = PeerWatch()
        watch.observe([peer("one", 5), peer("two", 4)], at: 5, nowNanoseconds: 0)
        #expect(watch.standing(of: 5, nowNanoseconds: 1) == .waiting)
        watch.observe([peer("one", 5), peer("two", beats: 2, 5)], at: 5, nowNanoseconds: 1)
        #expect(watch.standing(of: 5, nowNanoseconds: 1) == .done(lapsed: []))
    }

    @Test("a peer that says nothing for a lease is waited for no longer, and named")
    func lapsed() {
        var watch = PeerWatch()
        watch.observe([peer("dead", 1)], at: 5, nowNanoseconds: 10)
        watch.observe([peer("dead", 1)], at: 5, nowNanoseconds: 10 + lease - 1)
        #expect(watch.standing(of: 5, nowNanoseconds: 10 + lease - 1) == .waiting)
        #expect(watch.frontends(nowNanoseconds: 10 + lease - 1) == 1)
        #expect(watch.standing(of: 5, nowNanoseconds: 10 + lease) == .done(lapsed: ["dead"]))
        #expect(watch.frontends(nowNanoseconds: 10 + lease) == 0)
    }

    @Test("a word, and a new start, begin a new lease")
    func renewed() {
        var watch = PeerWatch()
        watch.observe([peer("one", 1)], at: 5, nowNanoseconds: 0)
        watch.observe([peer("one", beats: 2, 1)], at: 5, nowNanoseconds: lease - 1)
        #expect(watch.standing(of: 5, nowNanoseconds: lease) == .waiting)
        let started = Peer(
            id: "one", name: "one", bootID: UniqueID(high: 0, low: 2), beats: 2, appliedEpoch: 0,
            frontends: 0)
        watch.observe([started], at: 5, nowNanoseconds: 2 * lease - 2)
        #expect(watch.standing(of: 5, nowNanoseconds: 2 * lease) == .waiting)
    }

    @Test("a new session begins every lease anew: PostgreSQL may have been away for a moment")
    func newSession() {
        var watch = PeerWatch()
        watch.observe([peer("dead", 1)], at: 5, nowNanoseconds: 0)
        watch.reset()
        #expect(watch.standing(of: 5, nowNanoseconds: lease) == .unknown)
        watch.observe([peer("dead", 1)], at: 5, nowNanoseconds: lease)
        #expect(watch.standing(of: 5, nowNanoseconds: lease) == .waiting)
        #expect(watch.standing(of: 5, nowNanoseconds: 2 * lease) == .done(lapsed: ["dead"]))
    }
}
