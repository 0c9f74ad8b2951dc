#include <math.h>
#include <string.h>

#include "CKernels.h"

// Written once without intrinsics, and compiled for each instruction set by being inlined into
// functions with that target. Sums may be added in any order; codes don't depend on it but for
// rounding.
#define GENERIC static inline __attribute__((always_inline))

// What sums of f32 can make an error look shorter, in parts of the row's length.
#define ROUNDING 1e-5f
#define CODE4_CENTRE 7.5f
#define CODE8_CENTRE 64

// In place; the length a power of two.
GENERIC void hadamard(float *restrict values, size_t length) {
    for (size_t half = 1; half < 8; half *= 2)
        for (size_t start = 0; start < length; start += 2 * half)
            for (size_t i = start; i < start + half; i++) {
                float a = values[i], b = values[i + half];
                values[i] = a + b;
                values[i + half] = a - b;
            }
    for (size_t half = 8; half < length; half *= 2)
        for (size_t start = 0; start < length; start += 2 * half) {
            float *restrict low = values + start, *restrict high = values + start + half;
            for (size_t i = 0; i < half; i++) {
                float a = low[i], b = high[i];
                low[i] = a + b;
                high[i] = a - b;
            }
        }
}

// Signs, then a Hadamard transform of the longest run that has a power of two for length: by
// turns of the first elements and of the last ones.
GENERIC void rotate(float *restrict values, size_t elements, const float *restrict signs) {
    size_t length = 64;
    while (length * 2 <= elements) length *= 2;
    float scale = 1 / sqrtf((float)length);
    for (int round = 0; round < tk_rotation_rounds; round++) {
        for (size_t i = 0; i < elements; i++) values[i] *= signs[round * elements + i];
        float *part = values + (round % 2 == 0 ? 0 : elements - length);
        hadamard(part, length);
        for (size_t i = 0; i < length; i++) part[i] *= scale;
    }
}

#define REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")

GENERIC float square_of(const float *restrict values, size_t elements) {
    REASSOCIATE
    float sum = 0;
    for (size_t i = 0; i < elements; i++) sum += values[i] * values[i];
    return sum;
}

GENERIC float greatest_of(const float *restrict values, size_t elements) {
    float greatest = 0;
    for (size_t i = 0; i < elements; i++) {
        float a = __builtin_fabsf(values[i]);
        greatest = a > greatest ? a : greatest;
    }
    return greatest;
}

// The code of value / step on the 4-bit grid, as what it stands for.
GENERIC float on_grid(float scaled) {
    float c = __builtin_rintf(scaled + CODE4_CENTRE);
    c = c < 0 ? 0 : c;
    c = c > 15 ? 15 : c;
    return c - CODE4_CENTRE;
}

GENERIC void sums_on_grid(const float *restrict values, size_t elements, float inverse,
                          float *product, float *square) {
    REASSOCIATE
    float p = 0, s = 0;
    for (size_t i = 0; i < elements; i++) {
        float c = on_grid(values[i] * inverse);
        p += c * values[i];
        s += c * c;
    }
    *product = p;
    *square = s;
}

// Steps that are tried, in parts of the root mean square. The best step of a normal distribution
// on sixteen levels is 0.335; rotated rows are close to normal.
static const float steps[] = {0.24f, 0.275f, 0.305f, 0.335f, 0.37f, 0.42f};

// RaBitQ's estimator (arXiv 2405.12497): factor = |r|^2 / (code . r) makes the estimate of
// (query . r) unbiased over rotations. Of the steps the one with the smallest angle is kept.
GENERIC void encode4(const float *restrict values, size_t elements, tk_code_head *head,
                     uint8_t *restrict codes) {
    float square = square_of(values, elements);
    memset(codes, 0, elements / 2);
    head->factor = head->error = head->length = 0;
    if (!(square > 0)) return;
    float best = 0, inverse = 0, factor = 0, length = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        float trial = 1 / (steps[i] * sqrtf(square / (float)elements)), product, norm;
        sums_on_grid(values, elements, trial, &product, &norm);
        if (product * product > best * norm && product > 0) {
            best = product * product / norm;
            inverse = trial;
            factor = square / product;
            length = factor * sqrtf(norm);
        }
    }
    head->error = sqrtf(square);
    if (!(inverse > 0) || !isfinite(factor)) return;
    head->factor = factor;
    head->length = length;
    // With this factor the codes' row stands on a right angle over the error.
    head->error = sqrtf(fmaxf(0, length * length - square)) + ROUNDING * length;
    for (size_t block = 0; block < elements; block += 128, codes += 64)
        for (size_t j = 0; j < 64; j++) {
            float low = on_grid(values[block + j] * inverse) + CODE4_CENTRE;
            float high = on_grid(values[block + 64 + j] * inverse) + CODE4_CENTRE;
            codes[j] = (uint8_t)((int)low | (int)high << 4);
        }
}

