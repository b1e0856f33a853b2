// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * CONV2D_I16, DEPTHWISE_I16 and FULLY_CONNECTED_I16 against sums in 128 bits that are
 * limited as Documentation/isa/ops-int16.rst says, and the counters of their kernels.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "op_case.h"
#include "personality_case.h"

#define SEED 0x5eed0000116ull
#define ROUNDS 1200u

/** struct accumulator - what the personality has for a case's op */
struct accumulator {
	u32 bits;
	u32 form;
	bool narrow;
	enum npum_rounding rounding;
};

static struct accumulator accumulator_of(const struct op_case *c)
{
	const struct npum_personality *p = op_personality(c);
	struct accumulator a = {
		.narrow = c->op.p.mode & VNPU_PRODUCT_NARROW,
		.form = p->acc_overflow,
		.bits = p->wide_acc_bits,
		.rounding = p->wide,
	};

	if (!a.narrow)
		return a;
	a.bits = p->acc_bits;
	a.rounding = c->op.opcode == VNPU_OP_CONV2D_I16	   ? p->conv_signed :
		     c->op.opcode == VNPU_OP_DEPTHWISE_I16 ? p->depthwise :
							     p->fully_connected;
	return a;
}

static __int128 limited(__int128 v, u32 bits)
{
	__int128 half = (__int128)1 << (bits - 1);

	return clamp(v, -half, half - 1);
}

static __int128 wrapped(__int128 v, u32 bits)
{
	__int128 unit = (__int128)1 << bits;

	v %= unit;
	v += v < 0 ? unit : 0;
	return v >= unit / 2 ? v - unit : v;
}

/* What the accumulator holds when it was to hold @v. */
static __int128 held(const struct accumulator *a, __int128 v)
{
	switch (a->form) {
	case NPUM_ACC_SATURATE_EACH:
		return limited(v, a->bits);
	case NPUM_ACC_SATURATE_END:
		return v;
	default:
		return wrapped(v, a->bits);
	}
}

/* Term @k of output channel @o. */
static s64 weight_of(const struct op_case *c, u32 o, u32 k, u32 terms)
{
	const struct vnpu_tensor *t = &c->op.in[1];
	size_t i = ((size_t)(o / 16) * terms + k) * 16 + o % 16;
	const u8 *p = c->before[1] + t->offset;
	s16 v;

	if (t->dtype == VNPU_DTYPE_INT8)
		return (s8)p[i];
	memcpy(&v, p + i * sizeof(v), sizeof(v));
	return v;
}

static s64 input_of(const struct op_case *c, const u32 at[4], u32 i, u32 j, u32 ch)
{
	const struct vnpu_params *p = &c->op.p;
	const u32 *in = c->op.in[0].shape;
	s64 y = at[1], x = at[2];

	if (p->kernel[0]) {
		y = y * p->stride[0] + (s64)i * p->dilation[0] - p->pad[0];
		x = x * p->stride[1] + (s64)j * p->dilation[1] - p->pad[1];
	}
	if (y < 0 || x < 0 || y >= in[1] || x >= in[2])
		return 0;
	return op_read(c, 0, at[0], (u32)y, (u32)x, ch);
}

static s64 product_reference(const struct op_case *c, const u32 at[4])
{
	bool depthwise = c->op.opcode == VNPU_OP_DEPTHWISE_I16;
	u32 kh = max(c->op.p.kernel[0], 1u), kw = max(c->op.p.kernel[1], 1u);
	u32 depth = depthwise ? 1 : c->op.in[0].shape[3], o = at[3], k = 0;
	u32 first = depthwise ? o / (c->op.out.shape[3] / c->op.in[0].shape[3]) : 0;
	struct accumulator a = accumulator_of(c);
	struct vnpu_requant_wide_block table;
	__int128 acc;

	memcpy(&table, c->before[2] + c->op.in[2].offset + o / 16 * sizeof(table), sizeof(table));
	acc = table.bias[o % 16];
	op_count_acc(c, acc, a.bits);
	acc = held(&a, acc);
	for (u32 i = 0; i < kh; i++)
		for (u32 j = 0; j < kw; j++)
			for (u32 d = 0; d < depth; d++, k++) {
				acc += input_of(c, at, i, j, first + d) *
				       weight_of(c, o, k, kh * kw * depth);
				op_count_acc(c, acc, a.bits);
				acc = held(&a, acc);
			}
	acc = limited(acc, a.narrow ? min(a.bits, 32u) : a.bits);
	return op_count_value(c,
			      op_requant_wide(c, a.rounding, (s64)acc, table.mult[o % 16],
					      table.shift[o % 16]),
			      c->op.p.clamp[0], c->op.p.clamp[1]);
}

