/// The bytes of an index: two sections, each on its own.
///
/// ```
/// codes = header mean:f32[elements] rows            section 16; rows have the stride of the header
/// graph = header edges:u32[nodes × degree] rowOfNode:u32[nodes] nodeOfRow:u32[rows]
///         groupStarts:u32[groups + 1] groupRows:u32[grouped] looseRows:u32[loose]    section 18
/// ```
/// Headers take 128 bytes and end with a CRC-32C of the bytes before it; before that stands the
/// CRC-32C of everything behind the header. Parts begin at multiples of 64. Little-endian.
///
/// `rowOfNode` has the top bit set when a node stands for several rows; then the rest is the number
/// of a group. `groupStarts` has it set when the rows of a group are equal bit by bit. An edge to
/// the node itself is no edge. A loose row is in no graph and always looked at.
package enum IndexFormat {
    static let codesMagic: UInt64 = 0x0A53_4544_4F43_5354  // "TSCODES\n"
    static let graphMagic: UInt64 = 0x0A48_5052_4147_5354  // "TSGRAPH\n"
    package static let version: UInt32 = 1
    static let headerBytes = 128
    static let alignment = 64
    static let manyBit: UInt32 = 1 << 31
    /// In `nodeOfRow`: a loose row.
    static let noNode = UInt32.max
    /// Rows an index can have: the top bit is taken.
    package static let rowsMax = 1 << 30

    static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }
}

/// Why bytes are no index.
package enum IndexDamage: Error, Sendable, CustomStringConvertible {
    /// Written by another version; build it anew.
    case foreign(version: UInt32)
    case corrupt(String)
    /// The index is of other rows than these.
    case mismatched(String)

    package var description: String {
        switch self {
        case .foreign(let version): "index format \(version) is unknown to this version"
        case .corrupt(let what): "the index is damaged: \(what); build it anew"
        case .mismatched(let what): "the index is not of these rows: \(what); build it anew"
        }
    }
}
