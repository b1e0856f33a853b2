// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The personality `ort` against the native ONNX Runtime, op by op, with tolerance 0.
 *
 * vectors.h was made by make_vectors.js with ONNX Runtime 1.30.0 on x86-64.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lut.h"
#include "npum.h"
#include "npum_isa.h"
#include "npum_personality.h"
#include "pack.h"
#include "quantise.h"

#define ROOM 8192u

/* enum ort_kind - the ONNX operator of a vector */
enum ort_kind {
	ORT_CONV,
	ORT_DEPTHWISE,
	ORT_MATMUL,
	ORT_ADD,
	ORT_MUL,
	ORT_GLOBAL_AVERAGE,
	ORT_AVERAGE,
	ORT_SIGMOID,
	ORT_LEAKY_RELU,
	ORT_QUANTIZE,
	ORT_SOFTMAX,
};

/**
 * struct ort_vector - one run of one operator
 * @kind: which
 * @seed: of its operands' data
 * @dtype: of input and output; weights are int8
 * @dims: products: input channels, output channels, height; matrices: rows, terms,
 *	columns; pools: channels, height; softmax: rows, columns; else elements
 * @scale: bits of the scales of input, weights or second input, and output
 * @zero: their zero points
 * @out: the output in hexadecimal
 */
struct ort_vector {
	enum ort_kind kind;
	u32 seed;
	u32 dtype;
	u32 dims[3];
	u32 scale[3];
	s32 zero[3];
	const char *out;
};

#include "vectors.h"

/**
 * struct bench - an op with its operands, each in a slot of its own
 * @v: the vector
 * @op: the record
 * @slot: in[0..2], output
 * @state: of the generator
 */
struct bench {
	const struct ort_vector *v;
	struct vnpu_op op;
	_Alignas(64) u8 slot[4][ROOM];
	u32 state;
};

static const struct npum_personality *ort(void)
{
	return npum_personality_named(npum_builtin_set(), "ort");
}

