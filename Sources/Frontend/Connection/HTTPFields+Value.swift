import HTTPTypes

extension HTTPFields {
    /// A field's value, as the subscript gives it, without its detour over arrays for a field that
    /// is there once at most, as nearly all are.
    func value(of name: HTTPField.Name) -> String? {
        var found: String?
        for field in self where field.name == name {
            if found != nil { return self[name] }
            found = field.value
        }
        return found
    }
}
