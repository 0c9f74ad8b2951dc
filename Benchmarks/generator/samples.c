#define _GNU_SOURCE
#include "samples.h"

#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void samples_add(Samples *samples, unsigned kind, int status, double seconds) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? 2 * samples->room : 1 << 16;
        samples->all = reallocarray(samples->all, samples->room, sizeof(Sample));
        if (!samples->all) err(1, "samples");
    }
    samples->all[samples->count++] = (Sample){kind, seconds};
    samples->statuses[status]++;
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double percentile(const double *ascending, size_t count, double share) {
    return count ? ascending[(size_t)((double)(count - 1) * share)] : 0;
}

/// Of one kind, or of all where `kind` is KINDS_MAX.
static void print_times(const Samples *samples, unsigned kind) {
    double *times = reallocarray(NULL, samples->count + 1, sizeof *times);
    if (!times) err(1, "samples");
    size_t count = 0;
    for (size_t place = 0; place < samples->count; place++)
        if (kind == KINDS_MAX || samples->all[place].kind == kind)
            times[count++] = samples->all[place].seconds;
    qsort(times, count, sizeof *times, by_value);
    printf("\"requests\":%zu,\"p50_ms\":%.4f,\"p99_ms\":%.4f", count,
        percentile(times, count, 0.50) * 1e3, percentile(times, count, 0.99) * 1e3);
    free(times);
}

static void print_statuses(const Samples *samples) {
    const char *separator = "";
    for (int status = 0; status <= STATUS_MAX; status++) {
        if (samples->statuses[status] == 0) continue;
        printf("%s\"%d\":%" PRIu64, separator, status, samples->statuses[status]);
        separator = ",";
    }
}

void samples_print(const Samples *samples) {
    print_times(samples, KINDS_MAX);
    printf(",\"statuses\":{");
    print_statuses(samples);
    printf("},\"kinds\":[");
    for (unsigned kind = 0; kind < KINDS_MAX; kind++) {
        printf(kind ? ",{" : "{");
        print_times(samples, kind);
        printf("}");
    }
    printf("]");
}
