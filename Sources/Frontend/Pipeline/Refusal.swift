/// Answers to requests that no route takes (protocol §1.1).
enum Refusal: Error, Sendable {
    /// 404 with an empty body.
    case unknownPath
    /// 405 with an empty body; `allow` lists the methods that the path has.
    case wrongMethod(allow: String)
    /// 410: anything below `/api/v1/` (protocol §1.2).
    case retiredAPI
}
