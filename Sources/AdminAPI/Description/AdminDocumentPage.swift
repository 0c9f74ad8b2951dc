import TesseraRPC

/// The admin API's description for people: one page without scripts, made of the methods.
struct AdminDocumentPage {
    let methods: [AdminMethod]

    var text: String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>Tessera: administration</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; }
        td { padding: .4rem .8rem .4rem 0; vertical-align: top; }
        code { font-size: 13px; }
        </style>
        <h1>The admin API</h1>
        <p>Send a token as <code>Authorization: Bearer</code> or as <code>x-chroma-token</code>.
        Shapes of bodies, machine-readable: <a href="/openapi.json">openapi.json</a>.</p>
        <table>
        \(methods.flatMap(rows).joined(separator: "\n"))
        </table>
        </html>

        """
    }

    private func rows(_ method: AdminMethod) -> [String] {
        method.bindings.map { binding in
            """
            <tr><td><code>\(binding.method)</code></td>\
            <td><code>\(Self.escaped(BindingPath(binding.path).text))</code></td>\
            <td>\(Self.escaped(method.summary))<br>\
            <small>needs \(Self.escaped(method.permission))</small></td></tr>
            """
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
