import ChromaModel
import Logging
import NIOPosix
import Platform
import ServiceLifecycle
import Usage

/// Brings usage to the keeper every few seconds: this boot's, and what earlier boots left.
///
/// **Invariant:** nothing is acknowledged to a source, and no spool removed, before the keeper has
/// it. While the keeper is away everything waits.
package struct UsageShipper: Service {
    /// Cells that a round takes from each source.
    private static let cellsMax = 10_000

    private let directory: UsageDirectory
    private let meter: UsageMeter
    private let sources: [any UsageSource]
    private let keeper: any UsageKeeper
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - sources: that count beside the meter.
    ///   - interval: between two rounds.
    package init(
        directory: UsageDirectory, meter: UsageMeter, sources: [any UsageSource] = [],
        keeper: any UsageKeeper, interval: Duration = .seconds(2), logger: Logger
    ) {
        self.directory = directory
        self.meter = meter
        self.sources = [meter] + sources
        self.keeper = keeper
        self.interval = interval
        self.logger = logger
    }

    /// Runs until a graceful shutdown or until cancelled; then reports what is left. Stop it after
    /// all that counts.
    package func run() async {
        let stream = await cancelWhenGracefulShutdown { await shipUntilCancelled() }
        await finish(stream)
    }

    private func shipUntilCancelled() async -> UsageStream {
        var stream = newStream()
        var isWorking = true
        while !Task.isCancelled {
            do {
                try await round(&stream)
                if !isWorking { logger.notice("usage is reported again") }
                isWorking = true
            } catch {
                if isWorking, !Task.isCancelled { warn(error) }
                isWorking = false
            }
            try? await Task.sleep(for: interval)
        }
        return stream
    }

    func newStream() -> UsageStream {
        UsageStream(origin: directory.origin, keeper: keeper, isNew: true)
    }

    /// Reports what is pending, and what earlier boots left.
    func round(_ stream: inout UsageStream) async throws {
        try await ship(by: &stream)
        try await shipEndedBoots()
    }

    private func warn(_ error: any Error) {
        logger.warning(
            "usage can't be reported; it is kept until it can", metadata: ["error": "\(error)"])
    }

    /// One round: takes what is pending, reports it, acknowledges it.
    private func ship(by stream: inout UsageStream, isLast: Bool = false) async throws {
        var all: [PendingUsage] = []
        for source in sources { all.append(await source.pending(countMax: Self.cellsMax)) }
        let cells = all.flatMap(\.cells)
        let watermark = all.map(\.watermark).min() ?? UsageMinute(0)
        guard !cells.isEmpty || watermark > stream.watermark || isLast else { return }
        try await stream.report(cells, watermark: watermark, isLast: isLast)
        for pending in all { await pending.acknowledge() }
    }

    /// The last round of this boot. What it can't report the next one will.
    ///
    /// In a task of its own, since this one is cancelled.
    private func finish(_ stream: UsageStream) async {
        await meter.close()
        let last = Task {
            var stream = stream
            // Anything may be left that a round doesn't take, so the last one only says so.
            repeat { try await ship(by: &stream) } while !meter.isReported
            try await ship(by: &stream, isLast: true)
            try await onThread { try directory.remove(directory.origin.boot) }
        }
        do { try await last.value } catch { warn(error) }
    }

    /// Reports what boots counted that ended without doing so.
    private func shipEndedBoots() async throws {
        for boot in try await onThread({ try directory.endedBoots() }) {
            let cells = try await onThread {
                try SpoolReader.cells(in: directory.directory(of: boot), directory.fileSystem)
            }
            let origin = UsageOrigin(source: directory.origin.source, boot: boot)
            var stream = UsageStream(origin: origin, keeper: keeper, isNew: false)
            let left = cells.pending(countMax: .max).map { place, quantity in
                UsageCell(key: place.key, meter: place.meter, origin: origin, quantity: quantity)
            }
            let end = left.map(\.key.minute).max() ?? UsageMinute(0)
            try await stream.report(left, watermark: end, isLast: true)
            try await onThread { try directory.remove(boot) }
            logger.info(
                "usage of an ended process is reported",
                metadata: ["boot": "\(boot)", "cells": "\(left.count)"])
        }
    }

    /// Files block, and nothing here may.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value)
        async throws -> Value
    {
        try await NIOThreadPool.singleton.runIfActive(body)
    }
}
