// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * TRANSPOSEs that sink through ops which know axes by number: between two that undo each other
 * none is left, and between any two none of the outputs' bits changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

#define I8 NPUC_TYPE_INT8
#define F32 NPUC_TYPE_FLOAT32
#define I32 NPUC_TYPE_INT32
#define GRAPHS 600u

/* Numbers of the tensors of a graph; what an op reads besides lies behind. */
enum { INPUT, FIRST_ORDER, TURNED, RESULT, LAST_ORDER, BACK, OUTPUT, EXTRA };

/* What the ops are between the two. */
enum what { PAD, CONCATENATION, PRELU, SUM, MOST, MEAN, RESHAPE_MERGED, RESHAPE_SPLIT, WHATS };

static struct model m;
static int32_t first_order[4], last_order[6], numbers[12];
static float slopes[6] = { 0.5f, -0.25f, 0.125f, 2, -1, 0.75f };
static uint32_t state_of_random;

static uint32_t below(uint32_t n)
{
	state_of_random = state_of_random * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)state_of_random * n) >> 32);
}

static void value(uint32_t t, uint32_t type, uint32_t rank, const int32_t *dim)
{
	m.tensors[t] = (struct model_tensor){ .type = type, .rank = rank };
	memcpy(m.tensors[t].dim, dim, rank * sizeof(*dim));
	if (type == I8) {
		m.tensors[t].scale = 0.05f;
		m.tensors[t].zero = 3;
	}
}

static void list(uint32_t t, uint32_t count, const void *data)
{
	m.tensors[t] = (struct model_tensor){ .type = I32,
					      .rank = 1,
					      .dim = { (int32_t)count },
					      .data_bytes = 4 * count,
					      .ints = data };
}

static struct model_op *op(uint32_t number, uint32_t builtin, uint32_t a, uint32_t b, uint32_t out)
{
	m.ops[number] = (struct model_op){ .builtin = builtin,
					   .inputs = { a, b, MODEL_END },
					   .outputs = { out, MODEL_END } };
	return &m.ops[number];
}

static void turn(uint32_t number, uint32_t from, uint32_t order, int32_t *axes, uint32_t to)
{
	const struct model_tensor *t = &m.tensors[from];
	int32_t dim[6];

	for (uint32_t i = 0; i < t->rank; i++)
		dim[i] = t->dim[axes[i]];
	list(order, t->rank, axes);
	value(to, t->type, t->rank, dim);
	op(number, TFLITE_TRANSPOSE, from, order, to);
}

static void shuffle(int32_t *axes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		axes[i] = (int32_t)i;
	for (uint32_t i = count - 1; i > 0; i--) {
		uint32_t other = below(i + 1);
		int32_t swap = axes[i];

		axes[i] = axes[other];
		axes[other] = swap;
	}
}

static void pad(int32_t dim[6])
{
	for (uint32_t i = 0; i < 4; i++) {
		numbers[2 * i] = (int32_t)below(2);
		numbers[2 * i + 1] = (int32_t)below(3);
		dim[i] += numbers[2 * i] + numbers[2 * i + 1];
	}
	list(EXTRA, 8, numbers);
	m.tensors[EXTRA].rank = 2;
	m.tensors[EXTRA].dim[0] = 4;
	m.tensors[EXTRA].dim[1] = 2;
	op(1, TFLITE_PAD, TURNED, EXTRA, RESULT);
}

/* With itself, and with a constant. */
static void concatenate(int32_t dim[6], uint32_t type)
{
	uint32_t axis = below(4), elements = 1;
	struct model_op *o = op(1, TFLITE_CONCATENATION, TURNED, EXTRA, RESULT);

	value(EXTRA, type, 4, dim);
	m.tensors[EXTRA].dim[axis] = 2;
	for (uint32_t i = 0; i < 4; i++)
		elements *= (uint32_t)m.tensors[EXTRA].dim[i];
	m.tensors[EXTRA].data_bytes = elements * (type == F32 ? 4 : 1);
	dim[axis] = 2 * dim[axis] + 2;
	o->inputs[2] = TURNED;
	o->inputs[3] = MODEL_END;
	o->options_type = 10;
	o->options[0] = (struct fb_field){ 4, axis };
	o->options[1] = (struct fb_field){ 1, 0 };
}

static void slope(const int32_t dim[6])
{
	value(EXTRA, F32, 1, &dim[3]);
	m.tensors[EXTRA].data_bytes = 4 * (uint32_t)dim[3];
	m.tensors[EXTRA].ints = slopes;
	op(1, TFLITE_PRELU, TURNED, EXTRA, RESULT);
}

static uint32_t reduce(int32_t dim[6], uint32_t builtin)
{
	uint32_t keep = below(2), count = 0, rank = 0, axes = 1 + below(14);
	struct model_op *o = op(1, builtin, TURNED, EXTRA, RESULT);

	for (uint32_t i = 0; i < 4; i++) {
		bool reduced = axes >> i & 1;

		if (reduced)
			numbers[count++] = (int32_t)i;
		if (!reduced || keep)
			dim[rank++] = reduced ? 1 : dim[i];
	}
	list(EXTRA, count, numbers);
	o->options_type = 27;
	o->options[0] = (struct fb_field){ 1, keep };
	return rank;
}

/* Two neighbours become one, or one becomes two. */
static uint32_t reshape(int32_t dim[6], bool split)
{
	uint32_t at = below(split ? 4 : 3), rank = 0;
	int32_t to[6];

	for (uint32_t i = 0; i < 4; i++) {
		if (split && i == at && dim[i] % 2 == 0) {
			to[rank++] = 2;
			to[rank++] = dim[i] / 2;
		} else if (!split && i == at) {
			to[rank++] = dim[i] * dim[i + 1];
			i++;
		} else {
			to[rank++] = dim[i];
		}
	}
	memcpy(dim, to, rank * sizeof(*to));
	memcpy(numbers, to, rank * sizeof(*to));
	list(EXTRA, rank, numbers);
	op(1, TFLITE_RESHAPE, TURNED, EXTRA, RESULT);
	return rank;
}

