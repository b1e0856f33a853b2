// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rules of single ops on floating point. */
#include "npum_check.h"
