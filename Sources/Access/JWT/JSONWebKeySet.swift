import ChromaModel
import ChromaWire

/// The keys of an issuer that can be used, and why the others can't.
struct JSONWebKeySet: Sendable {
    /// Largest document that is read, in bytes.
    static let bytesMax = 262_144
    /// Most keys of a document. Providers publish two or three.
    static let keysMax = 100

    let keys: [VerificationKey]
    /// A line for each key that was left out, without its content.
    let defects: [String]

    /// Reads a document. Keys that can't be used are left out; throws `failedPrecondition` when it
    /// is no key set or nothing is left.
    ///
    /// - Parameters:
    ///   - algorithms: the ones that the issuer allows.
    ///   - isLocal: whether it comes from a file of this server, where secrets may be.
    init(parsing bytes: [UInt8], algorithms: [SignatureAlgorithm], isLocal: Bool)
        throws(ServiceError)
    {
        guard bytes.count <= Self.bytesMax, let tree = try? JSONTree(parsing: bytes),
            let elements = tree["keys"]?.array, elements.count <= Self.keysMax
        else { throw Self.refused("It is no JSON Web Key Set.") }
        var keys: [VerificationKey] = []
        var defects: [String] = []
        for (place, element) in elements.enumerated() {
            do throws(JSONWebKey.Defect) {
                let key = JSONWebKey(element, algorithms: algorithms)
                keys.append(try key.verificationKey(isLocal: isLocal))
            } catch {
                defects.append("key \(place) is not used: \(error.rawValue)")
            }
        }
        guard !keys.isEmpty else {
            throw Self.refused("None of its keys can be used: \(defects.joined(separator: "; ")).")
        }
        self.keys = keys
        self.defects = defects
    }

    /// The keys that may have signed a token: the ones of its key id and algorithm. A token
    /// without a key id is the only key's of its algorithm, so that no token makes us try many.
    func candidates(for header: TokenHeader) -> [VerificationKey] {
        let fitting = keys.filter { $0.algorithm == header.algorithm }
        guard let id = header.keyID else { return fitting.count == 1 ? fitting : [] }
        return Array(fitting.filter { $0.id == id }.prefix(Self.candidatesMax))
    }

    /// Most keys that one token is tried with: a key id should be of one.
    private static let candidatesMax = 2

    private static func refused(_ reason: String) -> ServiceError {
        ServiceError(.failedPrecondition, "The issuer's key set can't be used. \(reason)")
    }
}
