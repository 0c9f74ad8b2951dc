/// How a schema learns the keys that records have (protocol §5.5).
extension Schema {
    /// Keys that start so are the server's own.
    private static let reservedPrefix = "chroma:"

    /// Gives `key` the default indexes of the type of `value`, when it has none. Returns whether
    /// the schema changed.
    package mutating func learn(_ key: MetadataKey, _ value: MetadataValue) -> Bool {
        if key.value.utf8.starts(with: Self.reservedPrefix.utf8) || value.isEmptyArray {
            return false
        }
        var types = keys[key] ?? ValueTypes()
        switch value {
        case .bool, .bools: types.bool = types.bool ?? defaults.bool
        case .int, .ints: types.int = types.int ?? defaults.int
        case .float, .floats: types.float = types.float ?? defaults.float
        case .string, .strings: types.string = types.string ?? defaults.string
        case .sparse: types.sparseVector = types.sparseVector ?? defaults.sparseVector
        }
        guard keys[key] != types else { return false }
        keys[key] = types
        return true
    }
}
