import ChromaModel
import TenantStorage
import Testing

@Suite("What a segment remembers of filters")
struct FilterCacheTests {
    private func rows(_ row: Int) -> RowBitmap {
        var rows = RowBitmap(rowCount: 300)
        rows.insert(row)
        return rows
    }

    private func filter(_ number: Int64) -> Where {
        .metadata(MetadataKey("n"), .equal(.number(.int(number))))
    }

    @Test("a filter that was kept is known, another isn't")
    func remembers() {
        let cache = FilterCache()
        cache.keep(rows(1), passing: filter(1))
        #expect(cache.rows(passing: filter(1)) == rows(1))
        #expect(cache.rows(passing: filter(2)) == nil)
    }

    @Test("the filters that were asked for longest ago make room")
    func forgets() {
        let cache = FilterCache()
        let most = Int64(FilterCache.filtersMax)
        for number in 0..<most { cache.keep(rows(Int(number)), passing: filter(number)) }
        #expect(cache.rows(passing: filter(0)) == rows(0))
        cache.keep(rows(200), passing: filter(most))
        #expect(cache.rows(passing: filter(0)) == rows(0))
        #expect(cache.rows(passing: filter(1)) == nil)
        #expect(cache.rows(passing: filter(most)) == rows(200))
    }

    @Test("two spellings of a letter are two filters")
    func comparesBytes() {
        let cache = FilterCache()
        let spellings = ["caf\u{e9}", "cafe\u{301}"]
        let filters: [(String) -> Where] = [
            { .document(.contains($0)) },
            { .document(.matches(regex: $0)) },
            { .metadata(MetadataKey("n"), .equal(.string($0))) },
            { .metadata(MetadataKey("n"), .isIn([.string($0)])) },
        ]
        for make in filters {
            cache.keep(rows(1), passing: make(spellings[0]))
            #expect(cache.rows(passing: make(spellings[1])) == nil)
        }
    }

    @Test("few rows, and long filters, are not remembered")
    func admits() {
        let long = Where.document(
            .contains(String(repeating: "a", count: FilterCache.filterBytesMax)))
        let list = Where.metadata(
            MetadataKey("n"), .isIn((0..<1000).map { .number(.int($0)) }))
        #expect(FilterCache.admits(filter(1), rowCount: FilterCache.rowsMin))
        #expect(!FilterCache.admits(filter(1), rowCount: FilterCache.rowsMin - 1))
        #expect(!FilterCache.admits(long, rowCount: 10_000))
        #expect(!FilterCache.admits(.any([filter(1), .all([list])]), rowCount: 10_000))
    }
}
