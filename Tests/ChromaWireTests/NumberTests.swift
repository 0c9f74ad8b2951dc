import ChromaModel
import TestSupport
import Testing

@testable import ChromaWire

@Suite("Numbers")
struct NumberTests {
    /// The first embedding of an add whose only row is `[text]`.
    private func float(_ text: String) throws -> Float {
        try withBytes("[\(text)]") { bytes in
            try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
                var index = try scanner.beginArray()
                _ = try scanner.nextElement(&index)
                let value: Float
                if let fast = scanner.plainFloat() {
                    value = fast
                } else {
                    value = try scanner.float()
                }
                _ = try scanner.nextElement(&index)
                return value
            }
        }
    }

    /// Checks that `text` reads as the binary32 nearest to its binary64.
    private func check(_ text: String, seed: UInt64) throws {
        guard let double = Double(text), double.isFinite else { return }
        let expected = Float(double)
        let got = try float(text)
        #expect(got.bitPattern == expected.bitPattern, "\(text) (seed \(seed))")
    }

    @Test("random spellings of random floats read as Float(Double(text))")
    func randomFloats() throws {
        let random = SeededRandom(seed: .random(in: 0...UInt64.max))
        for _ in 0..<20_000 {
            let double = Double(bitPattern: random.next())
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            let unit = Double(random.unitFloat()) * 1.1
            for text in ["\(double)", "\(float)", "\(Double(float))", "\(unit)", "\(Float(unit))"] {
                try check(text, seed: random.seed)
            }
        }
    }

    @Test("random digits, points and exponents read as Float(Double(text))")
    func randomDigits() throws {
        let random = SeededRandom(seed: .random(in: 0...UInt64.max))
        for _ in 0..<20_000 {
            var text = random.below(2) == 0 ? "-" : ""
            let whole = random.below(12)
            text += whole == 0 ? "0" : "\(random.below(9) + 1)"
            for _ in 0..<max(whole - 1, 0) { text += "\(random.below(10))" }
            if random.below(3) > 0 {
                text += "."
                for _ in 0...random.below(28) { text += "\(random.below(10))" }
            }
            if random.below(3) == 0 {
                text += ["e", "E+", "e-"][random.below(3)] + "\(random.below(60))"
            }
            try check(text, seed: random.seed)
        }
    }

    @Test("texts at and around the middle of two floats read as Float(Double(text))")
    func midpoints() throws {
        let random = SeededRandom(seed: .random(in: 0...UInt64.max))
        for _ in 0..<10_000 {
            let bits = UInt32(truncatingIfNeeded: random.next()) & 0x7F7F_FFFE
            let low = Float(bitPattern: bits)
            let middle = (Double(low) + Double(low.nextUp)) / 2
            for value in [middle, middle.nextUp, middle.nextDown] {
                try check("\(value)", seed: random.seed)
                try check("-\(value)000000000000", seed: random.seed)
            }
        }
    }

    @Test(
        "edges",
        arguments: [
            ("0", Float(0)), ("0.0", 0), ("0e999999999999", 0), ("1e-46", 0), ("1e-400", 0),
            ("1e-45", Float.leastNonzeroMagnitude),
            ("3.4028234663852886e38", .greatestFiniteMagnitude),
            ("16777217", 16_777_216), ("1e39", .infinity),
            ("0.000000000000000000000000000000000000000000000000000000001e57", 1),
            ("100000000000000000000000000000e-29", 1),
            ("18446744073709551616", 18_446_744_073_709_551_616),
        ])
    func edges(text: String, expected: Float) throws {
        #expect(try float(text) == expected)
        #expect(try float("-" + text) == -expected)
    }

    @Test(
        "what is no JSON number is refused",
        arguments: [
            "01", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+", "0x1", "1_0", "--1", "-01", "1.2.3",
            "Infinity", "-Infinity", "NaN", "1e5.5", "00", "1e400", "-1e400",
        ])
    func invalid(text: String) {
        expectRefusal(of: "[\(text)]", .invalidArgument, RecordBatchBodyTests.parsePrefix) {
            bytes in
            try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
                _ = try scanner.array { (scanner) throws(JSONFailure) in try scanner.float() }
            }
        }
    }

    @Test("floats are written in the fewest digits that read back the same")
    func shortest() throws {
        let random = SeededRandom(seed: .random(in: 0...UInt64.max))
        var values: [Float] = [
            0, -0.0, 1, -1, 0.1, 1.5, 100, 1e9, 1e10, 123_456_790, 1_234_567_900, 1e-5, 1e-6, 1e-7,
            16_777_216, 0.3, .greatestFiniteMagnitude, .leastNormalMagnitude,
            .leastNonzeroMagnitude,
        ]
        for exponent in 1...254 { values.append(Float(bitPattern: UInt32(exponent) << 23)) }
        for _ in 0..<50_000 {
            values.append(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())))
            values.append(random.unitFloat())
        }
        let output = UnsafeMutablePointer<UInt8>.allocate(capacity: FloatText.bytesMax)
        defer { output.deallocate() }
        for value in values where value.isFinite {
            let count = FloatText.write(value, to: output)
            let text = String(
                decoding: UnsafeBufferPointer(start: output, count: count), as: UTF8.self)
            #expect(
                Float(text)?.bitPattern == value.bitPattern, "\(text) (seed \(random.seed))")
            #expect(try float(text).bitPattern == value.bitPattern, "\(text)")
            #expect(
                significantDigits(text) == significantDigits(value.description),
                "\(text) for \(value) (seed \(random.seed))")
        }
    }

    private func significantDigits(_ text: String) -> String {
        var digits = text.prefix { $0 != "e" }.filter { $0.isNumber }.drop { $0 == "0" }
        while digits.last == "0" { digits.removeLast() }
        return String(digits)
    }

    @Test("what is not finite is written as null")
    func notFinite() {
        let text = written { buffer in
            JSONWriter.append(to: &buffer) { writer in
                writer.float(.nan)
                writer.float(-.infinity)
                writer.double(.infinity)
            }
        }
        #expect(text == "nullnullnull")
    }
}
