// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops that only move data, in every type.  Elements of the inputs are numbered. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "move_case.h"
#include "npuc.h"
#include "run.h"

static int elements(const int32_t *dim, uint32_t rank)
{
	int n = 1;

	for (uint32_t i = 0; i < rank; i++)
		n *= dim[i];
	return n;
}

/* Number @i of input @input as an element of any type: distinct in the low byte for small cases. */
static int64_t number(int input, int i)
{
	return input * 50 + i + 1;
}

static uint32_t add_param(struct model *model, uint32_t *next, const int32_t *row, bool pairs,
			  uint32_t type)
{
	struct model_tensor *t = &model->tensors[*next];

	*t = (struct model_tensor){
		.type = type,
		.rank = pairs ? 2 : 1,
		.dim = { pairs ? row[0] / 2 : row[0], 2 },
		.data_bytes = (uint32_t)((size_t)row[0] * npuc_type_size(type)),
		.ints = row + 1,
	};
	return (*next)++;
}

/* Inputs, then parameters, then outputs, as the op's operator row wants them. */
static void make_model(const struct move *m, uint32_t type, struct model *model)
{
	uint32_t inputs = m->inputs ? m->inputs : 1, outs = m->outs ? m->outs : 1;
	struct model_op *op = &model->ops[0];
	uint32_t next = 0, at = 0;

	*model = (struct model){ .name = m->name };
	op->builtin = m->builtin;
	op->options_type = m->options_type;
	memcpy(op->options, m->options, sizeof(op->options));
	for (uint32_t i = 0; i < inputs; i++) {
		struct model_tensor *t = &model->tensors[next];

		*t = (struct model_tensor){ .type = type, .rank = m->in_rank };
		memcpy(t->dim, m->in, sizeof(t->dim));
		model->inputs[i] = next++;
	}
	model->inputs[inputs] = MODEL_END;
	for (uint32_t i = 0; i < inputs; i++)
		op->inputs[m->param_first + at++] = i;
	for (uint32_t p = 0; p < 3 && m->params[p][0]; p++) {
		bool value = m->builtin == TFLITE_PADV2 && p == 1;
		uint32_t t = add_param(model, &next, m->params[p],
				       m->pairs && (m->pairs == 2 ? p == 0 : p == 1),
				       value ? type : NPUC_TYPE_INT32);

		op->inputs[m->param_first ? 0 : at++] = t;
	}
	op->inputs[at + m->param_first] = MODEL_END;
	for (uint32_t k = 0; k < outs; k++) {
		struct model_tensor *t = &model->tensors[next];

		*t = (struct model_tensor){ .type = type, .rank = m->out_rank };
		memcpy(t->dim, m->out, sizeof(t->dim));
		if (m->sizes[k])
			t->dim[m->axis] = m->sizes[k];
		op->outputs[k] = next;
		model->outputs[k] = next++;
	}
	op->outputs[outs] = MODEL_END;
	model->outputs[outs] = MODEL_END;
}

static int64_t load(const uint8_t *p, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, p, size);
	return (int64_t)value;
}

static void fill_input(const struct run *r, const struct move *m, int input, size_t size)
{
	uint8_t *to = run_bytes(r, run_io(r, NPU_TENSOR_INPUT, (uint32_t)input));

	for (int i = 0; i < elements(m->in, m->in_rank); i++) {
		int64_t value = number(input, i);

		memcpy(to + (size_t)i * size, &value, size);
	}
}

static void check_output(const struct run *r, const struct move *m, uint32_t k, size_t size)
{
	const uint8_t *found = run_bytes(r, run_io(r, NPU_TENSOR_OUTPUT, k));
	int32_t shape[MOVE_RANK];
	int at[MOVE_RANK] = { 0 }, from[MOVE_RANK];

	memcpy(shape, m->out, sizeof(shape));
	if (m->sizes[k])
		shape[m->axis] = m->sizes[k];
	for (int i = 0; i < elements(shape, m->out_rank); i++) {
		int input = m->source(m, k, at, from), index = 0;
		int64_t want = m->builtin == TFLITE_PADV2 ? MOVE_PAD_VALUE : 0, mask = -1;

		if (input != MOVE_BORDER) {
			for (uint32_t d = 0; d < m->in_rank; d++)
				index = index * m->in[d] + from[d];
			want = number(input, index);
		}
		if (size < 8)
			mask = ((int64_t)1 << (8 * size)) - 1;
		if (load(found + (size_t)i * size, size) != (want & mask))
			fail_msg("%s, %zu bytes, output %u: element %d is %lld, wanted %lld",
				 m->name, size, k, i,
				 (long long)load(found + (size_t)i * size, size), (long long)want);
		for (int d = (int)m->out_rank - 1; d >= 0 && ++at[d] == shape[d]; d--)
			at[d] = 0;
	}
}

