// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "model.h"

#include <stdlib.h>
#include <string.h>

/* Contents of constants: all bytes occur, int32 ones stay small. */
static size_t write_data(struct fb_writer *w, const struct model_tensor *t)
{
	uint8_t bytes[4096];

	if (t->ints)
		return fb_vector(w, t->ints, t->data_bytes, 1);
	if (t->data_bytes > sizeof(bytes))
		abort();
	for (uint32_t i = 0; i < t->data_bytes; i++)
		bytes[i] = (uint8_t)(37 * i + 11);
	if (t->type == NPUC_TYPE_INT32)
		for (uint32_t i = 0; i < t->data_bytes; i++)
			bytes[i] = (uint8_t)(i % 4 ? 0 : bytes[i]);
	return fb_vector(w, bytes, t->data_bytes, 1);
}

static size_t write_quant(struct fb_writer *w, const struct model_tensor *t)
{
	uint32_t count = t->scales ? t->scales : 1;
	const struct fb_field fields[FB_FIELDS] = {
		[2] = { 4, 0 }, [3] = { 4, 0 }, [6] = { 4, t->axis }
	};
	size_t table = fb_table(w, fields);
	float scales[64];
	int64_t zeros[64];

	if (count > 64)
		abort();
	for (uint32_t i = 0; i < count; i++) {
		scales[i] = t->scale * (float)(i + 1);
		zeros[i] = t->zero;
	}
	fb_point(w, fb_field_at(w, table, 2), fb_vector(w, scales, count, 4));
	fb_point(w, fb_field_at(w, table, 3), fb_vector(w, zeros, count, 8));
	return table;
}

static size_t write_tensor(struct fb_writer *w, const struct model_tensor *t, uint32_t number)
{
	char name[16] = "tensor ";
	const struct fb_field fields[FB_FIELDS] = {
		[0] = { 4, 0 },
		[1] = { 1, t->type },
		[2] = { 4, t->data_bytes ? number + 1 : 0 },
		[3] = { 4, 0 },
		[4] = { t->scale != 0 ? 4 : 0, 0 },
		[5] = { 1, t->variable },
	};
	size_t table = fb_table(w, fields);

	name[7] = (char)('a' + number % 26);
	if (number >= 26)
		name[8] = (char)('0' + number / 26);
	fb_point(w, fb_field_at(w, table, 0), fb_vector(w, t->dim, t->rank, 4));
	fb_point(w, fb_field_at(w, table, 3), fb_string(w, name));
	if (t->scale != 0)
		fb_point(w, fb_field_at(w, table, 4), write_quant(w, t));
	return table;
}

static size_t write_refs(struct fb_writer *w, const uint32_t refs[MODEL_REFS])
{
	uint32_t written[MODEL_REFS], count = 0;

	for (; count < MODEL_REFS && refs[count] != MODEL_END; count++)
		written[count] = refs[count] == MODEL_ABSENT ? 0xffffffffu : refs[count];
	return fb_vector(w, written, count, 4);
}

static size_t write_op(struct fb_writer *w, const struct model_op *op, uint32_t number)
{
	const struct fb_field fields[FB_FIELDS] = {
		[0] = { 4, number },
		[1] = { 4, 0 },
		[2] = { 4, 0 },
		[3] = { 1, op->options_type },
		[4] = { op->options_type ? 4 : 0, 0 },
		[8] = { op->intermediates[0] ? 4 : 0, 0 },
	};
	size_t table = fb_table(w, fields);

	fb_point(w, fb_field_at(w, table, 1), write_refs(w, op->inputs));
	fb_point(w, fb_field_at(w, table, 2), write_refs(w, op->outputs));
	if (op->options_type)
		fb_point(w, fb_field_at(w, table, 4), fb_table(w, op->options));
	if (op->intermediates[0])
		fb_point(w, fb_field_at(w, table, 8), write_refs(w, op->intermediates));
	return table;
}

