// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Element-wise ops, moves and conversions against their formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_kernels.h"
#include "op_case.h"
#include "rounding.h"

#define SEED 0x5eed0000002ull
#define ROUNDS 300u
#define PAIR_ROUNDS 60u

static u32 any_q8(u64 *random)
{
	return conv_random(random) % 2 ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8;
}

/* Mostly small and odd; now and then more than one tile. */
static void any_shape(u64 *random, u32 shape[4])
{
	bool large = conv_random(random) % 32 == 0;

	for (u32 i = 0; i < 4; i++)
		shape[i] = 1 + conv_random(random) % 6;
	shape[3] = 1 + conv_random(random) % (large ? 2000 : 40);
}

static s64 centred(const struct op_case *c, u32 operand, const u32 at[4])
{
	return op_read(c, operand, at[0], at[1], at[2], at[3]) - c->op.in[operand].zero_point;
}

static float factor_of(const struct op_case *c, u32 i)
{
	float factor;

	memcpy(&factor, &c->op.p.mult[i], sizeof(factor));
	return i == 1 && c->op.opcode == VNPU_OP_SUB ? -factor : factor;
}

/* All in binary32; what is volatile is rounded to it, whatever the compiler thinks. */
static s64 float_sum_reference(const struct op_case *c, const u32 at[4], bool folded)
{
	volatile float term[2], share[2], sum;

	for (u32 i = 0; i < 2; i++) {
		s32 zero = c->op.in[i].zero_point;

		term[i] = factor_of(c, i) * (float)(centred(c, i, at) + (folded ? zero : 0));
		share[i] = factor_of(c, i) * (float)zero;
	}
	sum = (float)c->op.out.zero_point - share[0];
	sum = folded ? sum - share[1] : 0;
	sum = sum + term[0];
	sum = sum + term[1];
	op_count_real_tie(c, (double)sum);
	return op_count_value(c, rounding_float((double)sum) + (folded ? 0 : c->op.out.zero_point),
			      c->op.p.clamp[0], c->op.p.clamp[1]);
}

/* libm's fmaf() rounds once. */
static s64 fused_sum_reference(const struct op_case *c, const u32 at[4])
{
	float factor[2] = { factor_of(c, 0), factor_of(c, 1) }, zero[2], code[2];
	volatile float share, sum;

	for (u32 i = 0; i < 2; i++) {
		zero[i] = (float)c->op.in[i].zero_point;
		code[i] = (float)centred(c, i, at) + zero[i];
	}
	share = factor[1] * zero[1];
	share = fmaf(factor[0], zero[0], share);
	sum = (float)c->op.out.zero_point - share;
	sum = fmaf(code[1], factor[1], sum);
	sum = fmaf(code[0], factor[0], sum);
	op_count_real_tie(c, (double)sum);
	return op_count_value(c, rounding_float((double)sum), c->op.p.clamp[0], c->op.p.clamp[1]);
}

static s64 sum_reference(const struct op_case *c, const u32 at[4])
{
	const struct npum_personality *p = op_personality(c);
	s64 scale = (s64)1 << c->op.p.left_shift;
	s64 a, b, v;

	if (p->add_form == NPUM_ADD_FUSED)
		return fused_sum_reference(c, at);
	if (p->add_form == NPUM_ADD_FLOAT)
		return float_sum_reference(c, at, p->zero_point == NPUM_ZERO_POINT_FOLDED);
	a = op_requant(c, centred(c, 0, at) * scale, c->op.p.mult[0], c->op.p.shift[0]);
	b = op_requant(c, centred(c, 1, at) * scale, c->op.p.mult[1], c->op.p.shift[1]);
	v = c->op.opcode == VNPU_OP_SUB ? a - b : a + b;
	op_count_acc(c, v, 32);
	return op_limit(c, op_requant(c, (s32)(u32)(u64)v, c->op.p.mult[2], c->op.p.shift[2]));
}

static s64 product_reference(const struct op_case *c, const u32 at[4])
{
	s64 v = centred(c, 0, at) * centred(c, 1, at);
	float zero = (float)c->op.out.zero_point;
	double product;
	s32 bits;

	op_count_acc(c, v, 32);
	if (op_personality(c)->zero_point != NPUM_ZERO_POINT_FOLDED)
		return op_limit(c, op_requant(c, v, c->op.p.mult[2], c->op.p.shift[2]));
	memcpy(&bits, &zero, sizeof(bits));
	product = rounding_product(v, c->op.p.mult[2], bits);
	op_count_real_tie(c, product);
	return op_count_value(c, rounding_float(product), c->op.p.clamp[0], c->op.p.clamp[1]);
}

