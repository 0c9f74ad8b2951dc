extension DeletionMap {
    /// Which rows of a new part are deleted in the parts that they were copied from.
    ///
    /// - Parameter origins: for each row where it comes from; parts are counted from the first
    ///   of `parts`.
    init(of origins: [RowRef], in parts: ArraySlice<RecordWriter.SealedPart>) {
        self.init()
        for (row, origin) in origins.enumerated()
        where parts[parts.startIndex + Int(origin.part)].deleted.contains(Int(origin.row)) {
            insert(row)
        }
    }
}
