import FoundationEssentials
import Yams

/// The text of a YAML file, and its name for refusals.
struct YAMLFile {
    let path: String
    let contents: String

    init(path: String, contents: String) {
        self.path = path
        self.contents = contents
    }

    /// - Throws: `CommandFailure` when it can't be read.
    init(path: String) throws {
        do {
            try self.init(path: path, contents: String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw CommandFailure("Can't read \(path): name a YAML file in UTF-8 that you may read.")
        }
    }

    /// What the one document in it holds.
    ///
    /// - Throws: `CommandFailure` with the line when it is no YAML, or a key is there twice.
    func root() throws -> Node {
        do {
            if let root = try Yams.compose(yaml: contents) { return root }
        } catch let error as YamlError {
            throw refusal(error)
        }
        throw CommandFailure("\(path) is empty; begin it with `tenants:`.")
    }

    /// A scalar as it is written: `no` and `010` are texts like any other.
    func text(_ node: Node, what: String) throws -> String {
        guard let scalar = node.scalar else { throw refusal(node, "\(what) is a single value") }
        guard node.tag != Tag(.null) else {
            throw refusal(node, "\(what) is empty; leave it out, or write \"\" for no text")
        }
        return scalar.string
    }

    func refusal(_ node: Node, _ words: String) -> CommandFailure {
        refusal(line: node.mark?.line, words)
    }

    private func refusal(line: Int?, _ words: String) -> CommandFailure {
        let place = line.map { "\(path), line \($0)" } ?? path
        return CommandFailure(TextTable.printable("\(place): \(words)."))
    }

    private func refusal(_ error: YamlError) -> CommandFailure {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            refusal(line: mark.line, "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            refusal(line: context.mark.line, "twice here: \(keys.joined(separator: ", "))")
        default: refusal(line: nil, "this is not YAML: \(error)")
        }
    }
}
