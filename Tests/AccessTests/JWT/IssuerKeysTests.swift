import ChromaModel
import Crypto
import TestSupport
import Testing

@testable import Access

struct IssuerKeysTests {
    private static let old = SigningKey(algorithm: .es256, id: "old", material: .p256(.init()))
    private static let new = SigningKey(algorithm: .es256, id: "new", material: .p256(.init()))

    @Test("a token of a new key makes us read the keys again, and the old key's end with it")
    func rotation() async throws {
        let forge = try await TokenForge(keys: [Self.old])
        let before = try TokenForge.token(by: Self.old)
        #expect(try await forge.refusal(of: before) == nil)
        try forge.documents.publish(SigningKey.set([Self.new.webKey()]))
        forge.time.advance(seconds: IssuerKeys.retrySeconds)
        #expect(try await forge.refusal(of: TokenForge.token(by: Self.new)) == nil)
        #expect(forge.documents.reads == 2)
        #expect(try await forge.refusal(of: before) == .unknownKey)
    }

    @Test("a flood of unknown keys makes one load every 30 seconds")
    func flood() async throws {
        let forge = try await TokenForge(keys: [Self.old])
        let good = try TokenForge.token(by: Self.old)
        #expect(try await forge.refusal(of: good) == nil)
        for round in 1...3 {
            forge.time.advance(seconds: IssuerKeys.retrySeconds)
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let stranger = SigningKey(
                            algorithm: .es256, id: "k\(number)", material: Self.new.material)
                        let token = try TokenForge.token(by: stranger)
                        #expect(try await forge.refusal(of: token) == .unknownKey)
                    }
                }
                try await group.waitForAll()
            }
            #expect(forge.documents.reads == 1 + round)
        }
        #expect(try await forge.refusal(of: good) == nil)
    }

    @Test("a load that fails, or finds rubbish, takes no good key away")
    func failedLoad() async throws {
        let forge = try await TokenForge(keys: [Self.old])
        #expect(try await forge.refusal(of: TokenForge.token(by: Self.old)) == nil)
        for document in [nil, Array("<html>".utf8), Array("{\"keys\":[]}".utf8)] {
            forge.documents.publish(document)
            forge.time.advance(seconds: IssuerKeys.retrySeconds)
            #expect(try await forge.refusal(of: TokenForge.token(by: Self.new)) == .unknownKey)
            let another = try TokenForge.token(
                ["jti": "\"\(forge.documents.reads)\""], by: Self.old)
            #expect(try await forge.refusal(of: another) == nil)
        }
        #expect(forge.documents.reads == 4)
    }

    @Test("an issuer whose keys were never read is unavailable, and tried again in 30 seconds")
    func neverRead() async throws {
        let forge = try await TokenForge(keys: [Self.old])
        let token = try TokenForge.token(by: Self.old)
        let document = SigningKey.set([try Self.old.webKey()])
        forge.documents.publish(nil)
        for _ in 0..<3 {
            let error = await #expect(throws: ServiceError.self) {
                try await forge.authenticator.authenticate(presented: token)
            }
            #expect(error?.code == .unavailable)
        }
        #expect(forge.documents.reads == 1)
        forge.documents.publish(document)
        forge.time.advance(seconds: IssuerKeys.retrySeconds)
        #expect(try await forge.refusal(of: token) == nil)
    }

    @Test("a withdrawn key ends within the refresh time although its tokens were known")
    func withdrawn() async throws {
        let forge = try await TokenForge(keys: [Self.old])
        let token = try TokenForge.token(by: Self.old)
        #expect(try await forge.refusal(of: token) == nil)
        try forge.documents.publish(SigningKey.set([Self.new.webKey()]))
        forge.time.advance(seconds: IssuerKeys.refreshSeconds)
        // This one starts the load and doesn't wait for it.
        _ = try await forge.refusal(of: token)
        while forge.documents.reads < 2 { await Task.yield() }
        while try await forge.refusal(of: token) == nil { await Task.yield() }
        #expect(try await forge.refusal(of: token) == .unknownKey)
    }
}