// factor = (code . r) / |code|^2 leaves the shortest error.
GENERIC void encode8(const float *restrict values, size_t elements, tk_code_head *head,
                     uint8_t *restrict codes) {
    float greatest = greatest_of(values, elements);
    float inverse = 63 / greatest;
    memset(codes, CODE8_CENTRE, elements);
    head->factor = head->length = 0;
    head->error = greatest * sqrtf((float)elements);
    if (!(greatest > 0) || !isfinite(inverse)) return;
    int32_t square = 0;
    float product = 0;
    {
        REASSOCIATE
        for (size_t i = 0; i < elements; i++) {
            int32_t c = (int32_t)__builtin_rintf(values[i] * inverse);
            codes[i] = (uint8_t)(c + CODE8_CENTRE);
            product += (float)c * values[i];
            square += c * c;
        }
    }
    float factor = product / (float)square, error = 0;
    {
        REASSOCIATE
        for (size_t i = 0; i < elements; i++) {
            float left = values[i] - factor * ((float)codes[i] - CODE8_CENTRE);
            error += left * left;
        }
    }
    head->factor = factor;
    head->error = sqrtf(error) + ROUNDING * sqrtf((float)square) * factor;
    head->length = factor * sqrtf((float)square);
}

GENERIC float encode_query(const float *restrict values, size_t elements, int8_t *restrict codes,
                           float *scale, int64_t *sum) {
    REASSOCIATE
    float greatest = greatest_of(values, elements);
    float inverse = 127 / greatest;
    if (!(greatest > 0) || !isfinite(inverse)) {
        memset(codes, 0, elements);
        *scale = 0;
        *sum = 0;
        return greatest * sqrtf((float)elements);
    }
    float step = greatest / 127, error = 0;
    int32_t total = 0;
    for (size_t i = 0; i < elements; i++) {
        float c = __builtin_rintf(values[i] * inverse);
        float left = values[i] - c * step;
        codes[i] = (int8_t)c;
        total += (int32_t)c;
        error += left * left;
    }
    *scale = step;
    *sum = total;
    return sqrtf(error);
}

#define VERSIONS(suffix, target_attribute)                                                       \
    target_attribute static void rotate_##suffix(float *values, size_t elements,                 \
                                                 const float *signs) {                           \
        rotate(values, elements, signs);                                                         \
    }                                                                                            \
    target_attribute static void encode4_##suffix(const float *values, size_t elements,          \
                                                  tk_code_head *head, uint8_t *codes) {          \
        encode4(values, elements, head, codes);                                                  \
    }                                                                                            \
    target_attribute static void encode8_##suffix(const float *values, size_t elements,          \
                                                  tk_code_head *head, uint8_t *codes) {          \
        encode8(values, elements, head, codes);                                                  \
    }                                                                                            \
    target_attribute static float encode_query_##suffix(const float *values, size_t elements,    \
                                                        int8_t *codes, float *scale,             \
                                                        int64_t *sum) {                          \
        return encode_query(values, elements, codes, scale, sum);                                \
    }

#define NO_TARGET
VERSIONS(portable, NO_TARGET)

#if defined(__x86_64__)
VERSIONS(avx2, __attribute__((target("avx2,fma"))))
// 512-bit versions would gain little: encoding is a small part of a build.
#define CALL(name, ...)                                                          \
    (instruction_set == tk_portable ? name##_portable(__VA_ARGS__) : name##_avx2(__VA_ARGS__))
#else
// The compiler's baseline on ARM has NEON.
#define CALL(name, ...) ((void)instruction_set, name##_portable(__VA_ARGS__))
#endif

void tk_rotate(float *values, size_t elements, const float *signs, int instruction_set) {
    CALL(rotate, values, elements, signs);
}

void tk_encode4(const float *values, size_t elements, tk_code_head *head, uint8_t *codes,
                int instruction_set) {
    CALL(encode4, values, elements, head, codes);
}

void tk_encode8(const float *values, size_t elements, tk_code_head *head, uint8_t *codes,
                int instruction_set) {
    CALL(encode8, values, elements, head, codes);
}

float tk_encode_query(const float *values, size_t elements, int8_t *codes, float *scale,
                      int64_t *sum, int instruction_set) {
    return CALL(encode_query, values, elements, codes, scale, sum);
}
