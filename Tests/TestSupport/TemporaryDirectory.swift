import Glibc
import Platform

/// A directory of a test's own, removed when the object goes.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        let random = SystemRandomSource().next()
        path = "/tmp/tessera-test-\(getpid())-\(String(random, radix: 36))"
        try? PosixFileSystem().createDirectory(path)
    }

    deinit { try? PosixFileSystem().removeTree(path) }
}
