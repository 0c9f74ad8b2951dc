/// A line of usage as a CloudEvent 1.0.
///
/// OpenMeter reads `subject` as the customer and `data.quantity` as the value; Lago the same as
/// external id and property. The receiver that knows (source, id) keeps each event once.
struct UsageEvent: Encodable {
    let specversion = "1.0"
    let id: String
    let source: String
    let type: String
    let subject: String
    /// When the window began, so that the event falls into it.
    let time: String
    let datacontenttype = "application/json"
    let data: UsageObject

    init(_ line: UsageLine, source: String) {
        id = line.id
        self.source = source
        type = "tessera.usage.\(line.meter)"
        subject = line.tenant
        time = line.start.text
        data = UsageObject(line)
    }
}
