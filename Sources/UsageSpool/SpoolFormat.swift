import ChromaModel
import TenantStorage
import Usage

/// The bytes of a spool file.
///
/// ```
/// file   = "TESSUSE\n" version:u32 crc:u32 frame*       the first frame holds all live cells
/// frame  = length:u32 crc:u32 amount{}                  the CRC covers length and amounts
/// amount = tenant:16 database:16 collection:16 credential minute:u32 count:u8
///          (meter quantity:u64){count}
/// ```
/// Amounts add up: a cell is the sum of all of its amounts in one file. A frame is written by one
/// call; one that fails its CRC is the torn end, since nothing is acknowledged before it is whole.
enum SpoolFormat {
    static let magic: [UInt8] = Array("TESSUSE\n".utf8)
    static let version: UInt32 = 1
    static let headerBytes = 16
    static let frameHeaderBytes = 8
    private static let suffix = ".spool"

    static var header: [UInt8] {
        var writer = ByteWriter(capacity: headerBytes)
        writer.put(raw: magic)
        writer.put(version)
        writer.put(writer.bytes.withUnsafeBytes { crc32c($0) })
        return writer.finish()
    }

    /// `NNNNNNNN.spool`
    static func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + suffix
    }

    /// The number in a spool file's name; nil for any other name.
    static func fileNumber(_ name: String) -> UInt64? {
        guard name.hasSuffix(suffix), let number = UInt64(name.dropLast(suffix.count)) else {
            return nil
        }
        return fileName(number) == name ? number : nil
    }

    static func frame(_ amounts: [UsageAmount]) -> [UInt8] {
        var body = ByteWriter(capacity: 128 * amounts.count)
        for amount in amounts { body.put(amount) }
        let bytes = body.finish()
        var writer = ByteWriter(capacity: frameHeaderBytes + bytes.count)
        writer.put(UInt32(bytes.count))
        writer.put(bytes.withUnsafeBytes { checksum($0) })
        writer.put(raw: bytes)
        return writer.finish()
    }

    /// The amounts of all whole frames; nil unless the header and the first frame are whole, for
    /// then the file was never taken into use.
    static func amounts(in bytes: [UInt8]) -> [UsageAmount]? {
        guard bytes.starts(with: header) else { return nil }
        var amounts: [UsageAmount]?
        var offset = headerBytes
        while let (frame, next) = frame(in: bytes, at: offset) {
            amounts = (amounts ?? []) + frame
            offset = next
        }
        return amounts
    }

    private static func frame(in bytes: [UInt8], at offset: Int) -> ([UsageAmount], Int)? {
        bytes.withUnsafeBytes { raw in
            let rest = UnsafeRawBufferPointer(rebasing: raw[min(offset, raw.count)...])
            var reader = ByteReader(rest)
            do throws(StorageError) {
                let (length, crc): (UInt32, UInt32) = (try reader.take(), try reader.take())
                let body = try reader.takeRaw(Int(length))
                guard checksum(body) == crc else { return nil }
                var amounts: [UsageAmount] = []
                var inner = ByteReader(body)
                while inner.remaining > 0 { amounts.append(try inner.takeAmount()) }
                return (amounts, offset + frameHeaderBytes + Int(length))
            } catch {
                return nil
            }
        }
    }

    private static func checksum(_ body: UnsafeRawBufferPointer) -> UInt32 {
        let length = withUnsafeBytes(of: UInt32(body.count).littleEndian) { crc32c($0) }
        return crc32c(body, seed: length)
    }
}

/// What one request adds to its cells.
struct UsageAmount: Sendable, Hashable {
    let key: UsageKey
    let quantities: [MeterQuantity]
}

extension ByteWriter {
    fileprivate mutating func put(_ amount: UsageAmount) {
        let (database, collection) = amount.key.place
        put(amount.key.tenant.uuid)
        put(database)
        put(collection)
        put(amount.key.credential.value)
        put(amount.key.minute.value)
        put(UInt8(clamping: amount.quantities.count))
        for quantity in amount.quantities {
            put(quantity.meter.rawValue)
            put(quantity.quantity)
        }
    }
}

extension ByteReader {
    fileprivate mutating func takeAmount() throws(StorageError) -> UsageAmount {
        let tenant = TenantID(try takeID())
        let (database, collection) = (try takeID(), try takeID())
        let key = UsageKey(
            tenant: tenant, database: database == UsageKey.none ? nil : DatabaseID(database),
            collection: collection == UsageKey.none ? nil : CollectionID(collection),
            credential: UsageCredential(try takeText()), minute: UsageMinute(try take()))
        var quantities: [MeterQuantity] = []
        for _ in 0..<(try take(UInt8.self)) {
            let name = try takeText()
            guard let meter = Meter(rawValue: name) else {
                throw .malformed("meter \(name) is unknown")
            }
            quantities.append(MeterQuantity(meter, try take()))
        }
        return UsageAmount(key: key, quantities: quantities)
    }
}
