import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// The flags that say what an issuer's claims mean.
struct IssuerClaims: ParsableArguments {
    @Option(help: "All of its tokens are for this tenant.")
    var tenant: String?
    @Option(help: "The claim that names the tenant, or a JSON pointer to it. Default: tenant.")
    var tenantClaim: String?
    @Option(
        name: .customLong("only-tenant"), parsing: .singleValue,
        help: "A tenant that the claim may name; may be repeated. Default: any.")
    var tenants: [String] = []
    @Option(help: "The claim that lists the databases. Default: all of the tenant.")
    var databasesClaim: String?
    @Option(help: "The claim that holds a role, or a list. Default: role.")
    var roleClaim: String?
    @Option(
        name: .customLong("role"), parsing: .singleValue,
        help: ArgumentHelp(
            "What a value of that claim means: VALUE=admin, writer or reader; may be repeated.",
            valueName: "value=role"))
    var roles: [String]
    @Flag(help: "Let a value mean operator.")
    var allowOperator = false

    func write(to issuer: inout AdminIssuer) throws {
        issuer.tenant = tenant ?? ""
        issuer.tenantClaim = tenantClaim ?? ""
        issuer.tenants = tenants
        issuer.databasesClaim = databasesClaim ?? ""
        issuer.roleClaim = roleClaim ?? ""
        issuer.roles = try roles.map(Self.mapping)
        issuer.allowOperator = allowOperator
    }

    /// The last `=` divides: values may have some.
    private static func mapping(_ text: String) throws -> AdminRoleMapping {
        guard let divider = text.lastIndex(of: "=") else {
            throw ValidationError("\(text) maps nothing; write VALUE=ROLE.")
        }
        return .with {
            $0.value = String(text[..<divider])
            $0.role = String(text[text.index(after: divider)...])
        }
    }
}
