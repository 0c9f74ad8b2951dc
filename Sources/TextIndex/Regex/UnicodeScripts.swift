import CText

/// Scripts by their names, short and long, in loose spelling. RE2 has the tables; Swift's
/// library shows none.
enum UnicodeScripts {
    /// The name that RE2 knows for each name.
    static let all: [String: String] = {
        var all: [String: String] = [:]
        for entry in names.split(separator: ",") {
            let names = entry.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let known = names.first else { continue }
            for name in names { all[name.lowercased().filter { $0 != "_" }] = known }
        }
        return all
    }()

    /// Scalars of the planes that have scripts.
    private static let searched: [ClosedRange<UInt32>] = [0...0x3FFFF, 0xE0000...0xE0FFF]

    /// - Parameter script: as RE2 spells it. Nil when its tables are older than the script.
    static func scalars(of script: String) -> ScalarSet? {
        let pattern = Array("\\p{\(script)}".utf8CString.dropLast())
        let regex = cregex_compile(pattern, pattern.count, RegularExpression.memoryBytesMax)
        guard let regex else { return nil }
        defer { cregex_free(regex) }
        guard cregex_error(regex) == nil else { return nil }
        var set = ScalarSet()
        for value in searched.joined() {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = UTF8.encode(scalar)?.map { CChar(bitPattern: $0) } ?? []
            if cregex_search(regex, bytes, bytes.count) { set.append(value...value) }
        }
        return set
    }

    private static let names = """
        Adlam Adlm, Caucasian_Albanian Aghb, Ahom, Arabic Arab, Imperial_Aramaic Armi, Armenian
        Armn, Avestan Avst, Balinese Bali, Bamum Bamu, Bassa_Vah Bass, Batak Batk, Bengali Beng,
        Bhaiksuki Bhks, Bopomofo Bopo, Brahmi Brah, Braille Brai, Buginese Bugi, Buhid Buhd,
        Chakma Cakm, Canadian_Aboriginal Cans, Carian Cari, Cham, Cherokee Cher, Chorasmian Chrs,
        Coptic Copt Qaac, Cypro_Minoan Cpmn, Cypriot Cprt, Cyrillic Cyrl, Devanagari Deva,
        Dives_Akuru Diak, Dogra Dogr, Deseret Dsrt, Duployan Dupl, Egyptian_Hieroglyphs Egyp,
        Elbasan Elba, Elymaic Elym, Ethiopic Ethi, Georgian Geor, Glagolitic Glag, Gunjala_Gondi
        Gong, Masaram_Gondi Gonm, Gothic Goth, Grantha Gran, Greek Grek, Gujarati Gujr, Gurmukhi
        Guru, Hangul Hang, Han Hani, Hanunoo Hano, Hatran Hatr, Hebrew Hebr, Hiragana Hira,
        Anatolian_Hieroglyphs Hluw, Pahawh_Hmong Hmng, Nyiakeng_Puachue_Hmong Hmnp, Old_Hungarian
        Hung, Old_Italic Ital, Javanese Java, Kayah_Li Kali, Katakana Kana, Kharoshthi Khar,
        Khmer Khmr, Khojki Khoj, Khitan_Small_Script Kits, Kannada Knda, Kaithi Kthi, Tai_Tham
        Lana, Lao Laoo, Latin Latn, Lepcha Lepc, Limbu Limb, Linear_A Lina, Linear_B Linb, Lisu,
        Lycian Lyci, Lydian Lydi, Mahajani Mahj, Makasar Maka, Mandaic Mand, Manichaean Mani,
        Marchen Marc, Medefaidrin Medf, Mende_Kikakui Mend, Meroitic_Cursive Merc,
        Meroitic_Hieroglyphs Mero, Malayalam Mlym, Modi, Mongolian Mong, Mro Mroo, Meetei_Mayek
        Mtei, Multani Mult, Myanmar Mymr, Nandinagari Nand, Old_North_Arabian Narb, Nabataean
        Nbat, Newa, Nko Nkoo, Nushu Nshu, Ogham Ogam, Ol_Chiki Olck, Old_Turkic Orkh, Oriya Orya,
        Osage Osge, Osmanya Osma, Old_Uyghur Ougr, Palmyrene Palm, Pau_Cin_Hau Pauc, Old_Permic
        Perm, Phags_Pa Phag, Inscriptional_Pahlavi Phli, Psalter_Pahlavi Phlp, Phoenician Phnx,
        Miao Plrd, Inscriptional_Parthian Prti, Rejang Rjng, Hanifi_Rohingya Rohg, Runic Runr,
        Samaritan Samr, Old_South_Arabian Sarb, Saurashtra Saur, SignWriting Sgnw, Shavian Shaw,
        Sharada Shrd, Siddham Sidd, Khudawadi Sind, Sinhala Sinh, Sogdian Sogd, Old_Sogdian Sogo,
        Sora_Sompeng Sora, Soyombo Soyo, Sundanese Sund, Syloti_Nagri Sylo, Syriac Syrc, Tagbanwa
        Tagb, Takri Takr, Tai_Le Tale, New_Tai_Lue Talu, Tamil Taml, Tangut Tang, Tai_Viet Tavt,
        Telugu Telu, Tifinagh Tfng, Tagalog Tglg, Thaana Thaa, Thai, Tibetan Tibt, Tirhuta Tirh,
        Tangsa Tnsa, Toto, Ugaritic Ugar, Vai Vaii, Vithkuqi Vith, Warang_Citi Wara, Wancho Wcho,
        Old_Persian Xpeo, Cuneiform Xsux, Yezidi Yezi, Yi Yiii, Zanabazar_Square Zanb, Inherited
        Zinh Qaai, Common Zyyy
        """
}
