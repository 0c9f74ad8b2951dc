#include <string.h>

#include "CKernels.h"

// Lines fetched into cache ahead of the row in hand: as many as a core has under way at once.
#define LINES_AHEAD 24
#define LINE_BYTES 64
#define HEAD_BYTES sizeof(tk_code_head)

// As in distances.c: a sum is inlined into its row loops, which have the same target.
#define CODE_LOOPS(name, sum, bits, target_attribute)                                           \
    target_attribute static inline float name##_score(const tk_code_query *query,               \
                                                      const uint8_t *row) {                     \
        tk_code_head head;                                                                      \
        memcpy(&head, row, HEAD_BYTES);                                                         \
        float product = (float)sum(row + HEAD_BYTES, query->values, query->elements);           \
        return head.constant + head.factor * (query->scale * product - query->offset);          \
    }                                                                                           \
    target_attribute static void name##_rows(const tk_code_query *query, const uint8_t *rows,   \
                                             size_t stride, size_t count, float *out) {         \
        for (size_t i = 0; i < count; i++) out[i] = name##_score(query, rows + i * stride);     \
    }                                                                                           \
    target_attribute static void name##_gather(const tk_code_query *query, const uint8_t *rows, \
                                               size_t stride, const uint32_t *places,           \
                                               size_t count, float *out) {                      \
        size_t bytes = HEAD_BYTES + query->elements * bits / 8;                                 \
        size_t ahead = 1 + LINES_AHEAD * LINE_BYTES / (bytes + LINE_BYTES);                     \
        for (size_t i = 0; i < count && i < ahead; i++)                                         \
            fetch(rows + (size_t)places[i] * stride, bytes);                                    \
        for (size_t i = 0; i < count; i++) {                                                    \
            if (i + ahead < count)                                                              \
                fetch(rows + (size_t)places[i + ahead] * stride, bytes);                        \
            out[i] = name##_score(query, rows + (size_t)places[i] * stride);                    \
        }                                                                                       \
    }

static inline void fetch(const uint8_t *row, size_t bytes) {
    for (size_t at = 0; at < bytes; at += LINE_BYTES) __builtin_prefetch(row + at);
}

static inline int32_t sum4_portable(const uint8_t *codes, const int8_t *query, size_t elements) {
    int32_t sum = 0;
    for (size_t block = 0; block < elements; block += 128, codes += 64)
        for (size_t j = 0; j < 64; j++)
            sum += (codes[j] & 15) * query[block + j] + (codes[j] >> 4) * query[block + 64 + j];
    return sum;
}

static inline int32_t sum8_portable(const uint8_t *codes, const int8_t *query, size_t elements) {
    int32_t sum = 0;
    for (size_t j = 0; j < elements; j++) sum += codes[j] * query[j];
    return sum;
}

#define NO_TARGET
CODE_LOOPS(codes4_portable, sum4_portable, 4, NO_TARGET)
CODE_LOOPS(codes8_portable, sum8_portable, 8, NO_TARGET)

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

// Blocks whose sums fit 16 bits: each lane gets 15 * 127 * 2 twice a block, 4 * 7,620 < 2^15.
#define BLOCKS_IN_16_BITS 4

AVX2 static inline int32_t sum_lanes(__m256i v) {
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1));
    return _mm_cvtsi128_si32(half);
}

AVX2 static inline __m256i load(const void *place) { return _mm256_loadu_si256(place); }

AVX2 static inline int32_t sum4_avx2(const uint8_t *codes, const int8_t *query,
                                     size_t elements) {
    const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();
    for (size_t blocks = elements / 128; blocks > 0;) {
        size_t run = blocks < BLOCKS_IN_16_BITS ? blocks : BLOCKS_IN_16_BITS;
        __m256i s0 = _mm256_setzero_si256(), s1 = s0;
        for (size_t i = 0; i < run; i++, codes += 64, query += 128) {
            __m256i a = load(codes), b = load(codes + 32);
            __m256i ah = _mm256_and_si256(_mm256_srli_epi16(a, 4), low);
            __m256i bh = _mm256_and_si256(_mm256_srli_epi16(b, 4), low);
            a = _mm256_maddubs_epi16(_mm256_and_si256(a, low), load(query));
            b = _mm256_maddubs_epi16(_mm256_and_si256(b, low), load(query + 32));
            ah = _mm256_maddubs_epi16(ah, load(query + 64));
            bh = _mm256_maddubs_epi16(bh, load(query + 96));
            s0 = _mm256_add_epi16(s0, _mm256_add_epi16(a, ah));
            s1 = _mm256_add_epi16(s1, _mm256_add_epi16(b, bh));
        }
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(s0, ones));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(s1, ones));
        blocks -= run;
    }
    return sum_lanes(sum);
}

