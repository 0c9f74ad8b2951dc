#include <string.h>

#include "CKernels.h"

static inline uint64_t key_of(float distance, size_t index) {
    uint32_t bits;
    if (!(distance > 0)) distance = 0;  // rounding can take a distance of nothing below it
    memcpy(&bits, &distance, sizeof bits);
    return (uint64_t)bits << 32 | index;
}

// Puts a key into its place among the rising keys, of which the last one falls out when full.
static inline size_t insert(uint64_t key, uint64_t *keys, size_t count, size_t capacity) {
    size_t at = count < capacity ? count : capacity - 1;
    if (count == capacity && key >= keys[at]) return count;
    for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
    keys[at] = key;
    return count < capacity ? count + 1 : count;
}

// Written so that two rows get the same distance whichever of them comes first.
static inline float distance_of(int32_t product, tk_row_scale row, float square, float scale,
                                int32_t bias) {
    return (row.square + square) - 2 * (row.scale * scale) * (float)(product - bias);
}

static size_t nearest_portable(const int32_t *products, size_t from, size_t n, tk_row_scale row,
                               const float *squares, const float *scales, const int32_t *biases,
                               size_t skip, size_t count, size_t capacity, uint64_t *keys) {
    for (size_t j = from; j < n; j++) {
        if (j == skip) continue;
        float d = distance_of(products[j], row, squares[j], scales[j], biases[j]);
        count = insert(key_of(d, j), keys, count, capacity);
    }
    return count;
}

#if defined(__x86_64__)
#include <immintrin.h>

static inline float last_distance(const uint64_t *keys, size_t count) {
    uint32_t bits = (uint32_t)(keys[count - 1] >> 32);
    float distance;
    memcpy(&distance, &bits, sizeof distance);
    return distance;
}

__attribute__((target("avx2"))) static size_t nearest_avx2(
    const int32_t *products, size_t n, tk_row_scale row, const float *squares,
    const float *scales, const int32_t *biases, size_t skip, size_t capacity, uint64_t *keys) {
    size_t j = n < capacity + 8 ? n : (capacity + 8) & ~(size_t)7;
    j = j > n ? n : j;
    size_t count =
        nearest_portable(products, 0, j, row, squares, scales, biases, skip, 0, capacity, keys);
    const __m256 square = _mm256_set1_ps(row.square), scale = _mm256_set1_ps(row.scale);
    const __m256 two = _mm256_set1_ps(2);
    for (; j + 8 <= n; j += 8) {
        __m256i p = _mm256_sub_epi32(_mm256_loadu_si256((const void *)(products + j)),
                                     _mm256_loadu_si256((const void *)(biases + j)));
        __m256 f = _mm256_mul_ps(two, _mm256_mul_ps(scale, _mm256_loadu_ps(scales + j)));
        __m256 d = _mm256_sub_ps(_mm256_add_ps(square, _mm256_loadu_ps(squares + j)),
                                 _mm256_mul_ps(f, _mm256_cvtepi32_ps(p)));
        __m256 last = _mm256_set1_ps(last_distance(keys, count));
        int near = _mm256_movemask_ps(_mm256_cmp_ps(d, last, _CMP_LE_OQ));
        if (near == 0) continue;
        float lanes[8];
        _mm256_storeu_ps(lanes, d);
        for (; near != 0; near &= near - 1) {
            int lane = __builtin_ctz((unsigned)near);
            if (j + lane != skip)
                count = insert(key_of(lanes[lane], j + lane), keys, count, capacity);
        }
    }
    return nearest_portable(products, j, n, row, squares, scales, biases, skip, count, capacity,
                            keys);
}
#endif

size_t tk_nearest(const int32_t *products, size_t n, tk_row_scale row, const float *squares,
                  const float *scales, const int32_t *biases, size_t skip, size_t capacity,
                  uint64_t *keys, int instruction_set) {
    if (capacity == 0) return 0;
#if defined(__x86_64__)
    if (instruction_set != tk_portable)
        return nearest_avx2(products, n, row, squares, scales, biases, skip, capacity, keys);
#endif
    (void)instruction_set;
    return nearest_portable(products, 0, n, row, squares, scales, biases, skip, 0, capacity, keys);
}

static size_t not_above_portable(const float *values, size_t from, size_t count, float bound,
                                 uint32_t *places, size_t found) {
    for (size_t i = from; i < count; i++)
        if (!(values[i] > bound)) places[found++] = (uint32_t)i;
    return found;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t not_above_avx2(const float *values, size_t count,
                                                             float bound, uint32_t *places) {
    const __m256 bounds = _mm256_set1_ps(bound);
    size_t found = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256 above = _mm256_cmp_ps(_mm256_loadu_ps(values + i), bounds, _CMP_GT_OQ);
        unsigned rest = ~(unsigned)_mm256_movemask_ps(above) & 0xFF;
        for (; rest != 0; rest &= rest - 1)
            places[found++] = (uint32_t)(i + (size_t)__builtin_ctz(rest));
    }
    return not_above_portable(values, i, count, bound, places, found);
}
#endif

size_t tk_not_above(const float *values, size_t count, float bound, uint32_t *places,
                    int instruction_set) {
#if defined(__x86_64__)
    if (instruction_set != tk_portable) return not_above_avx2(values, count, bound, places);
#endif
    (void)instruction_set;
    return not_above_portable(values, 0, count, bound, places, 0);
}
