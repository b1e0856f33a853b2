// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Writes .tflite files: the way back of tflite.c. */
#include "tflite_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "flatbuffer_write.h"
#include "tflite.h"
#include "tflite_options.h"

#define SCHEMA_VERSION 3
/* Contents of constants begin at a multiple of it, as the schema wants them. */
#define BUFFER_ALIGN 16
/* Field of old readers, which know no operators beyond. */
#define OLD_BUILTINS 127
/* FlatBuffers' offsets are signed in places. */
#define MOST_BYTES 0x7fffffffu

/**
 * struct constant - contents of one or more tensors
 * @tensor: one of them
 * @data: where they lie
 * @size: their bytes
 */
struct constant {
	uint32_t tensor;
	const uint8_t *data;
	size_t size;
};

/**
 * struct code - an operator of the model
 * @op: one of the ops that have it
 * @number: entry of the model's operator codes
 */
struct code {
	const struct npuc_op *op;
	uint32_t number;
};

/**
 * struct writer - a file being written
 * @file: name for errors
 * @g: the graph
 * @fb: the flatbuffer
 * @constants: distinct contents; entry i becomes buffer i + 1
 * @constant_count: entries of @constants
 * @buffer: of each tensor, 0: none
 * @codes: of each op
 * @code_count: distinct ones
 * @error: where failures are explained
 */
struct writer {
	const char *file;
	const struct npuc_graph *g;
	struct npuc_fb_writer fb;
	struct constant *constants;
	uint32_t constant_count;
	uint32_t *buffer;
	struct code *codes;
	uint32_t code_count;
	struct npuc_error *error;
};

static struct npuc_fb_field number(uint32_t bytes, uint64_t value)
{
	return (struct npuc_fb_field){ bytes, value };
}

/* Let field @id of @table lead to @to. */
static void point(struct writer *w, size_t table, uint32_t id, size_t to)
{
	npuc_fb_point(&w->fb, npuc_fb_field_at(&w->fb, table, id), to);
}

/* A vector of offsets yet to be set, that field @id of @table leads to. */
static size_t put_tables(struct writer *w, size_t table, uint32_t id, size_t count)
{
	size_t vector = npuc_fb_put_vector(&w->fb, NULL, count, 4, 4);

	point(w, table, id, vector);
	return vector;
}

static void put_numbers(struct writer *w, size_t table, uint32_t id, const void *data, size_t count,
			size_t bytes)
{
	point(w, table, id, npuc_fb_put_vector(&w->fb, data, count, bytes, bytes > 4 ? bytes : 4));
}

static int compare_constants(const void *x, const void *y)
{
	const struct constant *a = x, *b = y;

	if (a->data != b->data)
		return a->data < b->data ? -1 : 1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return (a->tensor > b->tensor) - (a->tensor < b->tensor);
}

/* What the compiler computed from other tensors is not the file's: mark it. */
static void mark_folded(struct writer *w)
{
	for (uint32_t i = 0; i < w->g->op_count; i++) {
		const struct npuc_op *op = &w->g->ops[i];

		for (uint32_t k = 0; k < op->output_count && op->constant; k++)
			w->buffer[op->outputs[k]] = NPUC_NONE;
	}
}

/* Tensors that share their contents get one buffer for them. */
static void find_constants(struct writer *w)
{
	struct constant *all = w->constants;
	uint32_t count = 0, distinct = 0;

	for (uint32_t i = 0; i < w->g->tensor_count; i++) {
		const struct npuc_tensor *t = &w->g->tensors[i];

		if (w->buffer[i] == NPUC_NONE)
			w->buffer[i] = 0;
		else if (t->data)
			all[count++] = (struct constant){ i, t->data, t->data_size };
	}
	qsort(all, count, sizeof(*all), compare_constants);
	for (uint32_t i = 0; i < count; i++) {
		if (!i || all[i].data != all[distinct - 1].data ||
		    all[i].size != all[distinct - 1].size) {
			w->buffer[all[i].tensor] = distinct + 1;
			all[distinct++] = all[i];
		} else {
			w->buffer[all[i].tensor] = distinct;
		}
	}
	w->constant_count = distinct;
}

static int compare_codes(const void *x, const void *y)
{
	const struct npuc_op *a = ((const struct code *)x)->op, *b = ((const struct code *)y)->op;

	if (a->builtin != b->builtin)
		return a->builtin < b->builtin ? -1 : 1;
	if (a->source.version != b->source.version)
		return a->source.version < b->source.version ? -1 : 1;
	return a->builtin == TFLITE_CUSTOM ? strcmp(a->type, b->type) : 0;
}

