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

    /// The parts in some order, each key with at most one lower and one upper bound.
    static func folded(_ parts: [Where], _ keep: Keep) -> [Where] {
        var result: [Where] = []
        var kept: [Side: NumberRange.Bound] = [:]
        for part in parts {
            guard case .metadata(let key, let predicate) = part,
                let (bound, isLower) = bound(of: predicate)
            else {
                result.append(part)
                continue
            }
            let side = Side(key: key, isLower: isLower)
            let replaces = kept[side].map {
                isStricter(bound, than: $0, isLower) == (keep == .strictest)
            }
            if replaces ?? true { kept[side] = bound }
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

    /// Nil for what is no bound, and for NaN, which compares with nothing.
    private static func bound(of predicate: MetadataPredicate)
        -> (bound: NumberRange.Bound, isLower: Bool)?
    {
        let found: (number: FilterNumber, isInclusive: Bool, isLower: Bool)? =
            switch predicate {
            case .greater(let number): (number, false, true)
            case .greaterOrEqual(let number): (number, true, true)
            case .less(let number): (number, false, false)
            case .lessOrEqual(let number): (number, true, false)
            default: nil
            }
        guard let found, NumberOrder(found.number, comparedTo: found.number) != nil else {
            return nil
        }
        return (NumberRange.Bound(found.number, isInclusive: found.isInclusive), found.isLower)
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
