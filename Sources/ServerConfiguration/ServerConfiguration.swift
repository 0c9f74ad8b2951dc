import ChromaModel

/// Everything a server is told, checked. `ConfigurationKey.all` documents each setting.
package struct ServerConfiguration: Sendable, Equatable {
    package var dataDirectory: String
    /// What this process is.
    package var roles: Set<NodeRole>
    /// nil takes the one that the data directory keeps.
    package var nodeID: String?
    package var http: HTTP
    package var grpc: GRPC
    package var admin: Admin
    /// nil: the listeners speak clear text.
    package var tls: TLS?
    package var edge: Edge
    package var database: Database
    package var engine: Engine
    package var issuers: Issuers
    package var rateLimits: RateLimitMode
    /// The plan of new tenants.
    package var defaultPlan: Plan
    package var tenants: Tenants
    package var webhooks: Webhooks
    package var defaultKNNIndex: KNNIndex
    /// Conformance mode; true only with every listener on loopback.
    package var allowReset: Bool
    package var log: Log
    package var otel: OTel

    /// The listener of the Chroma API.
    package struct HTTP: Sendable, Equatable {
        package var host: String
        package var port: Int
        package var bodyBytesMax: Int
        package var idleTimeoutSeconds: Int
        package var connectionsMax: Int
        package var connectionsMaxPerAddress: Int
        package var requestsMax: Int
        /// Ranges of addresses, as they were written.
        package var trustedProxies: [String]
    }

    /// The listener of the gRPC data service.
    package struct GRPC: Sendable, Equatable {
        package var host: String
        package var port: Int
        package var connectionsMax: Int
        package var connectionsMaxPerAddress: Int
        package var streamsMaxPerConnection: Int
    }

    /// The listeners of the admin API.
    package struct Admin: Sendable, Equatable {
        package var host: String
        package var port: Int
        package var grpcPort: Int
    }

    /// What every listener shows its clients.
    package struct TLS: Sendable, Equatable {
        /// PEM: the server's own certificate first, then its issuers'.
        package var certificateFile: String
        package var privateKeyFile: String
    }

    /// Where the control plane keeps its rows.
    package struct Database: Sendable, Equatable {
        /// A libpq URL; nil starts a private PostgreSQL in the data directory.
        package var url: String?
        /// Of the schema's owner, for migrations; nil when `url` is that.
        package var ownerURL: String?
        package var allowsSuperuser: Bool
        package var connectionsMax: Int
        /// nil looks beside the executable, above it and in the current directory.
        package var migrationsDirectory: String?
    }

    /// The tenants' engines.
    package struct Engine: Sendable, Equatable {
        /// nil takes one for each core.
        package var searchThreads: Int?
        /// 0: no indexes.
        package var indexThreads: Int
        /// nil takes one for each core.
        package var indexBuildThreads: Int?
        package var indexMemoryBytesMax: Int
        package var logFileBytesMax: Int
        package var tenantsOpenMax: Int
        package var tenantIdleSeconds: Int
        package var mappedBytesMax: Int
        /// nil takes half of what the system allows.
        package var fileDescriptorsMax: Int?
        package var tailBytesMaxPerTenant: Int
        package var tailBytesMax: Int
        package var pendingBytesMaxPerTenant: Int
        package var pendingBytesMax: Int
        package var writeWaitSeconds: Int
        /// nil: no slow-query log.
        package var slowQueryMilliseconds: Int?
        /// nil: no bound.
        package var searchSecondsMax: Int?
    }

    /// Identity providers whose tokens are taken; which they are, the control plane knows.
    package struct Issuers: Sendable, Equatable {
        /// nil takes the data directory's own.
        package var keysDirectory: String?
        package var allowsInsecureURLs: Bool
    }

    /// Whether tenants are held to the rates of their quotas.
    package enum RateLimitMode: String, Sendable { case enforce, shadow, off }

    /// The life of tenants.
    package struct Tenants: Sendable, Equatable {
        /// How long a deleted one is kept before it is purged.
        package var undeleteDays: Int
    }

    /// What is sent to those who want to be told.
    package struct Webhooks: Sendable, Equatable {
        /// For development.
        package var allowsInternalAddresses: Bool
    }

    package enum KNNIndex: String, Sendable { case hnsw, spann }

    package struct Log: Sendable, Equatable {
        /// One of swift-log's level names.
        package var level: String
        package var format: Format

        package enum Format: String, Sendable { case json, text }
    }
}
