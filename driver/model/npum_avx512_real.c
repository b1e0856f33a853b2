// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The floating-point kernels, compiled for AVX-512; see npum_real_variant.h. */
#define NPUM_VARIANT(name) name##_avx512

#include "npum_real_variant.h"

/* Prototypes, by their new names. */
#include "npum_kernels.h"

#include "npum_real_value.c"
#include "npum_real_sum.c"
#include "npum_real_tile.c"
#include "npum_real_product.c"
#include "npum_real_depthwise.c"
#include "npum_real_hybrid.c"
#include "npum_real_element.c"
#include "npum_real_reduce.c"
#include "npum_real_window.c"
