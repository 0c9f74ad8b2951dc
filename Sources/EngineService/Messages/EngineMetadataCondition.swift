import ChromaModel
import TesseraRPC

extension EngineMetadataCondition {
    init(_ key: MetadataKey, _ predicate: MetadataPredicate) {
        self.init()
        self.key = key.value
        switch predicate {
        case .equal(let value): set(.equal, [value])
        case .notEqual(let value): set(.notEqual, [value])
        case .greater(let number): set(.greater, [.number(number)])
        case .greaterOrEqual(let number): set(.greaterOrEqual, [.number(number)])
        case .less(let number): set(.less, [.number(number)])
        case .lessOrEqual(let number): set(.lessOrEqual, [.number(number)])
        case .isIn(let values): set(.isIn, values)
        case .isNotIn(let values): set(.isNotIn, values)
        case .contains(let value): set(.contains, [value])
        case .doesNotContain(let value): set(.doesNotContain, [value])
        }
    }

    private mutating func set(_ meant: Operator, _ values: [FilterScalar]) {
        `operator` = meant
        operands = values.map { EngineScalar($0) }
    }

    /// Throws `internalError`.
    func predicate() throws(ServiceError) -> MetadataPredicate {
        switch `operator` {
        case .equal: return .equal(try scalar())
        case .notEqual: return .notEqual(try scalar())
        case .greater: return .greater(try number())
        case .greaterOrEqual: return .greaterOrEqual(try number())
        case .less: return .less(try number())
        case .lessOrEqual: return .lessOrEqual(try number())
        case .isIn: return .isIn(try scalars())
        case .isNotIn: return .isNotIn(try scalars())
        case .contains: return .contains(try scalar())
        case .doesNotContain: return .doesNotContain(try scalar())
        case .unspecified, .UNRECOGNIZED: throw .unreadable("a condition")
        }
    }

    private func scalars() throws(ServiceError) -> [FilterScalar] {
        var scalars: [FilterScalar] = []
        scalars.reserveCapacity(operands.count)
        for operand in operands { scalars.append(try operand.scalar()) }
        return scalars
    }

    private func scalar() throws(ServiceError) -> FilterScalar {
        guard operands.count == 1 else { throw .unreadable("a condition") }
        return try operands[0].scalar()
    }

    private func number() throws(ServiceError) -> FilterNumber {
        guard case .number(let number) = try scalar() else { throw .unreadable("a condition") }
        return number
    }
}

extension EngineScalar {
    fileprivate init(_ scalar: FilterScalar) {
        self.init()
        switch scalar {
        case .string(let text): string = text
        case .bool(let value): bool = value
        case .number(.int(let number)): int = number
        case .number(.float(let number)): float = number
        }
    }

    fileprivate func scalar() throws(ServiceError) -> FilterScalar {
        switch value {
        case .string(let text): return .string(text)
        case .bool(let value): return .bool(value)
        case .int(let number): return .number(.int(number))
        case .float(let number): return .number(.float(number))
        case nil: throw .unreadable("an operand")
        }
    }
}
