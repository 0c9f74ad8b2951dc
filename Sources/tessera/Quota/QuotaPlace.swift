import ArgumentParser
import TesseraRPC

/// Whose quotas a command is about: a tenant's, or those of one of its databases.
struct QuotaPlace: ParsableArguments {
    @Option(help: "The tenant's name.")
    var tenant: String
    @Option(help: "A database of it. Default: the whole tenant.")
    var database: String?

    var name: String {
        let tenant = ResourceName("tenants", tenant).description
        return database.map { "\(tenant)/\(ResourceName("databases", $0))" } ?? tenant
    }
}
