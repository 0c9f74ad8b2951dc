import Crypto

/// What stands for a string in a metadata index: the first 128 bits of its SHA-256.
///
/// Strings are only ever compared for equality, so the index needs neither their order nor
/// their bytes: it stays small however long they are. Nobody can find a second string with the
/// digest of a given one.
package struct TextDigest: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    package init(_ text: String) {
        var copy = text
        var hash = SHA256()
        copy.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        (high, low) = hash.finalize().withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
