import CKernels

/// How many bits the codes of an index have.
package enum CodeBits: Int, Sendable {
    /// For graphs over at least 128 dimensions: fewest bytes.
    case four = 4
    /// For exact scans, and where the dimensions are too few for four bits to tell rows apart.
    case eight = 8

    /// Elements are padded to a multiple of this.
    var blockElements: Int { self == .four ? 128 : 64 }

    func elements(dimension: Int) -> Int {
        (dimension + blockElements - 1) / blockElements * blockElements
    }

    func codeBytes(elements: Int) -> Int { elements * rawValue / 8 }

    /// Bytes from one row of codes to the next.
    func strideBytes(elements: Int) -> Int {
        MemoryLayout<tk_code_head>.stride + codeBytes(elements: elements)
    }
}

/// The kernels over codes, chosen once for an index.
struct CodeKernels: Sendable {
    let scoreRows: tk_codes_rows_function
    let scoreGathered: tk_codes_gather_function

    init(_ bits: CodeBits, _ instructionSet: InstructionSet = .best) {
        let set = instructionSet.rawValue
        scoreRows = bits == .four ? tk_codes4_rows(set) : tk_codes8_rows(set)
        scoreGathered = bits == .four ? tk_codes4_gather(set) : tk_codes8_gather(set)
    }
}