/* One channel's bias, multiplier and exponent: what compilers emit, ties, limits, any bits. */
static void table_entry(u64 *random, bool in_float, __s64 *bias, s32 *mult, s32 *shift)
{
	static const s64 edges[] = { 1ll << 30, 1ll << 31, 1ll << 39, 1ll << 47,
				     1ll << 61, 1ll << 62, INT64_MAX, INT64_MIN };
	static const s32 multipliers[] = { 0, 1, 1 << 29, 1 << 30, S32_MAX, S32_MIN, -1 };
	u32 kind = conv_random(random) % 8;
	float factor;

	*bias = op_between(random, -2000000, 2000000);
	*mult = op_between(random, 1 << 30, S32_MAX);
	*shift = op_between(random, -22, -2);
	if (kind == 1) {
		*mult = 1 << 30;
		*bias &= -256;
	}
	if (kind == 2 || kind == 3) {
		*bias = edges[conv_random(random) % ARRAY_SIZE(edges)];
		*bias = (__s64)((u64)*bias + (u64)op_between(random, -70000, 70000));
		*bias = conv_random(random) % 2 ? *bias : (__s64)(0 - (u64)*bias);
	}
	if (kind == 3 || kind == 4) {
		*mult = multipliers[conv_random(random) % ARRAY_SIZE(multipliers)];
		*shift = op_between(random, -31, 30);
	}
	if (kind == 5)
		*shift = conv_random(random) % 2 ? -31 : 30;
	if (kind == 6 || (in_float && kind == 5)) {
		*bias = (s64)((u64)conv_random(random) << 32 | conv_random(random));
		*bias >>= conv_random(random) % 40;
		*mult = (s32)conv_random(random);
		*shift = (s32)conv_random(random);
	} else if (in_float) {
		factor = (float)ldexp(*mult, *shift - 31);
		memcpy(mult, &factor, sizeof(factor));
	}
}

/*
 * What npum_i16_vector.h calls tame, up to its limits, many of them ties: multipliers of 15
 * bits; @beyond: just not.
 */
static void tame_entry(u64 *random, bool beyond, __s64 *bias, s32 *mult, s32 *shift)
{
	static const s32 multipliers[] = { 0, 1, 1 << 13, 1 << 14, 3 << 12, 0x7fff };

	*bias = op_between(random, -3000, 3000);
	*mult = multipliers[conv_random(random) % ARRAY_SIZE(multipliers)];
	if (conv_random(random) % 2)
		*mult = op_between(random, 1 << 14, 0x7fff);
	*mult *= 1 << 16;
	*shift = op_between(random, -12, 0);
	if (conv_random(random) % 4 == 0)
		*shift = op_between(random, -33, 14);
	if (conv_random(random) % 8 == 0)
		*bias = (conv_random(random) % 2 ? 1 : -1) * ((1ll << 46) - 1);
	if (!beyond)
		return;
	*mult += op_between(random, 0, 1);
	*shift += op_between(random, 0, 16);
	*bias += op_between(random, -1, 1);
}

static void fill_table(struct op_case *c)
{
	bool in_float = accumulator_of(c).rounding == NPUM_ROUND_FLOAT;
	u8 *data = c->slot[2].data + c->op.in[2].offset;

	for (size_t b = 0; b < DIV_ROUND_UP(c->op.out.shape[3], 16); b++) {
		struct vnpu_requant_wide_block block;
		u32 kind = conv_random(c->random) % 3;

		for (u32 i = 0; i < 16; i++)
			table_entry(c->random, in_float, &block.bias[i], &block.mult[i],
				    &block.shift[i]);
		for (u32 i = 0; i < 16 && kind && !in_float; i++)
			tame_entry(c->random, kind == 2 && i == b % 16, &block.bias[i],
				   &block.mult[i], &block.shift[i]);
		memcpy(data + b * sizeof(block), &block, sizeof(block));
	}
}

static void window(struct op_case *c, u32 in[4], u32 out[4])
{
	struct vnpu_params *p = &c->op.p;

	in[0] = out[0] = 1 + conv_random(c->random) % 2;
	for (u32 i = 0; i < 2; i++) {
		in[i + 1] = 1 + conv_random(c->random) % 7;
		p->kernel[i] = 1 + conv_random(c->random) % 4;
		p->stride[i] = 1 + conv_random(c->random) % 3;
		p->dilation[i] = 1 + conv_random(c->random) % 3;
		p->pad[i] = conv_random(c->random) % ((p->kernel[i] - 1) * p->dilation[i] + 1);
		out[i + 1] = (in[i + 1] + p->pad[i] - 1) / p->stride[i] + 1;
	}
}

