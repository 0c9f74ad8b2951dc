import ChromaModel
import Testing

@Suite("Keys and types of metadata")
struct KeyTypesTests {
    private func patch(_ key: String, _ value: MetadataValue?) -> MetadataPatch {
        MetadataPatch([.init(MetadataKey(key), value)])
    }

    @Test("each pair of key and type counts once; arrays count as their elements")
    func pairs() {
        var types = KeyTypes()
        types.learn([patch("a", .int(1)), nil, patch("a", .ints([2])), patch("a", .string("x"))])
        #expect(types.types == [MetadataKey("a"): [.int, .string]])
        #expect(types.pairCount == 2)
        let before = types
        types.learn([patch("a", .int(7)), patch("b", nil), patch("c", .strings([]))])
        #expect(types == before)
    }

    @Test("the server's own keys are not learnt")
    func reserved() {
        var types = KeyTypes()
        types.learn([patch("chroma:document", .string("x"))])
        #expect(types.types.isEmpty)
    }

    @Test("past the bound new keys are left out, and known ones still gain types")
    func bound() {
        var types = KeyTypes()
        for index in 0..<(KeyTypes.keysMax + 5) { types.learn([patch("k\(index)", .int(1))]) }
        #expect(types.types.count == KeyTypes.keysMax)
        types.learn([patch("k0", .bool(true))])
        #expect(types.types[MetadataKey("k0")] == [.int, .bool])
        #expect(types.pairCount == KeyTypes.keysMax + 1)
    }
}
