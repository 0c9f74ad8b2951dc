import ChromaModel

/// The header of a log file as it stands in the file, valid or not.
struct LogHeader {
    let tenant: TenantID
    let number: UInt64
    let first: LogPosition
    /// Whether every byte is what the other fields make it.
    let isValid: Bool

    init(tenant: TenantID, number: UInt64, first: LogPosition, isValid: Bool) {
        self.tenant = tenant
        self.number = number
        self.first = first
        self.isValid = isValid
    }

    init(_ file: [UInt8]) {
        tenant = TenantID(
            UniqueID(high: Self.word(file, 16), low: Self.word(file, 24)))
        number = Self.word(file, 32)
        first = LogPosition(Self.word(file, 40))
        isValid = file.starts(
            with: LogFormat.header(tenant: tenant, fileNumber: number, first: first))
    }

    /// The position that the first frame carries, for a file whose header is unreadable.
    static func firstPosition(ofFrames file: [UInt8]) -> LogPosition {
        LogPosition(word(file, LogFormat.headerBytes + 8))
    }

    /// Zero behind the end.
    private static func word(_ file: [UInt8], _ offset: Int) -> UInt64 {
        guard file.count >= offset + 8 else { return 0 }
        return file.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }
}
