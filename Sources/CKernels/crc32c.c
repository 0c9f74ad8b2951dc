#include "CKernels.h"

// Reflected Castagnoli polynomial, RFC 3720 appendix B.4.
#define POLYNOMIAL 0x82F63B78u

uint32_t tk_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    crc = ~crc;
    for (size_t i = 0; i < count; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (POLYNOMIAL & (0u - (crc & 1)));
    }
    return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <string.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *bytes,
                                                               size_t count) {
    const uint8_t *p = bytes;
    uint64_t state = ~crc;
    for (; count >= 8; count -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        state = _mm_crc32_u64(state, word);
    }
    for (; count > 0; count--, p++) state = _mm_crc32_u8((uint32_t)state, *p);
    return ~(uint32_t)state;
}

uint32_t tk_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return __builtin_cpu_supports("sse4.2") ? crc32c_sse42(crc, bytes, count)
                                            : tk_crc32c_portable(crc, bytes, count);
}
#else
uint32_t tk_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return tk_crc32c_portable(crc, bytes, count);
}
#endif
