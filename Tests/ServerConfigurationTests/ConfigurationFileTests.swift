import Configuration
import FoundationEssentials
import Testing
import Yams

@testable import ServerConfiguration

@Suite("config/tessera.yaml")
struct ConfigurationFileTests {
    /// The file in the repository, found from this one.
    static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "config/tessera.yaml").path()

    @Test("names every setting in the order of the code, and nothing else")
    func keySet() throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        let names = try YAMLSettings.names(in: text, path: Self.path)
        #expect(names == ConfigurationKey.all.map(\.name))
    }

    @Test("says every default as it is in the code")
    func defaults() async throws {
        let fromFile = try await ServerConfiguration.load(file: Self.path, environment: [:])
        let fromCode = try await ServerConfiguration.load(environment: [:])
        #expect(fromFile == fromCode)
    }

    @Test("has a comment above every setting")
    func comments() throws {
        let lines = try String(contentsOfFile: Self.path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated().dropFirst() where line.hasSuffix(":") == false {
            let isSetting = line.contains(":") && !line.drop { $0 == " " }.hasPrefix("#")
            guard isSetting else { continue }
            let above = lines[index - 1].drop { $0 == " " }
            #expect(above.hasPrefix("#"), "line \(index + 1) has no comment above: \(line)")
        }
    }
}
