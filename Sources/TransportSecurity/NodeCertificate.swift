import Logging
import ServiceLifecycle

/// What a process shows the other processes of the installation, and whom it believes.
///
/// Run it in a `ServiceGroup`, so that a renewed certificate is taken up.
package struct NodeCertificate: Service {
    package let own: ServerCertificate
    /// PEM: the installation's own certificate authority. No other is believed.
    package let issuersFile: String

    /// Throws `failedPrecondition` when a file can't be read or the two don't belong together.
    package init(
        certificateFile: String, privateKeyFile: String, issuersFile: String, logger: Logger
    ) throws {
        own = try ServerCertificate(
            certificateFile: certificateFile, privateKeyFile: privateKeyFile,
            keys: "edge.certificate_file and edge.private_key_file", logger: logger)
        try ServerCertificate.checkReadable(issuersFile, key: "edge.ca_file")
        self.issuersFile = issuersFile
    }

    package func run() async throws { try await own.run() }
}
