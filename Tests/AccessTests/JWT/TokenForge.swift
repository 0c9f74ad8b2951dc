import ChromaModel
import Logging
import Platform
import Synchronization
import TestSupport

@testable import Access

/// An identity provider in a test, and the verifier that takes its tokens.
struct TokenForge: Sendable {
    static let issuerURL = IssuerURL("https://id.example")
    static let now: UInt64 = 1_700_000_000

    let directory: AccessFixture
    let documents = FixedDocuments()
    let time = ManualTimeSource(unixSeconds: now)
    let authenticator: Authenticator

    /// - Parameter keys: the keys that the provider publishes.
    init(keys: [SigningKey] = SigningKey.all) async throws {
        let directory = try AccessFixture()
        self.directory = directory
        authenticator = Authenticator(
            directory: directory, peppers: directory.peppers, time: time,
            webTokens: JWTVerifier(
                directory: directory, documents: documents, time: time,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try documents.publish(SigningKey.set(keys.map { try $0.webKey() }))
        await directory.set(Self.issuer())
    }

    static func issuer(
        revision: UInt64 = 1, audiences: [ClaimText] = [ClaimText("tessera")],
        algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases,
        source: KeySource = .file("keys.json"),
        mapping: ClaimMapping = ClaimMapping(
            roles: [
                ClaimText("reads"): .reader, ClaimText("writes"): .writer,
                ClaimText("runs"): .operator,
            ]), denials: DenyList = DenyList()
    ) -> IssuerRecord {
        IssuerRecord(
            id: IssuerID("corp"), uid: UniqueID(high: 4, low: 4), revision: revision,
            url: issuerURL, audiences: audiences, algorithms: algorithms, keySource: source,
            mapping: mapping, denials: denials, createdAtMilliseconds: 0)
    }

    /// The claims of a good token, as members of a JSON object. `changes` replaces some of them,
    /// nil leaves one out.
    static func claims(_ changes: [String: String?] = [:]) -> String {
        var members: [(String, String)] = [
            ("iss", "\"https://id.example\""), ("sub", "\"ada@example\""),
            ("aud", "\"tessera\""), ("iat", "\(now)"), ("exp", "\(now + 600)"),
            ("jti", "\"t-1\""), ("tenant", "\"acme\""), ("role", "\"writes\""),
        ]
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            members.removeAll { $0.0 == name }
            if let value { members.append((name, value)) }
        }
        return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// A token with the claims, signed by the key.
    static func token(
        _ changes: [String: String?] = [:], by key: SigningKey = .of(.es256),
        header: String? = nil
    ) throws -> String {
        let header =
            header
            ?? "{\"alg\":\"\(key.algorithm.rawValue)\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}"
        return try sign(header, claims(changes), by: key)
    }

    static func sign(_ header: String, _ payload: String, by key: SigningKey) throws -> String {
        let body = base64URL(Array(header.utf8)) + "." + base64URL(Array(payload.utf8))
        return try body + "." + base64URL(key.sign(Array(body.utf8)))
    }

    /// Why the token is refused; nil when it isn't.
    func refusal(of token: String) async throws -> AuthenticationRefusal? {
        do {
            _ = try await authenticator.authenticate(presented: token)
            return nil
        } catch let error as ServiceError {
            guard error.code == .unauthenticated, error.message == "Permission denied." else {
                throw error
            }
            return error.cause as? AuthenticationRefusal
        }
    }
}

/// Key sets out of the test's hand, which counts how often it is asked.
final class FixedDocuments: KeyDocuments {
    private struct State {
        var document: [UInt8]?
        var reads = 0
    }

    private let state = Mutex(State())

    var reads: Int { state.withLock { $0.reads } }

    /// Answers with this document from now on; nil fails.
    func publish(_ document: [UInt8]?) { state.withLock { $0.document = document } }

    func document(of issuer: IssuerRecord) throws -> [UInt8] {
        try state.withLock {
            $0.reads += 1
            guard let document = $0.document else {
                throw ServiceError(.unavailable, "The provider is down.")
            }
            return document
        }
    }
}
