import ChromaModel

/// Makes one condition of several bounds on one key.
///
/// Of "greater" conditions that are all to hold only the strictest says anything, of those of
/// which any will do only the mildest. So a filter with very many bounds costs no more than one
/// with few.
enum NumberBounds {
    enum Keep { case strictest, mildest }

    private struct Side: Hashable {
        let key: MetadataKey
        let isLower: Bool
    }

    /// The parts, each key with at most one lower and one upper bound.
    static func folded(_ parts: [Where], _ keep: Keep) -> [Where] {
        var result: [Where] = []
        var kept: [Side: NumberRange.Bound] = [:]
        for part in parts {
            guard case .metadata(let key, let predicate) = part,
                let (bound, isLower) = bound(of: predicate),
                NumberOrder(bound.number, comparedTo: bound.number) != nil
            else {
                result.append(part)
                continue
            }
            let side = Side(key: key, isLower: isLower)
            let isStricter = kept[side].map { isStricter(bound, than: $0, isLower) }
            if isStricter == nil || isStricter == (keep == .strictest) { kept[side] = bound }
        }
        return result + kept.map { .metadata($0.key, predicate($1, isLower: $0.isLower)) }
    }

    private static func isStricter(
        _ new: NumberRange.Bound, than old: NumberRange.Bound, _ isLower: Bool
    ) -> Bool {
        switch NumberOrder(new.number, comparedTo: old.number) {
        case .above: isLower
        case .below: !isLower
        default: !new.isInclusive
        }
    }

    private static func bound(of predicate: MetadataPredicate)
        -> (bound: NumberRange.Bound, isLower: Bool)?
    {
        switch predicate {
        case .greater(let number): (.init(number, isInclusive: false), true)
        case .greaterOrEqual(let number): (.init(number, isInclusive: true), true)
        case .less(let number): (.init(number, isInclusive: false), false)
        case .lessOrEqual(let number): (.init(number, isInclusive: true), false)
        default: nil
        }
    }

    private static func predicate(_ bound: NumberRange.Bound, isLower: Bool) -> MetadataPredicate {
        switch (isLower, bound.isInclusive) {
        case (true, false): .greater(bound.number)
        case (true, true): .greaterOrEqual(bound.number)
        case (false, false): .less(bound.number)
        case (false, true): .lessOrEqual(bound.number)
        }
    }
}
