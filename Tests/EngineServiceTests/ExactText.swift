import ChromaModel
import Foundation

/// A value as a text that tells any two values apart: texts by their bytes, floats by their bits,
/// nil from empty. It goes through whatever members a type has, so it knows of new ones.
func exactText(_ value: Any) -> String {
    switch value {
    case let text as String: return "\"\(Array(text.utf8))\""
    case let number as Float: return "f\(number.bitPattern)"
    case let number as Double: return "d\(number.bitPattern)"
    case let matrix as EmbeddingMatrix: return exactText(of: matrix)
    case let row as EmbeddingView: return row.withValues { exactText(Array($0)) }
    default: break
    }
    let mirror = Mirror(reflecting: value)
    let members = mirror.children.map { "\($0.label ?? ""):\(exactText($0.value))" }
    switch mirror.displayStyle {
    case .optional: return members.isEmpty ? "nil" : "some(\(members[0]))"
    case .dictionary, .set: return "{\(members.sorted().joined(separator: ","))}"
    case nil where members.isEmpty: return "\(value)"
    default:
        // An enum without a payload has no members; its name says what it is.
        let name = members.isEmpty ? "\(value)" : "\(mirror.subjectType)"
        return "\(name)[\(members.joined(separator: ","))]"
    }
}

private func exactText(of matrix: EmbeddingMatrix) -> String {
    let rows = (0..<matrix.rowCount).map { index in
        matrix.withRow(index) { $0.map { exactText(Array($0)) } ?? "absent" }
    }
    return "\(matrix.dimension)\(matrix.places == nil)\(rows)"
}
