extension String {
    /// A binding's path with ids in place of its variable.
    func filling(_ ids: String...) -> String {
        var ids = ids[...]
        var last = ""
        return split(separator: "*", omittingEmptySubsequences: false)
            .reduce(into: "") { path, part in
                if !path.isEmpty {
                    last = ids.popFirst() ?? last
                    path += last
                }
                path += part
            }
            .replacing(/\{\w+=/, with: "").replacing("}", with: "")
    }
}
