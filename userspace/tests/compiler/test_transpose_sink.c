// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * TRANSPOSEs that sink: fewer are left, none of the outputs' bits changes.  Small graphs whose
 * rest is known, then random ones, with the pass and without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

#define F32 NPUC_TYPE_FLOAT32
#define I8 NPUC_TYPE_INT8
#define I32 NPUC_TYPE_INT32
#define REALS(...)                                         \
	{                                                  \
		.type = F32, .rank = 4, .dim = __VA_ARGS__ \
	}
#define ORDER(list)                                                                            \
	{                                                                                      \
		.type = I32, .rank = 1, .dim = { 4 }, .data_bytes = sizeof(list), .ints = list \
	}
#define OP(name, from, to)                                    \
	{                                                     \
		TFLITE_##name, REFS from, REFS to, NO_OPTIONS \
	}
#define GRAPHS 400
#define MOST_OPS 18

static const int32_t inside[] = { 0, 3, 1, 2 }, outside[] = { 0, 2, 3, 1 };
static const int32_t last[] = { 3 };

/* NHWC is 1x4x5x6, NCHW 1x6x4x5. */
#define NHWC               \
	{                  \
		1, 4, 5, 6 \
	}
#define NCHW               \
	{                  \
		1, 6, 4, 5 \
	}

static const struct {
	struct model model;
	uint32_t left;
	const char *by_type;
} cases[] = {
	{ { .name = "a pair around a function",
	    .tensors = { REALS(NHWC), ORDER(inside), REALS(NCHW), REALS(NCHW), ORDER(outside),
			 REALS(NHWC), REALS(NHWC) },
	    .ops = { OP(TRANSPOSE, (0, 1), (2)), OP(ABS, (2), (3)), OP(TRANSPOSE, (3, 4), (5)),
		     OP(NEG, (5), (6)) },
	    .inputs = REFS(0),
	    .outputs = REFS(6) },
	  0,
	  NULL },
	{ { .name = "a pair at the output",
	    .tensors = { REALS(NHWC), ORDER(inside), REALS(NCHW), REALS(NCHW), ORDER(outside),
			 REALS(NHWC) },
	    .ops = { OP(TRANSPOSE, (0, 1), (2)), OP(ABS, (2), (3)), OP(TRANSPOSE, (3, 4), (5)) },
	    .inputs = REFS(0),
	    .outputs = REFS(5) },
	  0,
	  NULL },
	{ { .name = "a constant for each channel, and one for each element",
	    .tensors = { REALS(NHWC),
			 ORDER(inside),
			 REALS(NCHW),
			 { .type = F32, .rank = 3, .dim = { 6, 1, 1 }, .data_bytes = 24 },
			 REALS(NCHW),
			 { .type = F32, .rank = 3, .dim = { 6, 4, 5 }, .data_bytes = 480 },
			 REALS(NCHW),
			 ORDER(outside),
			 REALS(NHWC),
			 REALS(NHWC) },
	    .ops = { OP(TRANSPOSE, (0, 1), (2)), OP(MAXIMUM, (2, 3), (4)), OP(MINIMUM, (4, 5), (6)),
		     OP(TRANSPOSE, (6, 7), (8)), OP(ABS, (8), (9)) },
	    .inputs = REFS(0),
	    .outputs = REFS(9) },
	  0,
	  NULL },
	{ { .name = "two meet in a sum",
	    .tensors = { REALS(NHWC), REALS(NHWC), ORDER(inside), REALS(NCHW), REALS(NCHW),
			 REALS(NCHW) },
	    .ops = { OP(TRANSPOSE, (0, 2), (3)), OP(TRANSPOSE, (1, 2), (4)), OP(ADD, (3, 4), (5)) },
	    .inputs = REFS(0, 1),
	    .outputs = REFS(5) },
	  1,
	  "output" },
	{ { .name = "what runs along an axis needs it",
	    .tensors = { REALS(NHWC),
			 ORDER(inside),
			 REALS(NCHW),
			 REALS(NCHW),
			 { .type = I32, .rank = 1, .dim = { 1 }, .data_bytes = 4, .ints = last },
			 REALS(NCHW) },
	    .ops = { OP(TRANSPOSE, (0, 1), (2)), OP(ABS, (2), (3)), OP(REVERSE_V2, (3, 4), (5)) },
	    .inputs = REFS(0),
	    .outputs = REFS(5) },
	  1,
	  "REVERSE_V2" },
	{ { .name = "a sum of different orders",
	    .tensors = { REALS({ 1, 4, 4, 4 }), REALS({ 1, 4, 4, 4 }), ORDER(inside),
			 REALS({ 1, 4, 4, 4 }), REALS({ 1, 4, 4, 4 }), REALS({ 1, 4, 4, 4 }) },
	    .ops = { OP(TRANSPOSE, (0, 2), (3)), OP(ADD, (3, 1), (4)), OP(ABS, (4), (5)) },
	    .inputs = REFS(0, 1),
	    .outputs = REFS(5) },
	  1,
	  "ADD" },
	{ { .name = "two in a row are one",
	    .tensors = { REALS(NHWC), ORDER(inside), REALS(NCHW), REALS({ 1, 5, 6, 4 }),
			 REALS({ 1, 5, 6, 4 }) },
	    .ops = { OP(TRANSPOSE, (0, 1), (2)), OP(TRANSPOSE, (2, 1), (3)), OP(ABS, (3), (4)) },
	    .inputs = REFS(0),
	    .outputs = REFS(4) },
	  1,
	  "output" },
	{ { .name = "no element moves",
	    .tensors = { REALS({ 1, 1, 1, 6 }), ORDER(inside), REALS({ 1, 6, 1, 1 }),
			 REALS({ 1, 6, 1, 1 }) },
	    .ops = { OP(TRANSPOSE, (0, 1), (2)), OP(ABS, (2), (3)) },
	    .inputs = REFS(0),
	    .outputs = REFS(3) },
	  0,
	  NULL },
	/* Both readers of the first need it: letting it sink into ABS would make two. */
	{ { .name = "two readers that need it",
	    .tensors = { REALS(NHWC),
			 ORDER(inside),
			 REALS(NCHW),
			 REALS(NCHW),
			 { .type = I32, .rank = 1, .dim = { 1 }, .data_bytes = 4, .ints = last },
			 REALS(NCHW),
			 REALS(NCHW) },
	    .ops = { OP(TRANSPOSE, (0, 1), (2)), OP(ABS, (2), (3)), OP(REVERSE_V2, (3, 4), (5)),
		     OP(REVERSE_V2, (2, 4), (6)) },
	    .inputs = REFS(0),
	    .outputs = REFS(5, 6) },
	  1,
	  "REVERSE_V2" },
};

