import ArgumentParser

/// A label on the command line: KEY=VALUE.
struct TenantLabel: ExpressibleByArgument {
    let key: String
    let value: String

    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty else { return nil }
        key = String(sides[0])
        value = String(sides[1])
    }
}

extension [TenantLabel] {
    /// Of two with one key the later counts.
    var dictionary: [String: String] {
        Dictionary(map { ($0.key, $0.value) }) { $1 }
    }
}
