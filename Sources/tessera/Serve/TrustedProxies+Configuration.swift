import Access
import ChromaModel
import ServerConfiguration

extension TrustedProxies {
    /// Throws `invalidArgument`, which names the setting.
    init(_ configuration: ServerConfiguration) throws(ServiceError) {
        do {
            try self.init(parsing: configuration.http.trustedProxies)
        } catch {
            throw .invalid("http.trusted_proxies: \(error.message)")
        }
    }
}