static void make(enum what what, bool undone)
{
	uint32_t type = what == PRELU || what == SUM || what == MEAN || below(2) ? F32 : I8;
	int32_t dim[6] = { 1 + (int32_t)below(3), 1 + (int32_t)below(4), 2 + (int32_t)below(4),
			   1 + (int32_t)below(6) };
	uint32_t rank = 4;

	memset(&m, 0, sizeof(m));
	m.name = "carried";
	value(INPUT, type, 4, dim);
	shuffle(first_order, 4);
	turn(0, INPUT, FIRST_ORDER, first_order, TURNED);
	memcpy(dim, m.tensors[TURNED].dim, sizeof(dim));
	switch (what) {
	case PAD:
		pad(dim);
		break;
	case CONCATENATION:
		concatenate(dim, type);
		break;
	case PRELU:
		slope(dim);
		break;
	case SUM:
	case MOST:
	case MEAN:
		rank = reduce(dim, what == SUM	? TFLITE_SUM :
				   what == MEAN ? TFLITE_MEAN :
						  TFLITE_REDUCE_MAX);
		break;
	default:
		rank = reshape(dim, what == RESHAPE_SPLIT);
		break;
	}
	value(RESULT, type, rank, dim);
	shuffle(last_order, rank);
	for (uint32_t i = 0; i < rank && undone && rank == 4; i++)
		last_order[first_order[i]] = (int32_t)i;
	turn(2, RESULT, LAST_ORDER, last_order, BACK);
	value(OUTPUT, type, rank, m.tensors[BACK].dim);
	op(3, TFLITE_ABS, BACK, MODEL_END, OUTPUT);
	m.inputs[0] = INPUT;
	m.inputs[1] = MODEL_END;
	m.outputs[0] = OUTPUT;
	m.outputs[1] = MODEL_END;
}

/* Bytes that TRANSPOSEs move. */
static uint64_t moved(const struct fb_writer *w, uint64_t disabled)
{
	const struct npuc_options options = { .disabled = disabled };
	struct npuc_transpose *transposes = NULL;
	struct npuc_model *model = NULL;
	struct npuc_error error = { 0 };
	uint64_t bytes = 0;
	size_t count = 0;

	if (npuc_model_read("t.tflite", w->data, w->size, &model, &error) ||
	    npuc_transposes(model, &options, &transposes, &count, &error))
		fail_msg("%s", error.text);
	for (size_t i = 0; i < count; i++)
		bytes += transposes[i].bytes;
	free(transposes);
	npuc_model_free(model);
	return bytes;
}

static void run(struct run *r, const struct fb_writer *w, uint64_t disabled)
{
	const struct npuc_options options = { .disabled = disabled };
	const struct npu_file_tensor *t;

	run_open_with(r, "t.tflite", w->data, w->size, &options);
	t = run_io(r, NPU_TENSOR_INPUT, 0);
	state_of_random = 7;
	for (uint32_t k = 0; k < t->bytes; k++)
		run_bytes(r, t)[k] = (uint8_t)below(256);
	for (uint32_t k = 0; k + 4 <= t->bytes && t->dtype == VNPU_DTYPE_FLOAT32; k += 4) {
		float number = (float)(int8_t)run_bytes(r, t)[k] / 96;

		memcpy(run_bytes(r, t) + k, &number, sizeof(number));
	}
	run_go(r);
}

static void same_bits(const struct fb_writer *w, uint32_t seed)
{
	const struct npu_file_tensor *a, *b;
	struct run with, without;

	run(&with, w, 0);
	run(&without, w, run_pass("transpose-sink"));
	a = run_io(&with, NPU_TENSOR_OUTPUT, 0);
	b = run_io(&without, NPU_TENSOR_OUTPUT, 0);
	if (a->bytes != b->bytes || memcmp(run_bytes(&with, a), run_bytes(&without, b), a->bytes))
		fail_msg("graph %u: the output differs", seed);
	run_close(&with);
	run_close(&without);
}

/* Reductions of floating-point numbers whose axes change places have to stay, others not. */
static void test_undone(void **state)
{
	for (uint32_t seed = 0; seed < GRAPHS; seed++) {
		enum what what = seed % (CONCATENATION + 2);
		const struct fb_writer *w;

		state_of_random = seed * 2654435761u + 1;
		make(what, true);
		w = model_write(&m);
		if (moved(w, 0))
			fail_msg("graph %u: a TRANSPOSE is left", seed);
		same_bits(w, seed);
	}
}

static void test_any(void **state)
{
	uint64_t before = 0, after = 0;

	for (uint32_t seed = 0; seed < GRAPHS; seed++) {
		const struct fb_writer *w;
		uint64_t with, without;

		state_of_random = seed * 2654435761u + 99;
		make(seed % WHATS, seed % 3 == 0);
		w = model_write(&m);
		with = moved(w, 0);
		without = moved(w, run_pass("transpose-sink"));
		if (with > without)
			fail_msg("graph %u: moves %llu bytes instead of %llu", seed,
				 (unsigned long long)with, (unsigned long long)without);
		before += without;
		after += with;
		same_bits(w, seed);
	}
	print_message("# %llu of %llu bytes are moved\n", (unsigned long long)after,
		      (unsigned long long)before);
	assert_true(3 * after < 2 * before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_undone),
		cmocka_unit_test(test_any),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-transpose-carry", tests, NULL, NULL);
}
