import ChromaModel

/// Every setting of the server. `config/tessera.yaml` says the same; a test compares them.
extension ConfigurationKey {
    static let dataDirectory = text(
        "data_dir", "./tessera-data", "The directory that holds everything the server keeps.")
    static let roles = text(
        "roles", NodeRole.wholeList,
        """
        What the process does: control, frontend, engine or several of them. Processes of split \
        roles find and prove each other by the settings of `edge`.
        """)
    static let nodeID = text(
        "node.id", "",
        """
        The name of this process among those of the installation, the same after a restart. \
        Empty takes a random one, kept in the data directory.
        """)

    static let httpHost = text(
        "http.host", "127.0.0.1",
        """
        The address of the Chroma API. Tokens travel in clear text without `tls`, so the \
        default is this machine alone.
        """)
    static let httpPort = number(
        "http.port", 8000, portRange, "The port of the Chroma API; 0 takes any free one.")
    static let httpBodyBytesMax = number(
        "http.body_bytes_max", 41_943_040, 1024...1_073_741_824,
        """
        The largest request body in bytes; a larger one is answered 413. It bounds a message of \
        the gRPC data service too.
        """)
    static let httpIdleTimeoutSeconds = number(
        "http.idle_timeout_seconds", 75, 1...3600,
        """
        How long an idle connection is kept. The Python client reuses connections for 40 seconds \
        and does not retry, so keep this above 60.
        """)
    static let httpConnectionsMax = number(
        "http.connections_max", 16_384, 1...1_000_000,
        "How many connections the Chroma API holds at once.")

    static let httpConnectionsMaxPerAddress = number(
        "http.connections_max_per_address", 8192, 0...1_000_000,
        """
        How many of them one address may have (of IPv6, one /64); further ones are closed. 0 is no \
        bound. Trusted proxies have none.
        """)
    static let httpRequestsMax = number(
        "http.requests_max", 2048, 0...1_000_000,
        """
        How many requests are worked on at once, over HTTP and gRPC; further ones get 429. 0 is no \
        bound.
        """)

    static let httpTrustedProxies = text(
        "http.trusted_proxies", "",
        """
        The addresses of the proxies in front of the listeners, such as 10.0.0.0/8,fd00::/8: from \
        these alone X-Forwarded-For is taken for where a request comes from, over HTTP and gRPC.
        """)

    static let grpcHost = text(
        "grpc.host", "127.0.0.1",
        """
        The address of the gRPC data service. As over HTTP, set `tls` before you open it.
        """)
    static let grpcPort = number(
        "grpc.port", 8001, portRange,
        "The port of the gRPC data service; 0 takes any free one.")

    static let grpcConnectionsMax = number(
        "grpc.connections_max", 1024, 0...1_000_000,
        "How many connections it holds at once; further ones are closed. 0 is no bound.")
    static let grpcConnectionsMaxPerAddress = number(
        "grpc.connections_max_per_address", 256, 0...1_000_000,
        "How many of them one address may have. 0 is no bound. Trusted proxies have none.")
    static let grpcStreamsMaxPerConnection = number(
        "grpc.streams_max_per_connection", 128, 1...1_000_000,
        "How many calls a connection may have open; its client waits with further ones.")

    static let adminHost = text(
        "admin.host", "127.0.0.1", "The address of the admin API, HTTP and gRPC.")
    static let adminPort = number(
        "admin.port", 8080, portRange,
        """
        The port of the admin API over HTTP, with /livez, /readyz and /metrics, which every \
        process has; 0 takes any free one.
        """)
    static let adminGRPCPort = number(
        "admin.grpc_port", 8081, portRange,
        "The port of the admin API over gRPC; 0 takes any free one.")

    static let tlsCertificateFile = text(
        "tls.certificate_file", "",
        """
        The certificate that every listener shows, in PEM, its issuers behind it. Empty serves \
        in clear text. A renewed file is taken up while serving.
        """)
    static let tlsPrivateKeyFile = text(
        "tls.private_key_file", "", "The key of that certificate, in PEM.")

