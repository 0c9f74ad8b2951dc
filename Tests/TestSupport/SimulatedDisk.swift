import Glibc
import Platform

/// The files and directories of a simulated file system, by inode.
struct SimulatedDisk: Sendable {
    private static let root = 0

    private var files: [Int: SimulatedFileData] = [:]
    private var directories: [Int: SimulatedDirectory] = [root: SimulatedDirectory()]
    private var nextInode = 1

    func file(_ inode: Int) -> SimulatedFileData { files[inode] ?? SimulatedFileData() }

    mutating func changeFile(_ inode: Int, _ body: (inout SimulatedFileData) -> Void) {
        body(&files[inode, default: SimulatedFileData()])
    }

    /// The inode of a file, made if the mode says so.
    mutating func open(_ path: String, _ mode: OpenMode) throws(FileError) -> Int {
        let (parent, name) = try parent(of: path, for: "open")
        if let inode = directories[parent]?.cached[name] {
            guard files[inode] != nil else { throw FileError("open", path, EISDIR) }
            if case .createNew = mode { throw FileError("open", path, EEXIST) }
            return inode
        }
        switch mode {
        case .existing, .readOnly: throw FileError("open", path, ENOENT)
        case .create, .createNew:
            let inode = newInode()
            files[inode] = SimulatedFileData()
            directories[parent]?.change(.link(name, inode: inode))
            return inode
        }
    }

    mutating func createDirectory(_ path: String) throws(FileError) {
        var place = Self.root
        for name in Self.names(path) {
            if let inode = directories[place]?.cached[name] {
                guard directories[inode] != nil else { throw FileError("mkdir", path, ENOTDIR) }
                place = inode
            } else {
                let inode = newInode()
                directories[inode] = SimulatedDirectory()
                directories[place]?.change(.link(name, inode: inode))
                place = inode
            }
        }
    }

    func list(_ path: String) -> [String] {
        inode(of: path).flatMap { directories[$0]?.cached.keys.sorted() } ?? []
    }

    func inode(of path: String) -> Int? {
        var place: Int? = Self.root
        for name in Self.names(path) {
            place = place.flatMap { directories[$0]?.cached[name] }
        }
        return place
    }

    mutating func rename(_ source: String, to target: String) throws(FileError) {
        let (oldParent, oldName) = try parent(of: source, for: "rename")
        let (newParent, newName) = try parent(of: target, for: "rename")
        guard let inode = directories[oldParent]?.cached[oldName] else {
            throw FileError("rename", source, ENOENT)
        }
        if oldParent == newParent {
            directories[oldParent]?.change(.rename(oldName, to: newName, inode: inode))
        } else {
            // Not atomic across a power cut, since each directory is synced on its own.
            directories[newParent]?.change(.link(newName, inode: inode))
            directories[oldParent]?.change(.unlink(oldName))
        }
    }

    /// Removes a name and, if it is a directory, all below it.
    mutating func remove(_ path: String) {
        guard let inode = inode(of: path), let (parent, name) = try? parent(of: path, for: "rm")
        else { return }
        for child in directories[inode]?.cached.keys.sorted() ?? [] { remove(path + "/" + child) }
        directories[parent]?.change(.unlink(name))
    }

    mutating func syncDirectory(_ path: String) throws(FileError) {
        guard let inode = inode(of: path), directories[inode] != nil else {
            throw FileError("open", path, ENOENT)
        }
        directories[inode]?.sync()
    }

    mutating func crash(_ fate: inout CrashFate) {
        for inode in files.keys.sorted() { files[inode]?.crash(&fate) }
        for inode in directories.keys.sorted() { directories[inode]?.crash(&fate) }
    }

    /// Paths of all files that can be reached.
    func filePaths(below inode: Int = root, _ prefix: String = "") -> [String] {
        let entries = directories[inode]?.cached.sorted { $0.key < $1.key } ?? []
        return entries.flatMap { name, child in
            files[child] != nil
                ? [prefix + "/" + name] : filePaths(below: child, prefix + "/" + name)
        }
    }

    private mutating func newInode() -> Int {
        defer { nextInode += 1 }
        return nextInode
    }

    private func parent(of path: String, for call: String) throws(FileError)
        -> (inode: Int, name: String)
    {
        let names = Self.names(path)
        guard let name = names.last else { throw FileError(call, path, EINVAL) }
        guard let parent = inode(of: names.dropLast().joined(separator: "/")),
            directories[parent] != nil
        else { throw FileError(call, path, ENOENT) }
        return (parent, name)
    }

    private static func names(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }
}
