import NIOCore

/// Runs tasks on an event loop.
///
/// A connection's task that runs where its bytes come and go saves four changes of thread for
/// each request, which cost more than most requests. So what handles a request must not keep the
/// thread: long work has threads of its own.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
