import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Threads that share the steps of a build; the caller's is one of them.
///
/// The pool of the runtime is not used: a build takes seconds and would starve everything else.
struct Workers: Sendable {
    let threads: Int
    let isCancelled: @Sendable () -> Bool

    /// Calls `body` with every range of `chunk` indices of `0..<count`, on all threads.
    ///
    /// - Parameter makeState: called once a thread; what it returns is handed to `body`.
    /// - Throws: `CancellationError` when the build was cancelled.
    func forEach<State>(
        _ count: Int, chunk: Int, makeState: @Sendable @escaping () -> State,
        _ body: @Sendable @escaping (inout State, Range<Int>) -> Void
    ) throws(CancellationError) {
        let isCancelled = isCancelled
        let counter = SharedCounter()
        let loop: @Sendable () -> Void = {
            var state = makeState()
            while !isCancelled() {
                let start = counter.next.wrappingAdd(chunk, ordering: .relaxed).oldValue
                if start >= count { return }
                body(&state, start..<min(start + chunk, count))
            }
        }
        let extra = (1..<max(1, min(threads, (count + chunk - 1) / chunk))).map { _ in
            WorkerThread(loop)
        }
        loop()
        for thread in extra { thread.join() }
        if isCancelled() { throw CancellationError() }
    }

    func check() throws(CancellationError) {
        if isCancelled() { throw CancellationError() }
    }
}

private final class SharedCounter: Sendable {
    let next = Atomic(0)
}

/// A thread that runs one closure.
private final class WorkerThread {
    private var thread = pthread_t()
    private let isRunning: Bool

    init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(WorkerBody(body))
        isRunning =
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<WorkerBody>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, box.toOpaque()) == 0
        if !isRunning { box.release() }  // the other threads do its share
    }

    func join() {
        if isRunning { pthread_join(thread, nil) }
    }
}

private final class WorkerBody: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
