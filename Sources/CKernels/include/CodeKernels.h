// Arithmetic on quantised rows: scoring codes against a query, making codes, and the products of
// many rows with many that the graph builder wants.
//
// A row of codes is a head of four floats, then the codes:
//
//   4 bits   blocks of 64 bytes for 128 elements: element j of a block is in the low half of
//            byte j, element 64 + j in the high half. The code c stands for c - 7.5.
//   8 bits   one byte an element, 1...127. The code c stands for c - 64.
//
// The number of elements is a multiple of the block (128, or 64 for 8 bits).
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    float constant;  // added to the score
    float factor;    // the score's part for one unit of (query . code)
    float error;     // length of what the codes leave out of the row
    float length;    // length of the row that the codes stand for
} tk_code_head;

// A query as the kernels take it. The score of a row is
// head.constant + head.factor * (scale * sum(values * codes) - offset).
typedef struct {
    const int8_t *values;  // -127...127, one an element
    size_t elements;
    float scale;
    float offset;
} tk_code_query;

// out[i] = the score of the row of codes at rows + i * stride bytes.
typedef void (*tk_codes_rows_function)(const tk_code_query *query, const uint8_t *rows,
                                       size_t stride, size_t count, float *out);

// out[i] = the score of the row of codes at rows + places[i] * stride bytes.
typedef void (*tk_codes_gather_function)(const tk_code_query *query, const uint8_t *rows,
                                         size_t stride, const uint32_t *places, size_t count,
                                         float *out);

tk_codes_rows_function tk_codes4_rows(int instruction_set);
tk_codes_gather_function tk_codes4_gather(int instruction_set);
tk_codes_rows_function tk_codes8_rows(int instruction_set);
tk_codes_gather_function tk_codes8_gather(int instruction_set);

// Turns a vector in place by the random rotation that signs stand for: bit signs, one byte an
// element and round, in `tk_rotation_rounds` rounds. elements is a multiple of 64.
enum { tk_rotation_rounds = 4 };
void tk_rotate(float *values, size_t elements, const float *signs, int instruction_set);

// Writes head.factor, head.error, head.length and the codes of a vector; 4 bits.
void tk_encode4(const float *values, size_t elements, tk_code_head *head, uint8_t *codes,
                int instruction_set);

// The same with 8 bits.
void tk_encode8(const float *values, size_t elements, tk_code_head *head, uint8_t *codes,
                int instruction_set);

// A query's values and the scale of them; returns the length of what rounding left out.
float tk_encode_query(const float *values, size_t elements, int8_t *codes, float *scale,
                      int64_t *sum, int instruction_set);

// Products of m rows of 8-bit codes with n rows of signed codes (c - 64), both `stride` bytes
// wide, a multiple of 64: out[i * out_stride + j] = sum(left[i] * right[j]).
typedef void (*tk_products_function)(const uint8_t *left, size_t m, const int8_t *right, size_t n,
                                     size_t stride, int32_t *out, size_t out_stride);
tk_products_function tk_products(int instruction_set);

// What turns products into squared distances: |a - b|^2 = a.square + b.square
// - 2 a.scale b.scale (product - b.bias).
typedef struct {
    float square;
    float scale;
    int32_t bias;
} tk_row_scale;

// The `capacity` nearest of n rows by their products with one row, nearest first, as keys: the
// bits of the distance above, the index below. Returns how many. `skip` is left out.
size_t tk_nearest(const int32_t *products, size_t n, tk_row_scale row, const float *squares,
                  const float *scales, const int32_t *biases, size_t skip, size_t capacity,
                  uint64_t *keys, int instruction_set);

// The places of the values that are not above the bound (or no numbers), rising; returns how many.
size_t tk_not_above(const float *values, size_t count, float bound, uint32_t *places,
                    int instruction_set);

// A lock of one byte, to be held for a few hundred nanoseconds at most.
void tk_lock(uint8_t *lock);
void tk_unlock(uint8_t *lock);

static inline void tk_prefetch(const void *place) { __builtin_prefetch(place); }

#ifdef __cplusplus
}
#endif
