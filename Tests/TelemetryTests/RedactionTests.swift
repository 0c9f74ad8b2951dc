import Logging
import Testing

@testable import Telemetry

@Suite("Redaction")
struct RedactionTests {
    static let secret = String(repeating: "s3cretX", count: 7)

    @Test(
        "a token is blotted out wherever it stands",
        arguments: ["tsd_0123456789A_\(secret)", "tsa_0123456789A_\(secret)"],
        ["%", "Bearer %", "{\"t\":\"%\"}", "a%b", "% and %", "tsd_%", "ts%"])
    func token(token: String, frame: String) {
        let text = frame.split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: token)
        for format in LogFormat.allCases {
            let output = CollectedOutput()
            output.logger(format).info("\(text)", metadata: ["k\(text)": ["\(text)"]])
            #expect(output.lines.count == 1)
            #expect(output.lines.allSatisfy { !$0.contains("s3cret") })
        }
    }

    @Test("the key id stays, for it is public and finds the token")
    func keyID() {
        #expect(blotted("<tsd_0123456789A_\(Self.secret)>") == "<tsd_0123456789A_[redacted]>")
    }

    @Test("a broken token is blotted out whole", arguments: ["tsd_0123", "tsa_0123456789A_"])
    func broken(text: String) {
        #expect(blotted("<\(text)>") == "<\(text.prefix(4))[redacted]>")
    }

    @Test("a JSON Web Token is blotted out whole")
    func webToken() {
        #expect(blotted("a eyJhbGciOiJub25lIn0.e30-_. b") == "a [redacted] b")
        #expect(blotted("eyJhbGciOiJub25lIn0.e30.AA") == "[redacted]")
    }

    @Test(
        "other text stays as it is",
        arguments: ["", "ts", "eyJ", "eyJabc def.ghi", "tsd_", "tsx_abc", "tsd-abc", "its_a"])
    func other(text: String) {
        #expect(blotted(text) == text)
    }

    private func blotted(_ text: String) -> String {
        var bytes = Array(text.utf8)
        Redaction.blotTokens(in: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
