import Glibc
import NIOCore
import NIOPosix
import TesseraRPC

/// Finds out whether a process listens at an address.
enum ConnectionProbe {
    private static let timeout = TimeAmount.seconds(1)

    /// True only when every address of the host refuses the connection. Silence, a host that isn't
    /// found and a connection that is made all say nothing of the kind.
    static func isRefused(by address: NodeAddress) async -> Bool {
        do {
            let channel = try await ClientBootstrap(
                group: MultiThreadedEventLoopGroup.singleton
            ).connectTimeout(timeout).connect(host: address.host, port: address.port).get()
            try? await channel.close()
            return false
        } catch let error as IOError {
            return error.errnoCode == ECONNREFUSED
        } catch let error as NIOConnectionError {
            return !error.connectionErrors.isEmpty
                && error.connectionErrors.allSatisfy {
                    ($0.error as? IOError)?.errnoCode == ECONNREFUSED
                }
        } catch {
            return false
        }
    }
}