static s64 requantize_reference(const struct op_case *c, const u32 at[4])
{
	return op_limit(c, op_requant(c, centred(c, 0, at), c->op.p.mult[2], c->op.p.shift[2]));
}

static s64 lut_reference(const struct op_case *c, const u32 at[4])
{
	s64 code = op_read(c, 0, at[0], at[1], at[2], at[3]);
	s64 lowest = c->op.in[0].dtype == VNPU_DTYPE_INT8 ? -128 : 0;

	if (c->counts) {
		c->counts->values++;
		c->counts->lut_low += code == lowest;
		c->counts->lut_high += code == lowest + 255;
	}
	return c->before[1][c->op.in[1].offset + (u8)code];
}

static s64 copy_reference(const struct op_case *c, const u32 at[4])
{
	return op_read(c, 0, at[0], at[1], at[2], at[3]);
}

static s64 fill_reference(const struct op_case *c, const u32 at[4])
{
	return c->op.p.fill;
}

static void count_real(const struct op_case *c, float v)
{
	if (!c->counts)
		return;
	c->counts->infs += isinf(v) != 0;
	c->counts->nans += isnan(v) != 0;
}

static s64 quantize_reference(const struct op_case *c, const u32 at[4])
{
	bool i16 = c->op.out.dtype == VNPU_DTYPE_INT16;
	s64 low = i16 ? -32768 : c->op.out.dtype == VNPU_DTYPE_INT8 ? -128 : 0;
	s64 high = low + (i16 ? 65535 : 255);
	u32 form = op_personality(c)->quantize;
	u32 bits = (u32)op_read(c, 0, at[0], at[1], at[2], at[3]);
	float v, scale;

	memcpy(&v, &bits, sizeof(v));
	memcpy(&scale, &c->op.p.scale, sizeof(scale));
	count_real(c, v);
	v = form == NPUM_QUANTIZE_MULTIPLY ? v * (1 / scale) : v / scale;
	if (isnan(v))
		return op_count_value(c, low - 1, low, high);
	op_count_real_tie(c, (double)v);
	v = form == NPUM_QUANTIZE_DIVIDE ? roundf(v) : nearbyintf(v);
	/* beyond all codes it clamps, however far */
	return op_count_value(c, (s64)fmin(fmax((double)v, -99999), 99999) + c->op.out.zero_point,
			      low, high);
}

static s64 dequantize_reference(const struct op_case *c, const u32 at[4])
{
	float scale, v;
	u32 bits;

	memcpy(&scale, &c->op.p.scale, sizeof(scale));
	/* as TFLite: the product in double, then one rounding */
	v = (float)((double)scale * (double)centred(c, 0, at));
	memcpy(&bits, &v, sizeof(bits));
	op_count_value(c, 0, 0, 0);
	count_real(c, v);
	return bits;
}

/**
 * struct family - how to build and check one opcode
 * @opcode: the op
 * @inputs: tensor inputs
 * @rescales: bits of the rescales it has
 * @reference: its formula
 */
struct family {
	u32 opcode;
	u32 inputs;
	u32 rescales;
	op_reference_fn *reference;
};

static void check_q8(const struct family *f)
{
	u64 random = SEED + f->opcode;

	for (u32 round = 0; round < ROUNDS; round++) {
		struct op_case c;
		u32 shape[4];

		op_begin(&c, f->opcode, &random);
		any_shape(&random, shape);
		/* Work in place needs an input that does not repeat. */
		op_tensor(&c, 0, any_q8(&random), shape, round % 4 != 0);
		if (f->inputs > 1)
			op_tensor(&c, 1, any_q8(&random), shape, true);
		if (round % 4 == 0)
			op_in_place(&c, any_q8(&random));
		else
			op_tensor(&c, OP_OUT, any_q8(&random), shape, false);
		if (f->opcode == VNPU_OP_LUT)
			op_lut(&c);
		else if (f->opcode == VNPU_OP_LUT_PAIR)
			op_lut_pair(&c);
		else
			op_clamp(&c);
		for (u32 i = 0; i < 3; i++)
			if (f->rescales & BIT(i))
				op_rescale(&c, i);
		if (f->rescales == 7)
			c.op.p.left_shift = random % 4 ? 20 : (u32)op_between(&random, 0, 23);
		op_check(&c, f->reference);
	}
}

static void test_add(void **state)
{
	check_q8(&(struct family){ VNPU_OP_ADD, 2, 7, sum_reference });
}

static void test_sub(void **state)
{
	check_q8(&(struct family){ VNPU_OP_SUB, 2, 7, sum_reference });
}

