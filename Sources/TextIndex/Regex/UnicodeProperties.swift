/// Properties that a scalar has or has not, by their names in loose spelling.
enum UnicodeProperties {
    typealias Test = @Sendable (Unicode.Scalar.Properties) -> Bool

    static let all: [String: Test] = {
        var all: [String: Test] = [:]
        for (names, test) in letters + cases + shapes {
            for name in names.split(separator: " ") { all[String(name)] = test }
        }
        return all
    }()

    private static let letters: [(String, Test)] = [
        ("alphabetic alpha", { $0.isAlphabetic }), ("asciihexdigit ahex", { $0.isASCIIHexDigit }),
        ("hexdigit hex", { $0.isHexDigit }), ("ideographic ideo", { $0.isIdeographic }),
        ("unifiedideograph uideo", { $0.isUnifiedIdeograph }), ("radical", { $0.isRadical }),
        ("idcontinue idc", { $0.isIDContinue }), ("idstart ids", { $0.isIDStart }),
        ("xidcontinue xidc", { $0.isXIDContinue }), ("xidstart xids", { $0.isXIDStart }),
        ("diacritic dia", { $0.isDiacritic }), ("extender ext", { $0.isExtender }),
        ("joincontrol joinc", { $0.isJoinControl }),
        ("logicalorderexception loe", { $0.isLogicalOrderException }),
        ("math", { $0.isMath }), ("softdotted sd", { $0.isSoftDotted }),
    ]

    private static let cases: [(String, Test)] = [
        ("cased", { $0.isCased }), ("caseignorable ci", { $0.isCaseIgnorable }),
        ("lowercase lower", { $0.isLowercase }), ("uppercase upper", { $0.isUppercase }),
        ("changeswhencasefolded cwcf", { $0.changesWhenCaseFolded }),
        ("changeswhencasemapped cwcm", { $0.changesWhenCaseMapped }),
        ("changeswhenlowercased cwl", { $0.changesWhenLowercased }),
        ("changeswhentitlecased cwt", { $0.changesWhenTitlecased }),
        ("changeswhenuppercased cwu", { $0.changesWhenUppercased }),
        ("changeswhennfkccasefolded cwkcf", { $0.changesWhenNFKCCaseFolded }),
    ]

    private static let shapes: [(String, Test)] = [
        ("whitespace wspace space", { $0.isWhitespace }), ("dash", { $0.isDash }),
        ("patternwhitespace patws", { $0.isPatternWhitespace }),
        ("quotationmark qmark", { $0.isQuotationMark }),
        ("sentenceterminal sterm", { $0.isSentenceTerminal }),
        ("terminalpunctuation term", { $0.isTerminalPunctuation }),
        ("bidicontrol bidic", { $0.isBidiControl }), ("bidimirrored bidim", { $0.isBidiMirrored }),
        ("defaultignorablecodepoint di", { $0.isDefaultIgnorableCodePoint }),
        ("deprecated dep", { $0.isDeprecated }), ("emoji", { $0.isEmoji }),
        ("emojimodifier emod", { $0.isEmojiModifier }),
        ("emojimodifierbase ebase", { $0.isEmojiModifierBase }),
        ("emojipresentation epres", { $0.isEmojiPresentation }),
        ("graphemebase grbase", { $0.isGraphemeBase }),
        ("graphemeextend grext", { $0.isGraphemeExtend }),
        ("idsbinaryoperator idsb", { $0.isIDSBinaryOperator }),
        ("idstrinaryoperator idst", { $0.isIDSTrinaryOperator }),
        ("noncharactercodepoint nchar", { $0.isNoncharacterCodePoint }),
        ("variationselector vs", { $0.isVariationSelector }),
    ]
}
