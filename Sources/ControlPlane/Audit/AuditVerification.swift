import ChromaModel

/// A check of the whole chain: give it the events in their order, then the head.
///
/// It finds an event that was changed, removed or put in. Who can write to the database can also
/// make the whole chain anew; against that, keep the head's hash elsewhere.
package struct AuditVerification: Sendable {
    /// Faults that are told; there may be more.
    package static let faultsMax = 100

    /// The newest event that was read; 0 when there is none.
    package private(set) var number: Int64 = 0
    package private(set) var eventCount = 0
    /// What is wrong, in the order of the events; empty when nothing is.
    package private(set) var faults: [String] = []
    /// Of the newest event.
    package private(set) var hash = AuditHead.start.hash

    mutating func read(_ event: AuditEvent) {
        if event.number != number + 1 {
            let gap =
                number + 1 == event.number - 1
                ? "event \(number + 1) is" : "events \(number + 1) to \(event.number - 1) are"
            fault("\(gap) missing")
        } else if event.previousHash != hash {
            fault("event \(event.number) does not follow the one before it")
        }
        if !event.isGenuine { fault("event \(event.number) was changed") }
        number = event.number
        hash = event.hash
        eventCount += 1
    }

    mutating func finish(_ head: AuditHead?) {
        guard let head else { return fault("the head of the log is missing") }
        if head.number > number {
            fault("events \(number + 1) to \(head.number) are missing")
        } else if head.number < number {
            fault("events \(head.number + 1) to \(number) were put in")
        } else if head.hash != hash {
            fault("event \(number) is not the one that was written last")
        }
    }

    private mutating func fault(_ text: String) {
        if faults.count < Self.faultsMax { faults.append(text) }
    }
}