static void test_mul(void **state)
{
	check_q8(&(struct family){ VNPU_OP_MUL, 2, 4, product_reference });
}

static void test_requantize(void **state)
{
	check_q8(&(struct family){ VNPU_OP_REQUANTIZE, 1, 4, requantize_reference });
}

static void test_lut(void **state)
{
	check_q8(&(struct family){ VNPU_OP_LUT, 1, 0, lut_reference });
}

static s64 lut_pair_reference(const struct op_case *c, const u32 at[4])
{
	u8 a = (u8)op_read(c, 0, at[0], at[1], at[2], at[3]);
	u8 b = (u8)op_read(c, 1, at[0], at[1], at[2], at[3]);

	return c->before[2][c->op.in[2].offset + 256 * a + b];
}

static void test_lut_pair(void **state)
{
	check_q8(&(struct family){ VNPU_OP_LUT_PAIR, 2, 0, lut_pair_reference });
}

/* in[0] counts through the codes along the channels, in[1] along the columns. */
static void fill_pairs(struct op_case *c, u32 inputs)
{
	for (u32 i = 0; i < inputs; i++) {
		const struct vnpu_tensor *t = &c->op.in[i];
		u8 *data = c->slot[i].data + t->offset;

		for (u32 x = 0; x < t->shape[2]; x++)
			for (u32 ch = 0; ch < t->shape[3]; ch++)
				data[npum_offset(t, 0, 0, x, ch)] = (u8)(i ? x : ch);
	}
}

/**
 * enum scales - where the rescales of a case come from
 * @SCALES_REAL: scales as models have them
 * @SCALES_EVEN: multiples of powers of two, whose sums are often ties
 * @SCALES_TINY: output scales so fine that codes clamp, and exponents are positive
 * @SCALES_WIDE: sums at the edge of 32 bits, and multipliers that no compiler would
 *	leave so small beside exponents that shift left
 * @SCALES_ANY: none: any multipliers and exponents that a program may have
 */
enum scales {
	SCALES_REAL,
	SCALES_EVEN,
	SCALES_TINY,
	SCALES_WIDE,
	SCALES_ANY,
	SCALES,
};

static double any_scale(u64 *random, enum scales kind)
{
	double scale = ldexp(1, op_between(random, -3, 2));

	if (kind == SCALES_EVEN)
		return scale * op_between(random, 1, 3);
	return scale * (1 + op_between(random, 0, 1 << 20) * 0x1p-20);
}

/* Factors of 1 to 1/4 for the inputs of a sum and 2^-22 for the sum, as programs might write them. */
static void set_wide_rescales(struct op_case *c)
{
	u32 less = conv_random(c->random) % 3;

	c->op.p.left_shift = 23;
	for (u32 i = 0; i < 3; i++) {
		u32 shift = conv_random(c->random) % 3;

		c->op.p.shift[i] = (s32)shift - (i < 2 ? 0 : 12);
		shift += i < 2 ? less : 10;
		c->op.p.mult[i] = op_between(c->random, 31 << 26, S32_MAX) >> shift;
	}
}

/* Rescales that bring inputs of some scales to an output of another, as TFLite prepares them. */
static void set_rescales(struct op_case *c, const struct family *f, u32 round)
{
	enum scales kind = round % SCALES;
	double a = any_scale(c->random, kind), b = any_scale(c->random, kind);
	double out = any_scale(c->random, kind) * (kind == SCALES_TINY ? 0x1p-20 : 1);
	double twice = 2 * fmax(a, b);

	if (f->rescales == 7)
		c->op.p.left_shift = kind ? (u32)op_between(c->random, 0, 23) : 20;
	if (kind == SCALES_WIDE && f->rescales == 7) {
		set_wide_rescales(c);
	} else if (kind == SCALES_ANY) {
		for (u32 i = 0; i < 3; i++) {
			if (!(f->rescales & BIT(i)))
				continue;
			c->op.p.mult[i] = op_between(c->random, 0, S32_MAX);
			c->op.p.shift[i] = op_between(c->random, -31, 30);
		}
	} else if (f->rescales == 7) {
		op_rescale_by(c, 0, a / twice);
		op_rescale_by(c, 1, b / twice);
		op_rescale_by(c, 2, ldexp(twice / out, -(int)c->op.p.left_shift));
	} else {
		op_rescale_by(c, 2, (f->inputs > 1 ? ldexp(a * b, -5) : a) / out);
	}
}