    static let edgeHost = text(
        "edge.host", "127.0.0.1",
        """
        The address at which the control plane and engines serve the other processes. It is \
        opened when the three files below are named.
        """)
    static let edgePort = number(
        "edge.port", 8082, portRange, "The port of that; 0 takes any free one.")
    static let edgeControlURL = text(
        "edge.control_url", "",
        """
        Where the control plane is, such as https://control.internal:8082, for processes without \
        that role. Name the process itself, not a balancer in front of it.
        """)
    static let edgeEngineURL = text(
        "edge.engine_url", "",
        "Where the engine is, such as https://engine.internal:8082, for processes without it.")
    static let edgeCAFile = text(
        "edge.ca_file", "",
        "The installation's own certificate authority, in PEM. No other is believed.")
    static let edgeCertificateFile = text(
        "edge.certificate_file", "",
        """
        The certificate of this process, in PEM; the names in it say its roles. A renewed file \
        is taken up while serving.
        """)
    static let edgePrivateKeyFile = text(
        "edge.private_key_file", "", "The key of that certificate, in PEM.")
    static let staticStabilitySeconds = number(
        "static_stability_seconds", 3600, 0...604_800,
        """
        How long known tokens keep working while PostgreSQL or the control plane is down: refused \
        connections prove that nobody can revoke. Silence proves nothing: then it is 5 seconds. \
        0 makes it 5 seconds always.
        """)

    static let databaseURL = text(
        "database.url", "", isSecret: true,
        """
        The PostgreSQL to use, as a libpq URL. Empty starts a private one in the data directory.
        """)
    static let databaseOwnerURL = text(
        "database.owner_url", "", isSecret: true,
        """
        The same database as the owner of its schema, for migrations. Empty when database.url is \
        the owner's.
        """)
    static let databaseAllowSuperuser = flag(
        "database.allow_superuser", false,
        """
        Serves even when database.url is of a superuser or a role with BYPASSRLS, from whom \
        PostgreSQL's row security keeps nothing.
        """)
    static let databaseConnectionsMax = number(
        "database.connections_max", 8, 2...1000,
        "How many connections to PostgreSQL are open at once.")
    static let databaseMigrationsDirectory = text(
        "database.migrations_directory", "",
        """
        Where the numbered migrations are. Empty looks beside the executable, in the folders \
        above it, and in the current directory.
        """)

    static let engineSearchThreads = number(
        "engine.search_threads", 0, 0...1024,
        """
        How many searches of a tenant run at once, each on a thread; twice as many of all tenants \
        together. 0 takes one for each core.
        """)
    static let engineIndexThreads = number(
        "engine.index_threads", 1, 0...64,
        """
        How many indexes are built at once, by threads of low priority. 0 builds and uses none: \
        every search scores all records.
        """)
    static let engineIndexBuildThreads = number(
        "engine.index_build_threads", 0, 0...64,
        """
        How many threads of low priority work on one index. 0 takes one for each core: requests \
        go first all the same.
        """)
    static let engineIndexMemoryBytesMax = number(
        "engine.index_memory_bytes_max", 2_147_483_648, bytesRange,
        """
        How much memory builds of indexes may take together, beside the vectors: some 1.8 KB a \
        vector of 384 elements. The next one waits; one that is larger is built alone.
        """)
    static let engineLogFileBytesMax = number(
        "engine.log_file_bytes_max", 67_108_864, 65_536...1_073_741_824,
        "How many bytes a file of a tenant's log may reach before the next one is begun.")
    static let engineTenantsOpenMax = number(
        "engine.tenants_open_max", 1000, 1...1_000_000,
        """
        How many tenants are open at once. The longest unused is closed for the next; when all \
        are in use a request waits, and then gets 429.
        """)
    static let engineTenantIdleSeconds = number(
        "engine.tenant_idle_seconds", 300, 1...86_400,
        "How long a tenant stays open that nobody uses.")
    static let engineMappedBytesMax = number(
        "engine.mapped_bytes_max", 274_877_906_944, 1_048_576...70_368_744_177_664,
        "How many bytes of segments may be mapped before unused tenants are closed.")
    static let engineFileDescriptorsMax = number(
        "engine.file_descriptors_max", 0, 0...10_000_000,
        """
        How many file descriptors the engines may take: half for open tenants, eight each, half \
        for mapped segments, beyond which unused tenants are closed. 0 takes half of what the \
        system lets the process have.
        """)
    static let engineTailBytesMaxPerTenant = number(
        "engine.tail_bytes_max_per_tenant", 268_435_456, bytesRange,
        """
        How much memory a tenant's writes may take until they are in segments on disk. Beyond \
        it writers wait, and then get 429.
        """)
    static let engineTailBytesMax = number(
        "engine.tail_bytes_max", 1_073_741_824, bytesRange,
        """
        The same for all tenants together. One tenant never takes more than is left for the \
        others, so half of this at the most.
        """)
    static let enginePendingBytesMaxPerTenant = number(
        "engine.pending_bytes_max_per_tenant", 134_217_728, bytesRange,
        """
        How many bytes of a tenant's writes may wait at once, for the disk or for memory. \
        Beyond it a write gets 429 at once.
        """)
    static let enginePendingBytesMax = number(
        "engine.pending_bytes_max", 536_870_912, bytesRange,
        "The same for all tenants together.")
    static let engineWriteWaitSeconds = number(
        "engine.write_wait_seconds", 5, 0...60,
        "How long a write waits for memory before it gets 429.")

