#include "CAllocator.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

static const int threshold_bytes = 128 * 1024;
#endif

void ta_give_back_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, threshold_bytes);
    mallopt(M_TRIM_THRESHOLD, threshold_bytes);
#endif
}

void ta_trim(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