/* Every pair of codes, since vector kernels go other ways for some of them than for most. */
static void check_pairs(const struct family *f)
{
	u64 random = SEED + f->opcode;

	for (u32 round = 0; round < PAIR_ROUNDS; round++) {
		const u32 shape[4] = { 1, 1, f->inputs > 1 ? 256 : 3, 256 };
		struct op_case c;

		op_begin(&c, f->opcode, &random);
		for (u32 i = 0; i < f->inputs; i++)
			op_tensor(&c, i, any_q8(&random), shape, false);
		fill_pairs(&c, f->inputs);
		op_tensor(&c, OP_OUT, any_q8(&random), shape, false);
		op_clamp(&c);
		set_rescales(&c, f, round);
		op_check(&c, f->reference);
	}
}

static void test_pairs(void **state)
{
	check_pairs(&(struct family){ VNPU_OP_ADD, 2, 7, sum_reference });
	check_pairs(&(struct family){ VNPU_OP_SUB, 2, 7, sum_reference });
	check_pairs(&(struct family){ VNPU_OP_MUL, 2, 4, product_reference });
	check_pairs(&(struct family){ VNPU_OP_REQUANTIZE, 1, 4, requantize_reference });
}

static void test_copy(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 dtype = 1 + round % 4, shape[4];
		struct op_case c;

		op_begin(&c, VNPU_OP_COPY, &random);
		any_shape(&random, shape);
		op_tensor(&c, 0, dtype, shape, true);
		op_tensor(&c, OP_OUT, dtype, shape, false);
		op_check(&c, copy_reference);
	}
}

static void test_fill(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 dtype = 1 + round % 4, shape[4];
		struct op_case c;

		op_begin(&c, VNPU_OP_FILL, &random);
		any_shape(&random, shape);
		op_tensor(&c, OP_OUT, dtype, shape, false);
		c.op.p.fill = dtype == VNPU_DTYPE_INT8	? op_between(&random, -128, 127) :
			      dtype == VNPU_DTYPE_UINT8 ? op_between(&random, 0, 255) :
							  (s32)conv_random(&random);
		op_check(&c, fill_reference);
	}
}

static void set_scale(struct op_case *c, u64 *random)
{
	/* 2^-12 .. 2^3 */
	c->op.p.scale = (115 + conv_random(random) % 16) << 23 | (conv_random(random) & 0x7fffff);
}

/* Values around the codes' range, with halves, infinities and what is not a number. */
static void fill_floats(struct op_case *c, u64 *random)
{
	static const float special[] = { INFINITY, -INFINITY, NAN,    0.0f,
					 -0.0f,	   1e38f,     -1e38f, 1e-42f };
	struct guarded *slot = &c->slot[0];
	float scale;

	memcpy(&scale, &c->op.p.scale, sizeof(scale));
	for (size_t i = 0; i < slot->bytes / sizeof(float); i++) {
		float v = (float)op_between(random, -600, 600) * 0.5f * scale;

		if (c->op.out.dtype == VNPU_DTYPE_INT16 && i % 2)
			v *= 128;
		if (conv_random(random) % 4 == 0)
			v += (float)op_between(random, -1000, 1000) * scale / 1000;
		if (conv_random(random) % 32 == 0)
			v = special[conv_random(random) % ARRAY_SIZE(special)];
		memcpy(slot->data + i * sizeof(float), &v, sizeof(v));
	}
}

static void test_quantize(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		struct op_case c;
		u32 shape[4];

		op_begin(&c, VNPU_OP_QUANTIZE, &random);
		any_shape(&random, shape);
		op_tensor(&c, 0, VNPU_DTYPE_FLOAT32, shape, true);
		op_tensor(&c, OP_OUT, round % 3 ? any_q8(&random) : VNPU_DTYPE_INT16, shape, false);
		set_scale(&c, &random);
		fill_floats(&c, &random);
		op_check(&c, quantize_reference);
	}
}

static void test_dequantize(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		struct op_case c;
		u32 shape[4];

		op_begin(&c, VNPU_OP_DEQUANTIZE, &random);
		any_shape(&random, shape);
		op_tensor(&c, 0, round % 3 ? any_q8(&random) : VNPU_DTYPE_INT16, shape, true);
		op_tensor(&c, OP_OUT, VNPU_DTYPE_FLOAT32, shape, false);
		set_scale(&c, &random);
		op_check(&c, dequantize_reference);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),	 cmocka_unit_test(test_sub),
		cmocka_unit_test(test_mul),	 cmocka_unit_test(test_requantize),
		cmocka_unit_test(test_lut),	 cmocka_unit_test(test_lut_pair),
		cmocka_unit_test(test_copy),	 cmocka_unit_test(test_fill),
		cmocka_unit_test(test_quantize), cmocka_unit_test(test_dequantize),
		cmocka_unit_test(test_pairs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-elementwise", tests, NULL, NULL);
}
