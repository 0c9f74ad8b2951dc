import ChromaModel
import Platform
import Postgres

extension ControlPlane {
    /// How many exports are kept of one tenant; those of all tenants count as one more.
    package static let exportsKeptMax = 8
    private static let exportKeptHours: UInt64 = 48
    /// A run that says nothing for so long is dead.
    package static let exportLeaseSeconds: UInt64 = 30

    /// Asks for an export into a file, which any control plane makes. Throws `resourceExhausted`
    /// past the bound.
    package func createExport(_ draft: UsageExportDraft) async throws -> UsageExport {
        let now = time.unixMilliseconds()
        let id = UniqueID(version4From: random.pair())
        let made = try await translatingErrors {
            try await pool.transaction { transaction -> UsageExport? in
                try await UsageExportStore.lock(draft.tenant, in: transaction)
                let count = try await UsageExportStore.count(
                    of: draft.tenant, atMilliseconds: now, in: transaction)
                guard count < Self.exportsKeptMax else { return nil }
                return try await UsageExportStore.insert(
                    draft, id: id, atMilliseconds: now,
                    expiringAt: now + Self.exportKeptHours * 3_600_000, in: transaction)
            }
        }
        guard let made else {
            throw ServiceError(
                .resourceExhausted,
                "At most \(Self.exportsKeptMax) exports of a tenant are kept: delete one.")
        }
        return made
    }

    /// Throws `notFound` unless it is that tenant's.
    ///
    /// - Parameter tenant: nil for one of all tenants.
    package func usageExport(_ id: String, of tenant: TenantID?) async throws -> UsageExport {
        let found = try await translatingErrors { () -> UsageExport? in
            guard let id = UniqueID(id) else { return nil }
            return try await UsageExportStore.find(
                id, of: tenant, atMilliseconds: time.unixMilliseconds(), in: pool)
        }
        guard let found else { throw Self.noExport(id) }
        return found
    }

    /// Stops it if it runs, and removes it. Throws `notFound`.
    package func deleteExport(_ id: String, of tenant: TenantID?) async throws {
        let export = try await usageExport(id, of: tenant)
        let isGone = try await translatingErrors {
            try await UsageExportStore.delete(export.id, of: tenant, in: pool)
        }
        guard isGone else { throw Self.noExport(id) }
    }

    /// A part of its file. Throws `notFound` when the export was removed meanwhile.
    package func part(_ number: Int, of export: UsageExport) async throws -> [UInt8] {
        let data = try await translatingErrors {
            try await UsageExportStore.part(number, of: export.id, in: pool)
        }
        guard let data else { throw Self.noExport("\(export.id)") }
        return data
    }

    private static func noExport(_ id: String) -> ServiceError {
        ServiceError(.notFound, "Usage export [\(id)] not found")
    }
}

/// For those who make exports.
extension ControlPlane {
    /// Begins a run of the next export that nobody makes; nil when there is none.
    package func claimExport() async throws -> UsageExport? {
        try await translatingErrors {
            try await pool.transaction {
                try await UsageExportStore.claim(
                    atMilliseconds: time.unixMilliseconds(), until: leaseEnd, in: $0)
            }
        }
    }

    /// Says that the run goes on. Throws `ExportLost` when another was begun.
    package func keepExport(_ run: UsageExport) async throws {
        let isMine = try await translatingErrors {
            try await UsageExportStore.extend(run, until: leaseEnd, in: pool)
        }
        guard isMine else { throw ExportLost() }
    }

    /// Adds a part to the run's file. Throws `ExportLost` when another was begun.
    package func append(_ data: [UInt8], number: Int, to run: UsageExport) async throws {
        let isMine = try await translatingErrors {
            try await UsageExportStore.append(data, number: number, to: run, in: pool)
        }
        guard isMine else { throw ExportLost() }
    }

    /// The run's file is whole.
    package func finishExport(_ run: UsageExport, sha256: [UInt8]) async throws {
        try await translatingErrors {
            try await UsageExportStore.finish(run, sha256: sha256, in: pool)
        }
    }

    /// - Parameter problem: shown to whoever asked for it.
    package func failExport(_ run: UsageExport, _ problem: String) async throws {
        try await translatingErrors { try await UsageExportStore.fail(run, problem, in: pool) }
    }

    /// The run ends without a result; another may begin at once.
    package func releaseExport(_ run: UsageExport) async throws {
        try await translatingErrors {
            try await UsageExportStore.release(
                run, atMilliseconds: time.unixMilliseconds(), in: pool)
        }
    }

    /// Removes exports that have expired.
    package func sweepExports() async throws {
        try await translatingErrors {
            try await UsageExportStore.sweep(atMilliseconds: time.unixMilliseconds(), in: pool)
        }
    }

    private var leaseEnd: UInt64 {
        time.unixMilliseconds() + Self.exportLeaseSeconds * 1000
    }
}

/// An export was removed, or another run of it was begun: this one is to end.
package struct ExportLost: Error {}
