import Crypto

/// How much of one meter was used in one window of time, as billing tools get it.
///
/// Usage is fact: a line knows no price. What it was grouped away by is empty text.
package struct UsageLine: Sendable, Hashable {
    /// The tenant's name on the wire, or its id when nobody knows its name any more. Names may be
    /// given again, ids not: whoever must tell two tenants of one name apart goes by the id.
    package var tenant: String
    package var tenantID: String
    /// The database's name, or its id when it is gone.
    package var database: String
    package var databaseID: String
    package var collectionID: String
    /// The name of the credential that may be shown: a token's key id, or issuer/digest.
    package var credential: String
    /// The value of the tenant's label that was grouped by.
    package var label: String
    package var meter: String
    /// What the quantity counts, in UCUM-like words: "By", "By.min", "1".
    package var unit: String
    /// Unix time, inclusive.
    package var startMilliseconds: UInt64
    /// Unix time, exclusive.
    package var endMilliseconds: UInt64
    /// The period it is billed in.
    package var period: BillingPeriod
    /// Whether it belongs to an earlier period, which was sealed before it became known.
    package var isCorrection: Bool
    /// 0, or which later booking it is: what became known of its time after that was booked.
    package var booking: Int64
    /// Whether its time is booked: until then the quantity still grows, and then never again.
    package var isFinal: Bool
    package var quantity: Int128

    package init(
        tenant: String, tenantID: String, database: String = "", databaseID: String = "",
        collectionID: String = "", credential: String = "", label: String = "", meter: String,
        unit: String, startMilliseconds: UInt64, endMilliseconds: UInt64, period: BillingPeriod,
        isCorrection: Bool = false, booking: Int64 = 0, isFinal: Bool = true,
        quantity: Int128
    ) {
        self.tenant = tenant
        self.tenantID = tenantID
        self.database = database
        self.databaseID = databaseID
        self.collectionID = collectionID
        self.credential = credential
        self.label = label
        self.meter = meter
        self.unit = unit
        self.startMilliseconds = startMilliseconds
        self.endMilliseconds = endMilliseconds
        self.period = period
        self.isCorrection = isCorrection
        self.booking = booking
        self.isFinal = isFinal
        self.quantity = quantity
    }

    /// The same for the same booking of usage, whenever and however often it is exported: a
    /// receiver that keeps ids can import an export twice without harm. 128 bits of SHA-256, in
    /// hex.
    package var id: String {
        var hasher = SHA256()
        for field in key {
            // The length first, so that no two lists of fields have the same bytes.
            withUnsafeBytes(of: UInt32(field.utf8.count).bigEndian) {
                hasher.update(bufferPointer: $0)
            }
            hasher.update(data: Array(field.utf8))
        }
        return Hexadecimal.text(hasher.finalize().prefix(16))
    }

    /// What never changes about it: neither the quantity nor a name.
    private var key: [String] {
        [
            tenantID, databaseID, collectionID, credential, label, meter, unit,
            "\(startMilliseconds)", "\(endMilliseconds)", period.description,
            isCorrection ? "correction" : "",
        ] + (booking > 0 ? ["\(booking)"] : [])
    }

    package var start: UTCTime { UTCTime(milliseconds: startMilliseconds) }
    package var end: UTCTime { UTCTime(milliseconds: endMilliseconds) }

    /// The period that a correction corrects; nil for ordinary usage.
    package var correctedPeriod: BillingPeriod? {
        isCorrection ? BillingPeriod(containing: startMilliseconds) : nil
    }
}