/* Number the operators: first in the order of sorting, then @codes is by op. */
static void find_codes(struct writer *w, struct code *sorted)
{
	for (uint32_t i = 0; i < w->g->op_count; i++)
		sorted[i].op = &w->g->ops[i];
	qsort(sorted, w->g->op_count, sizeof(*sorted), compare_codes);
	for (uint32_t i = 0; i < w->g->op_count; i++) {
		if (!i || compare_codes(&sorted[i - 1], &sorted[i]))
			w->code_count++;
		sorted[i].number = w->code_count - 1;
		w->codes[sorted[i].op - w->g->ops] = sorted[i];
	}
}

static void put_code(struct writer *w, size_t at, const struct npuc_op *op)
{
	uint32_t old = op->builtin < OLD_BUILTINS ? op->builtin : OLD_BUILTINS;
	const struct npuc_fb_field fields[] = {
		number(1, old),
		op->builtin == TFLITE_CUSTOM ? NPUC_FB_OFFSET : number(0, 0),
		number(4, op->source.version ? op->source.version : 1),
		number(4, op->builtin),
	};
	size_t table = npuc_fb_table(&w->fb, fields, 4);

	npuc_fb_point(&w->fb, at, table);
	if (op->builtin == TFLITE_CUSTOM)
		point(w, table, 1, npuc_fb_put_string(&w->fb, op->type));
}

static void put_codes(struct writer *w, size_t model, const struct code *sorted)
{
	size_t codes = put_tables(w, model, 1, w->code_count);

	for (uint32_t i = 0, k = 0; i < w->code_count; i++) {
		while (sorted[k].number != i)
			k++;
		put_code(w, npuc_fb_element_at(codes, i), sorted[k].op);
	}
}

static void put_quant(struct writer *w, size_t tensor, const struct npuc_quant *q)
{
	const struct npuc_fb_field fields[] = {
		[2] = q->count ? NPUC_FB_OFFSET : number(0, 0),
		[3] = q->zero_point_count ? NPUC_FB_OFFSET : number(0, 0),
		[6] = number(4, q->axis),
	};
	size_t table = npuc_fb_table(&w->fb, fields, 7);

	point(w, tensor, 4, table);
	if (q->count)
		put_numbers(w, table, 2, q->scales, q->count, 4);
	if (q->zero_point_count)
		put_numbers(w, table, 3, q->zero_points, q->zero_point_count, 8);
}

static int put_tensor(struct writer *w, size_t at, uint32_t index)
{
	const struct npuc_tensor *t = &w->g->tensors[index];
	/* Where the file left out the shape it stays away, but for scalars. */
	bool scalar = !t->dimensioned && t->ranked && !t->shape.rank;
	/* A zero point without a scale is what an op may be refused for: it stays. */
	bool quantised = t->quant.count || t->quant.zero_point_count;
	const struct npuc_fb_field fields[] = {
		t->dimensioned ? NPUC_FB_OFFSET : number(0, 0),
		number(1, t->type),
		number(4, w->buffer[index]),
		NPUC_FB_OFFSET,
		quantised ? NPUC_FB_OFFSET : number(0, 0),
		number(1, t->variable),
		number(0, 0),
		number(0, 0),
		number(1, scalar),
	};
	size_t table;

	if (t->sparse || t->quant.foreign)
		return npuc_fail(w->error, -EOPNOTSUPP,
				 "%s: tensor %u '%.80s' is %s, which is not written", w->file,
				 index, t->name,
				 t->sparse ? "sparse" : "quantised in another way than affine");
	table = npuc_fb_table(&w->fb, fields, 9);
	npuc_fb_point(&w->fb, at, table);
	if (t->dimensioned)
		put_numbers(w, table, 0, t->shape.dim, t->shape.rank, 4);
	point(w, table, 3, npuc_fb_put_string(&w->fb, t->name));
	if (quantised)
		put_quant(w, table, &t->quant);
	return 0;
}

static int put_op(struct writer *w, size_t at, uint32_t index)
{
	const struct npuc_op *op = &w->g->ops[index];
	const struct npuc_op_source *source = &op->source;
	uint32_t type;
	size_t table;

	if (!npuc_tflite_options_type(op, &type) || op->builtin >= TFLITE_BUILTINS ||
	    source->foreign)
		return npuc_fail(w->error, -EOPNOTSUPP,
				 "%s: op %u %s '%.80s': a .tflite file cannot hold it as it is",
				 w->file, index, op->type, npuc_output(w->g, op)->name);
	table = npuc_fb_table(&w->fb,
			      (const struct npuc_fb_field[]){
				      number(4, w->codes[index].number),
				      NPUC_FB_OFFSET,
				      NPUC_FB_OFFSET,
				      number(type ? 1 : 0, type),
				      type ? NPUC_FB_OFFSET : number(0, 0),
				      source->custom ? NPUC_FB_OFFSET : number(0, 0),
				      number(0, 0),
				      number(0, 0),
				      source->intermediates ? NPUC_FB_OFFSET : number(0, 0),
			      },
			      9);
	npuc_fb_point(&w->fb, at, table);
	put_numbers(w, table, 1, op->inputs, op->input_count, 4);
	put_numbers(w, table, 2, op->outputs, op->output_count, 4);
	if (source->custom)
		point(w, table, 5,
		      npuc_fb_put_vector(&w->fb, source->custom, source->custom_size, 1,
					 BUFFER_ALIGN));
	if (source->intermediates)
		put_numbers(w, table, 8, source->intermediates, source->intermediate_count, 4);
	if (type)
		point(w, table, 4, npuc_tflite_put_options(&w->fb, w->g, op, type));
	return 0;
}

