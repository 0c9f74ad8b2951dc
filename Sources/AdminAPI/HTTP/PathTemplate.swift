import ChromaModel
import TesseraRPC

/// The path of an HTTP binding, such as `/v1/{name=tenants/*/tokens/*}:revoke`.
///
/// A template has at most one variable; each `*` of it is one segment of the path.
struct PathTemplate: Sendable, Hashable {
    private enum Segment: Sendable, Hashable {
        case literal(String)
        /// An id; it belongs to the variable.
        case wildcard
    }

    private let segments: [Segment]
    /// Where in `segments` the variable's value is; nil when there is no variable.
    private let variable: Variable?
    private let verb: String?

    private struct Variable: Sendable, Hashable {
        let field: String
        let range: Range<Int>
    }

    /// - Throws: `internalError` when the proto holds a template that isn't one.
    init(_ text: String) throws(ServiceError) {
        let pattern =
            #/
            (?<before>[^{}:]*)
            (?: \{ (?<field>[a-z_]+) = (?<value>[^{}:]+) \} (?<after>[^{}:]*) )?
            (?: : (?<verb>[a-zA-Z]+) )?
            /#
        guard let match = text.wholeMatch(of: pattern) else {
            throw ServiceError(.internalError, "\(text) is not a path template; correct its proto.")
        }
        let before = Self.segments(match.before)
        let value = match.value.map(Self.segments) ?? []
        segments = before + value + (match.after.map(Self.segments) ?? [])
        variable = match.field.map {
            Variable(field: String($0), range: before.count..<(before.count + value.count))
        }
        verb = match.verb.map { String($0) }
    }

    /// What the variable is bound to when the path fits; nil when it doesn't.
    ///
    /// - Parameter path: the path as the request line has it, still percent-encoded.
    func match(_ path: String) -> [String: String]? {
        guard let path = withoutVerb(path), let given = Self.decoded(path) else { return nil }
        guard given.count == segments.count, zip(given, segments).allSatisfy(Self.fits) else {
            return nil
        }
        guard let variable else { return [:] }
        let value = given[variable.range].map(ResourceName.escaped).joined(separator: "/")
        return [variable.field: value]
    }

    private func withoutVerb(_ path: String) -> Substring? {
        guard let verb else { return path[...] }
        return path.hasSuffix(":\(verb)") ? path.dropLast(verb.count + 1) : nil
    }

    private static func segments(_ text: Substring) -> [Segment] {
        text.split(separator: "/").map { $0 == "*" ? .wildcard : .literal(String($0)) }
    }

    private static func decoded(_ path: Substring) -> [String]? {
        guard path.first == "/" else { return nil }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let decoded = parts.compactMap { PercentEncoding.decoded($0) }
        return decoded.count == parts.count ? decoded : nil
    }

    private static func fits(_ given: String, _ segment: Segment) -> Bool {
        switch segment {
        case .literal(let text): given == text
        case .wildcard: !given.isEmpty
        }
    }
}
