import Telemetry

extension SQL {
    /// The first word, such as SELECT: what its span is called.
    var verb: String { String(text.prefix { !$0.isWhitespace }.uppercased()) }

    /// Semantic conventions for databases. The text has places for values, never values.
    var attributes: [Attribute] {
        [
            Attribute("db.system.name", "postgresql"), Attribute("db.operation.name", verb),
            Attribute("db.query.text", text),
        ]
    }
}
