import Hummingbird
import NIOCore

/// What Hummingbird tells of a request beside its head and body.
struct AdminRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The numeric address of the connection's other end; nil when it has none.
    let peer: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }
}
