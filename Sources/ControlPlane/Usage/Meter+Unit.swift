import ChromaModel
import Usage

extension Meter {
    /// What its quantities count, in UCUM's words: bytes, byte-minutes or things.
    package var unit: String {
        switch self {
        case .writtenBytes, .queriedBytes, .returnedBytes, .storedBytes: "By"
        case .storedByteMinutes: "By.min"
        case .queryUnits, .forks, .readRequests, .writeRequests, .catalogRequests,
            .rateLimitedRequests:
            "1"
        }
    }

    /// What can be asked for: samples are folded into another meter.
    package static var billed: [Meter] { allCases.filter { !$0.isSample } }

    /// Throws `invalidArgument`, naming those there are.
    package static func named(_ name: String) throws(ServiceError) -> Meter {
        guard let meter = billed.first(where: { $0.rawValue.isByteEqual(to: name) }) else {
            let all = billed.map(\.rawValue).joined(separator: ", ")
            throw .invalid("No meter is called \(name); there are \(all).")
        }
        return meter
    }
}
