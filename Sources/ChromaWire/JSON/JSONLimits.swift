/// Bounds on what the JSON reader takes.
package enum JSONLimits {
    /// Nested arrays and objects in a request; one more is a parse error. Upstream's reader
    /// refuses the 128th level (protocol §1.1), and so do we.
    package static let depthMax = 127
    /// Nested arrays and objects in a text this server wrote itself: a request's value may be
    /// stored some levels deeper than it arrived.
    package static let storedDepthMax = 255
    /// Bytes of a client's string that an error message quotes.
    package static let quotedBytesMax = 64
}