static uint32_t random_state;

static uint32_t below(uint32_t n)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)random_state * n) >> 32);
}

static void fill(struct run *r)
{
	const struct npu_file_tensor *t;

	random_state = 7;
	for (uint32_t i = 0; (t = run_io(r, NPU_TENSOR_INPUT, i)); i++) {
		uint8_t *to = run_bytes(r, t);

		for (uint32_t k = 0; k < t->bytes; k++)
			to[k] = (uint8_t)below(256);
		for (uint32_t k = 0; k + 4 <= t->bytes && t->dtype == VNPU_DTYPE_FLOAT32; k += 4) {
			float value = (float)(int8_t)to[k] / 96;

			memcpy(to + k, &value, sizeof(value));
		}
	}
}

/* What TRANSPOSEs are left, and what they move. */
static uint64_t left(const struct fb_writer *w, uint64_t disabled, struct npuc_transpose *first,
		     size_t *count)
{
	const struct npuc_options options = { .disabled = disabled };
	struct npuc_transpose *list = NULL;
	struct npuc_model *model = NULL;
	struct npuc_error error = { 0 };
	uint64_t bytes = 0;

	if (npuc_model_read("t.tflite", w->data, w->size, &model, &error) ||
	    npuc_transposes(model, &options, &list, count, &error))
		fail_msg("%s", error.text);
	for (size_t i = 0; i < *count; i++)
		bytes += list[i].bytes;
	if (*count && first)
		*first = list[0];
	free(list);
	npuc_model_free(model);
	return bytes;
}