/* The operands for shapes of input and output; @wide: int16 weights, @extreme: of few codes. */
static void operands(struct op_case *c, const u32 in[4], const u32 out[4], bool wide, bool extreme)
{
	bool depthwise = c->op.opcode == VNPU_OP_DEPTHWISE_I16;
	u32 kh = max(c->op.p.kernel[0], 1u), kw = max(c->op.p.kernel[1], 1u);
	u32 blocks = DIV_ROUND_UP(out[3], 16), depth = depthwise ? 1 : in[3];

	op_tensor(c, 0, VNPU_DTYPE_INT16, in, false);
	op_tensor(c, OP_OUT, VNPU_DTYPE_INT16, out, false);
	op_packed(c, 1, wide ? VNPU_DTYPE_INT16 : VNPU_DTYPE_INT8,
		  depthwise ? VNPU_LAYOUT_ROWS_DEPTHWISE : VNPU_LAYOUT_ROWS,
		  (u32[]){ depthwise ? 1 : out[3], kh, kw, depthwise ? out[3] : in[3] },
		  blocks * 16 * kh * kw * depth * (wide ? 2 : 1));
	op_packed(c, 2, VNPU_DTYPE_INT64, VNPU_LAYOUT_REQUANT_WIDE, (u32[]){ 1, 1, 1, out[3] },
		  blocks * (u32)sizeof(struct vnpu_requant_wide_block));
	fill_table(c);
	if (extreme) {
		op_extreme(c, 0);
		op_extreme(c, 1);
	}
	op_clamp(c);
}

static void check(u32 opcode)
{
	bool depthwise = opcode == VNPU_OP_DEPTHWISE_I16;
	u64 random = SEED + opcode;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 in[4], out[4];
		struct op_case c;

		op_begin(&c, opcode, &random);
		c.op.p.mode = round % 3 ? 0 : VNPU_PRODUCT_NARROW;
		if (opcode == VNPU_OP_FULLY_CONNECTED_I16) {
			for (u32 i = 0; i < 3; i++)
				in[i] = out[i] = 1 + conv_random(&random) % 3;
			in[3] = 1 + conv_random(&random) % (round % 16 ? 50 : 3000);
		} else {
			window(&c, in, out);
			in[3] = 1 + conv_random(&random) % (depthwise ? 40 : 9);
		}
		out[3] = depthwise ? in[3] * (1 + conv_random(&random) % 3) :
				     1 + conv_random(&random) % 40;
		operands(&c, in, out, conv_random(&random) % 2, conv_random(&random) % 3 == 0);
		op_check(&c, product_reference);
	}
}

static void test_conv(void **state)
{
	check(VNPU_OP_CONV2D_I16);
}

static void test_depthwise(void **state)
{
	check(VNPU_OP_DEPTHWISE_I16);
}

static void test_fully_connected(void **state)
{
	check(VNPU_OP_FULLY_CONNECTED_I16);
}

/* Layers of many tiles, along pixels and along channels. */
static void test_tiles(void **state)
{
	static const struct {
		u32 opcode;
		u32 in[4];
		u32 channels;
		u32 kernel;
	} layers[] = {
		{ VNPU_OP_CONV2D_I16, { 2, 17, 19, 40 }, 37, 3 },
		{ VNPU_OP_CONV2D_I16, { 1, 3, 3, 300 }, 600, 1 },
		{ VNPU_OP_DEPTHWISE_I16, { 1, 41, 43, 50 }, 100, 5 },
		{ VNPU_OP_FULLY_CONNECTED_I16, { 1, 1, 5, 2000 }, 333, 0 },
	};
	u64 random = SEED;

	for (u32 round = 0; round < 3 * ARRAY_SIZE(layers); round++) {
		u32 l = round % ARRAY_SIZE(layers), k = layers[l].kernel, out[4];
		struct npum_op_plan plan;
		struct op_case c;

		op_begin(&c, layers[l].opcode, &random);
		memcpy(out, layers[l].in, sizeof(out));
		out[3] = layers[l].channels;
		for (u32 i = 0; i < 2 && k; i++) {
			c.op.p.kernel[i] = k;
			c.op.p.stride[i] = c.op.p.dilation[i] = 1;
			c.op.p.pad[i] = k / 2;
		}
		operands(&c, layers[l].in, out, round % 2, round % 3 == 0);
		npum_op_plan(&npum_isa_generic, op_personality(&c), &c.op, &plan);
		assert_true(plan.tiles > 1);
		op_check(&c, product_reference);
	}
}

/* Each width and form of accumulator is met by the personalities that the cases draw from. */
static void test_accumulators_are_drawn(void **state)
{
	const struct npum_personality_set *set = personality_cases();
	bool form[3] = { false }, rounding[NPUM_ROUND_FLOOR + 1] = { false };
	bool least = false, most = false, between = false;

	for (u32 i = 0; i < set->count; i++) {
		const struct npum_personality *p = &set->at[i];

		form[p->acc_overflow] = true;
		rounding[p->wide] = true;
		least |= p->wide_acc_bits <= 34;
		most |= p->wide_acc_bits == 64;
		between |= p->wide_acc_bits > 34 && p->wide_acc_bits < 64;
	}
	assert_true(least && most && between);
	for (u32 i = 0; i < ARRAY_SIZE(form); i++)
		assert_true(form[i]);
	for (u32 i = 0; i < ARRAY_SIZE(rounding); i++)
		assert_true(rounding[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conv),
		cmocka_unit_test(test_depthwise),
		cmocka_unit_test(test_fully_connected),
		cmocka_unit_test(test_tiles),
		cmocka_unit_test(test_accumulators_are_drawn),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-i16-product", tests, NULL, NULL);
}