// A pair of products is at most 2 * 127 * 127 < 2^15, so nothing saturates.
AVX2 static inline int32_t sum8_avx2(const uint8_t *codes, const int8_t *query,
                                     size_t elements) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i s0 = _mm256_setzero_si256(), s1 = s0;
    for (size_t j = 0; j < elements; j += 64) {
        __m256i a = _mm256_maddubs_epi16(load(codes + j), load(query + j));
        __m256i b = _mm256_maddubs_epi16(load(codes + j + 32), load(query + j + 32));
        s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(a, ones));
        s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(b, ones));
    }
    return sum_lanes(_mm256_add_epi32(s0, s1));
}

VNNI static inline int32_t sum4_vnni(const uint8_t *codes, const int8_t *query,
                                     size_t elements) {
    const __m512i low = _mm512_set1_epi8(15);
    __m512i s0 = _mm512_setzero_si512(), s1 = s0;
    for (size_t j = 0; j < elements; j += 128, codes += 64) {
        __m512i a = _mm512_loadu_si512(codes);
        __m512i ah = _mm512_and_si512(_mm512_srli_epi16(a, 4), low);
        s0 = _mm512_dpbusd_epi32(s0, _mm512_and_si512(a, low), _mm512_loadu_si512(query + j));
        s1 = _mm512_dpbusd_epi32(s1, ah, _mm512_loadu_si512(query + j + 64));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1));
}

VNNI static inline int32_t sum8_vnni(const uint8_t *codes, const int8_t *query,
                                     size_t elements) {
    __m512i sum = _mm512_setzero_si512();
    for (size_t j = 0; j < elements; j += 64)
        sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(codes + j),
                                  _mm512_loadu_si512(query + j));
    return _mm512_reduce_add_epi32(sum);
}

CODE_LOOPS(codes4_avx2, sum4_avx2, 4, AVX2)
CODE_LOOPS(codes8_avx2, sum8_avx2, 8, AVX2)
CODE_LOOPS(codes4_vnni, sum4_vnni, 4, VNNI)
CODE_LOOPS(codes8_vnni, sum8_vnni, 8, VNNI)

#define CHOOSE(kind, shape)                                   \
    switch (instruction_set) {                                \
        case tk_avx512_vnni: return kind##_vnni_##shape;      \
        case tk_avx512: /* has AVX2, not the byte products */ \
        case tk_avx2: return kind##_avx2_##shape;             \
        default: return kind##_portable_##shape;              \
    }

#elif defined(__aarch64__)
#include <arm_neon.h>

#define NEON __attribute__((target("dotprod")))

// Codes are below 128, so they are the same signed.
NEON static inline int32_t sum4_neon(const uint8_t *codes, const int8_t *query,
                                     size_t elements) {
    const uint8x16_t low = vdupq_n_u8(15);
    int32x4_t s0 = vdupq_n_s32(0), s1 = s0;
    for (size_t block = 0; block < elements; block += 128, codes += 64)
        for (size_t j = 0; j < 64; j += 16) {
            uint8x16_t a = vld1q_u8(codes + j);
            int8x16_t al = vreinterpretq_s8_u8(vandq_u8(a, low));
            int8x16_t ah = vreinterpretq_s8_u8(vshrq_n_u8(a, 4));
            s0 = vdotq_s32(s0, al, vld1q_s8(query + block + j));
            s1 = vdotq_s32(s1, ah, vld1q_s8(query + block + 64 + j));
        }
    return vaddvq_s32(vaddq_s32(s0, s1));
}

NEON static inline int32_t sum8_neon(const uint8_t *codes, const int8_t *query,
                                     size_t elements) {
    int32x4_t s0 = vdupq_n_s32(0), s1 = s0;
    for (size_t j = 0; j < elements; j += 32) {
        s0 = vdotq_s32(s0, vreinterpretq_s8_u8(vld1q_u8(codes + j)), vld1q_s8(query + j));
        s1 = vdotq_s32(s1, vreinterpretq_s8_u8(vld1q_u8(codes + j + 16)),
                       vld1q_s8(query + j + 16));
    }
    return vaddvq_s32(vaddq_s32(s0, s1));
}

CODE_LOOPS(codes4_neon, sum4_neon, 4, NEON)
CODE_LOOPS(codes8_neon, sum8_neon, 8, NEON)

#define CHOOSE(kind, shape) \
    return instruction_set == tk_neon ? kind##_neon_##shape : kind##_portable_##shape;
#else
#define CHOOSE(kind, shape) \
    (void)instruction_set;  \
    return kind##_portable_##shape;
#endif

tk_codes_rows_function tk_codes4_rows(int instruction_set) { CHOOSE(codes4, rows) }
tk_codes_gather_function tk_codes4_gather(int instruction_set) { CHOOSE(codes4, gather) }
tk_codes_rows_function tk_codes8_rows(int instruction_set) { CHOOSE(codes8, rows) }
tk_codes_gather_function tk_codes8_gather(int instruction_set) { CHOOSE(codes8, gather) }
