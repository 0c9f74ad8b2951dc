import Telemetry

/// opentelemetry/proto/common/v1 and resource/v1.
extension ProtobufWriter {
    /// `repeated KeyValue`
    mutating func attributes(_ field: UInt64, _ attributes: [Attribute]) {
        for attribute in attributes {
            message(field) { pair in
                pair.text(1, attribute.key)
                pair.message(2) { $0.value(attribute.value) }
            }
        }
    }

    /// The fields of an `AnyValue`.
    mutating func value(_ value: AttributeValue) {
        switch value {
        case .text(let text): chosenText(1, Redaction.blotted(text))
        case .flag(let flag): chosenNumber(2, flag ? 1 : 0)
        case .integer(let number): chosenNumber(3, UInt64(bitPattern: Int64(number)))
        case .double(let number): chosenDouble(4, number)
        case .texts(let texts):
            message(5) { list in
                for text in texts {
                    list.message(1) { $0.chosenText(1, Redaction.blotted(text)) }
                }
            }
        }
    }

    /// What every export begins with: `resource` (1) and, of the one scope (2), its name.
    ///
    /// - Parameter items: writes the scope's spans, metrics or log records, as field 2.
    static func export(
        _ resource: OTLPResource, bytesExpected: Int = 0,
        _ items: (inout ProtobufWriter) -> Void
    ) -> [UInt8] {
        var writer = ProtobufWriter(bytesExpected: bytesExpected)
        writer.message(1) { whole in
            whole.message(1) { $0.attributes(1, resource.attributes) }
            whole.message(2) { scope in
                scope.message(1) { name in
                    name.text(1, "tessera")
                    name.text(2, resource.version)
                }
                items(&scope)
            }
        }
        return writer.bytes
    }
}
