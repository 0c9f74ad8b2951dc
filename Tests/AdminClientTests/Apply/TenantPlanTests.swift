import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminClient

@Suite("What is to be done for a declared tenant")
struct TenantPlanTests {
    private let now = Google_Protobuf_Timestamp(seconds: 1_800_000_000)

    private var declared: DeclaredTenant {
        var tenant = DeclaredTenant(name: "acme")
        tenant.displayName = "Acme"
        tenant.plan = "chroma-cloud"
        tenant.labels = ["env": "prod"]
        tenant.databases = ["main-db"]
        var local = DeclaredOverride(usageType: "num_results", limit: 50, reason: "demo")
        local.database = "main-db"
        tenant.overrides = [
            local, DeclaredOverride(usageType: "num_databases", limit: 5, reason: "import"),
        ]
        return tenant
    }

    private var record: AdminTenant {
        .with {
            $0.name = "tenants/acme"
            $0.displayName = "Acme"
            $0.plan = "chroma-cloud"
            $0.labels = ["env": "prod"]
            $0.etag = "7"
        }
    }

    private func database(_ name: String) -> AdminDatabase {
        .with { $0.name = "tenants/acme/databases/\(name)" }
    }

    private func override(
        _ place: String, _ usageType: String, _ limit: Int64, _ reason: String
    ) -> AdminQuotaOverride {
        .with {
            $0.name = "\(place)/quotaOverrides/\(usageType)"
            $0.usageType = usageType
            $0.limit = limit
            $0.reason = reason
        }
    }

    @Test("the manager's label is added to what a tenant has, or to what is declared")
    func manager() {
        var mine = DeclaredTenant(name: "acme")
        mine.manager = "team"
        let there = InstalledTenant(tenant: record, databases: [], overrides: [])
        let kept = ["env": "prod", "managed-by": "team"]
        #expect(
            TenantPlan(mine, installed: there, now: now).steps
                == [.updateTenant(from: record, displayName: nil, labels: kept)])
        mine.labels = ["a": "b"]
        let own = ["a": "b", "managed-by": "team"]
        #expect(
            TenantPlan(mine, installed: there, now: now).steps
                == [.updateTenant(from: record, displayName: nil, labels: own)])
        let managed = AdminTenant.with {
            $0 = record
            $0.labels = own
        }
        let done = InstalledTenant(tenant: managed, databases: [], overrides: [])
        #expect(TenantPlan(mine, installed: done, now: now).steps.isEmpty)
    }

    @Test("a pruned tenant is shown as deleted, and counted apart from those declared")
    func pruned() {
        let gone = TenantPlan(pruning: installed, named: "acme")
        let plan = ApplyPlan(tenants: [gone])
        #expect(
            plan.lines == [
                "- tenants/acme",
                "0 to create, 0 to update, 1 to delete, 0 of 0 tenants as declared",
            ])
    }

    private var installed: InstalledTenant {
        InstalledTenant(
            tenant: record, databases: [database("main-db")],
            overrides: [
                override("tenants/acme", "num_databases", 5, "import"),
                override("tenants/acme/databases/main-db", "num_results", 50, "demo"),
            ])
    }

    private func steps(
        _ declared: DeclaredTenant, _ installed: InstalledTenant?
    ) -> [ApplyStep] {
        TenantPlan(declared, installed: installed, now: now).steps
    }

    @Test("one that isn't there is made, limits of the tenant before its databases")
    func create() {
        #expect(
            steps(declared, nil) == [
                .createTenant(declared), .setOverride(declared.overrides[1], instead: nil),
                .createDatabase("main-db"), .setOverride(declared.overrides[0], instead: nil),
            ])
    }

    @Test("one that is as declared is left alone, and so is what the file doesn't name")
    func leave() {
        #expect(steps(declared, installed).isEmpty)
        let more = InstalledTenant(
            tenant: record, databases: installed.databases + [database("other")],
            overrides: installed.overrides + [override("tenants/acme", "num_forks", 1, "x")])
        #expect(steps(declared, more).isEmpty)
        #expect(steps(DeclaredTenant(name: "acme"), more).isEmpty)
    }

    @Test("only what differs is changed")
    func update() {
        var wanted = declared
        wanted.displayName = ""
        #expect(
            steps(wanted, installed) == [.updateTenant(from: record, displayName: "", labels: nil)])
        wanted = declared
        wanted.labels = [:]
        #expect(
            steps(wanted, installed) == [.updateTenant(from: record, displayName: nil, labels: [:])]
        )
        wanted = declared
        wanted.plan = "self-hosted"
        #expect(
            steps(wanted, installed) == [.changePlan(from: "chroma-cloud", to: "self-hosted")])
        wanted = declared
        wanted.databases.append("archive")
        #expect(steps(wanted, installed) == [.createDatabase("archive")])
    }

    @Test("an override with another limit, reason or end is put in the place of the old one")
    func overrides() {
        let former = installed.overrides[0]
        for wanted in [
            DeclaredOverride(usageType: "num_databases", limit: 6, reason: "import"),
            DeclaredOverride(usageType: "num_databases", limit: 5, reason: "growth"),
            ending(at: now.seconds + 1),
        ] {
            var tenant = DeclaredTenant(name: "acme")
            tenant.overrides = [wanted]
            #expect(steps(tenant, installed) == [.setOverride(wanted, instead: former)])
        }
    }

    @Test("an override that has ended isn't asked for")
    func ended() {
        var tenant = DeclaredTenant(name: "acme")
        tenant.overrides = [ending(at: now.seconds)]
        #expect(steps(tenant, installed).isEmpty)
    }

    private func ending(at seconds: Int64) -> DeclaredOverride {
        var override = DeclaredOverride(usageType: "num_databases", limit: 5, reason: "import")
        override.expireTime = Google_Protobuf_Timestamp(seconds: seconds)
        return override
    }

    @Test("the same letters in other bytes are another text")
    func bytes() {
        var wanted = DeclaredTenant(name: "acme")
        wanted.databases = ["caf\u{e9}"]
        wanted.labels = ["env": "caf\u{e9}"]
        var spelled = record
        spelled.labels = ["env": "cafe\u{301}"]
        let there = InstalledTenant(
            tenant: spelled, databases: [database("cafe\u{301}")], overrides: [])
        #expect(
            steps(wanted, there) == [
                .updateTenant(from: spelled, displayName: nil, labels: wanted.labels),
                .createDatabase("caf\u{e9}"),
            ])
    }

    @Test("is shown a line a change, with a count")
    func lines() {
        var wanted = declared
        wanted.plan = "self-hosted"
        wanted.databases.append("a/b")
        wanted.overrides[1] = DeclaredOverride(
            usageType: "num_databases", limit: 9, reason: "import")
        let plan = ApplyPlan(tenants: [
            TenantPlan(wanted, installed: installed, now: now),
            TenantPlan(declared, installed: installed, now: now),
        ])
        #expect(
            plan.lines == [
                "~ tenants/acme  plan: \"chroma-cloud\" -> \"self-hosted\"",
                "~ tenants/acme/quotaOverrides/num_databases  limit: \"5\" -> \"9\"",
                "+ tenants/acme/databases/a%2Fb",
                "1 to create, 2 to update, 1 of 2 tenants as declared",
            ])
    }
}
