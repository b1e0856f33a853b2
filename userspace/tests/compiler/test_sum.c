// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* SUM of codes against its definition in LiteRT's reduce.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

enum { N = 2, H = 3, W = 5, C = 7, ALL = N * H * W * C };

#define IN_SCALE 0.031f
#define OUT_SCALE 0.23f
#define OPTIONS_REDUCER 27

static const struct {
	uint32_t type;
	int32_t in_zero;
	int32_t out_zero;
	int32_t low;
	int32_t high;
} types[] = {
	{ NPUC_TYPE_INT8, -9, 20, -128, 127 },
	{ NPUC_TYPE_UINT8, 119, 148, 0, 255 },
	{ NPUC_TYPE_INT16, 0, 0, -32768, 32767 },
};

static int32_t code_of(uint32_t type, const uint8_t *bytes, size_t i)
{
	int16_t word;

	if (type == NPUC_TYPE_INT8)
		return (int8_t)bytes[i];
	if (type == NPUC_TYPE_UINT8)
		return bytes[i];
	memcpy(&word, bytes + 2 * i, sizeof(word));
	return word;
}

/* MultiplyByQuantizedMultiplier() of a factor below 1 */
static int64_t rescale(int64_t v, double factor)
{
	int shift;
	int64_t m = llround(ldexp(frexp(factor, &shift), 31)), size, half;

	v = (v * m + (1 << 30)) >> 31;
	size = v < 0 ? -v : v;
	half = shift ? (int64_t)1 << (-shift - 1) : 0;
	size = (size + half) >> -shift;
	return v < 0 ? -size : size;
}

/* Sums over the axes of @mask, N the lowest. */
static void check(size_t t, uint32_t mask)
{
	const int32_t dim[4] = { N, H, W, C };
	int32_t axes[4], kept[4], count = 0;
	int64_t sums[ALL] = { 0 };
	struct model m = {
		.name = "sum",
		.tensors = { { .type = types[t].type,
			       .rank = 4,
			       .dim = { N, H, W, C },
			       .scale = IN_SCALE,
			       .zero = types[t].in_zero },
			     { .type = NPUC_TYPE_INT32, .rank = 1, .ints = axes },
			     { .type = types[t].type,
			       .rank = 4,
			       .scale = OUT_SCALE,
			       .zero = types[t].out_zero } },
		.ops = { { TFLITE_SUM,
			   { 0, 1, MODEL_END },
			   { 2, MODEL_END },
			   OPTIONS_REDUCER,
			   { { 1, 1 } } } },
		.inputs = { 0, MODEL_END },
		.outputs = { 2, MODEL_END },
	};
	uint32_t seed = mask + 16 * (uint32_t)t, clamped = 0;
	const struct fb_writer *w;
	const uint8_t *out;
	uint8_t *in;
	struct run r;

	for (int32_t i = 0; i < 4; i++) {
		kept[i] = mask >> i & 1 ? 1 : dim[i];
		if (mask >> i & 1)
			axes[count++] = i;
	}
	m.tensors[1].dim[0] = count;
	m.tensors[1].data_bytes = (uint32_t)count * sizeof(axes[0]);
	memcpy(m.tensors[2].dim, kept, sizeof(kept));
	w = model_write(&m);
	run_open(&r, w->data, w->size, NULL, false);
	assert_int_equal(r.program.op_count, 1);
	in = run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0));
	for (size_t i = 0; i < ALL * (types[t].type == NPUC_TYPE_INT16 ? 2 : 1); i++) {
		seed = seed * 1664525u + 1013904223u;
		in[i] = (uint8_t)(seed >> 24);
	}
	run_go(&r);
	out = run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0));
	for (int32_t i = 0; i < ALL; i++) {
		const int32_t at[4] = { i / (H * W * C), i / (W * C) % H, i / C % W, i % C };
		int32_t to = 0;

		for (int32_t k = 0; k < 4; k++)
			to = to * kept[k] + (mask >> k & 1 ? 0 : at[k]);
		sums[to] += code_of(types[t].type, in, (size_t)i) - types[t].in_zero;
	}
	for (int32_t i = 0; i < kept[0] * kept[1] * kept[2] * kept[3]; i++) {
		int64_t v =
			rescale(sums[i], (double)IN_SCALE / (double)OUT_SCALE) + types[t].out_zero;

		clamped += v < types[t].low || v > types[t].high;
		v = v < types[t].low ? types[t].low : v > types[t].high ? types[t].high : v;
		assert_int_equal(code_of(types[t].type, out, (size_t)i), v);
	}
	/* not all of what was compared are limits */
	assert_true(mask == 15 || clamped < (uint32_t)(kept[0] * kept[1] * kept[2] * kept[3]));
	run_close(&r);
}

static void test_sums(void **state)
{
	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
		for (uint32_t mask = 1; mask < 16; mask++)
			check(t, mask);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sums) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-sum", tests, NULL, NULL);
}
