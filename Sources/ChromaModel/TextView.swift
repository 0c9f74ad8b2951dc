/// A text of a record in an answer: a string, or UTF-8 that is read where it is stored.
package enum TextView: Sendable {
    case string(String)
    case stored(StoredText)

    /// The bytes of its UTF-8.
    package var byteCount: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .stored(let text): text.bytes.count
        }
    }

    /// The text as a value; of stored bytes, a copy.
    package var string: String {
        switch self {
        case .string(let text): text
        case .stored(let text): text.string
        }
    }

    /// Calls `body` with the UTF-8, in place.
    package func withUTF8(_ body: (UnsafeRawBufferPointer) -> Void) {
        switch self {
        case .string(var text): text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        case .stored(let text): withExtendedLifetime(text.owner) { body(text.bytes) }
        }
    }
}

/// UTF-8 kept alive by whoever owns the bytes.
package struct StoredText: @unchecked Sendable {
    // Safe to share: the owner's bytes never change after publication.
    fileprivate let owner: AnyObject
    fileprivate let bytes: UnsafeRawBufferPointer

    /// - Parameter owner: keeps the memory of `bytes` alive and unchanged.
    package init(owner: AnyObject, bytes: UnsafeRawBufferPointer) {
        self.owner = owner
        self.bytes = bytes
    }

    fileprivate var string: String {
        withExtendedLifetime(owner) { String(decoding: bytes, as: UTF8.self) }
    }
}
