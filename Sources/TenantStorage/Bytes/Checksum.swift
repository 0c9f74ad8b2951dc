import CKernels

/// CRC-32C (Castagnoli) of a run of bytes, continuing from `seed`.
package func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    tk_crc32c(seed, bytes.baseAddress, bytes.count)
}
