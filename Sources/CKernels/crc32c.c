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
#include <wmmintrin.h>

// Three runs of this many bytes are summed at once, since an instruction waits for the one before
// it in its own run alone.
#define RUN_BYTES 2048
// x^(8 * bytes - 33) modulo the polynomial, reflected: moves a sum over so many bytes of zeros.
// The 33 are what the multiplication of two reflected words and the reduction add.
#define PAST_ONE_RUN 0xA51B6135u
#define PAST_TWO_RUNS 0x82F89C77u

static inline uint64_t word_at(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
}

__attribute__((target("sse4.2,pclmul"))) static inline uint64_t past(uint64_t sum, uint32_t move) {
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)sum), _mm_cvtsi32_si128((int)move), 0);
    return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t crc32c_sse42(uint32_t crc,
                                                                      const void *bytes,
                                                                      size_t count) {
    const uint8_t *p = bytes;
    uint64_t state = (uint32_t)~crc;
    for (; count >= 3 * RUN_BYTES; count -= 3 * RUN_BYTES, p += 3 * RUN_BYTES) {
        uint64_t second = 0, third = 0;
        for (size_t i = 0; i < RUN_BYTES; i += 8) {
            state = _mm_crc32_u64(state, word_at(p + i));
            second = _mm_crc32_u64(second, word_at(p + RUN_BYTES + i));
            third = _mm_crc32_u64(third, word_at(p + 2 * RUN_BYTES + i));
        }
        state = past(state, PAST_TWO_RUNS) ^ past(second, PAST_ONE_RUN) ^ third;
    }
    for (; count >= 8; count -= 8, p += 8) state = _mm_crc32_u64(state, word_at(p));
    for (; count > 0; count--, p++) state = _mm_crc32_u8((uint32_t)state, *p);
    return ~(uint32_t)state;
}

uint32_t tk_crc32c(uint32_t crc, const void *bytes, size_t count) {
    int is_fast = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
    return is_fast ? crc32c_sse42(crc, bytes, count) : tk_crc32c_portable(crc, bytes, count);
}
#else
uint32_t tk_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return tk_crc32c_portable(crc, bytes, count);
}
#endif
