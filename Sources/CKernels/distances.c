#include "CKernels.h"

// Each pair of functions differs only in how one row is scored, so the row loops are macros
// over an inline scorer with the same target attribute: the scorer is inlined, and the compiler
// keeps the query in cache across rows.

#define ROW_LOOPS(name, target_attribute)                                                       \
    target_attribute static void name##_rows(const float *query, const float *rows,             \
                                             size_t count, size_t dimension, size_t stride,     \
                                             float *out) {                                      \
        for (size_t i = 0; i < count; i++) out[i] = name(query, rows + i * stride, dimension);  \
    }                                                                                           \
    target_attribute static void name##_gather(                                                 \
        const float *query, const float *rows, const uint32_t *places, size_t count,            \
        size_t dimension, size_t stride, float *out) {                                          \
        for (size_t i = 0; i < count; i++) {                                                    \
            if (i + 4 < count)                                                                  \
                __builtin_prefetch(rows + (size_t)places[i + 4] * stride);                      \
            out[i] = name(query, rows + (size_t)places[i] * stride, dimension);                 \
        }                                                                                       \
    }

#define NO_TARGET

// Portable: four independent sums let any compiler use the baseline vector unit.

static inline float l2_portable(const float *a, const float *b, size_t n) {
    float sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t lane = 0; lane < 8; lane++) {
            float d = a[i + lane] - b[i + lane];
            sum[lane] += d * d;
        }
    float total = 0;
    for (; i < n; i++) {
        float d = a[i] - b[i];
        total += d * d;
    }
    for (size_t lane = 0; lane < 8; lane++) total += sum[lane];
    return total;
}

static inline float dot_portable(const float *a, const float *b, size_t n) {
    float sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t lane = 0; lane < 8; lane++) sum[lane] += a[i + lane] * b[i + lane];
    float total = 0;
    for (; i < n; i++) total += a[i] * b[i];
    for (size_t lane = 0; lane < 8; lane++) total += sum[lane];
    return total;
}

ROW_LOOPS(l2_portable, NO_TARGET)
ROW_LOOPS(dot_portable, NO_TARGET)

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f")))

AVX2 static inline float sum_avx2(__m256 v) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    half = _mm_add_ss(half, _mm_movehdup_ps(half));
    return _mm_cvtss_f32(half);
}

AVX2 static inline float l2_avx2(const float *a, const float *b, size_t n) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256 d0 = _mm256_sub_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
        __m256 d1 = _mm256_sub_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8));
        __m256 d2 = _mm256_sub_ps(_mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16));
        __m256 d3 = _mm256_sub_ps(_mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24));
        s0 = _mm256_fmadd_ps(d0, d0, s0);
        s1 = _mm256_fmadd_ps(d1, d1, s1);
        s2 = _mm256_fmadd_ps(d2, d2, s2);
        s3 = _mm256_fmadd_ps(d3, d3, s3);
    }
    for (; i + 8 <= n; i += 8) {
        __m256 d = _mm256_sub_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
        s0 = _mm256_fmadd_ps(d, d, s0);
    }
    float total = sum_avx2(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));
    for (; i < n; i++) {
        float d = a[i] - b[i];
        total += d * d;
    }
    return total;
}

AVX2 static inline float dot_avx2(const float *a, const float *b, size_t n) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        s0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), s0);
        s1 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8), s1);
        s2 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16), s2);
        s3 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24), s3);
    }
    for (; i + 8 <= n; i += 8)
        s0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), s0);
    float total = sum_avx2(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));
    for (; i < n; i++) total += a[i] * b[i];
    return total;
}

AVX512 static inline float l2_avx512(const float *a, const float *b, size_t n) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        __m512 d0 = _mm512_sub_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));
        __m512 d1 = _mm512_sub_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16));
        __m512 d2 = _mm512_sub_ps(_mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32));
        __m512 d3 = _mm512_sub_ps(_mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48));
        s0 = _mm512_fmadd_ps(d0, d0, s0);
        s1 = _mm512_fmadd_ps(d1, d1, s1);
        s2 = _mm512_fmadd_ps(d2, d2, s2);
        s3 = _mm512_fmadd_ps(d3, d3, s3);
    }
    for (; i < n; i += 16) {
        __mmask16 mask = n - i >= 16 ? 0xFFFF : (__mmask16)((1u << (n - i)) - 1);
        __m512 d = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, a + i),
                                 _mm512_maskz_loadu_ps(mask, b + i));
        s0 = _mm512_fmadd_ps(d, d, s0);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));
}

AVX512 static inline float dot_avx512(const float *a, const float *b, size_t n) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        s0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
        s1 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16), s1);
        s2 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32), s2);
        s3 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48), s3);
    }
    for (; i < n; i += 16) {
        __mmask16 mask = n - i >= 16 ? 0xFFFF : (__mmask16)((1u << (n - i)) - 1);
        s0 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, a + i),
                             _mm512_maskz_loadu_ps(mask, b + i), s0);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));
}

ROW_LOOPS(l2_avx2, AVX2)
ROW_LOOPS(dot_avx2, AVX2)
ROW_LOOPS(l2_avx512, AVX512)
ROW_LOOPS(dot_avx512, AVX512)

#define CHOOSE(kind, shape)                                       \
    switch (instruction_set) {                                    \
        case tk_avx512:                                           \
        case tk_avx512_vnni: return kind##_avx512_##shape;        \
        case tk_avx2: return kind##_avx2_##shape;                 \
        default: return kind##_portable_##shape;                  \
    }
#else
#define CHOOSE(kind, shape) \
    (void)instruction_set;  \
    return kind##_portable_##shape;
#endif

tk_rows_function tk_l2_rows(int instruction_set) { CHOOSE(l2, rows) }
tk_gather_function tk_l2_gather(int instruction_set) { CHOOSE(l2, gather) }
tk_rows_function tk_dot_rows(int instruction_set) { CHOOSE(dot, rows) }
tk_gather_function tk_dot_gather(int instruction_set) { CHOOSE(dot, gather) }
