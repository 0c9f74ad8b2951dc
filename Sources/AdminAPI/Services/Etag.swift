import ChromaModel

/// A resource's revision, as the API writes it.
enum Etag {
    static func text(_ revision: Int64) -> String { "\(revision)" }

    /// nil when none was given. One that was never ours is of no revision there is.
    static func revision(_ text: String) -> Int64? {
        text.isEmpty ? nil : Int64(text) ?? -1
    }
}
