import CKernels

/// CRC-32C (Castagnoli) of a run of bytes, continuing from `seed`.
package func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    tk_crc32c(seed, bytes.baseAddress, bytes.count)
}

/// The CRC-32C of two runs of bytes together, from that of each.
///
/// Each byte behind the left run multiplies its remainder by x^8; so it is moved by x^(8 count),
/// modulo the polynomial.
package func crc32c(_ left: UInt32, followedBy right: UInt32, of count: Int) -> UInt32 {
    var moved = left
    var power: UInt32 = 1 << 23  // x^8: the highest bit is x^0
    var rest = count
    while rest > 0 {
        if rest & 1 == 1 { moved = product(moved, power) }
        power = product(power, power)
        rest >>= 1
    }
    return moved ^ right
}

/// The product of two polynomials, reflected, modulo that of CRC-32C.
private func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let polynomial: UInt32 = 0x82F6_3B78
    var (sum, shifted): (UInt32, UInt32) = (0, right)
    for power in 0..<32 {
        if left & (1 << (31 - power)) != 0 { sum ^= shifted }
        shifted = shifted & 1 == 1 ? shifted >> 1 ^ polynomial : shifted >> 1
    }
    return sum
}
