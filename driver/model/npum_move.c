// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Moving data: COPY and FILL of strided regions. */
#include "npum_kernels.h"
#include "npum_walk.h"

static void copy_bytes(u8 *out, u32 out_step, const u8 *in, u32 in_step, u32 count)
{
	/* The output may be its own input, which memcpy() does not allow. */
	if (out_step == 1 && in_step == 1) {
		memmove(out, in, count);
		return;
	}
	for (u32 i = 0; i < count; i++)
		out[(size_t)i * out_step] = in[(size_t)i * in_step];
}

static void copy_words(u8 *out, u32 out_step, const u8 *in, u32 in_step, u32 count)
{
	if (out_step == sizeof(u32) && in_step == sizeof(u32)) {
		memmove(out, in, (size_t)count * sizeof(u32));
		return;
	}
	for (u32 i = 0; i < count; i++)
		*(u32 *)(void *)(out + (size_t)i * out_step) =
			*(const u32 *)(const void *)(in + (size_t)i * in_step);
}

void npum_copy(const struct npum_exec *x, const struct npum_personality *p,
	       const struct vnpu_op *op, u32 tile, void *scratch)
{
	bool words = npum_dtype_size(op->out.dtype) == sizeof(u32);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		u8 *out = w.at[NPUM_WALK_OUT];
		const u8 *in = w.at[NPUM_WALK_IN0];

		if (words)
			copy_words(out, w.step[NPUM_WALK_OUT], in, w.step[NPUM_WALK_IN0], w.run);
		else
			copy_bytes(out, w.step[NPUM_WALK_OUT], in, w.step[NPUM_WALK_IN0], w.run);
	} while (npum_walk_next(&w));
}

void npum_fill(const struct npum_exec *x, const struct npum_personality *p,
	       const struct vnpu_op *op, u32 tile, void *scratch)
{
	bool words = npum_dtype_size(op->out.dtype) == sizeof(u32);
	const u32 word = (u32)op->p.fill;
	const u8 byte = (u8)word;
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		u8 *out = w.at[NPUM_WALK_OUT];
		u32 step = w.step[NPUM_WALK_OUT];

		/* A step of 0 repeats the value: a fill is a broadcast copy. */
		if (words)
			copy_words(out, step, (const u8 *)&word, 0, w.run);
		else if (step == 1)
			memset(out, byte, w.run);
		else
			copy_bytes(out, step, &byte, 0, w.run);
	} while (npum_walk_next(&w));
}
