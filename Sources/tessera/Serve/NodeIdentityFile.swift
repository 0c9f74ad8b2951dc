import ChromaModel
import Directory
import Platform
import ServerConfiguration

/// Who this process is among those of the installation: named by `node.id`, or by a random id
/// that its data directory keeps.
enum NodeIdentityFile {
    static func load(
        _ configuration: ServerConfiguration, _ directory: DataDirectory,
        _ fileSystem: any FileSystem, _ random: any RandomSource
    ) throws -> NodeIdentity {
        NodeIdentity(
            id: try configuration.nodeID ?? self.id(in: directory, fileSystem, random),
            bootID: UniqueID(version4From: random.pair()), roles: configuration.roles)
    }

    /// The id that the data directory keeps, whatever the process is called.
    static func id(
        in directory: DataDirectory, _ fileSystem: any FileSystem, _ random: any RandomSource
    ) throws -> String {
        let path = directory.nodeFile
        if try fileSystem.exists(path) {
            let text = String(decoding: try fileSystem.readAll(path), as: UTF8.self)
            return String(text.filter { !$0.isWhitespace })
        }
        let id = "\(UniqueID(version4From: random.pair()))"
        try fileSystem.writeAtomically(Array("\(id)\n".utf8), to: path)
        return id
    }
}
