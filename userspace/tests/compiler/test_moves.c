// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Ops that only move data.  Elements of the inputs are numbered; a reference that
 * works on coordinates says which number belongs at each place of the outputs.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "npuc.h"
#include "run.h"

#define RANK 6
/* Stands for the code of 0 or a pad value. */
#define BORDER (-1)
#define PAD_VALUE 77

struct move;

/**
 * typedef source_fn - where an element comes from
 * @m: the case
 * @output: number of the output
 * @at: coordinates there
 * @from: filled with coordinates in the input
 *
 * Return: number of the input, BORDER for none.
 */
typedef int source_fn(const struct move *m, uint32_t output, const int *at, int *from);

/**
 * struct move - a case
 * @name: for messages
 * @builtin: the op
 * @in_rank: dimensions of the inputs
 * @in: their sizes
 * @inputs: number of inputs, 0 for one
 * @outs: number of outputs, 0 for one
 * @out_rank: dimensions of the outputs
 * @out: their sizes
 * @axis: of split, pack, gather; outputs differ along it
 * @sizes: of the outputs along @axis when they differ
 * @params: constant parameters, by row: count, then numbers
 * @param_first: the parameters stand in front of the input
 * @pairs: the first parameter has two columns
 * @options_type: options of the op
 * @options: likewise
 * @source: reference
 */
struct move {
	const char *name;
	uint32_t builtin;
	uint32_t in_rank;
	int32_t in[RANK];
	uint32_t inputs;
	uint32_t outs;
	uint32_t out_rank;
	int32_t out[RANK];
	int axis;
	int sizes[4];
	int32_t params[3][9];
	bool param_first;
	int pairs;
	uint8_t options_type;
	struct fb_field options[FB_FIELDS];
	source_fn *source;
};

static int from_transpose(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (uint32_t i = 0; i < m->out_rank; i++)
		from[m->params[0][1 + i]] = at[i];
	return 0;
}

static int from_reverse(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (uint32_t i = 0; i < m->in_rank; i++)
		from[i] = at[i];
	for (int k = 0; k < m->params[0][0]; k++) {
		int axis = m->params[0][1 + k];

		from[axis] = m->in[axis] - 1 - at[axis];
	}
	return 0;
}

static int from_tile(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (uint32_t i = 0; i < m->in_rank; i++)
		from[i] = at[i] % m->in[i];
	return 0;
}

static int from_broadcast(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (uint32_t i = 0; i < m->in_rank; i++)
		from[i] = m->in[i] == 1 ? 0 : at[i + m->out_rank - m->in_rank];
	return 0;
}

static int from_slice(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (uint32_t i = 0; i < m->in_rank; i++)
		from[i] = m->params[0][1 + i] + at[i];
	return 0;
}

/* Of the two strided slices in the table. */
static int from_every_other(const struct move *m, uint32_t output, const int *at, int *from)
{
	from[0] = 1;
	from[1] = at[0] * 2 + 1;
	from[2] = 4 - at[1] * 2;
	return 0;
}

static int from_ellipsis(const struct move *m, uint32_t output, const int *at, int *from)
{
	from[0] = at[1];
	from[1] = at[2];
	from[2] = at[3] + 1;
	return 0;
}

static int from_split(const struct move *m, uint32_t output, const int *at, int *from)
{
	int start = 0;

	for (uint32_t k = 0; k < output; k++)
		start += m->sizes[k] ? m->sizes[k] : m->out[m->axis];
	for (uint32_t i = 0; i < m->in_rank; i++)
		from[i] = at[i] + ((int)i == m->axis ? start : 0);
	return 0;
}

static int from_unpack(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (int i = 0; i < (int)m->in_rank; i++)
		from[i] = i == m->axis ? (int)output : at[i - (i > m->axis)];
	return 0;
}

static int from_pack(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (int i = 0; i < (int)m->in_rank; i++)
		from[i] = at[i + (i >= m->axis)];
	return at[m->axis];
}

/* Indices have one dimension. */
static int from_gather(const struct move *m, uint32_t output, const int *at, int *from)
{
	for (int i = 0; i < (int)m->in_rank; i++)
		from[i] = i == m->axis ? m->params[0][1 + at[i]] : at[i];
	return 0;
}

static int from_gather_batch(const struct move *m, uint32_t output, const int *at, int *from)
{
	from[0] = at[0];
	from[1] = m->params[0][1 + at[0] * 2 + at[1]];
	from[2] = at[2];
	return 0;
}

static int from_gather_nd(const struct move *m, uint32_t output, const int *at, int *from)
{
	from[0] = m->params[0][1 + at[0] * 2];
	from[1] = m->params[0][1 + at[0] * 2 + 1];
	from[2] = at[1];
	return 0;
}

