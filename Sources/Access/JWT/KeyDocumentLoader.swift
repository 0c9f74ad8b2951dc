import ChromaModel
import ChromaWire
import NIOPosix
import Platform

/// Reads key sets from providers and from files of this server.
package struct KeyDocumentLoader: KeyDocuments {
    private let directory: String
    private let fileSystem: any FileSystem
    private let remote: RemoteDocument

    /// - Parameters:
    ///   - directory: where the key sets in files are; an issuer names a file in it.
    ///   - allowsInsecureURLs: for development: plain HTTP and this machine's own addresses.
    ///   - timeoutSeconds: after which a provider is given up.
    package init(
        directory: String, fileSystem: any FileSystem, allowsInsecureURLs: Bool,
        timeoutSeconds: Int64 = 5
    ) {
        self.directory = directory
        self.fileSystem = fileSystem
        remote = RemoteDocument(
            allowsInsecureURLs: allowsInsecureURLs, timeoutSeconds: timeoutSeconds)
    }

    package func document(of issuer: IssuerRecord) async throws -> [UInt8] {
        switch issuer.keySource {
        case .file(let name): try await file(name)
        case .url(let url): try await remote.read(url)
        case .discovery: try await remote.read(try await discoveredURL(issuer.url))
        }
    }

    private func file(_ name: String) async throws -> [UInt8] {
        guard KeySource.isFileName(name) else { throw Self.unreadable(name, nil) }
        let path = "\(directory)/\(name)"
        do {
            return try await NIOThreadPool.singleton.runIfActive { [fileSystem] in
                try fileSystem.readAll(path, bytesMax: JSONWebKeySet.bytesMax)
            }
        } catch {
            throw Self.unreadable(name, error)
        }
    }

    private static func unreadable(_ name: String, _ cause: (any Error)?) -> ServiceError {
        ServiceError(
            .failedPrecondition,
            "The key file \(name) can't be read from the directory of issuers' keys.",
            cause: cause)
    }

    /// OpenID Connect Discovery 1.0 §4: what is found must be by the issuer that was asked.
    private func discoveredURL(_ issuer: IssuerURL) async throws -> String {
        let base = issuer.value.hasSuffix("/") ? String(issuer.value.dropLast()) : issuer.value
        let document = try await remote.read(base + "/.well-known/openid-configuration")
        guard let tree = try? JSONTree(parsing: document),
            let named = tree["issuer"]?.string, IssuerURL(named) == issuer,
            let url = tree["jwks_uri"]?.string
        else {
            throw ServiceError(
                .failedPrecondition,
                "The issuer's openid-configuration is no JSON, has another issuer or no jwks_uri.")
        }
        return url
    }
}

extension KeySource {
    /// Longest name of a key file, in bytes.
    private static let fileNameBytesMax = 128

    /// Whether it names a file right in the directory of keys: letters, digits, `.`, `-`, `_`, and
    /// no dot first.
    package static func isFileName(_ name: String) -> Bool {
        (1...fileNameBytesMax).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { Base64URL.isSymbol($0) || $0 == UInt8(ascii: ".") }
    }
}

extension FileSystem {
    /// A whole file; throws `failedPrecondition` when it is larger than allowed.
    fileprivate func readAll(_ path: String, bytesMax: Int) throws -> [UInt8] {
        let file = try open(path, .readOnly)
        defer { file.close() }
        guard try file.size() <= UInt64(bytesMax) else {
            throw ServiceError(.failedPrecondition, "It is larger than \(bytesMax) bytes.")
        }
        return try readAll(path)
    }
}
