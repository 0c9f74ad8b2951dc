import Tracing

extension SpanAttributes {
    init(_ attributes: [Attribute]) {
        self = [:]
        for attribute in attributes { self[attribute.key] = attribute.value.spanAttribute }
    }

    /// Those of kinds that OTLP knows and we use; numbers in lists don't occur here.
    var list: [Attribute] {
        var list: [Attribute] = []
        forEach { key, value in
            if let value = AttributeValue(value) { list.append(Attribute(key, value)) }
        }
        return list
    }
}

extension AttributeValue {
    fileprivate init?(_ value: SpanAttribute) {
        switch value {
        case .int32(let number): self = .integer(Int(number))
        case .int64(let number): self = .integer(Int(number))
        case .double(let number): self = .double(number)
        case .bool(let flag): self = .flag(flag)
        case .string(let text): self = .text(text)
        case .stringArray(let texts): self = .texts(texts)
        case .stringConvertible(let other): self = .text(other.description)
        default: return nil
        }
    }

    fileprivate var spanAttribute: SpanAttribute {
        switch self {
        case .text(let text): .string(text)
        case .integer(let number): .int64(Int64(number))
        case .double(let number): .double(number)
        case .flag(let flag): .bool(flag)
        case .texts(let texts): .stringArray(texts)
        }
    }
}
