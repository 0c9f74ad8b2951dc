import Access
import ChromaModel
import Usage

/// Counts what requests used, over HTTP and gRPC alike, before they are answered.
struct Metering: Sendable {
    /// nil: nothing is counted.
    let recorder: (any UsageRecorder)?

    /// A request did what it was to do.
    ///
    /// - Parameter scope: of its tenant; requests about none are free.
    func answered(_ action: Action?, in scope: TenantScope?, _ charge: RequestCharge?) async {
        guard let recorder, let action, let scope else { return }
        await recorder.record(
            [MeterQuantity(action.requestMeter, 1)] + (charge?.quantities ?? []),
            tenant: scope.tenant, database: charge?.database, collection: charge?.collection,
            credential: scope.payer)
    }

    /// A request failed: only that it was one too many is counted.
    func refused(_ error: any Error, in scope: TenantScope?) async {
        guard let recorder, let scope, let error = error as? ServiceError,
            error.code == .resourceExhausted
        else { return }
        await recorder.record(
            [MeterQuantity(.rateLimitedRequests, 1)], tenant: scope.tenant, database: nil,
            collection: nil, credential: scope.payer)
    }
}

extension Action {
    /// What requests of this action count into.
    fileprivate var requestMeter: Meter {
        switch self {
        case .get, .query, .search, .count: .readRequests
        case .add, .update, .upsert, .delete: .writeRequests
        default: .catalogRequests
        }
    }
}
