import Platform
import Usage

/// Reads what an earlier boot left.
enum SpoolReader {
    /// The cells that the boot counted and had not forgotten.
    ///
    /// The newest file that was taken into use says everything; one that a crash left unfinished
    /// says nothing.
    static func cells(in directory: String, _ fileSystem: any FileSystem) throws(FileError)
        -> LiveCells
    {
        let names = try fileSystem.list(directory)
        var cells = LiveCells()
        for number in names.compactMap(SpoolFormat.fileNumber).sorted(by: >) {
            let path = directory + "/" + SpoolFormat.fileName(number)
            let map = try fileSystem.map(path)
            guard let amounts = SpoolFormat.amounts(in: Array(map.bytes)) else { continue }
            for amount in amounts { cells.add(amount) }
            break
        }
        return cells
    }
}
