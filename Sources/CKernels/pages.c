#include "CKernels.h"

// The smallest page of the systems that this runs on.
static const size_t page_bytes = 4096;

void tk_touch_pages(const void *start, size_t length) {
    const volatile uint8_t *bytes = start;
    for (size_t place = 0; place < length; place += page_bytes) (void)bytes[place];
    if (length > 0) (void)bytes[length - 1];
}
