import Access
import Billing
import ChromaModel
import Platform
import TestSupport
import Testing

@testable import ControlPlane

struct WebhookTests {
    @Test("URLs of this machine, of private networks and of no host at all are refused")
    func urls() throws {
        let closed = WebhookSender(allowsInternalAddresses: false)
        let refused = [
            "http://example.com/", "https://", "ftp://example.com/", "https://user@example.com/",
            "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://172.16.0.1/",
            "https://192.168.1.1/", "https://169.254.169.254/latest", "https://[fd00:ec2::254]/",
            "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://100.64.0.1/",
            "https://0.0.0.0/", "https://example.com/#part", "https://example.com:0/",
            "https://example.com:65536/", "https://example.com:-1/",
            "https://example.com/\r\nX: y", "https://example.com/\u{0}", "https://bücher.example/",
        ]
        for url in refused {
            #expect(throws: ServiceError.self, "\(url)") { try closed.check(url) }
        }
        for url in ["https://example.com/hook?a=b", "https://1.1.1.1:8443/"] {
            #expect(throws: Never.self) { try closed.check(url) }
        }
        #expect(throws: Never.self) {
            try WebhookSender(allowsInternalAddresses: true).check("http://127.0.0.1:80/")
        }
    }

    @Test("public is what nobody's own network uses")
    func addresses() throws {
        let inside = [
            "10.0.0.1", "172.31.255.255", "192.168.0.1", "127.8.8.8", "169.254.1.1", "0.1.2.3",
            "100.127.0.1", "224.0.0.1", "255.255.255.255", "198.19.0.1", "192.0.2.1",
            "203.0.113.9", "::", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "fe80::1",
            "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2002:a00:1::", "2001::1",
        ]
        for text in inside {
            #expect(try #require(InternetAddress(text)).isPublic == false, "\(text)")
        }
        for text in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::5"] {
            #expect(try #require(InternetAddress(text)).isPublic, "\(text)")
        }
    }

    @Test("a budget's secret is its own, and signs time and body")
    func signature() throws {
        let key = try ReceiptKey(
            file: "/key", fileSystem: SimulatedFileSystem(), random: SeededRandom(seed: 1))
        func budget(_ low: UInt64) throws -> Budget {
            Budget(
                tenant: TenantID(UniqueID(high: 1, low: 1)), tenantName: TenantName("acme"),
                name: "a", id: UniqueID(high: 1, low: low), measure: .money, amount: 1,
                thresholds: [], webhookURL: nil, isHard: false, createdBy: "",
                createdAtMilliseconds: 0)
        }
        let secret = WebhookSecret(of: try budget(1), key: key)
        #expect(secret.text != WebhookSecret(of: try budget(2), key: key).text)
        let body = Array("{}".utf8)
        let signed = secret.signature(of: body, atSeconds: 7)
        #expect(signed.hasPrefix("t=7,v1=") && signed.utf8.count == 7 + 64)
        #expect(signed != secret.signature(of: body + [32], atSeconds: 7))
        #expect(signed.dropFirst(4) != secret.signature(of: body, atSeconds: 8).dropFirst(4))
    }

    @Test("attempts come less and less often, within bounds")
    func backoff() {
        let waits = (1...40).map { AlertOutbox.backoffMilliseconds(afterAttempt: $0) }
        #expect(waits.first == 5000 && waits.last == 6 * 3_600_000)
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
    }
}
