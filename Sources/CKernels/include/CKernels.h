// Distances over rows of f32 and the CRC of the on-disk structures, one version per instruction
// set. The caller picks a version once (tk_instruction_set) and calls it through a pointer.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Instruction sets. A kernel that has no version for one takes the next best one that it has.
enum {
    tk_portable = 0,
    tk_avx2 = 1,
    tk_avx512 = 2,       // F
    tk_avx512_vnni = 3,  // F, BW, VL and VNNI
    tk_neon = 4,         // ASIMD with dot products
};

// The best set this processor and operating system can run.
int tk_instruction_set(void);

// Whether this processor and operating system can run a set.
int tk_runs(int instruction_set);

// out[i] = the value for the query and row i; row i starts at rows + i * stride floats.
typedef void (*tk_rows_function)(const float *query, const float *rows, size_t count,
                                 size_t dimension, size_t stride, float *out);

// out[i] = the value for the query and the row at rows + places[i] * stride floats.
typedef void (*tk_gather_function)(const float *query, const float *rows, const uint32_t *places,
                                   size_t count, size_t dimension, size_t stride, float *out);

// Sum of squared differences.
tk_rows_function tk_l2_rows(int instruction_set);
tk_gather_function tk_l2_gather(int instruction_set);

// Dot product.
tk_rows_function tk_dot_rows(int instruction_set);
tk_gather_function tk_dot_gather(int instruction_set);

// CRC-32C (Castagnoli) of bytes, continuing from crc (0 to begin).
uint32_t tk_crc32c(uint32_t crc, const void *bytes, size_t count);

// The same without processor support; for tests.
uint32_t tk_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

// Reads a byte of each page of a mapped file's bytes: who reads them next finds them in memory.
void tk_touch_pages(const void *start, size_t length);

#ifdef __cplusplus
}
#endif

#include "CodeKernels.h"
