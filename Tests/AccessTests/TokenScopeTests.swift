import ChromaModel
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Access

@Suite("What narrows a token")
struct TokenScopeTests {
    private let directory: AccessFixture
    private let authoriser: Authoriser
    private let time = ManualTimeSource()
    private let acme = AccessFixture.acme

    init() throws {
        directory = try AccessFixture()
        authoriser = Authoriser(directory: directory, conformanceMode: false)
    }

    private func authenticator(uses: (any TokenUses)? = nil) -> Authenticator {
        Authenticator(directory: directory, peppers: directory.peppers, time: time, uses: uses)
    }

    private func refusal(_ token: Token, from address: String?) async -> AuthenticationRefusal? {
        do {
            _ = try await authenticator().authenticate(
                presented: token.text, from: address.flatMap { InternetAddress($0) })
            return nil
        } catch let error as ServiceError {
            #expect(error.code == .unauthenticated && error.message == "Permission denied.")
            return error.cause as? AuthenticationRefusal
        } catch {
            Issue.record(error)
            return nil
        }
    }

    @Test("a token with ranges is let in from them alone, and not from nowhere")
    func addresses() async throws {
        let ranges = try ["10.0.0.0/8", "2001:db8::/32"].map { try AddressRange(parsing: $0) }
        let token = await directory.mint(
            .reader, of: acme, restrictions: TokenRestrictions(addresses: ranges))
        for address in ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::9"] {
            #expect(await refusal(token, from: address) == nil)
        }
        for address in ["11.1.2.3", "2001:db9::9", "127.0.0.1", nil] {
            #expect(await refusal(token, from: address) == .wrongAddress)
        }
        let free = await directory.mint(.reader, of: acme)
        #expect(await refusal(free, from: nil) == nil)
    }

    @Test("a rotated token is let in until its grace ends")
    func grace() async throws {
        let end = time.unixMilliseconds() + 5000
        let succession = TokenSuccession(replacedBy: nil, graceEndsAtMilliseconds: end)
        let token = await directory.mint(.reader, of: acme, succession: succession)
        time.advance(nanoseconds: 4_999_000_000)
        #expect(await refusal(token, from: nil) == nil)
        time.advance(nanoseconds: 1_000_000)
        #expect(await refusal(token, from: nil) == .replaced)
    }

    private final class Uses: TokenUses {
        let noted = Mutex<[TokenKeyID]>([])
        func note(_ keyID: TokenKeyID, atMilliseconds now: UInt64) {
            noted.withLock { $0.append(keyID) }
        }
    }

    @Test("a use is noted when a token is let in, and only then")
    func uses() async throws {
        let uses = Uses()
        let good = await directory.mint(.reader, of: acme)
        let dead = await directory.mint(.reader, of: acme, revoked: 1)
        let authenticator = authenticator(uses: uses)
        _ = try await authenticator.authenticate(presented: good.text)
        _ = try? await authenticator.authenticate(presented: dead.text)
        #expect(uses.noted.withLock { $0 } == [good.keyID])
    }

    private func principal(
        _ role: Role, actions: Set<Action>? = nil, collections: String? = nil
    ) -> Principal {
        Principal(
            credential: .token(TokenKeyID("AAAAAAAAAAA")), role: role, tenant: acme.id,
            tenantName: acme.name, databases: nil, actions: actions,
            collections: collections.map { CollectionPattern($0) })
    }

    @Test("a custom token may what it lists and nothing else")
    func customActions() {
        let custom = principal(.custom, actions: [.add, .getTenant])
        #expect(Action.allCases.filter(custom.allows) == [.getTenant, .add])
        #expect(!Action.allCases.contains(where: principal(.custom).allows))
        let held = Permission.allCases.filter(custom.holds)
        #expect(held == [.introspectTokens, .testAccess])
    }

    @Test("a token for some collections changes nothing around them, whatever its role")
    func narrowAdmin() async throws {
        let narrow = principal(.admin, collections: "team-*")
        let lost = Action.allCases.filter { Role.admin.allows($0) && !narrow.allows($0) }
        #expect(Set(lost) == [.createDatabase, .deleteDatabase, .updateTenant])
        for permission in [Permission.createTokens, .rotateTokens, .revokeManyTokens] {
            #expect(principal(.admin).holds(permission) && !narrow.holds(permission))
        }
        let scope = try #require(
            try await authoriser.databaseScope(
                for: narrow, .get, tenant: acme.name, database: DatabaseName("one")))
        #expect(scope.shows(CollectionName("team-a")) && !scope.shows(CollectionName("books")))
        #expect(throws: ServiceError.self) { try scope.checkNaming(CollectionName("books")) }
    }
}