/* The same bits with the pass and without; Return: records of the program with it. */
static uint32_t check_bits(const struct fb_writer *w, const char *name)
{
	const struct npuc_options without = { .disabled = run_pass("transpose-sink") };
	const struct npuc_options with = { 0 };
	const struct npu_file_tensor *t;
	struct run a, b;
	uint32_t records;

	run_open_with(&a, "t.tflite", w->data, w->size, &with);
	run_open_with(&b, "t.tflite", w->data, w->size, &without);
	fill(&a);
	fill(&b);
	run_go(&a);
	run_go(&b);
	for (uint32_t i = 0; (t = run_io(&a, NPU_TENSOR_OUTPUT, i)); i++) {
		const struct npu_file_tensor *other = run_io(&b, NPU_TENSOR_OUTPUT, i);

		if (t->bytes != other->bytes ||
		    memcmp(run_bytes(&a, t), run_bytes(&b, other), t->bytes))
			fail_msg("%s: output %u differs", name, i);
	}
	records = a.program.op_count;
	assert_true(records <= b.program.op_count);
	run_close(&a);
	run_close(&b);
	return records;
}

static void test_known_graphs(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct model *m = &cases[i].model;
		const struct fb_writer *w = model_write(m);
		struct npuc_transpose first = { 0 };
		size_t count;

		left(w, 0, &first, &count);
		if (count != cases[i].left)
			fail_msg("%s: %zu are left instead of %u", m->name, count, cases[i].left);
		if (count && strcmp(first.by_type, cases[i].by_type))
			fail_msg("%s: needed by '%s' instead of '%s'", m->name, first.by_type,
				 cases[i].by_type);
		check_bits(w, m->name);
	}
}

static void test_says_why(void **state)
{
	const struct fb_writer *w = model_write(&cases[5].model);
	struct npuc_transpose first = { 0 };
	size_t count;

	assert_int_equal(left(w, 0, &first, &count), 4 * 64);
	assert_int_equal(first.op, 0);
	assert_string_equal(first.why, "its inputs have their axes in different orders");
	/* Without the pass each is listed that the model has. */
	w = model_write(&cases[0].model);
	left(w, run_pass("transpose-sink"), NULL, &count);
	assert_int_equal(count, 2);
}

/**
 * struct maker - a random model under construction
 * @m: the model
 * @tensors: tensors so far
 * @ops: ops so far
 * @type: of all values
 * @orders: room for the orders of TRANSPOSEs
 */
struct maker {
	struct model m;
	uint32_t tensors;
	uint32_t ops;
	uint32_t type;
	int32_t orders[MOST_OPS][4];
};

static uint32_t add_tensor(struct maker *k, const int32_t dim[4])
{
	struct model_tensor *t = &k->m.tensors[k->tensors];

	*t = (struct model_tensor){ .type = k->type, .rank = 4 };
	memcpy(t->dim, dim, 4 * sizeof(*dim));
	if (k->type == I8) {
		t->scale = 0.05f;
		t->zero = 3;
	}
	return k->tensors++;
}

static uint32_t add_op(struct maker *k, uint32_t builtin, uint32_t a, uint32_t b,
		       const int32_t dim[4])
{
	struct model_op *op = &k->m.ops[k->ops++];
	uint32_t out = add_tensor(k, dim);

	*op = (struct model_op){ .builtin = builtin, .inputs = { a, b, MODEL_END } };
	op->outputs[0] = out;
	op->outputs[1] = MODEL_END;
	return out;
}

static uint32_t add_transpose(struct maker *k, uint32_t from)
{
	int32_t *order = k->orders[k->ops], dim[4];
	uint32_t list = k->tensors++;

	for (int32_t i = 0; i < 4; i++)
		order[i] = i;
	/* Often one of two, which undo each other. */
	if (below(3)) {
		memcpy(order, below(2) ? inside : outside, sizeof(inside));
	} else {
		for (uint32_t i = 3; i > 0; i--) {
			uint32_t other = below(i + 1);
			int32_t swap = order[i];

			order[i] = order[other];
			order[other] = swap;
		}
	}
	k->m.tensors[list] = (struct model_tensor)ORDER(inside);
	k->m.tensors[list].ints = order;
	for (uint32_t i = 0; i < 4; i++)
		dim[i] = k->m.tensors[from].dim[order[i]];
	return add_op(k, TFLITE_TRANSPOSE, from, list, dim);
}

