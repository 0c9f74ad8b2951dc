import CScheduling
import NIOCore

extension EventLoopGroup {
    /// Has the loops get a core as soon as they wake, even while others compute: they do little
    /// at a time, and what all connections of a loop wait for must not wait itself.
    package func servePromptly() {
        for loop in makeIterator() {
            loop.execute { tsched_set_slice(loopSliceMicroseconds) }
        }
    }
}

/// The shortest that Linux takes.
private let loopSliceMicroseconds: UInt32 = 100
