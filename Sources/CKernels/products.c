#include <string.h>

#include "CKernels.h"

// Products are made in small tiles of rows and columns: what is loaded is used several times.
// The tile's size is a constant where it is inlined, so the loops over it disappear.
#define GENERIC static inline __attribute__((always_inline))

#define TILE_LOOPS(name, tile, rows_max, columns_max, target_attribute)                         \
    target_attribute static void name(const uint8_t *left, size_t m, const int8_t *right,       \
                                      size_t n, size_t stride, int32_t *out,                    \
                                      size_t out_stride) {                                      \
        size_t i = 0;                                                                           \
        for (; i + rows_max <= m; i += rows_max) {                                              \
            const uint8_t *rows = left + i * stride;                                            \
            int32_t *to = out + i * out_stride;                                                 \
            size_t j = 0;                                                                       \
            for (; j + columns_max <= n; j += columns_max)                                      \
                tile(rows_max, columns_max, rows, right + j * stride, stride, to + j,           \
                     out_stride);                                                               \
            for (; j < n; j++)                                                                  \
                tile(rows_max, 1, rows, right + j * stride, stride, to + j, out_stride);        \
        }                                                                                       \
        for (; i < m; i++)                                                                      \
            for (size_t j = 0; j < n; j++)                                                      \
                tile(1, 1, left + i * stride, right + j * stride, stride,                       \
                     out + i * out_stride + j, out_stride);                                     \
    }

static void products_portable(const uint8_t *left, size_t m, const int8_t *right, size_t n,
                              size_t stride, int32_t *out, size_t out_stride) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            int32_t sum = 0;
            for (size_t k = 0; k < stride; k++)
                sum += left[i * stride + k] * right[j * stride + k];
            out[i * out_stride + j] = sum;
        }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

// Codes are 1...127 and -63...63: four products fit 16 bits, 4 * 127 * 63 < 2^15.
AVX2 GENERIC void tile_avx2(const int rows, const int columns, const uint8_t *left,
                            const int8_t *right, size_t stride, int32_t *out,
                            size_t out_stride) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sums[4][2];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) sums[i][j] = _mm256_setzero_si256();
    for (size_t k = 0; k < stride; k += 64) {
        __m256i r[2][2];
        for (int j = 0; j < columns; j++)
            for (int h = 0; h < 2; h++)
                r[j][h] = _mm256_loadu_si256((const void *)(right + j * stride + k + h * 32));
        for (int i = 0; i < rows; i++) {
            __m256i a = _mm256_loadu_si256((const void *)(left + i * stride + k));
            __m256i b = _mm256_loadu_si256((const void *)(left + i * stride + k + 32));
            for (int j = 0; j < columns; j++) {
                __m256i pairs = _mm256_add_epi16(_mm256_maddubs_epi16(a, r[j][0]),
                                                 _mm256_maddubs_epi16(b, r[j][1]));
                sums[i][j] = _mm256_add_epi32(sums[i][j], _mm256_madd_epi16(pairs, ones));
            }
        }
    }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            __m256i v = sums[i][j];
            __m128i h = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
            h = _mm_add_epi32(h, _mm_shuffle_epi32(h, 0x4E));
            h = _mm_add_epi32(h, _mm_shuffle_epi32(h, 0xB1));
            out[i * out_stride + j] = _mm_cvtsi128_si32(h);
        }
}

VNNI GENERIC void tile_vnni(const int rows, const int columns, const uint8_t *left,
                            const int8_t *right, size_t stride, int32_t *out,
                            size_t out_stride) {
    __m512i sums[4][4];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) sums[i][j] = _mm512_setzero_si512();
    for (size_t k = 0; k < stride; k += 64) {
        __m512i r[4];
        for (int j = 0; j < columns; j++) r[j] = _mm512_loadu_si512(right + j * stride + k);
        for (int i = 0; i < rows; i++) {
            __m512i a = _mm512_loadu_si512(left + i * stride + k);
            for (int j = 0; j < columns; j++)
                sums[i][j] = _mm512_dpbusd_epi32(sums[i][j], a, r[j]);
        }
    }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            out[i * out_stride + j] = _mm512_reduce_add_epi32(sums[i][j]);
}

TILE_LOOPS(products_avx2, tile_avx2, 4, 2, AVX2)
TILE_LOOPS(products_vnni, tile_vnni, 4, 4, VNNI)

tk_products_function tk_products(int instruction_set) {
    switch (instruction_set) {
        case tk_avx512_vnni: return products_vnni;
        case tk_avx512:
        case tk_avx2: return products_avx2;
        default: return products_portable;
    }
}

#elif defined(__aarch64__)
#include <arm_neon.h>

#define NEON __attribute__((target("dotprod")))

NEON GENERIC void tile_neon(const int rows, const int columns, const uint8_t *left,
                            const int8_t *right, size_t stride, int32_t *out,
                            size_t out_stride) {
    int32x4_t sums[4][4];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) sums[i][j] = vdupq_n_s32(0);
    for (size_t k = 0; k < stride; k += 16) {
        int8x16_t r[4];
        for (int j = 0; j < columns; j++) r[j] = vld1q_s8(right + j * stride + k);
        for (int i = 0; i < rows; i++) {
            int8x16_t a = vreinterpretq_s8_u8(vld1q_u8(left + i * stride + k));
            for (int j = 0; j < columns; j++) sums[i][j] = vdotq_s32(sums[i][j], a, r[j]);
        }
    }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) out[i * out_stride + j] = vaddvq_s32(sums[i][j]);
}

TILE_LOOPS(products_neon, tile_neon, 4, 4, NEON)

tk_products_function tk_products(int instruction_set) {
    return instruction_set == tk_neon ? products_neon : products_portable;
}
#else
tk_products_function tk_products(int instruction_set) {
    (void)instruction_set;
    return products_portable;
}
#endif
