import Access
import Platform
import TenantEngine

extension RouteTable {
    /// Every route of Chroma's API that this server has.
    static func chroma(
        configuration: FrontendConfiguration, engines: any EngineClient,
        directory: any TenantDirectory, authoriser: Authoriser, time: any TimeSource
    ) -> RouteTable {
        RouteTable(
            SystemRoutes(time: time).routes
        )
    }
}
