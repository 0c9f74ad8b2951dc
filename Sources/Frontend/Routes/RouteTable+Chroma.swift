import Access
import Platform
import TenantEngine

extension RouteTable {
    /// Every route of Chroma's API that this server has.
    static func chroma(
        configuration: FrontendConfiguration, engines: any EngineClient,
        directory: any TenantDirectory, authoriser: Authoriser, time: any TimeSource
    ) -> RouteTable {
        let flavour = configuration.indexFlavour
        let replies = CollectionReplies(flavour: flavour)
        let policies = IndexPolicyCache()
        let routes =
            SystemRoutes(time: time).routes
            + IdentityRoutes(directory: directory, authoriser: authoriser).routes
            + ResetRoutes(directory: directory, isAllowed: configuration.allowReset).routes
            + TenantRoutes(directory: directory).routes
            + DatabaseRoutes(directory: directory).routes
            + QuotaRoutes().routes
            + CollectionRoutes(engines: engines, flavour: flavour, replies: replies).routes
            + ForkRoutes(engines: engines, replies: replies).routes
            + IndexingRoutes(engines: engines).routes
            + RecordRoutes(engines: engines, policies: policies).routes
            + TransactionRoutes(
                engines: engines, policies: policies, authoriser: authoriser
            ).routes
        return RouteTable(routes + DocumentRoutes(describing: routes).routes)
    }
}
