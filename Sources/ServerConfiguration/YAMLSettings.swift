import ChromaModel
import Configuration
import FoundationEssentials
import Yams

/// A YAML file of settings, every key of which is known.
struct YAMLSettings {
    let path: String

    /// nil when the file holds no setting, only comments.
    /// Throws `ServiceError(.invalidArgument)` for an unreadable file or an unknown key.
    func provider() async throws -> (any ConfigProvider)? {
        let names = try Self.names(in: read(), path: path)
        let known = ConfigurationKey.all.map(\.name)
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw ServiceError.invalid("\(path): " + UnknownName(stranger, known: known).complaint)
        }
        return names.isEmpty ? nil : try await parsed()
    }

    private func read() throws -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw ServiceError(
                .invalidArgument, "\(path) cannot be read; name a readable YAML file.",
                cause: error)
        }
    }

    private func parsed() async throws -> any ConfigProvider {
        do {
            let options = YAMLSnapshot.ParsingOptions(
                secretsSpecifier: .specific(
                    Set(ConfigurationKey.all.filter(\.isSecret).map(\.name))))
            let location = InMemoryProvider(
                values: ["filePath": ConfigValue(.string(path), isSecret: false)])
            return try await FileProvider<YAMLSnapshot>(
                parsingOptions: options, config: ConfigReader(provider: location))
        } catch { throw Self.malformed(path, error) }
    }

    /// The dotted names of every value in the text.
    static func names(in text: String, path: String) throws -> [String] {
        do {
            guard let root = try Yams.compose(yaml: text), root.tag != Tag(.null) else { return [] }
            return try names(below: root, prefix: "")
        } catch let error as ServiceError { throw error } catch { throw malformed(path, error) }
    }

    private static func names(below node: Node, prefix: String) throws -> [String] {
        guard let mapping = node.mapping else {
            guard prefix.isEmpty else { return [prefix] }
            throw ServiceError.invalid("The file of settings must be a mapping of keys to values.")
        }
        return try mapping.flatMap { key, value in
            let name = key.string ?? "\(key)"
            return try names(below: value, prefix: prefix.isEmpty ? name : "\(prefix).\(name)")
        }
    }

    private static func malformed(_ path: String, _ error: any Error) -> ServiceError {
        ServiceError(.invalidArgument, "\(path) is not valid YAML: \(error)", cause: error)
    }
}
