import ChromaModel
import Foundation
import Testing

@testable import Access

/// Who may do what, as one page that a person can read and review.
@Suite("The authorisation matrix")
struct AuthorisationMatrixTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "authorisation-matrix.txt")

    @Test("the page says what the code does; UPDATE_MATRIX=1 writes it anew")
    func matrix() throws {
        let made = try Self.page()
        if ProcessInfo.processInfo.environment["UPDATE_MATRIX"] != nil {
            try Data(made.utf8).write(to: Self.file)
        }
        let known = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(known == made, "run again with UPDATE_MATRIX=1, and read the difference")
    }

    private static let callers: [(title: String, principal: Principal)] = [
        ("operator", caller(.operator)), ("admin", caller(.admin)),
        ("admin/db", caller(.admin, databases: [DatabaseName("one")])),
        ("admin/coll", caller(.admin, collections: CollectionPattern("team-*"))),
        ("writer", caller(.writer)), ("writer/db", caller(.writer, databases: [])),
        ("reader", caller(.reader)),
        ("custom", caller(.custom, actions: Role.startingActions.union([.add]))),
    ]

    private static func caller(
        _ role: Role, databases: [DatabaseName]? = nil, actions: Set<Action>? = nil,
        collections: CollectionPattern? = nil
    ) -> Principal {
        let isOperator = role == .operator
        return Principal(
            credential: .token(TokenKeyID("k")), role: role,
            tenant: isOperator ? nil : AccessFixture.acme.id,
            tenantName: isOperator ? nil : AccessFixture.acme.name, databases: databases,
            actions: actions, collections: collections)
    }

    private static func page() throws -> String {
        let authoriser = Authoriser(directory: try AccessFixture(), conformanceMode: false)
        let actions = Action.allCases.map { action in
            row(action.rawValue) { authoriser.allows($0, action) }
        }
        let permissions = Permission.allCases.map { permission in
            row(permission.rawValue) { $0.holds(permission) }
        }
        let lines =
            [preface, header("action of Chroma's API")] + actions
            + ["", header("permission of the admin API")] + permissions
        return lines.joined(separator: "\n") + "\n"
    }

    private static let preface = """
        Who may do what: x may, - may not. Made by AuthorisationMatrixTests, which compares it.

        Columns: the role of the token; /db reaches some databases only, /coll some collections
        only; custom lists get_tenant, get_database and add. All but the operator reach their own
        tenant alone; the operator reaches every tenant, but no tenant's records.

        """

    private static let titleWidth = 32

    private static func header(_ title: String) -> String {
        padded(title) + callers.map(\.title).joined(separator: "  ")
    }

    private static func row(_ title: String, _ may: (Principal) -> Bool) -> String {
        let marks = callers.map { caller in
            (may(caller.principal) ? "x" : "-")
                + String(repeating: " ", count: caller.title.utf8.count + 1)
        }
        let line = padded(title) + marks.joined()
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    private static func padded(_ title: String) -> String {
        title + String(repeating: " ", count: titleWidth - title.utf8.count)
    }
}