static int put_subgraph(struct writer *w, size_t model)
{
	const struct npuc_graph *g = w->g;
	size_t subgraphs = put_tables(w, model, 2, 1);
	const struct npuc_fb_field fields[] = { NPUC_FB_OFFSET, NPUC_FB_OFFSET, NPUC_FB_OFFSET,
						NPUC_FB_OFFSET };
	size_t table = npuc_fb_table(&w->fb, fields, 4), list;
	int err = 0;

	npuc_fb_point(&w->fb, npuc_fb_element_at(subgraphs, 0), table);
	put_numbers(w, table, 1, g->inputs, g->input_count, 4);
	put_numbers(w, table, 2, g->outputs, g->output_count, 4);
	list = put_tables(w, table, 0, g->tensor_count);
	for (uint32_t i = 0; i < g->tensor_count && !err; i++)
		err = put_tensor(w, npuc_fb_element_at(list, i), i);
	list = put_tables(w, table, 3, g->op_count);
	for (uint32_t i = 0; i < g->op_count && !err; i++)
		err = put_op(w, npuc_fb_element_at(list, i), i);
	return err;
}

static void put_buffers(struct writer *w, size_t model)
{
	const struct npuc_fb_field with_data[] = { NPUC_FB_OFFSET };
	size_t list = put_tables(w, model, 4, (size_t)w->constant_count + 1);

	/* Buffer 0 is the empty one. */
	npuc_fb_point(&w->fb, npuc_fb_element_at(list, 0), npuc_fb_table(&w->fb, NULL, 0));
	for (uint32_t i = 0; i < w->constant_count; i++) {
		const struct constant *c = &w->constants[i];
		size_t table = npuc_fb_table(&w->fb, with_data, 1);

		npuc_fb_point(&w->fb, npuc_fb_element_at(list, (size_t)i + 1), table);
		point(w, table, 0, npuc_fb_put_vector(&w->fb, c->data, c->size, 1, BUFFER_ALIGN));
	}
}

static int put_model(struct writer *w, struct code *sorted)
{
	const struct npuc_fb_field fields[] = { number(4, SCHEMA_VERSION), NPUC_FB_OFFSET,
						NPUC_FB_OFFSET, NPUC_FB_OFFSET, NPUC_FB_OFFSET };
	size_t root = npuc_fb_begin(&w->fb, "TFL3");
	size_t model = npuc_fb_table(&w->fb, fields, 5);
	int err;

	mark_folded(w);
	find_constants(w);
	find_codes(w, sorted);
	npuc_fb_point(&w->fb, root, model);
	point(w, model, 3, npuc_fb_put_string(&w->fb, "npuc " NPU_VERSION));
	put_codes(w, model, sorted);
	err = put_subgraph(w, model);
	if (!err)
		put_buffers(w, model);
	return err;
}

int npuc_tflite_write(const char *name, const struct npuc_graph *g, struct npuc_bytes *file,
		      struct npuc_error *error)
{
	struct writer w = {
		.file = name,
		.g = g,
		.fb.bytes = *file,
		.constants = calloc((size_t)g->tensor_count + 1, sizeof(*w.constants)),
		.buffer = calloc((size_t)g->tensor_count + 1, sizeof(*w.buffer)),
		.codes = calloc((size_t)g->op_count + 1, sizeof(*w.codes)),
		.error = error,
	};
	struct code *sorted = calloc((size_t)g->op_count + 1, sizeof(*sorted));
	int err = -ENOMEM;

	if (!w.fb.bytes.limit || w.fb.bytes.limit > MOST_BYTES)
		w.fb.bytes.limit = MOST_BYTES;
	if (w.constants && w.buffer && w.codes && sorted)
		err = put_model(&w, sorted);
	if (!err && w.fb.failed)
		err = w.fb.full ? -EFBIG : -ENOMEM;
	if (err == -ENOMEM)
		npuc_fail(error, err, "%s: out of memory", name);
	if (err == -EFBIG)
		npuc_fail(error, err, "%s: written as .tflite it has more than %zu bytes", name,
			  w.fb.bytes.limit);
	free(w.constants);
	free(w.buffer);
	free(w.codes);
	free(sorted);
	*file = w.fb.bytes;
	return err;
}
