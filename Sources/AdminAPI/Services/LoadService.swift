import Access
import ChromaModel
import SwiftProtobuf
import Telemetry
import TenantEngine
import TesseraRPC

/// The methods of `tessera.admin.v1.LoadService`. The gate has let in operators alone.
struct LoadService: Sendable {
    private static let tenantsDefault = 20
    private static let intervalMillisecondsDefault = 1000

    let loads: any LoadMeter

    var endpoints: [any AdminEndpoint] { [Endpoint(.measureTenants, measure)] }

    @Sendable private func measure(
        _ request: AdminMeasureTenantsRequest, as principal: Principal
    ) async throws -> AdminMeasureTenantsResponse {
        let report = try await loads.measureLoad(try Self.query(request))
        // At once is as short as it gets.
        let seconds = max(Double(report.nanoseconds), 1) / 1e9
        return .with {
            $0.intervalSeconds = seconds
            $0.openTenants = Int32(clamping: report.openTenants)
            $0.tenants = report.tenants.map { AdminTenantLoad($0, seconds: seconds) }
        }
    }

    /// Throws `invalidArgument`, naming the field.
    private static func query(_ request: AdminMeasureTenantsRequest) throws(ServiceError)
        -> LoadQuery
    {
        let word = request.orderBy.isEmpty ? LoadOrder.cpu.rawValue : request.orderBy
        guard let order = LoadOrder(rawValue: word) else {
            let words = LoadOrder.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("order_by is one of \(words).")
        }
        let (limit, interval) = (Int(request.pageSize), Int(request.intervalMilliseconds))
        return try LoadQuery(
            order: order, limit: limit == 0 ? tenantsDefault : limit,
            intervalMilliseconds: interval == 0 ? intervalMillisecondsDefault : interval)
    }
}

extension AdminTenantLoad {
    fileprivate init(_ load: TenantLoad, seconds: Double) {
        self.init()
        tenant = ResourceName("tenants", load.tenantName).description
        setRates(load.tally, seconds)
        setTotals(load.total)
        guard let holding = load.holding else { return }
        self.open = true
        tailBytes = Int64(holding.tailBytes)
        sealing = holding.isSealing
        indexBuilds = Int32(clamping: holding.indexBuilds)
    }

    private mutating func setRates(_ tally: TenantTally, _ seconds: Double) {
        cpuPercent = Double(tally.cpuNanoseconds) / 1e7 / seconds
        readsPerSecond = Double(tally.reads) / seconds
        writesPerSecond = Double(tally.writes) / seconds
        writtenBytesPerSecond = Double(tally.writtenBytes) / seconds
        sealingPercent = Double(tally.sealingNanoseconds) / 1e7 / seconds
    }

    private mutating func setTotals(_ total: TenantTally) {
        totalCpuSeconds = Double(total.cpuNanoseconds) / 1e9
        totalReads = Int64(total.reads)
        totalWrites = Int64(total.writes)
        totalWrittenBytes = Int64(total.writtenBytes)
    }
}
