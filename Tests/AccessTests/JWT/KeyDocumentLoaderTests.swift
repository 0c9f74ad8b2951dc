import ChromaModel
import NIOHTTP1
import Platform
import TestSupport
import Testing

@testable import Access

struct KeyDocumentLoaderTests {
    private func loader(insecure: Bool = true, directory: String = "/none") -> KeyDocumentLoader {
        KeyDocumentLoader(
            directory: directory, fileSystem: PosixFileSystem(), allowsInsecureURLs: insecure,
            timeoutSeconds: Patience.seconds)
    }

    private func issuer(_ source: KeySource, url: String = "https://id.example") -> IssuerRecord {
        IssuerRecord(
            id: IssuerID("corp"), uid: UniqueID(high: 1, low: 1), revision: 1,
            url: IssuerURL(url), audiences: [], keySource: source,
            mapping: ClaimMapping(roles: [:]), createdAtMilliseconds: 0)
    }

    @Test("keys are read from a URL, and found by discovery")
    func read() async throws {
        try await ProviderServer.run { server, url in
            server.set("/keys", json: "{\"keys\":[]}")
            server.set(
                "/realm/.well-known/openid-configuration",
                json: "{\"issuer\":\"\(url)/realm\",\"jwks_uri\":\"\(url)/keys\"}")
            let direct = try await loader().document(of: issuer(.url(url + "/keys")))
            #expect(direct == Array("{\"keys\":[]}".utf8))
            let found = try await loader().document(of: issuer(.discovery, url: url + "/realm"))
            #expect(found == direct)
            #expect(
                server.paths == ["/keys", "/realm/.well-known/openid-configuration", "/keys"])
        }
    }

    @Test("a discovery document of another issuer, or that leads elsewhere, is refused")
    func falseDiscovery() async throws {
        try await ProviderServer.run { server, url in
            let documents = [
                "{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"\(url)/keys\"}",
                "{\"issuer\":\"\(url)\"}", "[]", "",
                "{\"issuer\":\"\(url)\",\"jwks_uri\":\"file:///etc/passwd\"}",
            ]
            for document in documents {
                server.set("/.well-known/openid-configuration", json: document)
                await #expect(throws: ServiceError.self) {
                    try await loader().document(of: issuer(.discovery, url: url))
                }
            }
            #expect(!server.paths.contains("/keys"))
        }
    }

    @Test("a redirect, an error and a document that is too large are refused")
    func badAnswers() async throws {
        try await ProviderServer.run { server, url in
            server.set(
                "/redirect", .init(status: .found, headers: [("location", url + "/keys")]))
            server.set("/error", .init(status: .internalServerError))
            server.set(
                "/large", .init(body: [UInt8](repeating: 32, count: JSONWebKeySet.bytesMax + 1)))
            for path in ["/redirect", "/error", "/large", "/absent"] {
                await #expect(throws: (any Error).self) {
                    try await loader().document(of: issuer(.url(url + path)))
                }
            }
            #expect(!server.paths.contains("/keys"))
        }
    }

    @Test("outside development neither plain HTTP nor this machine is asked")
    func internalAddresses() async throws {
        try await ProviderServer.run { server, url in
            let urls = [
                url, url.replacing("http:", with: "https:"),
                "https://localhost:1/", "https://[::1]:1/", "https://169.254.169.254/latest",
                "https://0.0.0.0:1/", "https://[::ffff:127.0.0.1]:1/", "https://2130706433:1/",
            ]
            for url in urls {
                let error = await #expect(throws: ServiceError.self, "\(url)") {
                    try await loader(insecure: false).document(of: issuer(.url(url)))
                }
                #expect([.invalidArgument, .failedPrecondition].contains(error?.code))
            }
            #expect(server.paths.isEmpty)
        }
    }

    @Test(
        "addresses of this machine, its link and of no host are internal",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("0.0.0.0", true), ("169.254.1.1", true),
            ("224.0.0.1", true), ("255.255.255.255", true), ("::", true), ("::1", true),
            ("fe80::1", true), ("febf::1", true), ("ff02::1", true), ("::ffff:169.254.1.1", true),
            ("64:ff9b::7f00:1", true), ("fd00:ec2::254", true), ("10.0.0.1", false),
            ("192.168.1.1", false), ("93.184.216.34", false), ("fd12::1", false),
            ("2606:2800:220:1::1", false), ("::ffff:10.0.0.1", false),
        ])
    func addresses(text: String, isInternal: Bool) throws {
        #expect(try #require(InternetAddress(text)).isInternal == isInternal)
    }

    @Test("keys are read from the directory of keys, and from nowhere else")
    func files() async throws {
        let directory = "/tmp/tessera-keys-\(SystemRandomSource().next())"
        let fileSystem = PosixFileSystem()
        try fileSystem.createDirectory(directory + "/keys")
        defer { try? fileSystem.removeTree(directory) }
        try fileSystem.writeAtomically([1, 2], to: directory + "/keys/corp.json")
        try fileSystem.writeAtomically([3], to: directory + "/secret")
        let loader = loader(directory: directory + "/keys")
        #expect(try await loader.document(of: issuer(.file("corp.json"))) == [1, 2])
        for name in ["../secret", "..", ".", "", "corp.json/", "none", "/etc/passwd", "a\u{0}b"] {
            await #expect(throws: ServiceError.self) {
                try await loader.document(of: issuer(.file(name)))
            }
        }
        let large = [UInt8](repeating: 32, count: JSONWebKeySet.bytesMax + 1)
        try fileSystem.writeAtomically(large, to: directory + "/keys/large")
        await #expect(throws: ServiceError.self) {
            try await loader.document(of: issuer(.file("large")))
        }
    }
}
