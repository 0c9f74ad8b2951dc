/// What is counted. The raw value is the meter's name everywhere: on the wire, in tables and in
/// exports; it never changes its meaning.
package enum Meter: String, Sendable, CaseIterable {
    /// Logical bytes as sent by writes that were acknowledged, with or without an effect
    /// (protocol §9.2, `log_size_bytes`).
    case writtenBytes = "written_bytes"
    /// 1 for each query embedding and each metadata predicate, N − 2 for a full-text or regex
    /// operand of N bytes; a read without any of them is 1 (protocol §9.2).
    case queryUnits = "query_units"
    /// Query units × the logical bytes of the collection that was read.
    case queriedBytes = "queried_bytes"
    /// Logical bytes of the records in an answer (protocol §9.2, `return_bytes`).
    case returnedBytes = "returned_bytes"
    /// A sample: a collection's logical size from that minute on. Its hours are folded into
    /// `storedByteMinutes`.
    case storedBytes = "stored_bytes"
    /// Logical bytes × minutes stored; a GiB-hour is 2³⁰ × 60 of them.
    case storedByteMinutes = "stored_byte_minutes"
    /// Forks made.
    case forks
    /// Requests answered without an error that read records.
    case readRequests = "read_requests"
    /// Requests answered without an error that changed records.
    case writeRequests = "write_requests"
    /// All other requests answered without an error in a tenant.
    case catalogRequests = "catalog_requests"
    /// Requests refused because the tenant, or the collection, had too many (429).
    case rateLimitedRequests = "rate_limited_requests"

    /// Whether a minute's quantity is a sample rather than a sum.
    package var isSample: Bool { self == .storedBytes }
}
