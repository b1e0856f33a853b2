// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Moving data: COPY and FILL of strided regions. */
#include "npum_kernels.h"
#include "npum_walk.h"

/*
 * Elements of one size.  The output may be its own input, which memcpy() does not
 * allow.  Operands of a program are aligned for their elements.
 */
#define COPY_ELEMENTS(name, type)                                                                \
	static void name(u8 *out, u32 out_step, const u8 *in, u32 in_step, u32 count)            \
	{                                                                                        \
		if (out_step == sizeof(type) && in_step == sizeof(type))                         \
			memmove(out, in, (size_t)count * sizeof(type));                          \
		else                                                                             \
			for (u32 i = 0; i < count; i++)                                          \
				*(type *)(void *)(out + (size_t)i * out_step) =                  \
					*(const type *)(const void *)(in + (size_t)i * in_step); \
	}

COPY_ELEMENTS(copy_1, u8)
COPY_ELEMENTS(copy_2, u16)
COPY_ELEMENTS(copy_4, u32)
COPY_ELEMENTS(copy_8, u64)

static void copy_elements(u32 size, u8 *out, u32 out_step, const u8 *in, u32 in_step, u32 count)
{
	switch (size) {
	case 1:
		copy_1(out, out_step, in, in_step, count);
		break;
	case 2:
		copy_2(out, out_step, in, in_step, count);
		break;
	case 4:
		copy_4(out, out_step, in, in_step, count);
		break;
	default:
		copy_8(out, out_step, in, in_step, count);
	}
}

void npum_copy(const struct npum_exec *x, const struct npum_personality *p,
	       const struct vnpu_op *op, u32 tile, void *scratch)
{
	u32 size = npum_dtype_size(op->out.dtype);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		copy_elements(size, w.at[NPUM_WALK_OUT], w.step[NPUM_WALK_OUT], w.at[NPUM_WALK_IN0],
			      w.step[NPUM_WALK_IN0], w.run);
	} while (npum_walk_next(&w));
}

void npum_fill(const struct npum_exec *x, const struct npum_personality *p,
	       const struct vnpu_op *op, u32 tile, void *scratch)
{
	u32 size = npum_dtype_size(op->out.dtype);
	/* An element is the value's low bytes, in memory of any byte order; int64 extends it. */
	const u64 wide = (u64)(s64)op->p.fill;
	const u32 word = (u32)wide;
	const u16 half = (u16)wide;
	const u8 byte = (u8)wide;
	const void *value = size == 8 ? (const void *)&wide :
			    size == 4 ? (const void *)&word :
			    size == 2 ? (const void *)&half :
					(const void *)&byte;
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		/* A step of 0 repeats the value: a fill is a broadcast copy. */
		if (size == 1 && w.step[NPUM_WALK_OUT] == 1)
			memset(w.at[NPUM_WALK_OUT], byte, w.run);
		else
			copy_elements(size, w.at[NPUM_WALK_OUT], w.step[NPUM_WALK_OUT], value, 0,
				      w.run);
	} while (npum_walk_next(&w));
}