static int from_pad(const struct move *m, uint32_t output, const int *at, int *from)
{
	int input = 0;

	for (uint32_t i = 0; i < m->in_rank; i++) {
		from[i] = at[i] - m->params[0][1 + 2 * i];
		if (from[i] < 0 || from[i] >= m->in[i])
			input = BORDER;
	}
	return input;
}

static int from_mirror(const struct move *m, uint32_t output, const int *at, int *from)
{
	int edge = m->options[0].value ? 1 : 0;

	for (uint32_t i = 0; i < m->in_rank; i++) {
		int x = at[i] - m->params[0][1 + 2 * i];

		if (x < 0)
			x = -x - edge;
		if (x >= m->in[i])
			x = 2 * (m->in[i] - 1) - x + edge;
		from[i] = x;
	}
	return 0;
}

static int from_depth_to_space(const struct move *m, uint32_t output, const int *at, int *from)
{
	int block = (int)m->options[0].value;

	from[0] = at[0];
	from[1] = at[1] / block;
	from[2] = at[2] / block;
	from[3] = (at[1] % block * block + at[2] % block) * m->out[3] + at[3];
	return 0;
}

static int from_space_to_depth(const struct move *m, uint32_t output, const int *at, int *from)
{
	int block = (int)m->options[0].value, offset = at[3] / m->in[3];

	from[0] = at[0];
	from[1] = at[1] * block + offset / block;
	from[2] = at[2] * block + offset % block;
	from[3] = at[3] % m->in[3];
	return 0;
}

static int from_batch_to_space(const struct move *m, uint32_t output, const int *at, int *from)
{
	int bh = m->params[0][1], bw = m->params[0][2];
	int h = at[1] + m->params[1][1], w = at[2] + m->params[1][3];

	from[0] = (h % bh * bw + w % bw) * m->out[0] + at[0];
	from[1] = h / bh;
	from[2] = w / bw;
	from[3] = at[3];
	return 0;
}

static int from_space_to_batch(const struct move *m, uint32_t output, const int *at, int *from)
{
	int bh = m->params[0][1], bw = m->params[0][2], offset = at[0] / m->in[0];

	from[0] = at[0] % m->in[0];
	from[1] = at[1] * bh + offset / bw - m->params[1][1];
	from[2] = at[2] * bw + offset % bw - m->params[1][3];
	from[3] = at[3];
	return from[1] < 0 || from[1] >= m->in[1] || from[2] < 0 || from[2] >= m->in[2] ? BORDER :
											  0;
}

#define WORD(v)                  \
	{                        \
		4, (uint32_t)(v) \
	}
#define NONE         \
	{            \
		0, 0 \
	}
#define SLICE_OPTIONS(begin, end, ellipsis, added, shrink) \
	.options_type = 32,                                \
	.options = { WORD(begin), WORD(end), WORD(ellipsis), WORD(added), WORD(shrink) }

