// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops on int16 codes. */
#include "npum_check.h"
