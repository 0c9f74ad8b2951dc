import Access
import HTTPTypes

/// The API's description for people: one page without scripts, made of the routes.
struct DocumentPage {
    let routes: [Route]

    var text: String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>Tessera: the API</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; }
        td { padding: .4rem .8rem .4rem 0; vertical-align: top; }
        code { font-size: 13px; }
        </style>
        <h1>Chroma's API v2</h1>
        <p>Send a token as <code>x-chroma-token</code> or as <code>Authorization: Bearer</code>.
        Shapes of bodies, machine-readable: <a href="/openapi.json">openapi.json</a>.</p>
        <table>
        \(routes.map(row).joined(separator: "\n"))
        </table>
        </html>

        """
    }

    private func row(_ route: Route) -> String {
        let description = route.description
        var notes: [String] = []
        if let body = description.takes { notes.append("takes \(body.rawValue)") }
        if !description.query.isEmpty {
            let names = description.query.map(\.rawValue).joined(separator: ", ")
            notes.append("query: \(names)")
        }
        if route.endpoint.isOpen { notes.append("open to anyone") }
        if let action = route.endpoint.action { notes.append("needs \(action.rawValue)") }
        return """
            <tr><td><code>\(route.method.rawValue)</code></td>\
            <td><code>\(Self.escaped(route.template.description))</code></td>\
            <td>\(Self.escaped(description.summary))<br>\
            <small>\(Self.escaped(notes.joined(separator: " · ")))</small></td></tr>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
