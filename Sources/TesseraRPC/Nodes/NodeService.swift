import ChromaModel
import GRPCCore
import GRPCNIOTransportHTTP2
import TransportSecurity

/// A service that processes of the installation offer each other, and who may call it.
package struct NodeService: Sendable {
    package typealias Router = RPCRouter<HTTP2ServerTransport.Posix>

    let descriptor: ServiceDescriptor
    let callers: Set<NodeRole>
    let narrower: [MethodDescriptor: Set<NodeRole>]
    let register: @Sendable (inout Router) -> Void

    /// - Parameters:
    ///   - callers: every method is refused to peers whose certificate names none of these roles.
    ///   - narrower: methods that only some of the callers may call.
    ///   - register: registers the methods of the service, and of no other.
    package init(
        _ descriptor: ServiceDescriptor, callers: Set<NodeRole>,
        narrower: [MethodDescriptor: Set<NodeRole>] = [:],
        register: @escaping @Sendable (inout Router) -> Void
    ) {
        self.descriptor = descriptor
        self.callers = callers
        self.narrower = narrower
        self.register = register
    }

    /// What lets the right peers through, to each method.
    var gates: [ConditionalInterceptor<any ServerInterceptor>] {
        [.apply(NodeGate(callers: callers), to: .services([descriptor]))]
            + narrower.map { .apply(NodeGate(callers: $1), to: .methods([$0])) }
    }
}