    static let engineSlowQueryMilliseconds = number(
        "engine.slow_query_milliseconds", 1000, 0...3_600_000,
        "Searches that take as long are logged with their plan. 0 logs none.")
    static let engineSearchSecondsMax = number(
        "engine.search_seconds_max", 60, 0...86_400,
        """
        How long a get, a query or a deletion by filter may search, waiting for its turn included; \
        then it gets 504. 0 is no bound.
        """)

    static let issuersKeysDirectory = text(
        "issuers.keys_directory", "",
        """
        Where the key sets are that issuers name as files, the only place for secrets of HS256. \
        Empty is the folder issuer-keys of the data directory.
        """)
    static let issuersAllowInsecureURLs = flag(
        "issuers.allow_insecure_urls", false,
        """
        For development: reads issuers' keys over plain HTTP and from this machine too. Whoever \
        can change what is read makes tokens of every tenant.
        """)

    static let quotaDefaultPlan = text(
        "quota.default_plan", Plan.selfHosted.rawValue,
        choices: Plan.allCases.map(\.rawValue),
        """
        The plan that new tenants are put on. The bootstrap tenant is always on self-hosted.
        """)

    static let rateLimits = text(
        "rate_limits", "enforce", choices: ["enforce", "shadow", "off"],
        """
        Whether tenants are held to the rates of their quotas: enforce refuses with 429, shadow \
        only logs what it would refuse.
        """)

    static let tenantsUndeleteDays = number(
        "tenants.undelete_days", 7, 0...3650,
        """
        How long a deleted tenant is kept, and can be undeleted, before its data is purged. 0 \
        purges it within seconds.
        """)

    static let webhooksAllowInternalAddresses = flag(
        "webhooks.allow_internal_addresses", false,
        """
        For development: sends budgets' alerts over plain HTTP and to addresses of this machine \
        and its networks too.
        """)

    static let defaultKNNIndex = text(
        "default_knn_index", "hnsw", choices: ["hnsw", "spann"],
        "The index a new collection reports when its client asks for none, as upstream's key.")
    static let allowReset = flag(
        "allow_reset", false,
        """
        Conformance mode: POST /api/v2/reset empties the server, and the bootstrap admin token \
        reaches every tenant's data. Refused unless every listener is on loopback.
        """)

    static let logLevel = text(
        "log.level", "info",
        choices: ["trace", "debug", "info", "notice", "warning", "error", "critical"],
        "The least severe level that is logged.")
    static let logFormat = text(
        "log.format", "json", choices: ["json", "text"],
        "How a line of the log looks: JSON for machines or text for people.")

    /// In the order of `config/tessera.yaml`.
    package static let all: [ConfigurationKey] =
        [
            dataDirectory, roles, nodeID,
            httpHost, httpPort, httpBodyBytesMax, httpIdleTimeoutSeconds, httpConnectionsMax,
            httpConnectionsMaxPerAddress, httpRequestsMax, httpTrustedProxies,
            grpcHost, grpcPort, grpcConnectionsMax, grpcConnectionsMaxPerAddress,
            grpcStreamsMaxPerConnection,
            adminHost, adminPort, adminGRPCPort,
            tlsCertificateFile, tlsPrivateKeyFile,
            edgeHost, edgePort, edgeControlURL, edgeEngineURL,
            edgeCAFile, edgeCertificateFile, edgePrivateKeyFile, staticStabilitySeconds,
            databaseURL, databaseOwnerURL, databaseAllowSuperuser, databaseConnectionsMax,
            databaseMigrationsDirectory,
            engineSearchThreads, engineIndexThreads, engineIndexBuildThreads,
            engineIndexMemoryBytesMax, engineLogFileBytesMax,
            engineTenantsOpenMax, engineTenantIdleSeconds, engineMappedBytesMax,
            engineFileDescriptorsMax,
            engineTailBytesMaxPerTenant, engineTailBytesMax,
            enginePendingBytesMaxPerTenant, enginePendingBytesMax, engineWriteWaitSeconds,
            engineSlowQueryMilliseconds, engineSearchSecondsMax,
            issuersKeysDirectory, issuersAllowInsecureURLs, quotaDefaultPlan,
            rateLimits, tenantsUndeleteDays, webhooksAllowInternalAddresses, defaultKNNIndex,
            allowReset,
            logLevel, logFormat,
        ] + otel

    private static let portRange = 0...65_535
    /// 1 MiB to 1 TiB.
    private static let bytesRange = 1_048_576...1_099_511_627_776
}
