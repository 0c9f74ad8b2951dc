/// How a line of the log looks.
package enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// Words, for people.
    case text
}
