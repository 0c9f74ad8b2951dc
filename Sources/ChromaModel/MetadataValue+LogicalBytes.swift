// The size that is billed and limited, whatever the encoding (protocol §9.2).

extension MetadataValue {
    /// 1 for a bool, 8 for a number, the UTF-8 of a text, 8 for each entry of a sparse vector,
    /// whose tokens are free; an array is the sum of its elements.
    package var logicalBytes: Int {
        switch self {
        case .bool: 1
        case .int, .float: 8
        case .string(let text): text.utf8.count
        case .sparse(let vector): vector.indices.count * 8
        case .bools(let list): list.count
        case .ints(let list): list.count * 8
        case .floats(let list): list.count * 8
        case .strings(let list): list.reduce(0) { $0 + $1.utf8.count }
        }
    }
}
