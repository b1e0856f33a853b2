// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tables of functions of one code, against the real functions in double: rounded to
 * the nearest where the runtime rounds the function itself, within one code where it
 * computes in fixed point; and every entry of HARD_SWISH, ABS, LEAKY_RELU against
 * their integer formulas, written as floors of exact quotients.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

#define SLOPE 0.3

static double hard_swish(double x)
{
	return x * fmin(fmax(x + 3, 0), 6) / 6;
}

static double leaky(double x)
{
	return x < 0 ? x * (double)(float)SLOPE : x;
}

static double elu(double x)
{
	return x < 0 ? expm1(x) : x;
}

static double gelu(double x)
{
	return x * erfc(-x * M_SQRT1_2) / 2;
}

static double gelu_tanh(double x)
{
	return x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))) / 2;
}

static double inverse_root(double x)
{
	return 1 / sqrt(x);
}

static uint32_t bits_of(double value)
{
	float narrow = (float)value;
	uint32_t bits;

	memcpy(&bits, &narrow, sizeof(bits));
	return bits;
}

/* Two roundings, the second of a number with at least one bit behind the point: 3/4. */

/**
 * struct unary_case - an op and its function
 * @f: the real function; inputs where it is not finite are not compared
 * @off: the most that an entry may be off the exact value, in codes
 * @approximate: GELU by tanh
 */
static const struct unary_case {
	uint32_t builtin;
	double (*f)(double);
	double off;
	uint8_t approximate;
} cases[] = {
	{ TFLITE_ABS, fabs, 0.7501, 0 },	 { TFLITE_ELU, elu, 0.5001, 0 },
	{ TFLITE_EXP, exp, 0.5001, 0 },		 { TFLITE_GELU, gelu, 0.5001, 0 },
	{ TFLITE_GELU, gelu_tanh, 0.5001, 1 },	 { TFLITE_HARD_SWISH, hard_swish, 1.01, 0 },
	{ TFLITE_LEAKY_RELU, leaky, 0.7501, 0 }, { TFLITE_LOG, log, 0.5001, 0 },
	{ TFLITE_RSQRT, inverse_root, 0.51, 0 },
};

static const struct {
	float in;
	int32_t zero_in;
	float out;
	int32_t zero_out;
} scales[] = {
	{ 0.05f, 0, 0.05f, 0 },		  { 0.05f, -10, 0.037f, 12 },
	{ 0.031f, -128, 0.03f, -128 },	  { 0.1f, 127, 0.02f, -128 },
	{ 0.004f, -50, 0.1f, -3 },	  { 0.06031f, 39, 0.02222f, -111 },
	{ 0.0078125f, 5, 0.015625f, -6 },
};

/* Compile the op alone and copy its table, by code + 128 (int8) or code (uint8). */
static void table_of(const struct unary_case *u, uint32_t type, size_t s, const char *personality,
		     uint8_t lut[256])
{
	int32_t shift = type == NPUC_TYPE_UINT8 ? 128 : 0;
	struct model m = {
		.name = "unary",
		.tensors = { { .type = type,
			       .rank = 2,
			       .dim = { 1, 5 },
			       .scale = scales[s].in,
			       .zero = scales[s].zero_in + shift },
			     { .type = type,
			       .rank = 2,
			       .dim = { 1, 5 },
			       .scale = scales[s].out,
			       .zero = scales[s].zero_out + shift } },
		.ops = { { u->builtin, { 0, MODEL_END }, { 1, MODEL_END }, 0, { { 0, 0 } } } },
		.inputs = { 0, MODEL_END },
		.outputs = { 1, MODEL_END },
	};
	const struct fb_writer *w;
	const struct vnpu_op *op;
	struct run r;

	if (u->builtin == TFLITE_LEAKY_RELU) {
		m.ops[0].options_type = 75;
		m.ops[0].options[0] = (struct fb_field){ 4, bits_of(SLOPE) };
	}
	if (u->builtin == TFLITE_GELU) {
		m.ops[0].options_type = 116;
		m.ops[0].options[0] = (struct fb_field){ 1, u->approximate };
	}
	w = model_write(&m);
	run_open(&r, w->data, w->size, personality, false);
	assert_int_equal(r.program.op_count, 1);
	op = &r.program.ops[0];
	assert_int_equal(op->opcode, VNPU_OP_LUT);
	memcpy(lut, r.exec.slot[op->in[1].slot] + op->in[1].offset, 256);
	run_close(&r);
}

static void compare(const struct unary_case *u, size_t s, int32_t code, int32_t found)
{
	double x = (double)scales[s].in * (code - scales[s].zero_in);
	double exact = u->f(x) / (double)scales[s].out + scales[s].zero_out;

	if (isnan(exact) || (isinf(exact) && exact < 0 && found == -128))
		return;
	exact = fmin(fmax(exact, -128), 127);
	if (fabs(exact - found) > u->off)
		fail_msg("op %u, scales %zu, code %d: %d for %f", u->builtin, s, code, found,
			 exact);
}

static void test_real_functions(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
			uint8_t lut[256];

			table_of(&cases[i], NPUC_TYPE_INT8, s, NULL, lut);
			for (int32_t code = -128; code < 128; code++)
				compare(&cases[i], s, code, (int8_t)lut[(uint8_t)code]);
		}
	}
}

