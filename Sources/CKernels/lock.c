#include <sched.h>

#include "CKernels.h"

// Tries before the processor is given to whoever holds the lock.
#define SPINS 64

void tk_lock(uint8_t *lock) {
    for (int spins = 0; __atomic_test_and_set(lock, __ATOMIC_ACQUIRE); spins++)
        if (spins >= SPINS) sched_yield();
}

void tk_unlock(uint8_t *lock) { __atomic_clear(lock, __ATOMIC_RELEASE); }
