/// The path of an HTTP binding as OpenAPI writes it: `/v1/tenants/{tenant}/tokens/{token}:revoke`
/// for `/v1/{name=tenants/*/tokens/*}:revoke`.
struct BindingPath {
    let text: String
    /// In the order of the path, each named after the collection that it is in.
    let parameters: [String]
    /// The fields of the request that the path binds.
    let fields: Set<String>

    init(_ binding: String) {
        var segments: [String] = []
        var parameters: [String] = []
        let variable = binding.firstMatch(of: #/\{([a-z_]+)=([^}]+)\}/#)
        let plain = variable.map { binding.replacing("\($0.0)", with: $0.2) } ?? binding
        for segment in plain.split(separator: "/") {
            guard segment.first == "*" else {
                segments.append(String(segment))
                continue
            }
            let parameter = Self.singular(segments.last ?? "")
            parameters.append(parameter)
            segments.append("{\(parameter)}\(segment.dropFirst())")
        }
        text = "/" + segments.joined(separator: "/")
        self.parameters = parameters
        fields = variable.map { [String($0.1)] } ?? []
    }

    private static func singular(_ noun: String) -> String {
        noun.hasSuffix("s") ? String(noun.dropLast()) : noun
    }
}
