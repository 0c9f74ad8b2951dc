import ChromaModel

/// The bytes of an index file: how to find the nearest of a part's rows without scoring all.
///
/// ```
/// file   = header codes padding graph                  the graph begins at a multiple of 64
/// header = magic version:u32 rows:u32 segment:16 collection:16 codes:u64 graph:u64
///          recall:u32 body-crc:u32 zero* crc:u32       128 bytes
/// ```
/// `codes` and `graph` are byte counts, the latter 0 when there is none; `recall` is in millionths.
/// Every byte is covered by one of the CRC-32Cs. Little-endian.
///
/// The file is beside its segment, `<segment>.<collection>.idx`, and follows from it: without it
/// searches are only slower. It is named by no other file.
package enum IndexFileFormat {
    /// What the first bytes of an index file are.
    package static let magicText = "TESSIDX\n"
    static let magic = Array(magicText.utf8)
    static let version: UInt32 = 1
    static let headerBytes = 128
    static let alignment = 64
    static let recallUnit = 1_000_000.0
    /// In place of a recall: it wasn't measured.
    static let recallUnknown = UInt32.max

    package static let nameEnding = ".idx"

    package static func fileName(_ part: SegmentPart) -> String {
        "\(part.segment).\(part.storedAs)\(nameEnding)"
    }

    /// The part whose index a file name stands for.
    package static func part(named name: String) -> SegmentPart? {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 3, let segment = UniqueID(String(words[0])),
            let collection = UniqueID(String(words[1]))
        else { return nil }
        let part = SegmentPart(
            segment: SegmentID(segment), storedAs: CollectionID(collection))
        return fileName(part) == name ? part : nil
    }

    static func graphStart(codes: Int) -> Int {
        (headerBytes + codes + alignment - 1) / alignment * alignment
    }
}
