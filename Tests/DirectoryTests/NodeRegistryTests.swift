import ChromaModel
import Directory
import TestSupport
import Testing

struct NodeRegistryTests {
    private let time = ManualTimeSource()

    private func node(_ id: String, boot: UInt64 = 1, _ role: NodeRole = .frontend) -> NodeIdentity
    {
        NodeIdentity(id: id, bootID: UniqueID(high: 0, low: boot), roles: [role])
    }

    private func say(_ registry: NodeRegistry, _ node: NodeIdentity, _ epoch: Int64) -> Bool {
        registry.note(node.id, bootID: node.bootID, appliedEpoch: epoch)
    }

    @Test("a change is confirmed when every frontend has followed so far")
    func confirmed() async {
        let registry = NodeRegistry(time: time)
        let (one, two) = (node("one"), node("two"))
        for each in [one, two] { registry.register(each) }
        #expect(say(registry, one, 5))
        let waiting = Task { await registry.confirm(5) }
        await Task.yield()
        #expect(say(registry, two, 5))
        #expect(await waiting.value == NodeRegistry.Confirmation(lapsed: []))
    }

    @Test("a frontend that says nothing is waited for until its authority has run out, and named")
    func lapsed() async {
        let registry = NodeRegistry(time: time)
        registry.register(node("silent"))
        let done = Flag()
        let waiting = Task {
            defer { done.set() }
            return await registry.confirm(5)
        }
        time.advance(seconds: DirectoryCache.trustSeconds - 1)
        for _ in 0..<5 { try? await Task.sleep(for: .milliseconds(10)) }
        #expect(!done.isSet)
        time.advance(seconds: 1)
        #expect(await waiting.value.lapsed == ["silent"])
    }

    @Test("a node's word counts only for the start that it registered")
    func restarted() async {
        let registry = NodeRegistry(time: time)
        let (old, new) = (node("one", boot: 1), node("one", boot: 2))
        registry.register(old)
        registry.register(new)
        #expect(!say(registry, old, 9))
        #expect(say(registry, new, 3))
    }

    @Test("an engine is not waited for")
    func engines() async {
        let registry = NodeRegistry(time: time)
        registry.register(node("engine", .engine))
        #expect(await registry.confirm(5).lapsed.isEmpty)
    }

    @Test("after a start the nodes of the process before are waited for, known or not")
    func strangers() async {
        let registry = NodeRegistry(time: time)
        registry.expect()
        registry.open()
        let done = Flag()
        let waiting = Task {
            _ = await registry.confirm(5)
            done.set()
        }
        time.advance(seconds: DirectoryCache.trustSeconds - 1)
        for _ in 0..<5 { try? await Task.sleep(for: .milliseconds(10)) }
        #expect(!done.isSet)
        time.advance(seconds: 1)
        await waiting.value
    }

    @Test("frontends count while they say something")
    func counting() {
        let registry = NodeRegistry(time: time)
        registry.register(node("one"))
        registry.register(node("two"))
        #expect(registry.count(of: .frontend) == 2)
        time.advance(seconds: DirectoryCache.trustSeconds - 1)
        #expect(say(registry, node("one"), 0))
        time.advance(seconds: 1)
        #expect(registry.count(of: .frontend) == 1)
    }
}