static const struct move cases[] = {
	{ "transpose 2",
	  TFLITE_TRANSPOSE,
	  2,
	  { 5, 7 },
	  .out_rank = 2,
	  .out = { 7, 5 },
	  .params = { { 2, 1, 0 } },
	  .source = from_transpose },
	{ "transpose 4",
	  TFLITE_TRANSPOSE,
	  4,
	  { 2, 3, 4, 5 },
	  .out_rank = 4,
	  .out = { 5, 3, 4, 2 },
	  .params = { { 4, 3, 1, 2, 0 } },
	  .source = from_transpose },
	{ "transpose rows",
	  TFLITE_TRANSPOSE,
	  4,
	  { 2, 3, 4, 5 },
	  .out_rank = 4,
	  .out = { 4, 3, 2, 5 },
	  .params = { { 4, 2, 1, 0, 3 } },
	  .source = from_transpose },
	{ "transpose 6",
	  TFLITE_TRANSPOSE,
	  6,
	  { 2, 3, 2, 3, 2, 4 },
	  .out_rank = 6,
	  .out = { 4, 2, 3, 2, 3, 2 },
	  .params = { { 6, 5, 4, 3, 2, 1, 0 } },
	  .source = from_transpose },
	{ "transpose joined",
	  TFLITE_TRANSPOSE,
	  6,
	  { 2, 3, 2, 3, 2, 4 },
	  .out_rank = 6,
	  .out = { 3, 2, 2, 3, 2, 4 },
	  .params = { { 6, 3, 0, 4, 1, 2, 5 } },
	  .source = from_transpose },
	{ "reverse last",
	  TFLITE_REVERSE_V2,
	  3,
	  { 2, 3, 4 },
	  .out_rank = 3,
	  .out = { 2, 3, 4 },
	  .params = { { 1, 2 } },
	  .source = from_reverse },
	{ "reverse two",
	  TFLITE_REVERSE_V2,
	  3,
	  { 4, 3, 4 },
	  .out_rank = 3,
	  .out = { 4, 3, 4 },
	  .params = { { 2, 0, 1 } },
	  .source = from_reverse },
	{ "tile",
	  TFLITE_TILE,
	  3,
	  { 2, 3, 4 },
	  .out_rank = 3,
	  .out = { 4, 3, 12 },
	  .params = { { 3, 2, 1, 3 } },
	  .source = from_tile },
	{ "broadcast",
	  TFLITE_BROADCAST_TO,
	  3,
	  { 3, 1, 4 },
	  .out_rank = 4,
	  .out = { 2, 3, 5, 4 },
	  .params = { { 4, 2, 3, 5, 4 } },
	  .source = from_broadcast },
	{ "broadcast inside",
	  TFLITE_BROADCAST_TO,
	  3,
	  { 2, 3, 1 },
	  .out_rank = 3,
	  .out = { 2, 3, 5 },
	  .params = { { 3, 2, 3, 5 } },
	  .source = from_broadcast },
	{ "slice",
	  TFLITE_SLICE,
	  3,
	  { 4, 5, 6 },
	  .out_rank = 3,
	  .out = { 2, 5, 3 },
	  .params = { { 3, 1, 0, 2 }, { 3, 2, -1, 3 } },
	  .source = from_slice },
	{ "strided slice",
	  TFLITE_STRIDED_SLICE,
	  3,
	  { 3, 6, 5 },
	  .out_rank = 2,
	  .out = { 3, 3 },
	  .params = { { 3, -2, 1, 9 }, { 3, 0, -1, -9 }, { 3, 1, 2, -2 } },
	  SLICE_OPTIONS(0, 2, 0, 0, 1),
	  .source = from_every_other },
	{ "strided slice of all",
	  TFLITE_STRIDED_SLICE,
	  3,
	  { 3, 4, 5 },
	  .out_rank = 4,
	  .out = { 1, 3, 4, 4 },
	  .params = { { 3, 0, 0, 1 }, { 3, 0, 0, 5 }, { 3, 1, 1, 1 } },
	  SLICE_OPTIONS(0, 0, 2, 1, 0),
	  .source = from_ellipsis },
	{ "split",
	  TFLITE_SPLIT,
	  3,
	  { 2, 6, 4 },
	  .outs = 3,
	  .out_rank = 3,
	  .out = { 2, 2, 4 },
	  .axis = 1,
	  .params = { { 1, 1 } },
	  .param_first = true,
	  .source = from_split },
	{ "split by sizes",
	  TFLITE_SPLIT_V,
	  2,
	  { 3, 9 },
	  .outs = 3,
	  .out_rank = 2,
	  .out = { 3, 4 },
	  .axis = 1,
	  .sizes = { 2, 4, 3 },
	  .params = { { 3, 2, -1, 3 }, { 1, -1 } },
	  .source = from_split },
	{ "unpack",
	  TFLITE_UNPACK,
	  3,
	  { 2, 3, 4 },
	  .outs = 3,
	  .out_rank = 2,
	  .out = { 2, 4 },
	  .axis = 1,
	  .options_type = 64,
	  .options = { WORD(3), WORD(-2) },
	  .source = from_unpack },
	{ "unpack last",
	  TFLITE_UNPACK,
	  2,
	  { 5, 2 },
	  .outs = 2,
	  .out_rank = 1,
	  .out = { 5 },
	  .axis = 1,
	  .options_type = 64,
	  .options = { WORD(2), WORD(1) },
	  .source = from_unpack },
	{ "pack",
	  TFLITE_PACK,
	  2,
	  { 3, 4 },
	  .inputs = 3,
	  .out_rank = 3,
	  .out = { 3, 3, 4 },
	  .axis = 1,
	  .options_type = 59,
	  .options = { WORD(3), WORD(1) },
	  .source = from_pack },
	{ "pack last",
	  TFLITE_PACK,
	  2,
	  { 3, 4 },
	  .inputs = 2,
	  .out_rank = 3,
	  .out = { 3, 4, 2 },
	  .axis = 2,
	  .options_type = 59,
	  .options = { WORD(2), WORD(-1) },
	  .source = from_pack },
	{ "gather",
	  TFLITE_GATHER,
	  3,
	  { 4, 6, 3 },
	  .out_rank = 3,
	  .out = { 4, 5, 3 },
	  .axis = 1,
	  .params = { { 5, 5, 3, 1, 1, 0 } },
	  .options_type = 23,
	  .options = { WORD(1), NONE },
	  .source = from_gather },
	{ "gather last",
	  TFLITE_GATHER,
	  2,
	  { 4, 6 },
	  .out_rank = 2,
	  .out = { 4, 4 },
	  .axis = 1,
	  .params = { { 4, 0, 2, 4, 5 } },
	  .options_type = 23,
	  .options = { WORD(-1), NONE },
	  .source = from_gather },
	{ "gather in batches",
	  TFLITE_GATHER,
	  3,
	  { 2, 4, 3 },
	  .out_rank = 3,
	  .out = { 2, 2, 3 },
	  .params = { { 4, 3, 0, 1, 1 } },
	  .pairs = 2,
	  .options_type = 23,
	  .options = { WORD(1), WORD(1) },
	  .source = from_gather_batch },
	{ "gather n-d",
	  TFLITE_GATHER_ND,
	  3,
	  { 3, 4, 5 },
	  .out_rank = 2,
	  .out = { 4, 5 },
	  .params = { { 8, 0, 1, 0, 3, 2, 1, 1, 1 } },
	  .pairs = 2,
	  .source = from_gather_nd },
	{ "pad",
	  TFLITE_PAD,
	  4,
	  { 2, 3, 2, 3 },
	  .out_rank = 4,
	  .out = { 2, 6, 3, 5 },
	  .params = { { 8, 0, 0, 1, 2, 0, 1, 2, 0 } },
	  .pairs = 2,
	  .source = from_pad },
	{ "pad with a value",
	  TFLITE_PADV2,
	  3,
	  { 2, 3, 2 },
	  .out_rank = 3,
	  .out = { 3, 5, 5 },
	  .params = { { 6, 0, 1, 1, 1, 3, 0 }, { 1, PAD_VALUE } },
	  .pairs = 2,
	  .source = from_pad },
	{ "reflect",
	  TFLITE_MIRROR_PAD,
	  3,
	  { 2, 4, 3 },
	  .out_rank = 3,
	  .out = { 2, 8, 7 },
	  .params = { { 6, 0, 0, 1, 3, 2, 2 } },
	  .pairs = 2,
	  .options_type = 77,
	  .options = { { 1, 0 } },
	  .source = from_mirror },
	{ "mirror",
	  TFLITE_MIRROR_PAD,
	  3,
	  { 2, 4, 3 },
	  .out_rank = 3,
	  .out = { 4, 9, 7 },
	  .params = { { 6, 0, 2, 4, 1, 1, 3 } },
	  .pairs = 2,
	  .options_type = 77,
	  .options = { { 1, 1 } },
	  .source = from_mirror },
	{ "depth to space",
	  TFLITE_DEPTH_TO_SPACE,
	  4,
	  { 2, 3, 2, 12 },
	  .out_rank = 4,
	  .out = { 2, 6, 4, 3 },
	  .options_type = 94,
	  .options = { WORD(2) },
	  .source = from_depth_to_space },
	{ "space to depth",
	  TFLITE_SPACE_TO_DEPTH,
	  4,
	  { 2, 6, 3, 2 },
	  .out_rank = 4,
	  .out = { 2, 2, 1, 18 },
	  .options_type = 19,
	  .options = { WORD(3) },
	  .source = from_space_to_depth },
	{ "batch to space",
	  TFLITE_BATCH_TO_SPACE_ND,
	  4,
	  { 12, 3, 2, 2 },
	  .out_rank = 4,
	  .out = { 2, 4, 4, 2 },
	  .params = { { 2, 2, 3 }, { 4, 1, 1, 2, 0 } },
	  .pairs = 1,
	  .source = from_batch_to_space },
	{ "space to batch",
	  TFLITE_SPACE_TO_BATCH_ND,
	  4,
	  { 2, 4, 4, 2 },
	  .out_rank = 4,
	  .out = { 12, 3, 2, 2 },
	  .params = { { 2, 2, 3 }, { 4, 1, 1, 2, 0 } },
	  .pairs = 1,
	  .source = from_space_to_batch },
};

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
	int32_t shape[RANK];
	int at[RANK] = { 0 }, from[RANK];

	memcpy(shape, m->out, sizeof(shape));
	if (m->sizes[k])
		shape[m->axis] = m->sizes[k];
	for (int i = 0; i < elements(shape, m->out_rank); i++) {
		int input = m->source(m, k, at, from), index = 0;
		int64_t want = m->builtin == TFLITE_PADV2 ? PAD_VALUE : 0, mask = -1;

		if (input != BORDER) {
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

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			run_case(&cases[i], types[k], k & 1);
}

static void refused(const char *name, void (*change)(struct model *model), const char *text)
{
	struct npuc_error error = { "" };
	struct npuc_model *read = NULL;
	static struct model model;
	const struct fb_writer *w;
	void *artefact = NULL;
	size_t i = 0, size;

	while (strcmp(cases[i].name, name))
		i++;
	make_model(&cases[i], NPUC_TYPE_INT8, &model);
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
