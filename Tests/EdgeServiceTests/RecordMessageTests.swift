import Access
import ChromaModel
import Directory
import SwiftProtobuf
import TesseraRPC
import TestSupport
import Testing

@testable import EdgeService

/// What is sent arrives as it was, whatever is set and whatever is not.
struct RecordMessageTests {
    private static let rounds = 300

    @Test("every record comes through the wire as it was", arguments: [seed()])
    func roundTrips(seed: UInt64) throws {
        let records = RandomRecords(seed: seed)
        for _ in 0..<Self.rounds {
            let token = records.token()
            #expect(try sent(EdgeToken(token)).record() == token, "seed \(seed)")
            let tenant = records.tenant()
            #expect(try sent(EdgeTenant(tenant)).record() == tenant, "seed \(seed)")
            let database = records.database()
            #expect(try sent(EdgeDatabase(database)).record() == database, "seed \(seed)")
            let issuer = records.issuer()
            #expect(try sent(EdgeIssuer(issuer)).record() == issuer, "seed \(seed)")
            let override = records.override()
            #expect(try sent(EdgeQuotaOverride(override)).record() == override, "seed \(seed)")
            let change = NumberedChange(epoch: 3, change: records.change())
            #expect(sent(EdgeDirectoryChange(change)).change == change.change, "seed \(seed)")
        }
    }

    @Test("a change of a kind that this release doesn't know means that anything may have changed")
    func unknownChange() {
        #expect(EdgeDirectoryChange.with { $0.kind = "tenant_moved" }.change == .reset)
        #expect(EdgeDirectoryChange.with { $0.kind = "tenant_changed" }.change == .reset)
    }

    @Test("a role or an id that can't be read is refused, not guessed")
    func unreadable() {
        #expect(throws: ServiceError.self) {
            try EdgeToken.with { $0.role = "owner" }.record()
        }
        #expect(throws: ServiceError.self) {
            try EdgeDatabase.with { $0.id = .init([1, 2, 3]) }.record()
        }
    }

    private func sent<Sent: Message>(_ message: Sent) -> Sent {
        guard let bytes: [UInt8] = try? message.serializedBytes(),
            let read = try? Sent(serializedBytes: bytes)
        else { return Sent() }
        return read
    }

    private static func seed() -> UInt64 { .random(in: 0 ... .max) }
}
