import ChromaModel

/// A cursor over one JSON text: strict RFC 8259, no tree, no copy of what isn't kept.
///
/// Readers ask for what they expect in the order the text has it. Whatever they ask for,
/// everything passed over was checked to be JSON.
struct JSONScanner: ~Copyable {
    // The bytes belong to the caller of `read`, which outlives the scanner.
    let base: UnsafePointer<UInt8>
    let count: Int
    var position: Int
    private(set) var depth = 0
    let depthMax: Int
    let powers = DecimalPower.table

    private init(base: UnsafePointer<UInt8>, count: Int, position: Int, depthMax: Int) {
        self.base = base
        self.count = count
        self.position = position
        self.depthMax = depthMax
    }

    /// Reads one whole text with `body`; whatever follows its value is an error.
    static func read<Value>(
        _ bytes: UnsafeRawBufferPointer, depthMax: Int = JSONLimits.depthMax,
        _ body: (inout JSONScanner) throws(JSONFailure) -> Value
    ) throws(ServiceError) -> Value {
        do throws(JSONFailure) {
            return try read(all: bytes, depthMax: depthMax, body)
        } catch {
            throw error.serviceError(in: bytes)
        }
    }

    private static func read<Value>(
        all bytes: UnsafeRawBufferPointer, depthMax: Int,
        _ body: (inout JSONScanner) throws(JSONFailure) -> Value
    ) throws(JSONFailure) -> Value {
        guard let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else {
            throw JSONFailure(.syntax, "EOF while parsing a value", at: 0)
        }
        var scanner = JSONScanner(
            base: base, count: bytes.count, position: 0, depthMax: depthMax)
        let value = try body(&scanner)
        if scanner.nextByte() != nil { throw scanner.syntax("trailing characters", ahead: 1) }
        return value
    }

    /// Reads again, with `body`, a value that was skipped before.
    func reread<Value>(
        _ range: Range<Int>, _ body: (inout JSONScanner) throws(JSONFailure) -> Value
    ) throws(JSONFailure) -> Value {
        var scanner = JSONScanner(
            base: base, count: range.upperBound, position: range.lowerBound, depthMax: depthMax)
        return try body(&scanner)
    }

    /// Goes back to a place where `depth` was as given.
    mutating func rewind(to start: Int, depth: Int) {
        position = start
        self.depth = depth
    }

    /// The next byte that is no white space, not consumed; nil at the end.
    @inline(__always)
    mutating func nextByte() -> UInt8? {
        while position < count {
            let byte = base[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                return byte
            }
            position += 1
        }
        return nil
    }

    /// Like `nextByte`, where a value must come.
    @inline(__always)
    mutating func valueByte() throws(JSONFailure) -> UInt8 {
        guard let byte = nextByte() else { throw syntax("EOF while parsing a value") }
        return byte
    }

    /// Enters an array or object at its opening bracket.
    mutating func enter() throws(JSONFailure) {
        position += 1
        depth += 1
        if depth > depthMax { throw syntax("recursion limit exceeded") }
    }

    /// Leaves an array or object at its closing bracket.
    mutating func leave() {
        position += 1
        depth -= 1
    }

    /// Consumes `true`, `false` or `null`, whose first byte was seen.
    mutating func literal(_ word: StaticString) throws(JSONFailure) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < count else { throw syntax("EOF while parsing a value") }
            guard base[position] == word.utf8Start[index] else {
                throw syntax("expected ident", ahead: 1)
            }
            position += 1
        }
    }

    /// A failure here, or `ahead` bytes further.
    func syntax(_ reason: String, ahead: Int = 0) -> JSONFailure {
        JSONFailure(.syntax, reason, at: min(position + ahead, count))
    }

    func shape(_ reason: String) -> JSONFailure {
        JSONFailure(.shape, reason, at: position)
    }
}
