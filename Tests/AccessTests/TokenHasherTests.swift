import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Access

struct TokenHasherTests {
    @Test("the hash is HMAC-SHA-256 of key id and secret under the newest pepper")
    func golden() throws {
        let peppers = try Peppers([
            Pepper(version: 2, key: Array(0..<32)),
            Pepper(version: 1, key: Array(repeating: 9, count: 32)),
        ])
        let token = try #require(Token.parse(TokenTests.golden[0].text))
        let hash = TokenHasher(peppers: peppers).hash(token)
        #expect(hash.pepperVersion == 2)
        // Python: hmac.new(bytes(range(32)), b"A" * 11 + b"B" * 43, sha256)
        #expect(
            hash.mac.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                == "15f58827ab02d816b7eeb6f77455ef550177a01539729ea86e28652e5dee1485")
    }

    @Test("a pepper of another length, version 0 or a repeated version is refused")
    func badPeppers() throws {
        #expect(throws: ServiceError.self) { try Pepper(version: 1, key: [1, 2, 3]) }
        #expect(throws: ServiceError.self) {
            try Pepper(version: 0, key: Array(repeating: 1, count: 32))
        }
        let pepper = try Pepper(version: 1, key: Array(repeating: 1, count: 32))
        #expect(throws: ServiceError.self) { try Peppers([pepper, pepper]) }
        #expect(throws: ServiceError.self) { try Peppers([]) }
    }
}

struct PepperFileTests {
    @Test("the first start makes a pepper that later starts find")
    func createdOnce() throws {
        try withFile { file, _ in
            let token = Token.mint(.data, from: SeededRandom(seed: 1))
            let first = try file.loadOrCreate(random: SystemRandomSource())
            let second = try file.loadOrCreate(random: SystemRandomSource())
            #expect(
                TokenHasher(peppers: first).hash(token).mac
                    == TokenHasher(peppers: second).hash(token).mac)
        }
    }

    @Test("a pepper that was handed out survives a power cut", arguments: 0..<20 as Range<UInt64>)
    func powerCut(seed: UInt64) throws {
        let token = Token.mint(.data, from: SeededRandom(seed: seed))
        let before = SimulatedFileSystem()
        let first = try PepperFile(path: "/pepper", fileSystem: before)
            .loadOrCreate(random: SeededRandom(seed: seed))
        let second = try PepperFile(path: "/pepper", fileSystem: before.crash(seed: seed))
            .loadOrCreate(random: SystemRandomSource())
        #expect(
            TokenHasher(peppers: first).hash(token).mac
                == TokenHasher(peppers: second).hash(token).mac)
    }

    @Test(
        "a damaged file is refused, and not replaced", arguments: ["", "1\n", "1 xyz\n", "0 00\n"])
    func damaged(text: String) throws {
        try withFile { file, path in
            let fileSystem = PosixFileSystem()
            try fileSystem.writeAtomically(Array(text.utf8), to: path)
            #expect(throws: ServiceError.self) {
                try file.loadOrCreate(random: SystemRandomSource())
            }
            #expect(try fileSystem.readAll(path) == Array(text.utf8))
        }
    }

    private func withFile(_ body: (PepperFile, String) throws -> Void) throws {
        let fileSystem = PosixFileSystem()
        let directory = "/tmp/tessera-pepper-\(SystemRandomSource().next())"
        try fileSystem.createDirectory(directory)
        defer { try? fileSystem.removeTree(directory) }
        let path = directory + "/pepper"
        try body(PepperFile(path: path, fileSystem: fileSystem), path)
    }
}
