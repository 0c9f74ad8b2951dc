import SwiftProtobuf
import Testing

@testable import AdminClient

@Suite("A file of tenants")
struct TenantsFileTests {
    private func parse(_ text: String) throws -> TenantsFile {
        try TenantsFile(YAMLFile(path: "tenants.yaml", contents: text))
    }

    @Test("says all that can be declared")
    func whole() throws {
        let file = try parse(
            """
            tenants:
              - name: acme
                display_name: Acme Corp
                plan: chroma-cloud
                labels: {env: prod, answer: no, cost-centre: 0123}
                databases: [main-db, archive]
                quotas:
                  - {usage_type: num_records, limit: 1000, reason: import}
                  - usage_type: num_results
                    limit: 50
                    reason: a demo
                    database: main-db
                    expire_time: 2027-01-31T00:00:00Z
              - name: bare
            """)
        var acme = DeclaredTenant(name: "acme")
        acme.displayName = "Acme Corp"
        acme.plan = "chroma-cloud"
        acme.labels = ["env": "prod", "answer": "no", "cost-centre": "0123"]
        acme.databases = ["main-db", "archive"]
        var demo = DeclaredOverride(usageType: "num_results", limit: 50, reason: "a demo")
        demo.database = "main-db"
        demo.expireTime = Google_Protobuf_Timestamp(seconds: 1_801_353_600)
        acme.overrides = [
            DeclaredOverride(usageType: "num_records", limit: 1000, reason: "import"), demo,
        ]
        #expect(file.tenants == [acme, DeclaredTenant(name: "bare")])
    }

    @Test("may declare no tenant")
    func none() throws {
        #expect(try parse("tenants: []").tenants.isEmpty)
    }

    @Test("keeps apart what is absent and what is to be empty")
    func empty() throws {
        let file = try parse("tenants: [{name: acme, display_name: \"\", labels: {}}]")
        #expect(file.tenants.first?.displayName?.isEmpty == true)
        #expect(file.tenants.first?.labels?.isEmpty == true)
        #expect(file.tenants.first?.plan == nil)
    }

    @Test("tells apart names that look alike but are other bytes")
    func bytes() throws {
        let file = try parse("tenants: [{name: caf\u{e9}}, {name: cafe\u{301}}]")
        #expect(file.tenants.count == 2)
    }

    @Test(
        "that isn't understood is refused with the line",
        arguments: [
            ("", "empty"),
            ("tenants", "line 1: The file is a mapping"),
            ("tenants: x", "line 1: tenants is a list"),
            ("tenant: []", "line 1: The file has no tenant"),
            ("tenants:\n  - nmae: acme", "line 2: A tenant has no nmae"),
            ("tenants:\n  - plan: x", "line 2: name is missing"),
            ("tenants:\n  - name:", "line 2: name is empty"),
            ("tenants:\n  - name: \"\"", "line 2: name is empty"),
            ("tenants:\n  - name: acme\n    name: other", "twice here: name"),
            ("tenants:\n  - name: acme\n  - name: acme", "line 3: tenant acme is declared twice"),
            ("tenants:\n  - name: acme\n    databases: [a, a]", "line 3: database a is declared"),
            ("tenants:\n  - name: acme\n    databases: main", "line 3: databases is a list"),
            ("tenants:\n  - name: acme\n    labels: [a]", "line 3: labels is a mapping"),
            ("tenants:\n  - name: acme\n    labels: {a: [b]}", "line 3: labels.a is a single"),
            ("tenants:\n  - name: [acme\n", "line 3: this is not YAML"),
            ("tenants: []\n---\ntenants: []", "line 2: this is not YAML"),
        ])
    func refused(_ text: String, _ words: String) {
        #expect { try parse(text) } throws: {
            let message = ($0 as? CommandFailure)?.description ?? ""
            return message.contains(words) && message.contains("tenants.yaml")
        }
    }

    @Test(
        "has quotas that are whole",
        arguments: [
            ("{usage_type: num_records, limit: 1}", "line 4: reason is missing"),
            ("{usage_type: num_records, reason: r}", "line 4: limit is missing"),
            ("{usage_type: u, limit: many, reason: r}", "line 4: limit is a whole number"),
            ("{usage_type: u, limit: 1.5, reason: r}", "line 4: limit is a whole number"),
            ("{usage_type: u, limit: 1, reason: r, expires: x}", "line 4: A quota has no expires"),
            ("{usage_type: u, limit: 1, reason: r, expire_time: soon}", "line 4: soon is no time"),
            (
                "{usage_type: u, limit: 1, reason: r}\n    - {usage_type: u, limit: 2, reason: s}",
                "line 5: u is overridden twice"
            ),
        ])
    func quotas(_ quota: String, _ words: String) {
        #expect {
            try parse("tenants:\n  - name: acme\n    quotas:\n    - \(quota)")
        } throws: { ($0 as? CommandFailure)?.description.contains(words) == true }
    }
}
