import ChromaModel
import Synchronization
import TestSupport
import Testing

@testable import ChromaWire

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Hostile bodies")
struct HostileInputTests {
    /// Bytes of stack that a server's small threads have.
    private static let stackBytes = 512 * 1024

    private static let sample = """
        {"ids":["a","\\u00e9\\ud83d\\ude00"],"embeddings":[[1,-2.5e-3],[0.1,3]],
         "documents":["d\\n",null],"uris":[null,"u"],
         "metadatas":[{"a":[1,2],"b":{"indices":[1],"values":[2]},"c":true},null],"x":[{}]}
        """

    @Test("nesting past the limit is a parse error, wherever it is")
    func deepNesting() {
        let deep = String(repeating: "[", count: 10_000)
        let bodies = [
            deep, #"{"x":\#(deep)"#, #"{"where":\#(deep)"#, #"{"embeddings":\#(deep)"#,
            #"{"metadatas":[{"a":\#(deep)"#,
            #"{"where":\#(String(repeating: #"{"$and":["#, count: 5_000))"#,
        ]
        for body in bodies {
            for refused in [
                refusal(of: body) { try GetBody.parse($0) },
                refusal(of: body) { try parseAdd($0) },
            ] {
                #expect(refused?.code == .invalidArgument || refused?.code == .unprocessable)
            }
        }
        expectRefusal(of: #"{"x":\#(deep)"#, .invalidArgument, "Failed to parse") {
            try GetBody.parse($0)
        }
    }

    @Test("127 levels are taken and 128 are not, as upstream does")
    func depthLimit() throws {
        func nested(_ count: Int) -> String {
            #"{"x":"# + String(repeating: "[", count: count)
                + String(repeating: "]", count: count) + "}"
        }
        _ = try withBytes(nested(126)) { try GetBody.parse($0) }
        expectRefusal(of: nested(127), .invalidArgument, "Failed to parse") {
            try GetBody.parse($0)
        }
    }

    @Test("the deepest filter fits the stack of a small thread")
    func smallStack() throws {
        let levels = 62
        let filter =
            String(repeating: #"{"$and":["#, count: levels) + #"{"a":1}"#
            + String(repeating: "]}", count: levels)
        let outcome = onSmallStack {
            (try? withBytes(#"{"where":\#(filter)}"#) { try GetBody.parse($0) }) != nil
        }
        #expect(outcome)
    }

    /// Runs `body` on a thread with `stackBytes` of stack.
    private func onSmallStack(_ body: @escaping @Sendable () -> Bool) -> Bool {
        final class Job: Sendable {
            let body: @Sendable () -> Bool
            let result = Mutex(false)
            init(_ body: @escaping @Sendable () -> Bool) { self.body = body }
        }
        let job = Job(body)
        return withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { space in
            guard let attributes = space.baseAddress else { return false }
            pthread_attr_init(attributes)
            pthread_attr_setstacksize(attributes, Self.stackBytes)
            var thread = pthread_t()
            let started = pthread_create(
                &thread, attributes,
                { context in
                    guard let context else { return nil }
                    let job = Unmanaged<Job>.fromOpaque(context).takeRetainedValue()
                    let outcome = job.body()
                    job.result.withLock { $0 = outcome }
                    return nil
                }, Unmanaged.passRetained(job).toOpaque())
            guard started == 0 else { return false }
            pthread_join(thread, nil)
            return job.result.withLock { $0 }
        }
    }

    @Test("a body cut anywhere is refused, never read as whole")
    func truncation() throws {
        let bytes = Array(Self.sample.utf8)
        for count in 0..<bytes.count {
            let result = bytes[..<count].withUnsafeBytes { slice in
                Result { try parseAdd(slice) }
            }
            #expect(throws: ServiceError.self, "cut at \(count)") { try result.get() }
        }
        _ = try withBytes(Self.sample, parseAdd)
    }

    @Test("a body with any byte changed is read or refused, never a trap")
    func mutation() {
        let random = SeededRandom(seed: .random(in: 0...UInt64.max))
        let bytes = Array(Self.sample.utf8)
        for _ in 0..<5_000 {
            var changed = bytes
            for _ in 0...random.below(3) {
                changed[random.below(changed.count)] = UInt8(random.below(256))
            }
            changed.withUnsafeBytes { slice in
                _ = try? parseAdd(slice)
                _ = try? GetBody.parse(slice)
                _ = try? QueryBody.parse(slice)
                _ = try? CreateCollectionBody.parse(slice)
            }
        }
    }

    @Test("a megabyte of escapes is one string")
    func escapes() throws {
        let text = String(repeating: "\\u0041\\n", count: 130_000)
        let batch = try withBytes(#"{"ids":["\#(text)"],"embeddings":[[1]]}"#, parseAdd)
        #expect(batch.ids[0].value.utf8.count == 260_000)
    }

    @Test("bytes that are not UTF-8 are refused, kept or skipped")
    func invalidUTF8() {
        let bad: [[UInt8]] = [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
        ]
        for bytes in bad {
            for (before, after) in [(#"{"ids":[""#, #""]}"#), (#"{"x":""#, #""}"#)] {
                let body = Array(before.utf8) + bytes + Array(after.utf8)
                body.withUnsafeBytes { slice in
                    do {
                        _ = try GetBody.parse(slice)
                        Issue.record("accepted \(bytes)")
                    } catch {
                        #expect((error as? ServiceError)?.code == .invalidArgument)
                    }
                }
            }
        }
    }

    @Test("a million digits are one number")
    func longNumber() throws {
        let digits = String(repeating: "1", count: 1_000_000)
        let batch = try withBytes(#"{"ids":["a"],"embeddings":[[0.\#(digits)]]}"#, parseAdd)
        #expect(rows(batch) == [[1.0 / 9]])
    }

    @Test("two byte-different ids are two ids")
    func byteIdentity() throws {
        let batch = try withBytes(
            #"{"ids":["\u00e9","e\u0301","\u0000"],"embeddings":[[1],[2],[3]]}"#, parseAdd)
        #expect(Set(batch.ids).count == 3)
    }
}
