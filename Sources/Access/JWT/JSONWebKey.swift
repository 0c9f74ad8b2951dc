import ChromaModel
import ChromaWire
import Crypto
import CryptoExtras

/// Reads one key of a key set (RFC 7517, RFC 7518 §6, RFC 8037 §2).
struct JSONWebKey {
    /// Smallest and largest RSA modulus. Verifying costs grow with the square of its length.
    static let rsaBits = 2048...8192
    /// Longest public exponent, in bytes.
    static let rsaExponentBytesMax = 4
    /// Longest secret of HMAC, in bytes.
    static let secretBytesMax = 1024

    /// Why a key of a set is not used.
    enum Defect: String, Error, Sendable {
        case malformed = "it is malformed"
        case otherUse = "it is not for signatures"
        case privatePart = "it contains a private key"
        case remoteSecret = "it is symmetric, and those are taken from local files only"
        case unknownType = "its type or curve is unknown"
        case algorithm = "its algorithm is none of the issuer's, or it names none of several"
        case size = "it is too small or too large for its algorithm"
    }

    private let tree: JSONTree
    private let allowed: [SignatureAlgorithm]

    /// - Parameter algorithms: the ones that its issuer allows.
    init(_ tree: JSONTree, algorithms: [SignatureAlgorithm]) {
        self.tree = tree
        allowed = algorithms
    }

    /// The key, pinned to one algorithm.
    ///
    /// - Parameter isLocal: whether it comes from a file of this server, where secrets may be.
    func verificationKey(isLocal: Bool) throws(Defect) -> VerificationKey {
        try checkUse()
        guard let type = tree["kty"]?.string else { throw .malformed }
        guard type.isByteEqual(to: "oct") || tree["d"] == nil else { throw .privatePart }
        let (algorithm, material): (SignatureAlgorithm, VerificationKey.Material) =
            switch type {
            case "oct": try secret(isLocal: isLocal)
            case "RSA": try rsa()
            case "EC": try ellipticCurve()
            case "OKP": try edwardsCurve()
            default: throw .unknownType
            }
        return VerificationKey(id: try keyID(), algorithm: algorithm, material: material)
    }

    private func checkUse() throws(Defect) {
        if let use = tree["use"] {
            guard use.string?.isByteEqual(to: "sig") == true else { throw .otherUse }
        }
        if let operations = tree["key_ops"] {
            let verifies = operations.array?.contains { $0.string == "verify" } ?? false
            guard verifies else { throw .otherUse }
        }
    }

    private func keyID() throws(Defect) -> ClaimText? {
        guard let id = tree["kid"] else { return nil }
        guard let text = id.string, (1...TokenHeader.keyIDBytesMax).contains(text.utf8.count)
        else { throw .malformed }
        return ClaimText(text)
    }

    /// The algorithm it names, or the only one of those it could be for that its issuer allows.
    private func algorithm(among possible: [SignatureAlgorithm]) throws(Defect)
        -> SignatureAlgorithm
    {
        let candidates = possible.filter(allowed.contains)
        guard let named = tree["alg"] else {
            guard candidates.count == 1 else { throw .algorithm }
            return candidates[0]
        }
        guard let name = named.string,
            let algorithm = candidates.first(where: { $0.rawValue.isByteEqual(to: name) })
        else { throw .algorithm }
        return algorithm
    }

    private func bytes(_ name: String) throws(Defect) -> [UInt8] {
        guard let text = tree[name]?.string, let bytes = Base64URL.decode(Array(text.utf8)),
            !bytes.isEmpty
        else { throw .malformed }
        return bytes
    }
}

extension JSONWebKey {
    private typealias Pinned = (SignatureAlgorithm, VerificationKey.Material)

    /// The secret must be as long as the hash at least (RFC 7518 §3.2).
    private func secret(isLocal: Bool) throws(Defect) -> Pinned {
        guard isLocal else { throw .remoteSecret }
        let algorithm = try algorithm(among: [.hs256, .hs384, .hs512])
        let least =
            switch algorithm {
            case .hs384: SHA384.byteCount
            case .hs512: SHA512.byteCount
            default: SHA256.byteCount
            }
        let secret = try bytes("k")
        guard (least...Self.secretBytesMax).contains(secret.count) else { throw .size }
        return (algorithm, .secret(SymmetricKey(data: secret)))
    }

    private func rsa() throws(Defect) -> Pinned {
        let algorithm = try algorithm(
            among: SignatureAlgorithm.allCases.filter { $0.family == .rsa })
        let (modulus, exponent) = (try bytes("n"), try bytes("e"))
        guard modulus.count * 8 <= Self.rsaBits.upperBound,
            exponent.count <= Self.rsaExponentBytesMax,
            let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent),
            Self.rsaBits.contains(key.keySizeInBits)
        else { throw .size }
        return (algorithm, .rsa(key))
    }

    /// The curve decides the algorithm. A point that is not on it is refused.
    private func ellipticCurve() throws(Defect) -> Pinned {
        guard let curve = tree["crv"]?.string else { throw .malformed }
        let point = [0x04] + (try bytes("x")) + (try bytes("y"))
        do {
            switch curve {
            case "P-256":
                return (
                    try algorithm(among: [.es256]), .p256(try .init(x963Representation: point))
                )
            case "P-384":
                return (
                    try algorithm(among: [.es384]), .p384(try .init(x963Representation: point))
                )
            case "P-521":
                return (
                    try algorithm(among: [.es512]), .p521(try .init(x963Representation: point))
                )
            default: throw Defect.unknownType
            }
        } catch {
            throw error as? Defect ?? .malformed
        }
    }

    private func edwardsCurve() throws(Defect) -> Pinned {
        guard tree["crv"]?.string == "Ed25519" else { throw .unknownType }
        let algorithm = try algorithm(among: [.edDSA])
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes("x")) else {
            throw .malformed
        }
        return (algorithm, .ed25519(key))
    }
}
