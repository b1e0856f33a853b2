/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The one file of the model that knows where it is compiled: in the kernel or
 * in user space.  Everything else under driver/model/ is freestanding C11.
 */
#ifndef NPUM_PORT_H
#define NPUM_PORT_H

#ifdef __KERNEL__

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#else

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define U32_MAX UINT32_MAX
#define S32_MAX INT32_MAX
#define S32_MIN INT32_MIN

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1u << (n))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define round_up(n, to) (DIV_ROUND_UP(n, to) * (to))

#define check_add_overflow(a, b, r) __builtin_add_overflow(a, b, r)
#define check_mul_overflow(a, b, r) __builtin_mul_overflow(a, b, r)

#define static_assert _Static_assert
#define noinline __attribute_noinline__

#ifndef fallthrough
#define fallthrough __attribute__((__fallthrough__))
#endif

#endif /* __KERNEL__ */

#endif /* NPUM_PORT_H */
