import SwiftProtobuf
import TesseraRPC

/// A limit that a tenants file puts in the place of the plan's.
package struct DeclaredOverride: Sendable, Equatable {
    /// As in "num_records".
    package let usageType: String
    package let limit: Int64
    package let reason: String
    /// nil for the whole tenant.
    package var database: String?
    /// nil means never.
    package var expireTime: Google_Protobuf_Timestamp?

    package init(usageType: String, limit: Int64, reason: String) {
        self.usageType = usageType
        self.limit = limit
        self.reason = reason
    }

    /// What is limited, and where: a tenant has one override of each.
    var place: Place {
        Place(usageType: ByteName(value: usageType), database: database.map(ByteName.init))
    }

    struct Place: Hashable {
        let usageType: ByteName
        let database: ByteName?
    }

    /// Whether the server's override does what this one says.
    func isMet(by installed: AdminQuotaOverride) -> Bool {
        limit == installed.limit
            && ByteName(value: reason) == ByteName(value: installed.reason)
            && expireTime?.wholeMilliseconds
                == (installed.hasExpireTime ? installed.expireTime.wholeMilliseconds : nil)
    }

    func hasEnded(by now: Google_Protobuf_Timestamp) -> Bool {
        expireTime.map { $0.wholeMilliseconds <= now.wholeMilliseconds } ?? false
    }
}

extension AdminQuotaOverride {
    var place: DeclaredOverride.Place {
        .init(usageType: ByteName(value: usageType), database: database.map(ByteName.init))
    }
}

extension Google_Protobuf_Timestamp {
    /// Since 1970: as exactly as the server keeps it.
    fileprivate var wholeMilliseconds: Int64 { seconds * 1000 + Int64(nanos) / 1_000_000 }
}
