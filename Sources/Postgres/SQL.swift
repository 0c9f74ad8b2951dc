import ChromaModel

/// A statement whose every interpolated value is a bound parameter, never text of the statement:
///
///     let sql: SQL = "SELECT id FROM cp.tenant WHERE name = \(name)"    // … WHERE name = $1
///
/// Interpolating another `SQL` splices it in and renumbers its parameters.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    package private(set) var text: String
    package private(set) var values: [PostgresValue]

    package init(stringLiteral text: String) {
        self.text = text
        values = []
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
    }
}

extension SQL {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var values: [PostgresValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 3 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        package mutating func appendInterpolation(_ value: PostgresValue) {
            values.append(value)
            text += "$\(values.count)"
        }

        package mutating func appendInterpolation(_ text: String?) {
            appendInterpolation(text.map(PostgresValue.text) ?? .null)
        }

        package mutating func appendInterpolation(_ texts: [String]) {
            appendInterpolation(PostgresValue.texts(texts))
        }

        package mutating func appendInterpolation(_ text: some ByteText) {
            appendInterpolation(PostgresValue.text(text.value))
        }

        package mutating func appendInterpolation(_ id: some TypedID) {
            appendInterpolation(PostgresValue.uuid(id.uuid))
        }

        package mutating func appendInterpolation(_ id: UniqueID?) {
            appendInterpolation(id.map(PostgresValue.uuid) ?? .null)
        }

        package mutating func appendInterpolation(_ number: Int) {
            appendInterpolation(PostgresValue.integer(Int64(number)))
        }

        package mutating func appendInterpolation(_ flag: Bool) {
            appendInterpolation(PostgresValue.bool(flag))
        }

        package mutating func appendInterpolation(_ bytes: [UInt8]) {
            appendInterpolation(PostgresValue.bytes(bytes))
        }

        package mutating func appendInterpolation(_ statement: SQL) {
            let pieces = statement.text.split(separator: "$", omittingEmptySubsequences: false)
            text += pieces[0]
            for piece in pieces.dropFirst() {
                let digits = piece.prefix(while: \.isNumber)
                if let number = Int(digits) {
                    text += "$\(number + values.count)" + piece.dropFirst(digits.count)
                } else {
                    text += "$" + piece
                }
            }
            values += statement.values
        }
    }
}
