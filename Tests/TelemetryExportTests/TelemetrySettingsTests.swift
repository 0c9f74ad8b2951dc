import ChromaModel
import Testing

@testable import TelemetryExport

@Suite("Settings of telemetry")
struct TelemetrySettingsTests {
    @Test("a list of pairs is percent-decoded, and spaces around them are not theirs")
    func pairs() throws {
        let pairs = try TelemetrySettings.pairs("a=b, c=d%20e%3D,f=", of: "x")
        #expect(pairs.map(\.name) == ["a", "c", "f"])
        #expect(pairs.map(\.value) == ["b", "d e=", ""])
        #expect(try TelemetrySettings.pairs("", of: "x").isEmpty)
    }

    @Test("a malformed list is refused without quoting it", arguments: ["secret", "=v", "k=%zz"])
    func malformed(_ text: String) {
        #expect {
            try TelemetrySettings.pairs(text, of: "otel.headers")
        } throws: { error in
            let message = (error as? ServiceError)?.message ?? ""
            return message.contains("otel.headers") && !message.contains("secret")
        }
    }
}
