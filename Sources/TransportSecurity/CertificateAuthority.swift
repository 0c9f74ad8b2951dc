import ChromaModel
import Crypto
import FoundationEssentials
import Glibc
import SwiftASN1
import X509

/// A certificate authority for the processes of one installation, for development: it lives as
/// long as the command that makes it, and only what it signed stays.
package struct CertificateAuthority {
    /// A certificate and its key, both in PEM.
    package struct Pair {
        package let certificate: String
        package let key: String
    }

    /// How far the clocks of two machines may differ.
    private static let backdatedSeconds: Double = 3600

    package let own: Pair
    private let key: Certificate.PrivateKey
    private let name: DistinguishedName
    private let validity: ClosedRange<Date>

    /// - Parameter days: how long everything it signs is valid.
    package init(days: Int, from now: Date) throws {
        let p256 = P256.Signing.PrivateKey()
        key = Certificate.PrivateKey(p256)
        name = try DistinguishedName { CommonName("Tessera development CA") }
        validity =
            now.addingTimeInterval(
                -Self.backdatedSeconds)...now.addingTimeInterval(Double(days) * 86_400)
        own = Pair(
            certificate: try Self.sign(
                key.publicKey, name, by: key, name, validity,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                }), key: p256.pemRepresentation + "\n")
    }

    /// A certificate that says its owner plays these roles, and is reached by these hosts, names
    /// or addresses.
    package func certificate(of roles: [NodeRole], hosts: [String]) throws -> Pair {
        let own = P256.Signing.PrivateKey()
        let names = roles.map { GeneralName.dnsName($0.certificateName) } + hosts.map(Self.name)
        let subject = try DistinguishedName {
            CommonName("Tessera \(roles.map(\.rawValue).joined(separator: ", "))")
        }
        let text = try Self.sign(
            Certificate.PrivateKey(own).publicKey, subject, by: key, name, validity,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
                SubjectAlternativeNames(names)
            })
        return Pair(certificate: text, key: own.pemRepresentation + "\n")
    }

    private static func sign(
        _ key: Certificate.PublicKey, _ subject: DistinguishedName,
        by issuerKey: Certificate.PrivateKey, _ issuer: DistinguishedName,
        _ validity: ClosedRange<Date>, extensions: Certificate.Extensions
    ) throws -> String {
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
            notValidBefore: validity.lowerBound, notValidAfter: validity.upperBound,
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions, issuerPrivateKey: issuerKey)
        return try certificate.serializeAsPEM().pemString + "\n"
    }

    /// An address goes into a certificate as its bytes.
    private static func name(_ host: String) -> GeneralName {
        guard let bytes = Self.bytes(host, AF_INET, 4) ?? Self.bytes(host, AF_INET6, 16) else {
            return .dnsName(host)
        }
        return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    }

    /// The bytes of an address of that family; nil for anything else.
    private static func bytes(_ host: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, host, &bytes) == 1 ? bytes : nil
    }
}
