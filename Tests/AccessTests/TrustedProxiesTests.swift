import ChromaModel
import NIOCore
import Platform
import TestSupport
import Testing

@testable import Access

@Suite("Who a request's client is, behind proxies")
struct TrustedProxiesTests {
    private static func client(
        of peer: String, _ field: String?, trusting ranges: String...
    ) throws -> String? {
        let proxies = try TrustedProxies(parsing: ranges)
        return proxies.client(of: InternetAddress(peer), forwardedFor: field)?.description
    }

    @Test("without trusted proxies it is who connected, whatever the field says")
    func untrusted() throws {
        #expect(try Self.client(of: "10.0.0.9", "1.2.3.4") == "10.0.0.9")
        #expect(
            try Self.client(of: "10.0.0.9", "1.2.3.4", trusting: "10.0.0.0/30") == "10.0.0.9")
        #expect(TrustedProxies.none.client(of: nil, forwardedFor: "1.2.3.4") == nil)
    }

    @Test(
        "the field is read from its end, through trusted addresses only",
        arguments: [
            ("1.2.3.4", "1.2.3.4"), (" 1.2.3.4\t", "1.2.3.4"),
            ("6.6.6.6, 1.2.3.4", "1.2.3.4"), ("6.6.6.6,1.2.3.4,10.0.0.7", "1.2.3.4"),
            ("10.0.0.7,1.2.3.4,10.0.0.8, 10.0.0.7", "1.2.3.4"),
            // What the client wrote may be anything.
            ("', drop, 1.2.3.4", "1.2.3.4"), (",,,1.2.3.4", "1.2.3.4"),
            // All trusted: the client is one of them.
            ("10.0.0.7, 10.0.0.8", "10.0.0.7"),
            ("1.2.3.4:8080", "1.2.3.4"), ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"), ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:1.2.3.4", "1.2.3.4"), ("1.2.3.4, ::ffff:10.0.0.7", "1.2.3.4"),
        ])
    func walk(field: String, expected: String) throws {
        #expect(try Self.client(of: "10.0.0.9", field, trusting: "10.0.0.0/8") == expected)
        #expect(try Self.client(of: "::ffff:10.0.0.9", field, trusting: "10.0.0.0/8") == expected)
    }

    @Test(
        "where it can't be read, the request is the last known proxy's",
        arguments: [
            "", " ", ",", "unknown", "1.2.3.4,", "1.2.3.4, unknown", "1.2.3", "1.2.3.4.5",
            "1.2.3.4 5.6.7.8", "1.2.3.4:", "1.2.3.4:70000", "1.2.3.4:+80", "[1.2.3.4]", "[]",
            "[2001:db8::7", "2001:db8::7]:80", "[[2001:db8::7]]", "fe80::1%eth0", "0x7f.0.0.1",
            "for=1.2.3.4", "\"1.2.3.4\"", "localhost",
        ])
    func malformed(field: String) throws {
        #expect(try Self.client(of: "10.0.0.9", field, trusting: "10.0.0.0/8") == "10.0.0.9")
        let behindAnother = try Self.client(
            of: "10.0.0.9", field + ", 10.0.0.7", trusting: "10.0.0.0/8")
        #expect(behindAnother == "10.0.0.7")
        #expect(try Self.client(of: "10.0.0.9", nil, trusting: "10.0.0.0/8") == "10.0.0.9")
    }

    @Test("whatever a client writes, honest proxies have its own address come out")
    func forgery() throws {
        let random = SeededRandom(seed: 23)
        let proxies = try TrustedProxies(parsing: ["10.0.0.0/8", "fd00::/8"])
        let trusted = ["10.1.2.3", "fd00::5", "::ffff:10.9.9.9", "10.0.0.1:4321", "[fd00::6]:80"]
        let pieces =
            trusted + ["1.2.3.4", "::1", "", " ", ",", "x", "[", "]:", ":80", "%", "\u{e9}"]
        for round in 0..<2000 {
            var dice = random.pair().0
            func roll(_ sides: Int) -> Int {
                dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(dice >> 33) % sides
            }
            var field = (0..<roll(6)).map { _ in pieces[roll(pieces.count)] }
                .joined(separator: roll(2) == 0 ? "," : ", ")
            let client = roll(2) == 0 ? "203.0.113.\(roll(256))" : "2001:db8::\(1 + roll(9))"
            // Each honest proxy adds whom it was called by.
            field += (field.isEmpty ? "" : ", ") + client
            for _ in 0..<roll(4) { field += ", " + trusted[roll(trusted.count)] }
            let peer = InternetAddress(["10.0.0.1", "fd00::1", "::ffff:10.0.0.1"][roll(3)])
            let found = proxies.client(of: peer, forwardedFor: field)
            #expect(found?.description == client, "round \(round): \(field)")
        }
    }

    @Test("ranges that aren't any, and those that trust everyone, are refused")
    func ranges() throws {
        for text in ["", "proxy.internal", "0.0.0.0/0", "::/0", "10.0.0.1/8"] {
            let error = #expect(throws: ServiceError.self) {
                try TrustedProxies(parsing: ["10.0.0.0/8", text])
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("connections of proxies are told from others, as IPv4 in IPv6 too")
    func connections() throws {
        let proxies = try TrustedProxies(parsing: ["10.0.0.0/8", "2001:db8::/32"])
        for (peer, expected) in [
            ("10.0.0.1", true), ("::ffff:10.0.0.1", true), ("2001:db8::1", true),
            ("11.0.0.1", false), ("2001:db9::1", false),
        ] {
            #expect(try proxies.contains(SocketAddress(ipAddress: peer, port: 1)) == expected)
        }
        #expect(try !proxies.contains(SocketAddress(unixDomainSocketPath: "/s")))
        #expect(!proxies.contains(nil))
    }
}
