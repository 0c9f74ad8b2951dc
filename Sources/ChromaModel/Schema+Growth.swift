/// How a schema learns the keys that records have (protocol §5.5).
extension Schema {
    /// Gives each key the default indexes of the types of its values, where it has none.
    package func grown(by keyTypes: KeyTypes) -> Schema {
        var result = self
        for (key, types) in keyTypes.types { result.learn(key, types) }
        return result
    }

    private mutating func learn(_ key: MetadataKey, _ new: ValueTypeSet) {
        var types = keys[key] ?? ValueTypes()
        if new.contains(.bool) { types.bool = types.bool ?? defaults.bool }
        if new.contains(.int) { types.int = types.int ?? defaults.int }
        if new.contains(.float) { types.float = types.float ?? defaults.float }
        if new.contains(.string) { types.string = types.string ?? defaults.string }
        if new.contains(.sparse) {
            types.sparseVector = types.sparseVector ?? defaults.sparseVector
        }
        keys[key] = types
    }
}
