import Access
import ChromaModel

/// Where a list goes on, bound to the list it was made for.
///
/// It gives no access: the list is authorised again for every page, so a made-up position
/// only moves within a list that may be read anyway.
struct PageToken {
    /// The lists there are, with what each belongs to.
    enum List: Equatable {
        case tenants
        case databases(of: TenantID)
        case tokens(of: TenantID?)
        case issuers
        case auditEvents
        case denials(of: IssuerID)
        case receipts(of: TenantID)
        /// By what is selected.
        case usage(String)

        fileprivate var text: String {
            switch self {
            case .tenants: "tenants"
            case .databases(let tenant): "databases/\(tenant)"
            case .issuers: "issuers"
            case .auditEvents: "auditEvents"
            case .denials(let issuer): "denials/\(issuer)"
            case .receipts(let tenant): "receipts/\(tenant)"
            case .usage(let selection): "usage/\(selection)"
            case .tokens(let tenant): "tokens/\(tenant.map(\.description) ?? "-")"
            }
        }
    }

    let list: List
    /// The sort key of the last item that was shown.
    let position: String

    /// Hexadecimal, so that nobody is tempted to read or build one.
    var text: String {
        "\(list.text) \(position)".utf8
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The position a request goes on from; nil for the first page.
    /// Throws `invalidArgument` when the token is not of this list.
    static func position(in request: PageRequest, of list: List) throws -> String? {
        guard let token = request.token else { return nil }
        let digits = Array(token.utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0] == list.text else { throw refusal }
        return String(words[1])
    }

    /// The same of a list that is sorted by id. Throws also when the position is no id.
    static func idPosition(in request: PageRequest, of list: List) throws -> UniqueID? {
        guard let text = try position(in: request, of: list) else { return nil }
        guard let id = UniqueID(text) else { throw refusal }
        return id
    }

    /// The same of a list that is sorted by number.
    static func numberPosition(in request: PageRequest, of list: List) throws -> Int64? {
        guard let text = try position(in: request, of: list) else { return nil }
        guard let number = Int64(text) else { throw refusal }
        return number
    }

    private static var refusal: ServiceError {
        .invalid("page_token is not from this list; leave it out to start again.")
    }
}
