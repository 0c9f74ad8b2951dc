/// Says whether rows may be read: those of a file may be checked when they are first touched.
package protocol RowCheck: AnyObject, Sendable {
    /// Whether these rows are as they were written, as far as can be told; may read them. Asked
    /// before any of them is scored.
    func areWhole(_ rows: UnsafeBufferPointer<UInt32>) -> Bool
}
