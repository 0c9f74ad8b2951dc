#pragma once

#include <stddef.h>
#include <stdint.h>

#include "requests.h"

#define STATUS_MAX 599

typedef struct {
    unsigned kind;
    double seconds;
} Sample;

/// One entry for each answer, and how often each status came.
typedef struct {
    Sample *all;
    size_t count, room;
    uint64_t statuses[STATUS_MAX + 1];
} Samples;

void samples_add(Samples *samples, unsigned kind, int status, double seconds);

/// Prints `"requests":…,"p50_ms":…,"p99_ms":…,"statuses":{…},"kinds":[…]`: percentiles of the
/// times as they were, and the same for each kind.
void samples_print(const Samples *samples);
