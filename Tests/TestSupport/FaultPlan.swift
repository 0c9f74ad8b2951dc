/// What a simulated file system is asked to do; the name in plans and traces.
package enum SimulatedOperation: String, Sendable, CaseIterable {
    case open, map, createDirectory, list, exists, rename, removeFile, removeTree, syncDirectory
    case write, read, size, truncate, syncData
}

/// Which operations of a simulated file system go wrong, and how.
package struct FaultPlan: Sendable {
    package enum Effect: Sendable {
        /// The call fails. A failed write leaves the first half of its bytes; a failed sync
        /// leaves the data in the cache, clean and not on the disk, as Linux does.
        case fail(errno: Int32)
        /// The call and every later one of any kind fail: the process is about to die.
        case stop
        /// A read returns half of what it could.
        case shortRead
    }

    /// The `first`-th to the `last`-th matching operation, counted from 1, suffer the effect.
    package struct Rule: Sendable {
        /// Nil: operations of any kind.
        var operation: SimulatedOperation?
        /// Only operations on paths that contain this text; nil: on any path.
        var pathPart: String?
        var first: Int
        var last: Int
        var effect: Effect
        var seen = 0

        func matches(_ operation: SimulatedOperation, _ path: String) -> Bool {
            (self.operation ?? operation) == operation && (pathPart.map(path.contains) ?? true)
        }
    }

    private var rules: [Rule]

    package static let none = FaultPlan(rules: [])

    /// Fails the k-th operation and, with `count`, the ones after it.
    package static func fail(
        _ operation: SimulatedOperation? = nil, at first: Int, count: Int = 1,
        path: String? = nil, errno: Int32
    ) -> FaultPlan {
        FaultPlan(rules: [
            Rule(
                operation: operation, pathPart: path, first: first, last: first + count - 1,
                effect: .fail(errno: errno))
        ])
    }

    /// Fails the k-th operation and all after it.
    package static func failAll(
        _ operation: SimulatedOperation? = nil, from first: Int = 1, path: String? = nil,
        errno: Int32
    ) -> FaultPlan {
        FaultPlan(rules: [
            Rule(
                operation: operation, pathPart: path, first: first, last: .max,
                effect: .fail(errno: errno))
        ])
    }

    /// Lets `count` operations happen and nothing after them.
    package static func stop(after count: Int) -> FaultPlan {
        FaultPlan(rules: [
            Rule(operation: nil, pathPart: nil, first: count + 1, last: .max, effect: .stop)
        ])
    }

    /// Cuts the k-th read short.
    package static func shortRead(at first: Int) -> FaultPlan {
        FaultPlan(rules: [
            Rule(
                operation: .read, pathPart: nil, first: first, last: first, effect: .shortRead)
        ])
    }

    /// Both plans at once; of two faults on one operation the first plan's wins.
    package func and(_ other: FaultPlan) -> FaultPlan { FaultPlan(rules: rules + other.rules) }

    /// Counts an operation and says what happens to it.
    mutating func effect(on operation: SimulatedOperation, _ path: String) -> Effect? {
        var effect: Effect?
        for index in rules.indices where rules[index].matches(operation, path) {
            rules[index].seen += 1
            let isHit = (rules[index].first...rules[index].last).contains(rules[index].seen)
            if isHit, effect == nil { effect = rules[index].effect }
        }
        return effect
    }
}