/* A constant that @to can be broadcast with. */
static uint32_t add_constant(struct maker *k, uint32_t to)
{
	const int32_t *dim = k->m.tensors[to].dim;
	int32_t own[4];
	uint32_t elements = 1, number;

	for (uint32_t i = 0; i < 4; i++) {
		own[i] = below(2) ? dim[i] : 1;
		elements *= (uint32_t)own[i];
	}
	number = add_tensor(k, own);
	k->m.tensors[number].data_bytes = elements * (k->type == F32 ? 4 : 1);
	return number;
}

static bool same_shape(const struct maker *k, uint32_t a, uint32_t b)
{
	return !memcmp(k->m.tensors[a].dim, k->m.tensors[b].dim, 4 * sizeof(int32_t));
}

static void make(struct maker *k, uint32_t seed)
{
	static const uint32_t unary[] = { TFLITE_ABS, TFLITE_RELU, TFLITE_ABS };
	static const uint32_t binary[] = { TFLITE_ADD, TFLITE_MUL, TFLITE_MAXIMUM, TFLITE_SUB };
	uint32_t values[MOST_OPS + 2], count = 2, ops, outputs = 0, reverse;
	const int32_t dim[4] = { 1, 3, 3, (int32_t)(3 + seed % 2) };

	random_state = seed * 2654435761u + 99;
	*k = (struct maker){ .type = seed % 3 ? F32 : I8, .m.name = "random" };
	values[0] = add_tensor(k, dim);
	values[1] = add_tensor(k, dim);
	reverse = k->tensors++;
	k->m.tensors[reverse] = (struct model_tensor){
		.type = I32, .rank = 1, .dim = { 1 }, .data_bytes = 4, .ints = last
	};
	ops = 3 + below(MOST_OPS - 3);
	while (k->ops < ops && k->tensors + 3 < MODEL_TENSORS) {
		/* Mostly go on with what is new. */
		uint32_t from = values[below(3) ? count - 1 : below(count)], other = from, out;
		uint32_t what = below(8);

		for (uint32_t i = 0; i < 4 && other == from; i++) {
			uint32_t try = values[below(count)];

			other = same_shape(k, try, from) ?
			try : from
				;
		}
		if (what < 3)
			out = add_transpose(k, from);
		else if (what < 5)
			out = add_op(k, unary[below(3)], from, MODEL_END, k->m.tensors[from].dim);
		else if (what < 6)
			out = add_op(k, binary[below(4)], from, other, k->m.tensors[from].dim);
		else if (what < 7)
			out = add_op(k, binary[below(4)], from, add_constant(k, from),
				     k->m.tensors[from].dim);
		else
			out = add_op(k, TFLITE_REVERSE_V2, from, reverse, k->m.tensors[from].dim);
		values[count++] = out;
	}
	k->m.inputs[0] = values[0];
	k->m.inputs[1] = values[1];
	k->m.inputs[2] = MODEL_END;
	for (uint32_t i = 2; i < count - 1 && outputs < 2; i++)
		if (!below(8))
			k->m.outputs[outputs++] = values[i];
	k->m.outputs[outputs++] = values[count - 1];
	k->m.outputs[outputs] = MODEL_END;
}

static void test_random_graphs(void **state)
{
	uint64_t before = 0, after = 0;
	size_t had = 0, have = 0;
	static struct maker k;

	for (uint32_t seed = 0; seed < GRAPHS; seed++) {
		const struct fb_writer *w;
		uint64_t with, without;
		size_t a, b;

		make(&k, seed);
		w = model_write(&k.m);
		with = left(w, 0, NULL, &a);
		without = left(w, run_pass("transpose-sink"), NULL, &b);
		if (with > without)
			fail_msg("graph %u: moves %llu bytes instead of %llu", seed,
				 (unsigned long long)with, (unsigned long long)without);
		before += without;
		after += with;
		had += b;
		have += a;
		check_bits(w, "random");
	}
	print_message("# %zu of %zu TRANSPOSEs are left, %llu of %llu bytes\n", have, had,
		      (unsigned long long)after, (unsigned long long)before);
	assert_true(2 * after < before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_graphs),
		cmocka_unit_test(test_says_why),
		cmocka_unit_test(test_random_graphs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-transpose-sink", tests, NULL, NULL);
}
