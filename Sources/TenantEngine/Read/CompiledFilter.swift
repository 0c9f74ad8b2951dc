import ChromaModel
import TenantStorage
import TextIndex

/// A filter made ready to be asked of many rows (`RowTester`): patterns compiled, lists hashed.
///
/// Negative operators are complements of their positive twins over all live records, so a
/// record without the key or document passes them (protocol §4.2).
struct CompiledFilter: Sendable {
    indirect enum Node: Sendable {
        /// Cheaper nodes first.
        case all([Node])
        case any([Node])
        case not(Node)
        /// A test of one value, and what to look up to find the rows that pass it.
        case metadata(MetadataKey, MetadataTest, [MetadataTerm])
        case substring(SubstringPattern)
        case regex(RegularExpression, RegexLiterals?)
        case ids(Set<RecordID>)
    }

    /// What it was made of.
    let source: Where
    let root: Node

    /// - Throws: `invalidArgument` when a regular expression has a syntax error; what the
    ///   deadline does, for many long ones take their time.
    init(_ filter: Where, until deadline: SearchDeadline) throws {
        source = filter
        root = try FilterCompiler(deadline: deadline).compile(filter)
    }
}
