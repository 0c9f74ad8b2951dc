import Access
import ChromaModel
import ChromaWire
import HTTPTypes

/// Who am I? Every client asks this first (protocol §7.2).
struct IdentityRoutes: Sendable {
    let directory: any TenantDirectory
    let authoriser: Authoriser

    var routes: [Route] {
        [
            Route(
                .get, PathStem.api + "/auth/identity", .identified(identity),
                RouteDescription(
                    "identity", "Tells whose the token is and what it reaches.",
                    answers: .named(.identity)))
        ]
    }

    /// Names every database that the token reaches: a client picks the only one there is, and
    /// refuses to open any other.
    private func identity(_ call: Call, _ principal: Principal) -> Operation {
        { [directory, authoriser] in
            guard let tenant = principal.tenantName else {
                return Self.reply(
                    principal, tenant: TenantName("*"), databases: [DatabaseName("*")])
            }
            let scope = try await authoriser.tenantScope(
                for: principal, .getTenant, tenant: tenant)
            let databases = try await directory.databases(principal, in: scope)
            return Self.reply(
                principal, tenant: tenant, databases: databases.map(\.name))
        }
    }

    /// The credential's public name stands for the user: there is no other.
    private static func reply(_ principal: Principal, tenant: TenantName, databases: [DatabaseName])
        -> Reply
    {
        Reply {
            IdentityResponse.write(
                userID: principal.credential.description, tenant: tenant, databases: databases,
                into: &$0)
        }
    }
}
