import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Access

struct AddressRangeTests {
    @Test(
        "a range has the addresses that begin as it does, and no other",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("192.168.4.0/22", "192.168.7.255", true), ("192.168.4.0/22", "192.168.8.0", false),
            ("203.0.113.7", "203.0.113.7", true), ("203.0.113.7/32", "203.0.113.6", false),
            ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
            ("::/0", "fe80::1", true), ("::/0", "10.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("::ffff:10.0.0.0/104", "::ffff:11.1.2.3", false),
        ])
    func contains(range: String, address: String, expected: Bool) throws {
        let address = try #require(InternetAddress(address))
        #expect(try AddressRange(parsing: range).contains(address) == expected)
    }

    @Test(
        "what is no range is refused",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8",
            "10.0.0.0/8/8", "10.0.0/8", "10.0.0.1/8", "2001:db8::1/32", "::/129", "example.com",
            "10.0.0.0 /8", "::ffff:10.0.0.0/95", "0x0a.0.0.0/8", "fe80::1%eth0",
        ])
    func malformed(text: String) {
        let error = #expect(throws: ServiceError.self) { try AddressRange(parsing: text) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("a range is written as it is read")
    func description() throws {
        for text in ["10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32", "::/0", "::1/128"] {
            #expect(try AddressRange(parsing: text).description == text)
        }
        #expect(try AddressRange(parsing: "203.0.113.7").description == "203.0.113.7/32")
        #expect(try AddressRange(parsing: "::ffff:10.0.0.0/104").description == "10.0.0.0/8")
    }

    @Test("an address that differs behind the prefix alone is inside, in front of it outside")
    func bits() throws {
        let random = SeededRandom(seed: 11)
        for prefix in 1..<32 {
            let word = UInt32(truncatingIfNeeded: random.pair().0)
            let first = word & ~(UInt32.max >> UInt32(prefix))
            let range = try AddressRange(parsing: "\(Self.dotted(first))/\(prefix)")
            for bit in 0..<32 {
                let other = try #require(InternetAddress(Self.dotted(first ^ 1 << (31 - bit))))
                #expect(range.contains(other) == (bit >= prefix), "/\(prefix), bit \(bit)")
            }
        }
    }

    private static func dotted(_ word: UInt32) -> String {
        [24, 16, 8, 0].map { String(word >> UInt32($0) & 0xFF) }.joined(separator: ".")
    }
}
