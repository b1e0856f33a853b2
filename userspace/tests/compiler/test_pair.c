// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Functions of two codes: every pair of codes through the compiled model, against the
 * integer formulas with quotients rounded by their definition, and near the real function.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

#define CODES 256

/* A quantisation of int8; of uint8 all codes are 128 higher. */
struct scale {
	float scale;
	int32_t zero;
};

static const struct {
	struct scale a;
	struct scale b;
	struct scale out;
} scales[] = {
	{ { 0.05f, 0 }, { 0.05f, 0 }, { 0.25f, -128 } },
	{ { 0.031f, -10 }, { 0.05f, 17 }, { 0.1f, 12 } },
	{ { 0.99f, 100 }, { 0.004f, -50 }, { 0.7f, -128 } },
	{ { 0.0078125f, -128 }, { 0.015625f, 127 }, { 0.125f, -6 } },
};

/* v / 2^e, halves away from zero */
static int64_t divide_away(int64_t v, int e)
{
	int64_t size = ((v < 0 ? -v : v) + (e ? 1ll << (e - 1) : 0)) >> e;

	return v < 0 ? -size : size;
}

/* Multiply and round twice: halves up at 2^-31, then away from zero. */
static int64_t rescale(int64_t v, double factor)
{
	int shift;
	int64_t m = (int64_t)round(frexp(factor, &shift) * 2147483648.0);
	__int128 wide = ((__int128)v * m * (1ll << (shift > 0 ? shift : 0))) + (1 << 30);

	return divide_away((int64_t)(wide >> 31), shift < 0 ? -shift : 0);
}

static int64_t squared_difference(size_t s, int32_t a, int32_t b, double *real)
{
	double s_a = (double)scales[s].a.scale, s_b = (double)scales[s].b.scale;
	double most = 2 * fmax(s_a, s_b), s_out = (double)scales[s].out.scale;
	int64_t d = rescale(a * 128, s_a / most) - rescale(b * 128, s_b / most);

	*real = pow(a * s_a - b * s_b, 2) / s_out;
	return rescale(d * d, most * most / (16384 * s_out));
}

static int64_t prelu(size_t s, int32_t a, int32_t b, double *real)
{
	float ratio = scales[s].a.scale / scales[s].out.scale;
	float both = scales[s].a.scale * scales[s].b.scale / scales[s].out.scale;

	*real = a < 0 ? (double)both * a * b : (double)ratio * a;
	return a < 0 ? rescale(a * b, (double)both) : rescale(a, (double)ratio);
}

static int64_t floor_shift(__int128 v, int e)
{
	return (int64_t)(v >> e);
}

/* x * y / 2^31, halves up */
static int64_t high(int64_t x, int64_t y)
{
	return floor_shift((__int128)x * y + (1 << 30), 31);
}

/* 2^31 / (1 + a / 2^31) by Newton's steps on (1 + a) / 2, which LiteRT keeps in Q2.29 */
static int64_t reciprocal(int64_t a)
{
	int64_t half = (a + INT32_MAX + 1) / 2;
	int64_t x = (int64_t)round(ldexp(48.0 / 17, 29)) +
		    high(half, (int64_t)round(ldexp(-32.0 / 17, 29)));

	for (int i = 0; i < 3; i++)
		x += 4 * high(x, (1 << 29) - high(half, x));
	x *= 2;
	return x > INT32_MAX ? INT32_MAX : x;
}

static int64_t quotient(size_t s, int32_t a, int32_t b, double *real)
{
	double factor = (double)(scales[s].a.scale / (scales[s].b.scale * scales[s].out.scale));
	int64_t x = b < 0 ? -a : a, size = b < 0 ? -b : b, v;
	int room = 0, over = 0, shift, total;
	int64_t m = (int64_t)round(frexp(factor, &shift) * 2147483648.0);

	*real = b ? (double)a / b * factor : a ? copysign(1e6, a) : 0;
	if (!b)
		return a ? (a < 0 ? -1000 : 1000) : 0;
	while (room < 31 && x * (2ll << room) >= INT32_MIN && x * (2ll << room) <= INT32_MAX)
		room++;
	while (size >> (over + 1))
		over++;
	v = high(x * (1ll << room), reciprocal((size << (31 - over)) - (1ll << 31)));
	total = shift - over - room;
	return total < -40 ? 0 : divide_away(high(v, m), -total);
}

/* -1, 0, 1 in units of 1/256 */
static int order(size_t s, int32_t a, int32_t b)
{
	int64_t x = rescale(a * 256, (double)scales[s].a.scale);
	int64_t y = rescale(b * 256, (double)scales[s].b.scale);
	double d = (double)scales[s].a.scale * a - (double)scales[s].b.scale * b;

	/* what rounding cannot hide */
	if (fabs(d) > 2.0 / 256)
		assert_int_equal((x > y) - (x < y), d > 0 ? 1 : -1);
	return (x > y) - (x < y);
}

static bool compare(uint32_t builtin, int order)
{
	switch (builtin) {
	case TFLITE_EQUAL:
		return order == 0;
	case TFLITE_NOT_EQUAL:
		return order != 0;
	case TFLITE_GREATER:
		return order > 0;
	case TFLITE_GREATER_EQUAL:
		return order >= 0;
	case TFLITE_LESS:
		return order < 0;
	default:
		return order <= 0;
	}
}

/* All codes down a column and all along a row. */
static struct model build(uint32_t builtin, uint32_t type, uint32_t out_type, size_t s)
{
	int32_t shift = type == NPUC_TYPE_UINT8 ? 128 : 0;
	bool truth = out_type == NPUC_TYPE_BOOL;

