import ChromaModel
import Logging
import NIOCertificateReloading
import NIOSSL
import ServiceLifecycle

/// The certificate that the listeners show, read again while they serve.
///
/// Run it in a `ServiceGroup`. A renewed certificate is used for the connections that come after
/// it; those that are open keep theirs, so none is cut. One that can't be read, or doesn't fit
/// its key, is logged, and the last good one stays.
package struct ServerCertificate: Service {
    /// How often the two files are looked at.
    static let refreshSeconds = 5

    /// The cipher suites of TLS 1.2 that both keep secrets when a key is stolen later and can't
    /// be tampered with (ECDHE, AEAD). TLS 1.3 has no others.
    static let cipherSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    package let reloader: TimedCertificateReloader

    /// - Parameters:
    ///   - certificateFile: PEM, the server's own certificate first, then its issuers'.
    ///   - privateKeyFile: PEM.
    ///   - keys: the settings that name the two files, for messages.
    /// - Throws: `failedPrecondition` when one can't be read or they don't belong together.
    package init(
        certificateFile: String, privateKeyFile: String,
        keys: String = "tls.certificate_file and tls.private_key_file", logger: Logger
    ) throws {
        let configuration = TimedCertificateReloader.Configuration(
            refreshInterval: .seconds(Self.refreshSeconds),
            certificateSource: .init(location: .file(path: certificateFile), format: .pem),
            privateKeySource: .init(location: .file(path: privateKeyFile), format: .pem)
        ) {
            $0.onCertificateLoaded = { difference in
                guard difference.previousX509CertificateChain != nil,
                    difference.previousX509CertificateChain
                        != difference.currentX509CertificateChain
                else { return }
                logger.notice("a renewed certificate is in use")
            }
            $0.onCertificateLoadFailed = { failure in
                logger.error(
                    "the certificate can't be renewed; the last good one stays",
                    metadata: ["error": "\(failure.error)"])
            }
        }
        do {
            reloader = try .makeReloaderValidatingSources(configuration: configuration)
        } catch {
            throw ServiceError(
                .failedPrecondition,
                """
                The certificate \(certificateFile) and its key \(privateKeyFile) can't be used: \
                \(error). Correct \(keys).
                """, cause: error)
        }
    }

    /// Throws `failedPrecondition` unless a file holds certificates in PEM.
    static func checkReadable(_ file: String, key: String) throws {
        do {
            _ = try NIOSSLCertificate.fromPEMFile(file)
        } catch {
            throw ServiceError(
                .failedPrecondition,
                "\(file) holds no certificates that can be read: \(error). Correct \(key).",
                cause: error)
        }
    }

    /// Looks for a renewed certificate until the process stops.
    package func run() async throws { try await reloader.run() }

    /// TLS 1.2 with the suites above, or 1.3.
    ///
    /// - Parameter protocols: what ALPN offers, the preferred first.
    package func configuration(protocols: [String]) throws -> TLSConfiguration {
        var configuration = try TLSConfiguration.makeServerConfiguration(
            certificateReloader: reloader)
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = Self.cipherSuites
        configuration.applicationProtocols = protocols
        return configuration
    }
}
