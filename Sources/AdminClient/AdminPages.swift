/// Reads a list to its end.
///
/// - Parameter page: asks for the page of a token ("" for the first) and says which comes next
///   ("" after the last).
package func everyPage<Item: Sendable>(
    _ page: (_ token: String) async throws -> (items: [Item], next: String)
) async throws -> [Item] {
    var items: [Item] = []
    var token = ""
    repeat {
        let (more, next) = try await page(token)
        items += more
        token = next
    } while !token.isEmpty
    return items
}
