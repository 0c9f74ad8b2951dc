import CKernels

/// The instruction sets the kernels are written for.
package enum InstructionSet: Int32, Sendable, CaseIterable {
    case portable = 0
    case avx2 = 1
    case avx512 = 2
    case avx512VNNI = 3
    case neon = 4

    /// The best one this machine runs; one per process, so that equal inputs give equal bits.
    package static let best = InstructionSet(rawValue: tk_instruction_set()) ?? .portable

    /// Whether this machine runs it.
    package var isAvailable: Bool { tk_runs(rawValue) != 0 }
}
