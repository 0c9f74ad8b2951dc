/// Text that is compared, ordered and hashed by its UTF-8 bytes.
///
/// Swift's `String ==` folds canonically equivalent spellings ("é" written two ways) into one;
/// Chroma compares bytes, so every id and name that comes from a client is a `ByteText`.
package protocol ByteText: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The text as the client sent it, unchanged.
    var value: String { get }
}

extension ByteText {
    @inlinable
    package static func == (left: Self, right: Self) -> Bool {
        left.value.isByteEqual(to: right.value)
    }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool {
        left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
    }

    @inlinable
    package func hash(into hasher: inout Hasher) {
        var copy = value
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    package var description: String { value }
}

extension String {
    /// Whether both texts are the same bytes.
    @inlinable
    package func isByteEqual(to other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

/// The id of a record: any non-empty UTF-8, unique in its collection (protocol §2.1).
package struct RecordID: ByteText {
    package let value: String
    @inlinable
    package init(_ value: String) { self.value = value }
}

/// The name of a tenant on the wire.
package struct TenantName: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}

/// The name a tenant may give itself once, unique among tenants: the first part of a CRN.
package struct TenantResourceName: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}

/// The name of a database, unique in its tenant.
package struct DatabaseName: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}

/// The name of a collection, unique in its database.
package struct CollectionName: ByteText {
    package let value: String
    package init(_ value: String) { self.value = value }
}

/// The key of a metadata entry.
package struct MetadataKey: ByteText {
    package let value: String
    @inlinable
    package init(_ value: String) { self.value = value }
}
