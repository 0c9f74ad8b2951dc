#include "CKernels.h"

#if defined(__x86_64__)

int tk_runs(int instruction_set) {
    __builtin_cpu_init();
    switch (instruction_set) {
        case tk_portable: return 1;
        case tk_avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        case tk_avx512: return __builtin_cpu_supports("avx512f") != 0;
        case tk_avx512_vnni:
            return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
        default: return 0;
    }
}

#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

// HWCAP_ASIMDDP of <asm/hwcap.h>.
#define DOT_PRODUCTS (1ul << 20)

int tk_runs(int instruction_set) {
    if (instruction_set == tk_neon) return (getauxval(AT_HWCAP) & DOT_PRODUCTS) != 0;
    return instruction_set == tk_portable;
}

#else
int tk_runs(int instruction_set) { return instruction_set == tk_portable; }
#endif

int tk_instruction_set(void) {
    static const int best_first[] = {tk_avx512_vnni, tk_avx512, tk_avx2, tk_neon};
    for (int i = 0; i < 4; i++)
        if (tk_runs(best_first[i])) return best_first[i];
    return tk_portable;
}
