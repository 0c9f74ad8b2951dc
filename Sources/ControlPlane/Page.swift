import ChromaModel

/// Which part of a list is asked for.
package struct PageRequest: Sendable {
    /// Larger requests are served this many items (AIP-158).
    package static let sizeLimit = 1000
    /// Items when the request does not say.
    package static let sizeDefault = 100

    /// Items at most, in `1...sizeLimit`.
    package let size: Int
    /// `Page.nextToken` of the page before; nil for the first page.
    package let token: String?

    /// Throws `invalidArgument` for a negative size; 0 and nil mean the default.
    package init(sizeMax: Int? = nil, token: String? = nil) throws {
        guard sizeMax ?? 0 >= 0 else {
            throw ServiceError.invalid("page_size must not be negative.")
        }
        let asked = sizeMax ?? 0
        size = asked == 0 ? Self.sizeDefault : min(asked, Self.sizeLimit)
        self.token = token.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// One part of a list.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Gets the next part; nil at the end. Opaque, and good for the same list only.
    package let nextToken: String?
}

extension Page {
    /// Cuts rows, fetched one beyond the page's size, into a page.
    ///
    /// - Parameter position: where a list goes on after an item.
    static func cut(
        _ items: [Item], _ request: PageRequest, of list: PageToken.List,
        position: (Item) -> String
    ) -> Page {
        let shown = Array(items.prefix(request.size))
        guard items.count > request.size, let last = shown.last else {
            return Page(items: shown, nextToken: nil)
        }
        return Page(
            items: shown, nextToken: PageToken(list: list, position: position(last)).text)
    }
}
