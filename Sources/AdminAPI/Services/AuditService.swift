import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// The methods of `tessera.admin.v1.AuditService`. The gate has let in operators alone.
struct AuditService: Sendable {
    let controlPlane: ControlPlane

    var endpoints: [any AdminEndpoint] {
        [Endpoint(.listAuditEvents, list), Endpoint(.verifyAuditEvents, verify)]
    }

    @Sendable private func list(
        _ request: AdminListAuditEventsRequest, as principal: Principal
    ) async throws -> AdminListAuditEventsResponse {
        let page = try await controlPlane.listAuditEvents(
            AuditSelection(request),
            page: PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        return AdminListAuditEventsResponse.with {
            $0.auditEvents = page.items.map(AdminAuditEvent.init)
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func verify(
        _ request: AdminVerifyAuditEventsRequest, as principal: Principal
    ) async throws -> AdminVerifyAuditEventsResponse {
        let check = try await controlPlane.verifyAuditLog()
        return AdminVerifyAuditEventsResponse.with {
            $0.events = Int64(check.eventCount)
            $0.number = check.number
            $0.hash = check.hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            $0.faults = check.faults
        }
    }
}

extension AuditSelection {
    /// Throws `invalidArgument`, naming the field.
    fileprivate init(_ request: AdminListAuditEventsRequest) throws(ServiceError) {
        self.init()
        if !request.tenant.isEmpty {
            let name = try ResourceName(
                parsing: request.tenant, field: "tenant", as: [ResourceName.tenantShape])
            tenant = TenantName(name.segments[1])
        }
        if request.hasStartTime {
            fromMilliseconds = try Self.time(request.startTime, "start_time")
        }
        if request.hasEndTime { untilMilliseconds = try Self.time(request.endTime, "end_time") }
    }

    private static func time(_ time: Google_Protobuf_Timestamp, _ field: String)
        throws(ServiceError) -> UInt64
    {
        guard let milliseconds = time.unixMilliseconds else {
            throw .invalid("\(field) must be between 1970 and the year 10000.")
        }
        return milliseconds
    }
}

extension AdminAuditEvent {
    fileprivate init(_ event: AuditEvent) {
        self.init()
        name = ResourceName("auditEvents", "\(event.number)").description
        time = Google_Protobuf_Timestamp(unixMilliseconds: event.atMilliseconds)
        actor = event.actor
        method = event.method
        self.event = event.event
        if !event.tenant.isEmpty { tenant = ResourceName("tenants", event.tenant).description }
        resource = event.resource
        requestID = event.requestID.description
        address = event.address
        result = event.result
    }
}
