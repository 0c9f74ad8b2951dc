/// General categories by their names, short and long, in loose spelling.
enum UnicodeCategories {
    static let all: [String: [Unicode.GeneralCategory]] = {
        var all: [String: [Unicode.GeneralCategory]] = [:]
        for (names, categories) in single + groups {
            for name in names.split(separator: " ") { all[String(name)] = categories }
        }
        return all
    }()

    private static let single: [(String, [Unicode.GeneralCategory])] = [
        ("lu uppercaseletter", [.uppercaseLetter]), ("ll lowercaseletter", [.lowercaseLetter]),
        ("lt titlecaseletter", [.titlecaseLetter]), ("lm modifierletter", [.modifierLetter]),
        ("lo otherletter", [.otherLetter]), ("mn nonspacingmark", [.nonspacingMark]),
        ("mc spacingmark", [.spacingMark]), ("me enclosingmark", [.enclosingMark]),
        ("nd decimalnumber digit", [.decimalNumber]), ("nl letternumber", [.letterNumber]),
        ("no othernumber", [.otherNumber]), ("pc connectorpunctuation", [.connectorPunctuation]),
        ("pd dashpunctuation", [.dashPunctuation]), ("ps openpunctuation", [.openPunctuation]),
        ("pe closepunctuation", [.closePunctuation]),
        ("pi initialpunctuation", [.initialPunctuation]),
        ("pf finalpunctuation", [.finalPunctuation]), ("po otherpunctuation", [.otherPunctuation]),
        ("sm mathsymbol", [.mathSymbol]), ("sc currencysymbol", [.currencySymbol]),
        ("sk modifiersymbol", [.modifierSymbol]), ("so othersymbol", [.otherSymbol]),
        ("zs spaceseparator", [.spaceSeparator]), ("zl lineseparator", [.lineSeparator]),
        ("zp paragraphseparator", [.paragraphSeparator]), ("cc control cntrl", [.control]),
        ("cf format", [.format]), ("co privateuse", [.privateUse]),
        ("cn unassigned", [.unassigned]), ("cs surrogate", []),
    ]

    private static let groups: [(String, [Unicode.GeneralCategory])] = [
        ("lc casedletter", [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]),
        (
            "l letter",
            [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        ),
        ("m mark combiningmark", [.nonspacingMark, .spacingMark, .enclosingMark]),
        ("n number", [.decimalNumber, .letterNumber, .otherNumber]),
        (
            "p punctuation punct",
            [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
                .initialPunctuation, .finalPunctuation, .otherPunctuation,
            ]
        ),
        ("s symbol", [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]),
        ("z separator", [.spaceSeparator, .lineSeparator, .paragraphSeparator]),
        ("c other", [.control, .format, .privateUse, .unassigned]),
    ]
}
