import Testing

@testable import ServerConfiguration

@Suite("Edit distance")
struct UnknownNameTests {
    @Test(
        "counts insertions, removals and replacements",
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3),
            ("http.port", "http.prot", 2), ("same", "same", 0),
        ])
    func distance(left: String, right: String, expected: Int) {
        #expect(UnknownName.distance(left, right) == expected)
        #expect(UnknownName.distance(right, left) == expected)
    }
}
