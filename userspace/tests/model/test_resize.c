// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Resizing against TFLite's formulas, written as the papers write them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "op_case.h"

#define SEED 0x5eed0000005ull
#define ROUNDS 400u

/* out and in sizes that the coordinates map between */
static void sizes(const struct op_case *c, u32 axis, u32 *in, u32 *out)
{
	bool corners = (c->op.p.mode & VNPU_RESIZE_ALIGN_CORNERS) && c->op.out.shape[axis] > 1;

	*in = c->op.in[0].shape[axis] - corners;
	*out = c->op.out.shape[axis] - corners;
}

static u32 nearest(const struct op_case *c, u32 axis, u32 at)
{
	float offset = c->op.p.mode & VNPU_RESIZE_HALF_PIXEL ? 0.5f : 0.0f, scaled;
	u32 in, out;

	sizes(c, axis, &in, &out);
	scaled = ((float)at + offset) * ((float)in / (float)out);
	scaled = c->op.p.mode & VNPU_RESIZE_ALIGN_CORNERS ? roundf(scaled) : floorf(scaled);
	return min((u32)scaled, c->op.in[0].shape[axis] - 1);
}

static s64 nearest_reference(const struct op_case *c, const u32 at[4])
{
	return op_read(c, 0, at[0], nearest(c, 1, at[1]), nearest(c, 2, at[2]), at[3]);
}

/* Position on the input's grid in units of 1/1024. */
static s64 position(const struct op_case *c, u32 axis, u32 at)
{
	u32 in, out;
	s64 scale;

	sizes(c, axis, &in, &out);
	scale = (1024ll * in + out / 2) / out;
	return at * scale + (c->op.p.mode & VNPU_RESIZE_HALF_PIXEL ? scale / 2 - 512 : 0);
}

/* Input along an axis with its weight in units of 1/1024, for @side 0 before, 1 behind. */
static u32 corner(const struct op_case *c, u32 axis, u32 at, u32 side, s64 *weight)
{
	s64 last = c->op.in[0].shape[axis] - 1, p = position(c, axis, at);
	s64 lower = clamp((s64)floor((double)p / 1024), 0, last);

	*weight = side ? p - 1024 * lower : 1024 - (p - 1024 * lower);
	return (u32)(side ? clamp((s64)ceil((double)p / 1024), 0, last) : lower);
}

/* XNNPACK: neighbours of an output row or column, and the weight of the second of 2048. */
static s64 fine_corner(const struct op_case *c, u32 axis, u32 at, u32 index[2])
{
	s32 last = (s32)c->op.in[0].shape[axis] - 1;
	u32 in, out;
	float p;

	sizes(c, axis, &in, &out);
	p = (float)in / (float)out;
	if (c->op.p.mode & VNPU_RESIZE_HALF_PIXEL)
		p = fminf(fmaxf(((float)at + 0.5f) * p - 0.5f, 0), (float)last);
	else
		p = (float)at * p;
	index[0] = (u32)min((s32)floorf(p), last);
	index[1] = (u32)min((s32)index[0] + 1, last);
	return (s64)nearbyintf((p - (float)index[0]) * 2048);
}

/* Columns first, then rows, as differences. */
static s64 fine_reference(const struct op_case *c, const u32 at[4])
{
	u32 y[2], x[2];
	s64 wy = fine_corner(c, 1, at[1], y), wx = fine_corner(c, 2, at[2], x), row[2];

	for (u32 i = 0; i < 2; i++) {
		s64 left = op_read(c, 0, at[0], y[i], x[0], at[3]);
		s64 right = op_read(c, 0, at[0], y[i], x[1], at[3]);

		row[i] = left * 2048 + (right - left) * wx;
	}
	row[0] = row[0] * 2048 + (row[1] - row[0]) * wy;
	op_count_value(c, 0, 0, 0);
	op_count_acc(c, row[0], 64);
	op_count_tie(c, row[0], 1 << 22);
	return (s64)floor((double)row[0] / (1 << 22) + 0.5);
}

