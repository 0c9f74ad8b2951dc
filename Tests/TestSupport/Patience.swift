/// How long a test waits for what must come before it calls it missing. Long, for on a loaded
/// machine with few cores a test's own neighbours keep it waiting.
package enum Patience {
    package static let minutes = 5
    package static let seconds: Int64 = 300
}
