/// A line of usage as JSON. The quantity is text: it may be larger than a double is exact for.
struct UsageObject: Encodable {
    let id: String
    let tenant: String
    let tenantID: String
    let database: String?
    let databaseID: String?
    let collectionID: String?
    let credential: String?
    let label: String?
    let meter: String
    let unit: String
    let start: String
    let end: String
    let period: String
    let corrects: String?
    let isFinal: Bool
    let quantity: String

    enum CodingKeys: String, CodingKey {
        case id, tenant, database, credential, label, meter, unit, start, end, period, corrects
        case quantity
        case tenantID = "tenant_id"
        case databaseID = "database_id"
        case collectionID = "collection_id"
        case isFinal = "final"
    }

    init(_ line: UsageLine) {
        func unlessEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }
        id = line.id
        tenant = line.tenant
        tenantID = line.tenantID
        database = unlessEmpty(line.database)
        databaseID = unlessEmpty(line.databaseID)
        collectionID = unlessEmpty(line.collectionID)
        credential = unlessEmpty(line.credential)
        label = unlessEmpty(line.label)
        meter = line.meter
        unit = line.unit
        start = line.start.text
        end = line.end.text
        period = line.period.description
        corrects = line.correctedPeriod?.description
        isFinal = line.isFinal
        quantity = "\(line.quantity)"
    }
}
