import CPostgres

/// What libpq takes to find a server: a URL, or keywords and values.
package enum ConnectionInfo {
    /// Whether libpq can read it. Its own complaint quotes the text, password and all, and is
    /// dropped for that.
    package static func isReadable(_ text: String) -> Bool {
        var complaint: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(text, &complaint)
        PQfreemem(complaint)
        PQconninfoFree(options)
        return options != nil
    }
}
