/// A name and a value that describe a span, a point of a metric or a line of the log.
package struct Attribute: Sendable, Equatable {
    package let key: String
    package let value: AttributeValue

    package init(_ key: String, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }

    package init(_ key: String, _ text: String) { self.init(key, .text(text)) }
    package init(_ key: String, _ number: Int) { self.init(key, .integer(number)) }
}

/// The values that OTLP knows and we use.
package enum AttributeValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case double(Double)
    case flag(Bool)
    case texts([String])
}

extension AttributeValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .texts(let texts): texts.joined(separator: ",")
        }
    }
}
