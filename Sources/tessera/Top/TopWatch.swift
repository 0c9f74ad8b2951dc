import AdminClient
import Dispatch
import GRPCCore
import Synchronization
import TesseraRPC
import UnixSignals

/// `tessera top` on a terminal: measures again and again, and listens to keys meanwhile.
struct TopWatch {
    private enum Event: Sendable {
        case key(Character)
        case measured(AdminMeasureTenantsResponse, by: String)
        /// The engine or the server is away; it is asked again.
        case away(String)
        case ended(any Error)
        case signal
    }

    private static let retryDelay = Duration.seconds(1)

    private let request: AdminMeasureTenantsRequest
    private let connection: AdminConnection

    init(_ request: AdminMeasureTenantsRequest, _ connection: AdminConnection) {
        self.request = request
        self.connection = connection
    }

    /// Returns when the user quits. Throws what the admin API refuses.
    func run() async throws {
        let terminal = try Terminal()
        defer { terminal.restore() }
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        let order = TopOrder(request.orderBy)
        let keys = terminal.keys { sink.yield(.key($0)) }
        defer { keys.cancel() }
        let work = Task { await measure(in: order, sink) }
        defer { work.cancel() }
        let signals = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigterm, .sighup, .sigint) {
                sink.yield(.signal)
            }
        }
        defer { signals.cancel() }
        try await show(events, order, on: terminal)
    }

    private func show(
        _ events: AsyncStream<Event>, _ order: TopOrder, on terminal: Terminal
    ) async throws {
        var screen = LoadScreen(order: request.orderBy)
        terminal.draw(screen.lines)
        for await event in events {
            switch event {
            case .key("q"), .key(Terminal.controlC), .signal: return
            case .key(let key):
                guard let word = LoadScreen.orders.first(where: { $0.key == key })?.word else {
                    continue
                }
                order.word = word
            case .measured(let answer, let word):
                screen.answer = answer
                screen.order = word
                screen.problem = nil
            case .away(let problem): screen.problem = problem
            case .ended(let error): throw error
            }
            terminal.draw(screen.lines)
        }
    }

    private func measure(in order: TopOrder, _ sink: AsyncStream<Event>.Continuation) async {
        while !Task.isCancelled {
            var request = request
            request.orderBy = order.word
            do {
                let answer = try await connection.load.measureTenants(request)
                sink.yield(.measured(answer, by: request.orderBy))
            } catch let error as RPCError where error.code == .unavailable {
                sink.yield(.away(error.message))
                try? await Task.sleep(for: Self.retryDelay)
            } catch {
                sink.yield(.ended(error))
                return
            }
        }
    }
}

/// What tenants are ranked by: chosen by a key, in force from the next measurement on.
private final class TopOrder: Sendable {
    private let chosen: Mutex<String>

    init(_ word: String) { chosen = Mutex(word) }

    var word: String {
        get { chosen.withLock { $0 } }
        set { chosen.withLock { $0 = newValue } }
    }
}