static s64 bilinear_reference(const struct op_case *c, const u32 at[4])
{
	s64 sum = 0, wy, wx;

	if (op_personality(c)->resize == NPUM_RESIZE_FINE)
		return fine_reference(c, at);
	for (u32 i = 0; i < 4; i++) {
		u32 y = corner(c, 1, at[1], i >> 1, &wy), x = corner(c, 2, at[2], i & 1, &wx);

		sum += op_read(c, 0, at[0], y, x, at[3]) * wy * wx;
	}
	op_count_value(c, 0, 0, 0);
	op_count_acc(c, sum, 64);
	op_count_tie(c, sum, 1 << 20);
	if (op_personality(c)->resize == NPUM_RESIZE_UP)
		return (s64)floor((double)sum / (1 << 20) + 0.5);
	return (s64)round((double)sum / (1 << 20));
}

static float float_corner(const struct op_case *c, u32 axis, u32 at, u32 index[2])
{
	s32 last = (s32)c->op.in[0].shape[axis] - 1;
	u32 in, out;
	float p;

	sizes(c, axis, &in, &out);
	if (c->op.p.mode & VNPU_RESIZE_HALF_PIXEL)
		p = ((float)at + 0.5f) * ((float)in / (float)out) - 0.5f;
	else
		p = (float)at * ((float)in / (float)out);
	index[0] = (u32)max((s32)floorf(p), 0);
	index[1] = (u32)min((s32)ceilf(p), last);
	return p - (float)index[0];
}

static s64 float_reference(const struct op_case *c, const u32 at[4])
{
	u32 y[2], x[2];
	float dy = float_corner(c, 1, at[1], y), dx = float_corner(c, 2, at[2], x);
	float v[4];

	for (u32 i = 0; i < 4; i++)
		v[i] = (float)op_read(c, 0, at[0], y[i & 1], x[i >> 1], at[3]);
	v[0] = v[0] * (1 - dy) * (1 - dx) + v[1] * dy * (1 - dx) + v[2] * (1 - dy) * dx +
	       v[3] * dy * dx;
	op_count_value(c, 0, 0, 0);
	op_count_real_tie(c, (double)v[0]);
	return (s64)(v[0] + 0.5f);
}

static void check_resize(u32 opcode, u32 modes, u32 always, op_reference_fn *reference)
{
	u64 random = SEED + opcode;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 dtype = always ? VNPU_DTYPE_UINT8 : 1 + conv_random(&random) % 2;
		u32 in[4], out[4];
		struct op_case c;

		op_begin(&c, opcode, &random);
		in[0] = out[0] = 1 + conv_random(&random) % 2;
		in[3] = out[3] = 1 + conv_random(&random) % 20;
		for (u32 i = 1; i <= 2; i++) {
			in[i] = 1 + conv_random(&random) % 30;
			out[i] = 1 + conv_random(&random) % 60;
		}
		c.op.p.mode = always | round % modes;
		op_tensor(&c, 0, dtype, in, false);
		op_tensor(&c, OP_OUT, dtype, out, false);
		op_check(&c, reference);
	}
}

static void test_nearest(void **state)
{
	check_resize(VNPU_OP_RESIZE_NEAREST, 4, 0, nearest_reference);
}

/* align_corners and half_pixel exclude each other here: modes 0, 1 and 2 */
static void test_bilinear(void **state)
{
	check_resize(VNPU_OP_RESIZE_BILINEAR, 3, 0, bilinear_reference);
}

static void test_bilinear_float(void **state)
{
	check_resize(VNPU_OP_RESIZE_BILINEAR, 3, VNPU_RESIZE_FLOAT, float_reference);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_bilinear),
		cmocka_unit_test(test_bilinear_float),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-resize", tests, NULL, NULL);
}
