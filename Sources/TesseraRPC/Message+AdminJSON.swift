import SwiftProtobuf

extension Message {
    /// The message as the admin API and its command line write JSON: protobuf's mapping, with the
    /// field names as the protos spell them.
    ///
    /// - Throws: when the message has no JSON, as a timestamp after the year 9999 has none.
    package func adminJSON() throws -> [UInt8] {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        return try jsonUTF8Bytes(options: options)
    }
}