static uint32_t tensor_count(const struct model *m)
{
	uint32_t count = 0;

	while (count < MODEL_TENSORS && m->tensors[count].rank)
		count++;
	return count;
}

static uint32_t op_count(const struct model *m)
{
	uint32_t count = 0;

	while (count < MODEL_OPS && m->ops[count].outputs[0] != m->ops[count].outputs[1])
		count++;
	return count;
}

static size_t write_subgraph(struct fb_writer *w, const struct model *m)
{
	const struct fb_field fields[FB_FIELDS] = { { 4, 0 }, { 4, 0 }, { 4, 0 }, { 4, 0 } };
	size_t table = fb_table(w, fields);
	size_t tensors = fb_vector(w, NULL, tensor_count(m), 4), ops;

	fb_point(w, fb_field_at(w, table, 0), tensors);
	fb_point(w, fb_field_at(w, table, 1), write_refs(w, m->inputs));
	fb_point(w, fb_field_at(w, table, 2), write_refs(w, m->outputs));
	ops = fb_vector(w, NULL, op_count(m), 4);
	fb_point(w, fb_field_at(w, table, 3), ops);
	for (uint32_t i = 0; i < tensor_count(m); i++)
		fb_point(w, fb_element_at(tensors, i, 4), write_tensor(w, &m->tensors[i], i));
	for (uint32_t i = 0; i < op_count(m); i++)
		fb_point(w, fb_element_at(ops, i, 4), write_op(w, &m->ops[i], i));
	return table;
}

static size_t write_opcode(struct fb_writer *w, uint32_t builtin)
{
	const struct fb_field fields[FB_FIELDS] = {
		[0] = { 1, builtin < 127 ? builtin : 127 },
		[3] = { 4, builtin },
	};

	return fb_table(w, fields);
}

static size_t write_buffer(struct fb_writer *w, const struct model_tensor *t)
{
	const struct fb_field fields[FB_FIELDS] = { { t && t->data_bytes ? 4 : 0, 0 } };
	size_t table = fb_table(w, fields);

	if (t && t->data_bytes)
		fb_point(w, fb_field_at(w, table, 0), write_data(w, t));
	return table;
}

const struct fb_writer *model_write(const struct model *m)
{
	static struct fb_writer w;
	const struct fb_field fields[FB_FIELDS] = {
		[0] = { 4, 3 }, [1] = { 4, 0 }, [2] = { 4, 0 }, [4] = { 4, 0 }
	};
	uint32_t tensors = tensor_count(m), ops = op_count(m);
	uint32_t subgraphs = m->subgraphs ? m->subgraphs : 1;
	size_t table, vector, subgraph;

	w.size = 0;
	fb_vector(&w, NULL, 0, 1);
	memcpy(w.data + 4, "TFL3", 4);
	table = fb_table(&w, fields);
	fb_point(&w, 0, table);

	vector = fb_vector(&w, NULL, ops, 4);
	fb_point(&w, fb_field_at(&w, table, 1), vector);
	for (uint32_t i = 0; i < ops; i++)
		fb_point(&w, fb_element_at(vector, i, 4), write_opcode(&w, m->ops[i].builtin));
	vector = fb_vector(&w, NULL, subgraphs, 4);
	fb_point(&w, fb_field_at(&w, table, 2), vector);
	subgraph = write_subgraph(&w, m);
	for (uint32_t i = 0; i < subgraphs; i++)
		fb_point(&w, fb_element_at(vector, i, 4), subgraph);
	vector = fb_vector(&w, NULL, tensors + 1, 4);
	fb_point(&w, fb_field_at(&w, table, 4), vector);
	for (uint32_t i = 0; i <= tensors; i++)
		fb_point(&w, fb_element_at(vector, i, 4),
			 write_buffer(&w, i ? &m->tensors[i - 1] : NULL));
	return &w;
}

const struct model *model_find(const char *name)
{
	for (const struct model *m = models; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	abort();
}
