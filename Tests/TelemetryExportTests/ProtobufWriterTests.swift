import Testing

@testable import TelemetryExport

@Suite("The wire format of protobuf")
struct ProtobufWriterTests {
    @Test("numbers, texts and messages are written as the encoding guide says")
    func examples() {
        var writer = ProtobufWriter()
        writer.number(1, 150)
        writer.text(2, "testing")
        writer.message(3) { $0.number(1, 150) }
        let expected: [UInt8] =
            [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8) + [0x1A, 3, 0x08, 0x96, 0x01]
        #expect(writer.bytes == expected)
    }

    @Test("a message longer than 127 bytes gets a longer length")
    func longMessages() {
        var writer = ProtobufWriter()
        writer.message(1) { outer in
            outer.message(2) { $0.text(1, String(repeating: "x", count: 300)) }
        }
        #expect(Array(writer.bytes.prefix(9)) == [0x0A, 0xB2, 2, 0x12, 0xAF, 2, 0x0A, 0xAC, 2])
        #expect(writer.bytes.count == 3 + 3 + 3 + 300)
    }

    @Test("zero is left out, but where a choice needs it")
    func zero() {
        var writer = ProtobufWriter()
        writer.number(1, 0)
        writer.text(1, "")
        writer.fixed64(1, 0)
        #expect(writer.bytes.isEmpty)
        writer.chosenNumber(3, 0)
        #expect(writer.bytes == [0x18, 0])
    }
}