static void run_case(const struct move *m, uint32_t type, bool keep_all)
{
	static struct model model;
	const struct fb_writer *w;
	struct run r;

	make_model(m, type, &model);
	w = model_write(&model);
	run_open(&r, w->data, w->size, NULL, keep_all);
	for (uint32_t i = 0; i < (m->inputs ? m->inputs : 1); i++)
		fill_input(&r, m, (int)i, npuc_type_size(type));
	run_go(&r);
	for (uint32_t k = 0; k < (m->outs ? m->outs : 1); k++)
		check_output(&r, m, k, npuc_type_size(type));
	run_close(&r);
}

static void test_every_type(void **state)
{
	static const uint32_t types[] = { NPUC_TYPE_INT8,    NPUC_TYPE_UINT8, NPUC_TYPE_INT16,
					  NPUC_TYPE_INT32,   NPUC_TYPE_INT64, NPUC_TYPE_FLOAT16,
					  NPUC_TYPE_FLOAT32, NPUC_TYPE_BOOL };

	for (size_t i = 0; i < move_case_count; i++)
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			run_case(&move_cases[i], types[k], k & 1);
}

static void refused(const char *name, void (*change)(struct model *model), const char *text)
{
	struct npuc_error error = { "" };
	struct npuc_model *read = NULL;
	static struct model model;
	const struct fb_writer *w;
	void *artefact = NULL;
	size_t i = 0, size;

	while (strcmp(move_cases[i].name, name))
		i++;
	make_model(&move_cases[i], NPUC_TYPE_INT8, &model);
	change(&model);
	w = model_write(&model);
	assert_int_equal(npuc_model_read("m", w->data, w->size, &read, &error), 0);
	assert_int_equal(npuc_compile(read, NULL, &artefact, &size, &error), -EOPNOTSUPP);
	if (!strstr(error.text, text))
		fail_msg("%s: '%s', wanted '%s'", name, error.text, text);
	npuc_model_free(read);
}

static void index_outside(struct model *model)
{
	static const int32_t indices[] = { 5, 3, 1, 1, 6 };

	model->tensors[1].ints = indices;
}

static void computed_order(struct model *model)
{
	model->tensors[1].data_bytes = 0;
	model->inputs[1] = 1;
	model->inputs[2] = MODEL_END;
}

static void repeated_axis(struct model *model)
{
	static const int32_t order[] = { 1, 1 };

	model->tensors[1].ints = order;
}

static void other_scale(struct model *model)
{
	model->tensors[2].scale = 0.5f;
}

static void float_border(struct model *model)
{
	model->tensors[2].type = NPUC_TYPE_FLOAT32;
	model->tensors[2].data_bytes = 4;
}

static void many_rows(struct model *model)
{
	model->tensors[0].dim[0] = 5000;
	model->tensors[2].dim[0] = 5000;
}

static void wide_border(struct model *model)
{
	static const int32_t pads[] = { 0, 0, 4, 0, 2, 2 };

	model->tensors[1].ints = pads;
}

static void many_blocks(struct model *model)
{
	static const int32_t block[] = { 1, 4100 }, crops[] = { 0, 0, 0, 0 };
	static const int32_t in[] = { 8200, 1, 1, 2 }, out[] = { 2, 1, 4100, 2 };

	memcpy(model->tensors[0].dim, in, sizeof(in));
	model->tensors[1].ints = block;
	model->tensors[2].ints = crops;
	memcpy(model->tensors[3].dim, out, sizeof(out));
}

static void test_refusals(void **state)
{
	refused("gather", index_outside, "lead outside");
	refused("transpose 2", computed_order, "must be constant: 'tensor b' is computed");
	refused("transpose 2", repeated_axis, "do not fit together");
	refused("transpose 2", other_scale, "same scale and zero point before and behind");
	refused("pad with a value", float_border, "1 of float32");
	refused("reverse two", many_rows, "at most 4096 copies");
	refused("batch to space", many_blocks, "at most 4096 copies");
	refused("reflect", wide_border, "lead outside");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-moves", tests, NULL, NULL);
}