	return (struct model){
		.name = "pair",
		.tensors = { { .type = type,
			       .rank = 2,
			       .dim = { CODES, 1 },
			       .scale = scales[s].a.scale,
			       .zero = scales[s].a.zero + shift },
			     { .type = type,
			       .rank = 2,
			       .dim = { 1, CODES },
			       .scale = scales[s].b.scale,
			       .zero = scales[s].b.zero + shift },
			     { .type = out_type,
			       .rank = 2,
			       .dim = { CODES, CODES },
			       .scale = truth ? 0 : scales[s].out.scale,
			       .zero = truth ? 0 : scales[s].out.zero + shift } },
		.ops = { { builtin, { 0, 1, MODEL_END }, { 2, MODEL_END }, 0, { { 0, 0 } } } },
		.inputs = { 0, 1, MODEL_END },
		.outputs = { 2, MODEL_END },
	};
}

/* Runs the model on codes counted from the lowest; int8 outputs and uint8 ones less 128. */
static void run_pairs(const struct model *m, const char *personality, uint32_t opcode,
		      int32_t found[CODES][CODES])
{
	bool is_signed = m->tensors[0].type == NPUC_TYPE_INT8;
	bool truth = m->tensors[2].type == NPUC_TYPE_BOOL;
	const struct fb_writer *w = model_write(m);
	const uint8_t *out;
	struct run r;

	run_open(&r, w->data, w->size, personality, false);
	assert_int_equal(r.program.op_count, 1);
	assert_int_equal(r.program.ops[0].opcode, opcode);
	for (uint32_t k = 0; k < 2; k++)
		for (int32_t i = 0; i < CODES; i++)
			run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, k))[i] =
				(uint8_t)(i - (is_signed ? 128 : 0));
	run_go(&r);
	out = run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0));
	for (int32_t i = 0; i < CODES * CODES; i++)
		found[i / CODES][i % CODES] = truth	? out[i] :
					      is_signed ? (int8_t)out[i] :
							  out[i] - 128;
	run_close(&r);
}

static int32_t found[CODES][CODES];

static void check(uint32_t builtin, uint32_t type, size_t s, const char *personality,
		  int64_t (*f)(size_t s, int32_t a, int32_t b, double *real))
{
	const struct model m = build(builtin, type, type, s);

	run_pairs(&m, personality, VNPU_OP_LUT_PAIR, found);
	for (int32_t i = 0; i < CODES * CODES; i++) {
		int32_t a = i / CODES - 128 - scales[s].a.zero;
		int32_t b = i % CODES - 128 - scales[s].b.zero;
		double real;
		int64_t y = f(s, a, b, &real) + scales[s].out.zero;

		y = y < -128 ? -128 : y > 127 ? 127 : y;
		real = fmin(fmax(real + scales[s].out.zero, -128), 127);
		if (found[i / CODES][i % CODES] != y || fabs((double)y - real) > 2.2)
			fail_msg("op %u, scales %zu, %d and %d: %d, not %d or %f", builtin, s, a, b,
				 found[i / CODES][i % CODES], (int)y, real);
	}
}

static void test_values(void **state)
{
	/* a delegate has no kernels for them and leaves them to the runtime */
	static const char *const personalities[] = { "tflite-ref", "tflite-opt", "xnnpack" };

	for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
		const char *p = personalities[s % 3];

		check(TFLITE_SQUARED_DIFFERENCE, NPUC_TYPE_INT8, s, p, squared_difference);
		check(TFLITE_PRELU, NPUC_TYPE_INT8, s, p, prelu);
		check(TFLITE_PRELU, NPUC_TYPE_UINT8, s, p, prelu);
		check(TFLITE_DIV, NPUC_TYPE_UINT8, s, p, quotient);
		check(TFLITE_DIV, NPUC_TYPE_INT8, s, p, quotient);
	}
}

static void test_comparisons(void **state)
{
	static const uint32_t ops[] = { TFLITE_EQUAL,	      TFLITE_NOT_EQUAL, TFLITE_GREATER,
					TFLITE_GREATER_EQUAL, TFLITE_LESS,	TFLITE_LESS_EQUAL };

	for (size_t k = 0; k < sizeof(ops) / sizeof(ops[0]); k++) {
		for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
			const struct model m = build(ops[k],
						     s % 2 ? NPUC_TYPE_UINT8 : NPUC_TYPE_INT8,
						     NPUC_TYPE_BOOL, s);

			run_pairs(&m, NULL, VNPU_OP_LUT_PAIR, found);
			for (int32_t i = 0; i < CODES * CODES; i++) {
				int32_t a = i / CODES - 128 - scales[s].a.zero;
				int32_t b = i % CODES - 128 - scales[s].b.zero;

				assert_int_equal(found[i / CODES][i % CODES],
						 compare(ops[k], order(s, a, b)));
			}
		}
	}
}

static void test_extremes(void **state)
{
	for (uint32_t k = 0; k < 4; k++) {
		struct model m = build(k % 2 ? TFLITE_MAXIMUM : TFLITE_MINIMUM,
				       k / 2 ? NPUC_TYPE_INT8 : NPUC_TYPE_UINT8,
				       k / 2 ? NPUC_TYPE_INT8 : NPUC_TYPE_UINT8, 0);

		m.tensors[1].zero = m.tensors[2].zero = m.tensors[0].zero;
		m.tensors[1].scale = m.tensors[2].scale = m.tensors[0].scale;
		run_pairs(&m, NULL, VNPU_OP_BINARY, found);
		for (int32_t i = 0; i < CODES * CODES; i++) {
			int32_t a = i / CODES - 128, b = i % CODES - 128;
			int32_t greater = a > b ? a : b;

			assert_int_equal(found[i / CODES][i % CODES],
					 k % 2 ? greater : a + b - greater);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_extremes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-pair", tests, NULL, NULL);
}
