/// How the sections of a segment file lie beside each other: they and the directory cover the
/// file but for the zeros that align them.
struct SegmentLayout {
    let sections: [Range<Int>]
    let directoryStart: Int

    /// The first place where that is not so; nil when it is.
    ///
    /// - Parameter bytes: reads some bytes of the file.
    func fault(_ bytes: (Range<Int>) throws(StorageError) -> [UInt8]) throws(StorageError)
        -> (offset: Int, what: String)?
    {
        var end = SegmentFormat.magic.count
        let parts = sections + [directoryStart..<directoryStart]
        for part in parts.sorted(by: Self.isBefore) {
            if part.lowerBound < end { return (part.lowerBound, "sections overlap") }
            if part.lowerBound - end >= SegmentFormat.alignment {
                return (end, "\(part.lowerBound - end) bytes belong to no section")
            }
            let padding = end..<part.lowerBound
            if !padding.isEmpty, let place = try bytes(padding).firstIndex(where: { $0 != 0 }) {
                return (end + place, "padding between sections is not zero")
            }
            end = part.upperBound
        }
        return nil
    }

    /// Empty sections come before the one that begins where they are.
    private static func isBefore(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        (left.lowerBound, left.upperBound) < (right.lowerBound, right.upperBound)
    }
}
