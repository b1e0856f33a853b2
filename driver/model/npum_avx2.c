// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* AVX2: the table of kernels. */
#include "npum_isa.h"

static const struct npum_isa_kernel kernels[] = {
	{ 0 },
};

const struct npum_isa npum_isa_avx2 = {
	.name = "avx2",
	.features = NPUM_FEATURE_AVX2,
	.kernels = kernels,
};
