#define _GNU_SOURCE
#include "CScheduling.h"

#ifdef __linux__
#include <dirent.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// The first version of the kernel's struct sched_attr; glibc has it from 2.41 on.
struct attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_nanoseconds;
    uint64_t deadline;
    uint64_t period;
};

// Everything but the slice stays as it is; a refusal changes nothing.
static void set_slice(pid_t thread, unsigned microseconds) {
#ifdef SYS_sched_setattr
    struct attributes attributes = {0};
    if (syscall(SYS_sched_getattr, thread, &attributes, sizeof attributes, 0) != 0) return;
    attributes.size = sizeof attributes;
    attributes.runtime_nanoseconds = microseconds * 1000ull;
    syscall(SYS_sched_setattr, thread, &attributes, 0);
#endif
}
#endif

void tsched_set_slice(unsigned microseconds) {
#ifdef __linux__
    static _Thread_local unsigned last;
    if (last == microseconds) return;
    last = microseconds;
    set_slice(0, microseconds);
#endif
}

void tsched_lower(int steps) {
#ifdef __linux__
    static _Thread_local int last;
    if (last >= steps) return;
    last = steps;
    setpriority(PRIO_PROCESS, 0, steps);
#endif
}

void tsched_set_slice_of_process(unsigned microseconds) {
#ifdef __linux__
    DIR *threads = opendir("/proc/self/task");
    if (!threads) return;
    struct dirent *entry;
    while ((entry = readdir(threads))) {
        int thread = atoi(entry->d_name);
        if (thread > 0) set_slice(thread, microseconds);
    }
    closedir(threads);
#endif
}

int tsched_cores_allowed(void) {
#ifdef __linux__
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof cores, &cores) == 0) return CPU_COUNT(&cores);
#endif
    return 0;
}
