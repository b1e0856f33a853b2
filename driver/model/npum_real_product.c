// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Products in floating point. */
#include "npum_kernels.h"
