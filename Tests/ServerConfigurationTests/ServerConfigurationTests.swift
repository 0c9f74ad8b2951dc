import ChromaModel
import Testing

@testable import ServerConfiguration

@Suite("Settings")
struct ServerConfigurationTests {
    @Test("with nothing said, the defaults hold")
    func defaults() async throws {
        let configuration = try await ServerConfiguration.load(environment: [:])
        #expect(configuration.http.host == "127.0.0.1")
        #expect(configuration.http.port == 8000)
        #expect(configuration.http.bodyBytesMax == 40 * 1024 * 1024)
        #expect(configuration.admin.grpcPort == 8081)
        #expect(configuration.database.url == nil)
        #expect(configuration.engine.searchThreads == nil)
        #expect(configuration.defaultKNNIndex == .hnsw)
        #expect(!configuration.allowReset)
    }

    @Test("a flag wins over the environment, that over the file, that over the default")
    func precedence() async throws {
        let file = try TemporaryFile("http:\n  port: 1001\n  host: localhost\nadmin: {port: 1002}")
        let environment = ["TESSERA_HTTP_PORT": "2001", "TESSERA_ADMIN_PORT": "2002"]
        let configuration = try await ServerConfiguration.load(
            file: file.path, environment: environment,
            flags: ConfigurationFlags(httpPort: 3001))
        #expect(configuration.http.port == 3001)
        #expect(configuration.admin.port == 2002)
        #expect(configuration.http.host == "localhost")
        #expect(configuration.admin.grpcPort == 8081)
    }

    @Test("every setting can be set from the environment")
    func environmentNames() async throws {
        let environment = [
            "TESSERA_DATA_DIR": "/srv/x", "TESSERA_HTTP_BODY_BYTES_MAX": "2048",
            "TESSERA_DATABASE_URL": "postgresql://db/t", "TESSERA_DEFAULT_KNN_INDEX": "spann",
            "TESSERA_ALLOW_RESET": "true", "TESSERA_ENGINE_LOG_FILE_BYTES_MAX": "65536",
            "TESSERA_ENGINE_TAIL_BYTES_MAX_PER_TENANT": "1048576",
            "TESSERA_ENGINE_WRITE_WAIT_SECONDS": "0", "TESSERA_LOG_FORMAT": "text",
        ]
        let configuration = try await ServerConfiguration.load(environment: environment)
        #expect(configuration.dataDirectory == "/srv/x")
        #expect(configuration.http.bodyBytesMax == 2048)
        #expect(configuration.database.url == "postgresql://db/t")
        #expect(configuration.defaultKNNIndex == .spann)
        #expect(configuration.allowReset)
        #expect(configuration.engine.logFileBytesMax == 65_536)
        #expect(configuration.engine.tailBytesMaxPerTenant == 1_048_576)
        #expect(configuration.engine.writeWaitSeconds == 0)
        #expect(configuration.log.format == .text)
    }

    @Test("an unknown key of the file is refused and the nearest known one named")
    func unknownInFile() async throws {
        let file = try TemporaryFile("http:\n  prot: 8000\n")
        let message = await refusal(file: file.path)
        #expect(message?.contains("\"http.prot\" is not a setting") == true)
        #expect(message?.contains("\"http.port\"") == true)
    }

    @Test("an unknown TESSERA_ variable is refused and the nearest known one named")
    func unknownInEnvironment() async throws {
        let message = await refusal(environment: ["TESSERA_HTTP_HOTS": "x", "HTTP_HOTS": "y"])
        #expect(message?.contains("TESSERA_HTTP_HOTS") == true)
        #expect(message?.contains("\"TESSERA_HTTP_HOST\"") == true)
    }

    @Test("the command line's own variables are not taken for settings")
    func commandLineVariables() async throws {
        _ = try await ServerConfiguration.load(
            environment: ["TESSERA_ADMIN_TOKEN": "x", "TESSERA_ADMIN_ENDPOINT": "y"])
    }

    @Test(
        "a value that makes no sense is refused, naming its key",
        arguments: [
            ("TESSERA_HTTP_PORT", "70000", "http.port"), ("TESSERA_HTTP_PORT", "x", "http.port"),
            ("TESSERA_ALLOW_RESET", "perhaps", "allow_reset"),
            ("TESSERA_DEFAULT_KNN_INDEX", "tree", "default_knn_index"),
            ("TESSERA_LOG_LEVEL", "loud", "log.level"), ("TESSERA_DATA_DIR", "", "data_dir"),
            ("TESSERA_DATABASE_CONNECTIONS_MAX", "1", "database.connections_max"),
        ])
    func senseless(variable: String, value: String, key: String) async {
        #expect(await refusal(environment: [variable: value])?.hasPrefix(key) == true)
    }

    @Test(
        "a file that is no mapping, not YAML or missing is refused",
        arguments: ["- a\n- b", "a: [", "http: 3", "http:\n  port: [1]"])
    func badFile(text: String) async throws {
        let file = try TemporaryFile(text)
        #expect(await refusal(file: file.path) != nil)
        #expect(await refusal(file: file.path + ".none") != nil)
    }

    @Test("a file of comments alone changes nothing")
    func commentsOnly() async throws {
        let file = try TemporaryFile("# nothing here\n")
        let configuration = try await ServerConfiguration.load(file: file.path, environment: [:])
        #expect(try await configuration == ServerConfiguration.load(environment: [:]))
    }

    private func refusal(
        file: String? = nil, environment: [String: String] = [:]
    ) async -> String? {
        do {
            _ = try await ServerConfiguration.load(file: file, environment: environment)
            return nil
        } catch { return (error as? ServiceError)?.message }
    }
}
