import ChromaModel
import Logging
import Platform
import Synchronization

/// The keys of every issuer, loaded when they are first needed and again when they are old or a
/// token names an unknown one.
///
/// At most one load of an issuer runs at a time, and at most one every `retrySeconds`, however
/// many tokens with unknown keys arrive. A failed load never takes away keys that were good.
final class IssuerKeys: Sendable {
    /// Seconds after which keys in use are loaded again, so that withdrawn ones end.
    static let refreshSeconds: UInt64 = 300
    /// Seconds between two loads of one issuer's keys, at least.
    static let retrySeconds: UInt64 = 30
    /// Issuers whose keys are kept; past that all are forgotten, for deleted ones are among them.
    private static let issuersMax = 4096

    /// What decides an issuer's keys. When it changes they are others.
    fileprivate struct Origin: Hashable {
        let uid: UniqueID
        let source: KeySource
        let algorithms: [SignatureAlgorithm]
    }

    fileprivate struct Entry {
        var keys: Keys?
        var loading: Task<Keys, any Error>?
        var triedAtNanoseconds: UInt64?
    }

    /// A key set and which one it is.
    struct Keys: Sendable {
        let set: JSONWebKeySet
        let document: [UInt8]
        /// Another number for every other document that was ever read.
        let generation: UInt64
    }

    private struct State {
        var entries: [Origin: Entry] = [:]
        var generations: UInt64 = 0
    }

    private let state = Mutex(State())
    private let documents: any KeyDocuments
    private let time: any TimeSource
    private let logger: Logger

    init(documents: any KeyDocuments, time: any TimeSource, logger: Logger) {
        self.documents = documents
        self.time = time
        self.logger = logger
    }

    /// Which keys the issuer has now; nil when none are loaded. Old ones are loaded anew, for
    /// later.
    func generation(of issuer: IssuerRecord) -> UInt64? {
        current(issuer)?.generation
    }

    /// The keys that may have signed a token with that header, and which generation they are of.
    /// Throws `unavailable` when the issuer's keys could never be read.
    func candidates(for header: TokenHeader, of issuer: IssuerRecord) async throws
        -> (keys: [VerificationKey], generation: UInt64)?
    {
        let known = current(issuer)
        if let known, case let keys = known.set.candidates(for: header), !keys.isEmpty {
            return (keys, known.generation)
        }
        guard let loaded = try await loaded(issuer, known) else { return nil }
        return (loaded.set.candidates(for: header), loaded.generation)
    }

    private func current(_ issuer: IssuerRecord) -> Keys? {
        let now = time.monotonicNanoseconds()
        return state.withLock { state in
            let origin = Origin(issuer)
            guard var entry = state.entries[origin], let keys = entry.keys else { return nil }
            if entry.isOlder(than: Self.refreshSeconds, at: now), entry.loading == nil {
                startLoading(issuer, &entry, at: now)
                state.entries[origin] = entry
            }
            return keys
        }
    }

    /// The keys after a load that runs already or may be started now; else what is known.
    private func loaded(_ issuer: IssuerRecord, _ known: Keys?) async throws -> Keys? {
        guard let loading = loading(issuer) else {
            if let known { return known }
            throw Self.unavailable(nil)
        }
        do {
            return try await loading.value
        } catch {
            if known != nil { return nil }
            throw Self.unavailable(error)
        }
    }

    private func loading(_ issuer: IssuerRecord) -> Task<Keys, any Error>? {
        let now = time.monotonicNanoseconds()
        return state.withLock { state in
            let origin = Origin(issuer)
            if state.entries[origin] == nil, state.entries.count >= Self.issuersMax {
                state.entries = [:]
            }
            var entry = state.entries[origin] ?? Entry()
            if entry.loading == nil, entry.isOlder(than: Self.retrySeconds, at: now) {
                startLoading(issuer, &entry, at: now)
            }
            state.entries[origin] = entry
            return entry.loading
        }
    }

    /// The load belongs to nobody: a request that gives up doesn't end it for the others.
    private func startLoading(_ issuer: IssuerRecord, _ entry: inout Entry, at now: UInt64) {
        entry.triedAtNanoseconds = now
        entry.loading = Task { try await self.load(issuer) }
    }

    private func load(_ issuer: IssuerRecord) async throws -> Keys {
        do {
            let document = try await documents.document(of: issuer)
            let set = try JSONWebKeySet(
                parsing: document, algorithms: issuer.algorithms,
                isLocal: issuer.keySource.isLocal)
            return finish(issuer, set, document)
        } catch {
            state.withLock { $0.entries[Origin(issuer)]?.loading = nil }
            logger.warning(
                "cannot read an issuer's keys; the ones known before stay",
                metadata: ["issuer": "\(issuer.id)", "error": "\(error)"])
            throw error
        }
    }

    private func finish(_ issuer: IssuerRecord, _ set: JSONWebKeySet, _ document: [UInt8]) -> Keys {
        let (keys, isNew) = state.withLock { state in
            let before = state.entries[Origin(issuer)]?.keys
            let isNew = before?.document != document
            if isNew { state.generations += 1 }
            let keys = Keys(
                set: set, document: document,
                generation: isNew ? state.generations : before?.generation ?? 0)
            state.entries[Origin(issuer)]?.keys = keys
            state.entries[Origin(issuer)]?.loading = nil
            return (keys, isNew)
        }
        if isNew {
            logger.info(
                "read an issuer's keys",
                metadata: [
                    "issuer": "\(issuer.id)", "keys": "\(set.keys.count)",
                    "defects": "\(set.defects.joined(separator: "; "))",
                ])
        }
        return keys
    }

    private static func unavailable(_ cause: (any Error)?) -> ServiceError {
        ServiceError(
            .unavailable, "The keys of the token's issuer can't be read now; try again later.",
            cause: cause)
    }
}

extension IssuerKeys.Origin {
    fileprivate init(_ issuer: IssuerRecord) {
        self.init(uid: issuer.uid, source: issuer.keySource, algorithms: issuer.algorithms)
    }
}

extension IssuerKeys.Entry {
    /// Whether no load began in the last seconds.
    fileprivate func isOlder(than seconds: UInt64, at now: UInt64) -> Bool {
        triedAtNanoseconds.map { now >= $0 + seconds * 1_000_000_000 } ?? true
    }
}

extension KeySource {
    var isLocal: Bool {
        if case .file = self { true } else { false }
    }
}
