import Testing

@testable import ChromaModel

@Suite("Name rules")
struct NameRulesTests {
    private func refusal(_ check: () throws -> Void) -> String? {
        do {
            try check()
            return nil
        } catch {
            return (error as? ServiceError)?.message
        }
    }

    @Test(
        "good collection names",
        arguments: [
            "abc", "a-b", "a.b", "A_1", "0.0", "1.2.3", "256.1.1.1", "01.2.3.4", "1.2.3.4.5",
            String(repeating: "a", count: 512),
        ])
    func good(name: String) {
        #expect(refusal { try NameRules.check(CollectionName(name)) } == nil)
        #expect(refusal { try NameRules.check(DatabaseName(name)) } == nil)
    }

    @Test(
        "bad collection names",
        arguments: [
            "", "a", "ab", "-ab", "ab-", ".ab", "a b", "a/b", "aéb", "::1", "abc\n", "a+bc",
            String(repeating: "a", count: 513),
        ])
    func bad(name: String) {
        #expect(
            refusal { try NameRules.check(CollectionName(name)) }
                == "Expected a name containing 3-512 characters from [a-zA-Z0-9._-], starting and "
                + "ending with a character in [a-zA-Z0-9]. Got: \(name)")
    }

    @Test("consecutive periods and addresses have messages of their own")
    func special() {
        #expect(
            refusal { try NameRules.check(CollectionName("a..b")) }
                == "Expected a name that does not contains two consecutive periods (..). Got a..b")
        for address in ["1.2.3.4", "0.0.0.0", "255.255.255.255"] {
            #expect(
                refusal { try NameRules.check(CollectionName(address)) }
                    == "Expected a name that is not a valid ip address. Got \(address)")
        }
    }

    @Test("a database may carry one topology")
    func topology() {
        #expect(refusal { try NameRules.check(DatabaseName("topo+name")) } == nil)
        #expect(refusal { try NameRules.check(DatabaseName("a+name")) } != nil)
        #expect(refusal { try NameRules.check(DatabaseName("topo+")) } != nil)
        #expect(
            refusal { try NameRules.check(DatabaseName("aaa+bbb+ccc")) }?.contains("at most one")
                == true)
    }

    @Test("a tenant's name only has to have three characters")
    func tenant() {
        #expect(refusal { try NameRules.check(TenantName("é/ ")) } == nil)
        #expect(refusal { try NameRules.check(TenantName("ab")) } != nil)
    }

    @Test("a path's database name has at least three characters")
    func path() {
        #expect(
            refusal { try NameRules.checkPath(DatabaseName("ab")) }
                == "database name must be at least 3 characters")
        #expect(refusal { try NameRules.checkPath(DatabaseName("abc")) } == nil)
    }
}