/* uint8 is int8 with all codes 128 higher. */
static void test_unsigned(void **state)
{
	static const uint32_t both[] = { TFLITE_GELU, TFLITE_HARD_SWISH, TFLITE_LEAKY_RELU };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t k = 0; k < 3; k++) {
			uint8_t a[256], b[256];

			if (cases[i].builtin != both[k])
				continue;
			table_of(&cases[i], NPUC_TYPE_INT8, 1, NULL, a);
			table_of(&cases[i], NPUC_TYPE_UINT8, 1, NULL, b);
			for (int32_t code = 0; code < 256; code++)
				assert_int_equal(b[code], a[(uint8_t)(code - 128)] ^ 0x80);
		}
	}
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b && (a < 0) != (b < 0));
}

static int64_t limit(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

/* a * b / 2^15, halves up; there is no -2^15 * -2^15 in HARD_SWISH */
static int64_t product_up(int64_t a, int64_t b)
{
	return floor_div(2 * a * b + (1 << 15), 1 << 16);
}

/* v / 2^e, halves away from zero */
static int64_t divide_away(int64_t v, int e)
{
	int64_t size = v < 0 ? -v : v;

	size = floor_div(2 * size + (1ll << e), 2ll << e);
	return v < 0 ? -size : size;
}

/* Significand of 16 bits and exponent of a factor. */
static int64_t narrow_factor(double factor, int *exponent)
{
	int64_t wide = (int64_t)round(frexp(factor, exponent) * 2147483648.0);

	return wide >= INT32_MAX - (1 << 15) ? INT16_MAX : floor_div(wide + (1 << 15), 1 << 16);
}

static void test_hard_swish_formula(void **state)
{
	for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
		float raised = scales[s].in / 128;
		int e_out, e_ramp;
		int64_t m_out = narrow_factor((double)(raised / scales[s].out), &e_out);
		int64_t m_ramp = narrow_factor((double)(raised / (3.0f / 32768)), &e_ramp);
		uint8_t lut[256];

		table_of(&cases[5], NPUC_TYPE_INT8, s, NULL, lut);
		for (int32_t code = -128; code < 128; code++) {
			int64_t x = (code - scales[s].zero_in) * 128, ramp = x, y;

			if (e_ramp > 0)
				ramp = limit(ramp * (1 << (e_ramp - 1)), INT16_MIN, INT16_MAX);
			ramp = product_up(ramp, m_ramp);
			if (e_ramp > 0)
				ramp = limit(2 * ramp, INT16_MIN, INT16_MAX);
			else
				ramp = divide_away(ramp, -e_ramp);
			ramp = floor_div(ramp + (1 << 15), 2);
			y = ramp * product_up(x, m_out);
			y = y < 0 ? -(-y >> 15) : y >> 15;
			y = limit(divide_away(y, -e_out) + scales[s].zero_out, -128, 127);
			assert_int_equal((int8_t)lut[(uint8_t)code], y);
		}
	}
}

/* Multiply and round twice: halves up at 2^-31, then away from zero. */
static int64_t rescale(int64_t v, double factor)
{
	int shift;
	int64_t m = (int64_t)round(frexp(factor, &shift) * 2147483648.0);
	__int128 wide = (__int128)v * m * ((int64_t)1 << (shift > 0 ? shift : 0)) + (1 << 30);

	return divide_away((int64_t)(wide >> 31), shift < 0 ? -shift : 0);
}

static void test_rescales(void **state)
{
	for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
		float ratio = scales[s].in / scales[s].out;
		float below = scales[s].in * (float)SLOPE / scales[s].out;
		uint8_t lut[2][256];

		table_of(&cases[0], NPUC_TYPE_INT8, s, NULL, lut[0]);
		table_of(&cases[6], NPUC_TYPE_INT8, s, NULL, lut[1]);
		for (int32_t code = -128; code < 128; code++) {
			int32_t q = code - scales[s].zero_in, zero = scales[s].zero_out;
			int64_t y = limit(rescale(q < 0 ? -q : q, (double)ratio) + zero, -128, 127);

			assert_int_equal((int8_t)lut[0][(uint8_t)code], y);
			y = rescale(q, (double)(q < 0 ? below : ratio));
			assert_int_equal((int8_t)lut[1][(uint8_t)code], limit(y + zero, -128, 127));
		}
	}
}

/* The delegate has 8-bit multipliers for LEAKY_RELU and none for the others but ELU. */
static void test_delegate(void **state)
{
	uint8_t lut[256], rest[256];

	table_of(&cases[6], NPUC_TYPE_INT8, 1, "xnnpack", lut);
	for (int32_t code = -128; code < 128; code++) {
		int32_t q = code - scales[1].zero_in;
		float ratio = scales[1].in / scales[1].out;
		int64_t m = lrintf(256 * (q < 0 ? ratio * (float)SLOPE : ratio));
		int64_t y = limit(floor_div(q * m + 128, 256) + scales[1].zero_out, -128, 127);

		assert_int_equal((int8_t)lut[(uint8_t)code], y);
	}
	table_of(&cases[5], NPUC_TYPE_INT8, 1, "xnnpack", lut);
	table_of(&cases[5], NPUC_TYPE_INT8, 1, "tflite-opt", rest);
	assert_memory_equal(lut, rest, 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_functions),	   cmocka_unit_test(test_unsigned),
		cmocka_unit_test(test_hard_swish_formula), cmocka_unit_test(test_rescales),
		cmocka_unit_test(test_delegate),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-unary", tests, NULL, NULL);
}