static float real(u32 bits)
{
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static s32 bits_of(float v)
{
	s32 bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

/* The codes of make_vectors.js, as bytes: there, too, int8 is the number less 128. */
static u8 draw(struct bench *b, u32 dtype)
{
	b->state = b->state * 1664525u + 1013904223u;
	return (u8)((b->state >> 24) - (dtype == VNPU_DTYPE_INT8 ? 128 : 0));
}

static void operand(struct bench *b, u32 i, u32 dtype, s32 zero, u32 h, u32 w, u32 c)
{
	struct vnpu_tensor *t = i == 3 ? &b->op.out : &b->op.in[i];
	u32 size = npum_dtype_size(dtype);

	*t = (struct vnpu_tensor){
		.slot = i,
		.dtype = (u8)dtype,
		.zero_point = zero,
		.shape = { 1, h, w, c },
		.stride = { h * w * c * size, w * c * size, c * size, size },
	};
	assert_true(h * w * c * size <= ROOM);
}

static void clamp_all(struct bench *b)
{
	b->op.p.clamp[0] = b->v->dtype == VNPU_DTYPE_INT8 ? -128 : 0;
	b->op.p.clamp[1] = b->op.p.clamp[0] + 255;
}

/* ONNX puts channels first, the NPU last. */
static void draw_image(struct bench *b, u32 channels, u32 pixels)
{
	for (u32 c = 0; c < channels; c++)
		for (u32 i = 0; i < pixels; i++)
			b->slot[0][i * channels + c] = draw(b, b->v->dtype);
}

static void add_table(struct bench *b, const struct npuc_weights *w, bool image)
{
	const struct ort_vector *v = b->v;
	struct vnpu_requant_block *table = (void *)b->slot[2];

	b->op.in[2] = (struct vnpu_tensor){
		.slot = 2,
		.dtype = VNPU_DTYPE_INT32,
		.layout = VNPU_LAYOUT_REQUANT,
		.shape = { 1, 1, 1, w->outputs },
	};
	for (u32 o = 0; o < w->outputs; o++) {
		/* in double in the script, then stored as binary32; its scale there is decimal */
		float unit = image ? (float)((double)real(v->scale[1]) * (1 + o / 8.0)) :
				     real(v->scale[1]);
		float factor = real(v->scale[0]) * unit / real(v->scale[2]);
		s32 bias = image ? 997 * ((s32)o - 9) : 0;

		npuc_requant_row(table, o, npuc_fold_bias(w, o, bias, v->zero[0]),
				 npuc_quantise_multiplier(NPUM_ROUND_FLOAT, (double)factor));
	}
	clamp_all(b);
}

static void build_image_product(struct bench *b)
{
	const struct ort_vector *v = b->v;
	bool depthwise = v->kind == ORT_DEPTHWISE;
	u32 ic = v->dims[0], oc = v->dims[1], size = v->dims[2], depth = depthwise ? 1 : ic;
	u8 codes[ROOM];
	struct npuc_weights w = {
		.data = codes,
		.is_signed = true,
		.outputs = oc,
		.terms = 9 * depth,
		.output_step = 9 * depth,
		.term_step = 1,
	};

	draw_image(b, ic, size * size);
	for (u32 o = 0; o < oc; o++)
		for (u32 d = 0; d < depth; d++)
			for (u32 k = 0; k < 9; k++)
				codes[(o * 9 + k) * depth + d] = draw(b, VNPU_DTYPE_INT8);
	b->op.opcode = depthwise ? VNPU_OP_DEPTHWISE : VNPU_OP_CONV2D;
	operand(b, 0, v->dtype, v->zero[0], size, size, ic);
	operand(b, 3, v->dtype, v->zero[2], size, size, oc);
	b->op.in[1] = (struct vnpu_tensor){
		.slot = 1,
		.dtype = VNPU_DTYPE_UINT8,
		.layout = depthwise ? VNPU_LAYOUT_DEPTHWISE : VNPU_LAYOUT_WEIGHTS,
		.zero_point = 128,
		.shape = { depthwise ? 1 : oc, 3, 3, depthwise ? oc : ic },
	};
	if (depthwise)
		npuc_pack_depthwise(&w, b->slot[1]);
	else
		npuc_pack_blocked(&w, b->slot[1]);
	for (u32 i = 0; i < 2; i++) {
		b->op.p.kernel[i] = 3;
		b->op.p.stride[i] = 1;
		b->op.p.dilation[i] = 1;
		b->op.p.pad[i] = 1;
	}
	add_table(b, &w, true);
}

static void build_matrix_product(struct bench *b)
{
	const struct ort_vector *v = b->v;
	u32 rows = v->dims[0], terms = v->dims[1], columns = v->dims[2];
	u8 codes[ROOM];
	struct npuc_weights w = {
		.data = codes,
		.is_signed = true,
		.outputs = columns,
		.terms = terms,
		.output_step = 1,
		.term_step = columns,
	};

	for (u32 i = 0; i < rows * terms; i++)
		b->slot[0][i] = draw(b, v->dtype);
	for (u32 i = 0; i < terms * columns; i++)
		codes[i] = draw(b, VNPU_DTYPE_INT8);
	b->op.opcode = VNPU_OP_FULLY_CONNECTED;
	operand(b, 0, v->dtype, v->zero[0], 1, rows, terms);
	operand(b, 3, v->dtype, v->zero[2], 1, rows, columns);
	b->op.in[1] = (struct vnpu_tensor){
		.slot = 1,
		.dtype = VNPU_DTYPE_UINT8,
		.layout = VNPU_LAYOUT_WEIGHTS,
		.zero_point = 128,
		.shape = { columns, 1, 1, terms },
	};
	npuc_pack_blocked(&w, b->slot[1]);
	add_table(b, &w, false);
}

static void build_pair(struct bench *b)
{
	const struct ort_vector *v = b->v;
	float s[3] = { real(v->scale[0]), real(v->scale[1]), real(v->scale[2]) };

	for (u32 i = 0; i < 2; i++) {
		operand(b, i, v->dtype, v->zero[i], 1, 1, v->dims[0]);
		for (u32 n = 0; n < v->dims[0]; n++)
			b->slot[i][n] = draw(b, v->dtype);
	}
	operand(b, 3, v->dtype, v->zero[2], 1, 1, v->dims[0]);
	clamp_all(b);
	if (v->kind == ORT_MUL) {
		b->op.opcode = VNPU_OP_MUL;
		b->op.p.mult[2] = bits_of(s[0] * s[1] / s[2]);
		return;
	}
	b->op.opcode = VNPU_OP_ADD;
	b->op.p.mult[0] = bits_of(s[0] / s[2]);
	b->op.p.mult[1] = bits_of(s[1] / s[2]);
}

static void build_pool(struct bench *b)
{
	const struct ort_vector *v = b->v;
	bool global = v->kind == ORT_GLOBAL_AVERAGE;
	u32 channels = v->dims[0], size = v->dims[1], out = global ? 1 : size - 1;

	draw_image(b, channels, size * size);
	operand(b, 0, v->dtype, v->zero[0], size, size, channels);
	operand(b, 3, v->dtype, v->zero[2], out, out, channels);
	clamp_all(b);
	if (global) {
		b->op.opcode = VNPU_OP_MEAN;
		b->op.p.axes = VNPU_AXIS_H | VNPU_AXIS_W;
		b->op.p.count = size * size;
		b->op.p.mult[2] =
			bits_of(real(v->scale[0]) / (real(v->scale[2]) * (float)b->op.p.count));
		return;
	}
	b->op.opcode = VNPU_OP_AVG_POOL;
	b->op.p.mult[0] = (s32)v->scale[0];
	b->op.p.mult[2] = (s32)v->scale[2];
	for (u32 i = 0; i < 2; i++) {
		b->op.p.kernel[i] = 2;
		b->op.p.stride[i] = 1;
		b->op.p.dilation[i] = 1;
	}
}

static void build_quantize(struct bench *b)
{
	const struct ort_vector *v = b->v;

	b->op.opcode = VNPU_OP_QUANTIZE;
	operand(b, 0, VNPU_DTYPE_FLOAT32, 0, 1, 1, v->dims[0]);
	operand(b, 3, v->dtype, v->zero[0], 1, 1, v->dims[0]);
	b->op.p.scale = v->scale[2];
	for (u32 i = 0; i < v->dims[0]; i++) {
		/* in double, as in the script */
		double steps = ((double)i - 400) / 2 * (double)real(v->scale[2]);
		float value = (float)(i % 4 == 3 ? steps * 1.0000001 : steps);

		memcpy(b->slot[0] + 4 * i, &value, sizeof(value));
	}
}

static float logistic(float x)
{
	return 1.0f / (1.0f + expf(-x));
}

static float leaky(float x)
{
	return x < 0 ? 0.1f * x : x;
}

static void build_function(struct bench *b)
{
	const struct ort_vector *v = b->v;
	float scale[2] = { real(v->scale[0]), real(v->scale[2]) };
	int64_t zero[2] = { v->zero[0], v->zero[2] };
	struct npuc_tensor t[2];

	for (u32 i = 0; i < 2; i++)
		t[i] = (struct npuc_tensor){
			.name = "x",
			.type = v->dtype == VNPU_DTYPE_INT8 ? NPUC_TYPE_INT8 : NPUC_TYPE_UINT8,
			.quant = { .scales = (const u8 *)&scale[i],
				   .zero_points = (const u8 *)&zero[i],
				   .count = 1,
				   .zero_point_count = 1 },
		};
	b->op.opcode = VNPU_OP_LUT;
	operand(b, 0, v->dtype, v->zero[0], 1, 1, 256);
	operand(b, 3, v->dtype, v->zero[2], 1, 1, 256);
	b->op.in[1] = (struct vnpu_tensor){
		.slot = 1,
		.dtype = (u8)v->dtype,
		.layout = VNPU_LAYOUT_LUT,
		.shape = { 1, 1, 1, 256 },
	};
	for (u32 i = 0; i < 256; i++)
		b->slot[0][i] = (u8)i;
	npuc_lut_function(ort(), &t[0], &t[1], v->kind == ORT_SIGMOID ? logistic : leaky,
			  b->slot[1]);
}

static void build_softmax(struct bench *b)
{
	const struct ort_vector *v = b->v;
	float scale = real(v->scale[0]), steps = floorf(1 / real(v->scale[2])), table[256];
	const struct npuc_tensor in = { .quant = { .scales = (const u8 *)&scale, .count = 1 } };

	b->op.opcode = VNPU_OP_SOFTMAX_TABLE;
	operand(b, 0, v->dtype, v->zero[0], 1, v->dims[0], v->dims[1]);
	operand(b, 3, v->dtype, v->zero[2], 1, v->dims[0], v->dims[1]);
	b->op.in[1] = (struct vnpu_tensor){
		.slot = 1,
		.dtype = VNPU_DTYPE_FLOAT32,
		.layout = VNPU_LAYOUT_LUT,
		.shape = { 1, 1, 1, 256 },
	};
	npuc_softmax_quotient(&in, v->dims[1], table);
	memcpy(b->slot[1], table, sizeof(table));
	memcpy(&b->op.p.scale, &steps, sizeof(steps));
	for (u32 i = 0; i < v->dims[0] * v->dims[1]; i++)
		b->slot[0][i] = draw(b, v->dtype);
}

static void (*const build[])(struct bench *b) = {
	[ORT_CONV] = build_image_product,
	[ORT_DEPTHWISE] = build_image_product,
	[ORT_MATMUL] = build_matrix_product,
	[ORT_ADD] = build_pair,
	[ORT_MUL] = build_pair,
	[ORT_GLOBAL_AVERAGE] = build_pool,
	[ORT_AVERAGE] = build_pool,
	[ORT_SIGMOID] = build_function,
	[ORT_LEAKY_RELU] = build_function,
	[ORT_QUANTIZE] = build_quantize,
	[ORT_SOFTMAX] = build_softmax,
};

static void run(struct bench *b, const struct npum_isa *isa)
{
	struct npum_exec x = { .isa = isa, .personality = ort() };
	_Alignas(64) static u8 scratch[1 << 20];
	struct npum_op_plan plan;

	for (u32 i = 0; i < 4; i++)
		x.slot[i] = b->slot[i];
	npum_op_plan(isa, ort(), &b->op, &plan);
	assert_true(plan.scratch_bytes <= sizeof(scratch));
	for (u32 tile = 0; tile < plan.tiles; tile++)
		npum_op_run(&x, &b->op, tile, scratch);
}

/* Elements that are not what the runtime computed; the output is put channels first again. */
static u32 count_differing(const struct bench *b, u32 *total)
{
	const u32 *shape = b->op.out.shape;
	u32 pixels = shape[1] * shape[2], channels = shape[3], differ = 0;
	bool image = b->v->kind != ORT_MATMUL && b->v->kind != ORT_SOFTMAX && pixels > 1;

	*total = pixels * channels;
	assert_int_equal(strlen(b->v->out), 2 * *total);
	for (u32 i = 0; i < *total; i++) {
		u32 at = image ? i % pixels * channels + i / pixels : i;
		char pair[3] = { b->v->out[2 * i], b->v->out[2 * i + 1] };

		differ += b->slot[3][at] != strtoul(pair, NULL, 16);
	}
	return differ;
}

/* All vectors of a kind on all instruction sets. */
static void check(enum ort_kind kind, const char *name)
{
	static const char *const isas[] = { "generic", "avx2", "avx512vnni" };
	static struct bench b;
	u32 all = 0, differ = 0, count;

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		if (vectors[i].kind != kind)
			continue;
		b = (struct bench){ .v = &vectors[i], .state = vectors[i].seed };
		build[kind](&b);
		for (size_t k = 0; k < ARRAY_SIZE(isas); k++) {
			const struct npum_isa *isa = npum_isa_by_name(isas[k], npum_cpu_features());

			if (!isa)
				continue;
			memset(b.slot[3], 0xa5, sizeof(b.slot[3]));
			run(&b, isa);
			differ += count_differing(&b, &count);
			all += count;
		}
	}
	print_message("# %s: %u of %u codes differ from ONNX Runtime 1.30.0\n", name, differ, all);
	assert_true(all > 0);
	assert_int_equal(differ, 0);
}

static void test_conv(void **state)
{
	check(ORT_CONV, "QLinearConv");
	check(ORT_DEPTHWISE, "QLinearConv, depthwise");
}

static void test_matmul(void **state)
{
	check(ORT_MATMUL, "QLinearMatMul");
}

static void test_add(void **state)
{
	check(ORT_ADD, "QLinearAdd");
}

static void test_mul(void **state)
{
	check(ORT_MUL, "QLinearMul");
}

static void test_global_average(void **state)
{
	check(ORT_GLOBAL_AVERAGE, "QLinearGlobalAveragePool");
}

static void test_average(void **state)
{
	check(ORT_AVERAGE, "QLinearAveragePool");
}

static void test_functions(void **state)
{
	check(ORT_SIGMOID, "QLinearSigmoid");
	check(ORT_LEAKY_RELU, "QLinearLeakyRelu");
}

static void test_quantize(void **state)
{
	check(ORT_QUANTIZE, "QuantizeLinear");
}

static void test_softmax(void **state)
{
	check(ORT_SOFTMAX, "QLinearSoftmax");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conv),
		cmocka_unit_test(test_matmul),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_mul),
		cmocka_unit_test(test_global_average),
		cmocka_unit_test(test_average),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_quantize),
		cmocka_unit_test(test_softmax),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ort", tests, NULL, NULL);
}
