// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the CPU offers, asked from user space; the kernel asks its own cpufeature table. */
#include "npum_isa.h"

u32 npum_cpu_features(void)
{
	u32 features = 0;

#ifdef __x86_64__
	/* __builtin_cpu_supports() includes the check that the OS saves the registers. */
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		features |= NPUM_FEATURE_AVX2;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vnni"))
		features |= NPUM_FEATURE_AVX512_VNNI;
#endif
	return features;
}
