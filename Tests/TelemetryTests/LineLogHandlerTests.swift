import FoundationEssentials
import Logging
import Testing

@testable import Telemetry

@Suite("Log lines")
struct LineLogHandlerTests {
    @Test("a line of JSON says when, how bad, who, what, and in which request")
    func json() {
        let output = CollectedOutput()
        output.logger(.json).warning(
            "it is \"late\"\nindeed",
            metadata: ["trace_id": "0af7", "count": .stringConvertible(3), "who": ["a", "b"]])
        #expect(
            output.lines == [
                #"{"time":"2026-11-22T15:46:58.123456Z","level":"warning","logger":"test","#
                    + #""message":"it is \"late\"\nindeed","trace_id":"0af7","#
                    + #""metadata":{"count":3,"who":["a","b"]}}"# + "\n"
            ])
    }

    @Test("whatever is logged, a line of JSON is one line and parses")
    func hostileText() throws {
        let output = CollectedOutput()
        let all = String(String.UnicodeScalarView((0..<0x180).compactMap(Unicode.Scalar.init)))
        output.logger(.json).error("\(all)", metadata: ["\(all)": "\(all)"])
        let line = try #require(output.lines.first)
        #expect(line.utf8.filter { $0 == 10 }.count == 1)
        let object = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        #expect(object.message == all)
        #expect(object.metadata == [all: all])
    }

    @Test("a line of text can't be forged by its message")
    func text() {
        let output = CollectedOutput()
        output.logger(.text).info("one\ntwo", metadata: ["key": "va\rlue"])
        #expect(
            output.lines == [
                #"2026-11-22T15:46:58.123456Z info test: one\ntwo key=va\u000dlue"# + "\n"
            ])
    }

    @Test("what is less severe than the level is not written")
    func level() {
        let output = CollectedOutput()
        output.logger(.json, level: .error).warning("quiet")
        #expect(output.lines.isEmpty)
    }

    @Test("the event's metadata wins over the logger's")
    func metadata() {
        let output = CollectedOutput()
        var logger = output.logger(.text)
        logger[metadataKey: "a"] = "1"
        logger[metadataKey: "b"] = "1"
        logger.info("x", metadata: ["b": "2"])
        #expect(output.lines.first?.hasSuffix("x a=1 b=2\n") == true)
    }

    private struct Line: Decodable {
        let message: String
        let metadata: [String: String]
    }
}
