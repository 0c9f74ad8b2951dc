import ChromaModel

/// The id of a segment file.
package struct SegmentID: TypedID {
    package let uuid: UniqueID
    package init(_ uuid: UniqueID) { self.uuid = uuid }
}
