/// What the engine host needs to be told.
package struct EngineConfiguration: Sendable {
    /// Where the tenants' directories are: `DATA/tenants`.
    package var directory: String
    /// Size at which a log file is closed and the next one begun.
    package var logFileBytesMax: UInt64
    /// Searches of a tenant at once, each on a thread; 0 means one a core.
    package var searchThreads: Int
    /// Threads for log writes and opening tenants.
    package var ioThreads: Int
    /// Quiet time after a tenant's last write before its tail becomes a segment.
    package var sealQuietNanoseconds: UInt64 = 1_500_000_000
    /// Log bytes after which the tail becomes a segment without waiting for quiet.
    package var unsealedBytesMax = 64 << 20
    /// Tenants open at once at the most; the longest unused is closed for the next.
    package var tenantsOpenMax = 1000
    /// File descriptors of an open tenant: its log, the three of its catalog, and some to open
    /// and seal with. Its mapped segments have one more each.
    package static let descriptorsPerTenant = 8
    /// Bytes of mapped segments beyond which unused tenants are closed.
    package var mappedBytesMax = 256 << 30
    /// Mapped segments, of a descriptor each, beyond which unused tenants are closed.
    package var mappedFilesMax = 16_384
    /// A tenant that nobody used for this long is closed.
    package var tenantIdleNanoseconds: UInt64 = 300_000_000_000
    /// How long a request waits for its tenant to be opened when too many are in use.
    package var openWaitNanoseconds: UInt64 = 10_000_000_000
    /// Memory that writes may take before writers wait, and then are refused.
    package var writeLimits = WriteLimits()
    /// Where tenants are marked whose usage is to be reported; it exists. Nil: usage stays in
    /// the logs.
    package var unreportedDirectory: String?
    /// Searches that take as long are logged with their plan; nil: none.
    package var slowSearchNanoseconds: UInt64? = 1_000_000_000
    /// How long a search may take, waiting for its turn included; nil: as long as it likes.
    package var searchSecondsMax: Int? = 60
    /// Which rows get an index.
    package var indexes = IndexPolicy()
    /// Whether a query naming an id that does not exist is refused, as upstream's single node
    /// does, or the id is ignored, as Chroma Cloud does (protocol §1.6.1).
    package var refusesUnknownQueryIDs: Bool

    package init(
        directory: String, logFileBytesMax: UInt64 = 64 << 20, searchThreads: Int = 0,
        ioThreads: Int = 8, refusesUnknownQueryIDs: Bool = true
    ) {
        self.directory = directory
        self.logFileBytesMax = logFileBytesMax
        self.searchThreads = searchThreads
        self.ioThreads = ioThreads
        self.refusesUnknownQueryIDs = refusesUnknownQueryIDs
    }
}
