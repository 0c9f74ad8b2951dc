import ChromaModel
import Telemetry
import TenantEngine
import TesseraRPC

extension EngineLoadAnswer: EngineAnswer {}

extension EngineMeasureLoadRequest {
    init(_ query: LoadQuery) {
        self.init()
        order = query.order.rawValue
        limit = UInt32(clamping: query.limit)
        intervalMilliseconds = UInt32(clamping: query.intervalMilliseconds)
    }

    /// Throws `internalError` for a word that is no order, `invalidArgument` out of bounds.
    func query() throws(ServiceError) -> LoadQuery {
        guard let order = LoadOrder(rawValue: order) else {
            throw .unreadable("an order of tenants")
        }
        return try LoadQuery(
            order: order, limit: Int(limit), intervalMilliseconds: Int(intervalMilliseconds))
    }
}

extension EngineLoadAnswer {
    init(_ report: LoadReport) {
        self.init()
        nanoseconds = report.nanoseconds
        openTenants = UInt32(clamping: report.openTenants)
        tenants = report.tenants.map(EngineTenantLoad.init)
    }

    var report: LoadReport {
        LoadReport(
            nanoseconds: nanoseconds, openTenants: Int(openTenants), tenants: tenants.map(\.load))
    }
}

extension EngineTenantLoad {
    fileprivate init(_ load: TenantLoad) {
        self.init()
        tenantName = load.tenantName
        tally = Tally(load.tally)
        total = Tally(load.total)
        if let holding = load.holding { self.holding = Holding(holding) }
    }

    fileprivate var load: TenantLoad {
        TenantLoad(
            tenantName: tenantName, tally: tally.tally, total: total.tally,
            holding: hasHolding ? holding.holding : nil)
    }
}

extension EngineTenantLoad.Tally {
    fileprivate init(_ tally: TenantTally) {
        self.init()
        reads = Int64(tally.reads)
        writes = Int64(tally.writes)
        cpuNanoseconds = Int64(tally.cpuNanoseconds)
        writtenBytes = Int64(tally.writtenBytes)
        sealingNanoseconds = Int64(tally.sealingNanoseconds)
    }

    fileprivate var tally: TenantTally {
        TenantTally(
            reads: Int(reads), writes: Int(writes), cpuNanoseconds: Int(cpuNanoseconds),
            writtenBytes: Int(writtenBytes), sealingNanoseconds: Int(sealingNanoseconds))
    }
}

extension EngineTenantLoad.Holding {
    fileprivate init(_ holding: TenantLoad.Holding) {
        self.init()
        tailBytes = Int64(holding.tailBytes)
        isSealing = holding.isSealing
        indexBuilds = Int64(holding.indexBuilds)
    }

    fileprivate var holding: TenantLoad.Holding {
        TenantLoad.Holding(
            tailBytes: Int(tailBytes), isSealing: isSealing, indexBuilds: Int(indexBuilds))
    }
}
