import ArgumentParser
import ChromaModel
import FoundationEssentials
import Platform
import TransportSecurity

/// `tessera certs init`
struct CertsInit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a certificate authority for development, and a certificate for each role.",
        discussion: """
            Writes ca.pem and ca-key.pem, and for control, frontend, engine and all (a process of \
            several roles) a certificate NAME.pem with its key NAME-key.pem. Who has ca-key.pem \
            can be any process of the installation: keep it away from the servers.
            """)

    @Option(help: ArgumentHelp("A new or empty directory.", valueName: "dir"))
    var out: String
    @Option(
        help: ArgumentHelp(
            "Hosts that the certificates name too, for TLS on the public ports; by commas.",
            valueName: "names"))
    var hosts: String = ""
    @Option(help: "How long they are valid.")
    var days: Int = 365

    func validate() throws {
        guard (1...3650).contains(days) else { throw ValidationError("days is 1 to 3650.") }
    }

    func run() async throws {
        let fileSystem = PosixFileSystem()
        if try !fileSystem.exists(out) { try fileSystem.createDirectory(out) }
        let authorityFile = "\(out)/ca.pem"
        guard try !fileSystem.exists(authorityFile) else {
            throw ServiceError(
                .alreadyExists, "\(authorityFile) is there already; name another directory.")
        }
        let authority = try CertificateAuthority(days: days, from: Date())
        let names = hosts.split(separator: ",").map { String($0.filter { $0 != " " }) }
        for role in NodeRole.allCases {
            try write(authority.certificate(of: [role], hosts: names), role.rawValue, fileSystem)
        }
        try write(
            authority.certificate(of: NodeRole.allCases, hosts: names), "all", fileSystem)
        // Last, so that a directory with it is a whole one.
        try write(authority.own, "ca", fileSystem)
        StandardOutput.print("The certificates are in \(out), valid for \(days) days.")
    }

    private func write(
        _ pair: CertificateAuthority.Pair, _ name: String, _ fileSystem: any FileSystem
    ) throws {
        try fileSystem.writeAtomically(Array(pair.key.utf8), to: "\(out)/\(name)-key.pem")
        try fileSystem.writeAtomically(Array(pair.certificate.utf8), to: "\(out)/\(name).pem")
    }
}
