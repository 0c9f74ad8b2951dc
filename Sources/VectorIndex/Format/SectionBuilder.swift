/// Parts laid one behind the other, each at a multiple of the alignment.
struct SectionBuilder {
    private var body: [UInt8] = []

    init(reservingBytes bytes: Int) { body.reserveCapacity(bytes + IndexFormat.headerBytes) }

    mutating func append(_ block: Block<some BitwiseCopyable>) {
        block.withBytes { body.append(contentsOf: $0) }
        pad()
    }

    mutating func append(_ words: [UInt32]) {
        words.withUnsafeBytes { body.append(contentsOf: $0) }
        pad()
    }

    private mutating func pad() {
        body.append(
            contentsOf: repeatElement(0, count: IndexFormat.aligned(body.count) - body.count))
    }

    consuming func finish(magic: UInt64, _ header: IndexHeader) -> [UInt8] {
        let head = body.withUnsafeBytes { header.bytes(magic: magic, body: $0) }
        body.insert(contentsOf: head, at: 0)
        return body
    }
}

/// Takes parts off a section, none of them longer than what is left.
struct SectionParts {
    private var rest: UnsafeRawBufferPointer

    init(_ section: UnsafeRawBufferPointer) {
        rest = UnsafeRawBufferPointer(rebasing: section.dropFirst(IndexFormat.headerBytes))
    }

    /// `count` values of one type; `count` is from a header and not to be trusted.
    mutating func take<Value: BitwiseCopyable>(_ count: Int, of type: Value.Type)
        throws(IndexDamage) -> UnsafeBufferPointer<Value>
    {
        let (bytes, isTooMany) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
        guard count >= 0, !isTooMany, bytes <= rest.count, let start = rest.baseAddress else {
            throw .corrupt("a part reaches past its section")
        }
        rest = UnsafeRawBufferPointer(
            rebasing: rest.dropFirst(min(IndexFormat.aligned(bytes), rest.count)))
        return UnsafeBufferPointer(
            start: start.assumingMemoryBound(to: Value.self), count: count)
    }
}
