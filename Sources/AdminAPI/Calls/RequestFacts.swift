import ChromaModel
import ControlPlane
import Crypto
import SwiftProtobuf
import TesseraRPC

/// What every method's request says in the same fields: what it is about, and its `request_id`.
///
/// It is read from the message's JSON, so that a new method is in the audit log, and may be sent
/// again, without further ado.
struct RequestFacts {
    private let fields: [String: Google_Protobuf_Value]
    private let digest: [UInt8]

    init(_ message: some Message) {
        // What has no JSON, as a field mask of nonsense, is refused by the method itself.
        let json: [UInt8] = (try? message.jsonUTF8Bytes()) ?? []
        fields = (try? Google_Protobuf_Struct(jsonUTF8Bytes: json))?.fields ?? [:]
        var options = BinaryEncodingOptions()
        // Or a map would be written in another order next time.
        options.useDeterministicOrdering = true
        let bytes: [UInt8] = (try? message.serializedBytes(options: options)) ?? []
        digest = Array(SHA256.hash(data: bytes))
    }

    /// The resource name; of something to be made, the one it shall have.
    var resource: String {
        if let name = text("name") { return name }
        let parent = text("parent") ?? text("tenant")
        let own = fields.keys.sorted().first { $0.hasSuffix("Id") && $0 != Self.requestID }
            .flatMap { key in
                text(key).map { ResourceName("\(key.dropLast(2))s", $0).description }
            }
        return [parent, own].compactMap { $0 }.joined(separator: "/")
    }

    /// nil when the request has no id. Throws `invalidArgument` when the id is no UUID.
    func idempotencyKey(_ method: AdminMethod, actor: String) throws(ServiceError)
        -> IdempotencyKey?
    {
        guard let text = text(Self.requestID) else { return nil }
        guard let id = UniqueID(text) else {
            throw .invalid("request_id must be a UUID; take a random one for each request.")
        }
        return IdempotencyKey(
            actor: actor, requestID: id, method: method.fullName, digest: digest)
    }

    private func text(_ key: String) -> String? {
        guard case .stringValue(let text)? = fields[key]?.kind, !text.isEmpty else { return nil }
        return text
    }

    private static let requestID = "requestId"
}

extension AdminMethod {
    /// As gRPC names it: service/method.
    var fullName: String { "\(service)/\(name)" }
}

extension TenantName {
    /// The tenant whose resource it is; nil when it is none's.
    init?(inResource name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0] == "tenants",
            let tenant = PercentEncoding.decoded(String(parts[1]))
        else { return nil }
        self.init(tenant)
    }
}
