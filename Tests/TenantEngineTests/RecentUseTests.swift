import Testing

@testable import TenantEngine

@Suite("Who took more than its share of late")
struct RecentUseTests {
    private let window = RecentUse<String>.windowNanoseconds

    @Test("a flood is heavy before anyone else comes, and its neighbour isn't when it does")
    func flood() {
        var use = RecentUse<String>()
        use.note("loud", microseconds: 80_000, at: 0)
        let alone = use.isHeavy("loud", at: 0)
        #expect(alone)
        use.note("quiet", microseconds: 100, at: 0)
        let (loud, quiet) = (use.isHeavy("loud", at: 0), use.isHeavy("quiet", at: 0))
        #expect(loud && !quiet)
    }

    @Test("what takes next to nothing is never heavy, even if others take less")
    func little() {
        var use = RecentUse<String>()
        use.note("some", microseconds: RecentUse<String>.freeMicroseconds, at: 0)
        use.note("less", microseconds: 1, at: 0)
        let some = use.isHeavy("some", at: 0)
        #expect(!some)
    }

    @Test("equals that take much are all heavy; who takes less than they is not")
    func equals() {
        var use = RecentUse<String>()
        for key in ["a", "b", "c"] { use.note(key, microseconds: 20_000, at: 0) }
        let before = use.isHeavy("a", at: 0)
        use.note("b", microseconds: 10, at: 0)
        let after = use.isHeavy("a", at: 0)
        #expect(before && !after)
    }

    @Test("it is forgotten after two windows, and not before the next one is over")
    func passing() {
        var use = RecentUse<String>()
        use.note("loud", microseconds: 80_000, at: window)
        use.note("quiet", microseconds: 100, at: window)
        let next = use.isHeavy("loud", at: 3 * window - 1)
        let later = use.isHeavy("loud", at: 3 * window)
        #expect(next && !later)
    }
}
