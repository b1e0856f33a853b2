// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "move_case.h"

#include "tflite.h"

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
			input = MOVE_BORDER;
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
	return from[1] < 0 || from[1] >= m->in[1] || from[2] < 0 || from[2] >= m->in[2] ?
		       MOVE_BORDER :
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

const struct move move_cases[] = {
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
	  .params = { { 6, 0, 1, 1, 1, 3, 0 }, { 1, MOVE_PAD_VALUE } },
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

const size_t move_case_count = sizeof(move_cases) / sizeof(move_cases[0]);
