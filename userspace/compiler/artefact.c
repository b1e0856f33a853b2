// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Writes .npu files, see libnpu/npu_file.h. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "compile.h"
#include "debug_info.h"
#include "npu_file.h"
#include "npum.h"

/*
 * Names may grow against the file, as a tensor's stands in TENSORS and in LAYERS;
 * not without bound, as tensors of the file can share one long name.
 */
#define NAMES_PER_FILE_BYTE 4
#define NAMES_AT_LEAST (64u << 10)

/**
 * struct writer - an artefact being written
 * @c: what was compiled
 * @file: the whole artefact
 * @strings: section under construction
 * @tensors: section under construction
 * @layers: section under construction
 * @config: section under construction, empty: it is left out
 * @debug: likewise
 * @areas: section under construction
 * @host_ops: section under construction
 * @row: row of each tensor of the model in TENSORS, or NPU_FILE_NONE
 * @failed: memory was short
 */
struct writer {
	struct npuc_compilation *c;
	struct npuc_bytes file;
	struct npuc_bytes strings;
	struct npuc_bytes tensors;
	struct npuc_bytes layers;
	struct npuc_bytes config;
	struct npuc_bytes debug;
	struct npuc_bytes areas;
	struct npuc_bytes host_ops;
	uint32_t *row;
	bool failed;
};

static uint32_t append(struct writer *w, struct npuc_bytes *bytes, const void *data, size_t size,
		       size_t align)
{
	size_t offset = 0;
	void *to = npuc_bytes_reserve(bytes, size, align, &offset);

	if (!to) {
		w->failed = true;
		return 0;
	}
	if (size)
		memcpy(to, data, size);
	return (uint32_t)offset;
}

static uint32_t add_string(struct writer *w, const char *text)
{
	return *text ? append(w, &w->strings, text, strlen(text) + 1, 1) : 0;
}

static void add_tensor(struct writer *w, uint32_t number, uint32_t role, uint32_t index,
		       uint32_t root, uint32_t offset)
{
	const struct npuc_tensor *t = &w->c->graph->tensors[number];
	struct npu_file_tensor row = {
		.name = add_string(w, t->name),
		.role = role,
		.index = index,
		.dtype = npuc_dtype(t->type),
		.rank = t->shape.rank,
		.scale = npuc_scale(t, 0),
		.zero_point = t->quant.count ? (int32_t)npuc_zero_point(t, 0) : 0,
		.bytes = (uint32_t)npuc_tensor_bytes(t),
		.source = number,
	};

	memcpy(row.shape, t->shape.dim, t->shape.rank * sizeof(row.shape[0]));
	npuc_locate(w->c, root, &row.slot, &row.offset);
	row.offset += offset;
	if (w->row[number] == NPU_FILE_NONE)
		w->row[number] = (uint32_t)(w->tensors.size / sizeof(row));
	append(w, &w->tensors, &row, sizeof(row), 1);
}

/* Does the tensor lie in one piece?  Strides along axes of one element do not count. */
static bool contiguous(const struct npuc_tensor *t, const struct npuc_home *home)
{
	uint32_t shape[4], step = npuc_type_size(t->type);

	npuc_shape_nhwc(&t->shape, shape);
	for (int i = 3; i >= 0; i--) {
		if (shape[i] > 1 && home->stride[i] != step)
			return false;
		step *= shape[i];
	}
	return true;
}

static void add_tensors(struct writer *w)
{
	const struct npuc_graph *g = w->c->graph;

	for (uint32_t i = 0; i < g->input_count; i++)
		add_tensor(w, g->inputs[i], NPU_TENSOR_INPUT, i, g->inputs[i], 0);
	for (uint32_t i = 0; i < g->output_count; i++)
		add_tensor(w, g->outputs[i], NPU_TENSOR_OUTPUT, i, npuc_output_root(i), 0);
	for (uint32_t i = 0; i < g->tensor_count; i++) {
		const struct npuc_tensor *t = &g->tensors[i];
		const struct npuc_home *home = &w->c->homes[i];

		if (home->used && t->input == NPUC_NONE && t->output == NPUC_NONE &&
		    contiguous(t, home))
			add_tensor(w, i, t->variable ? NPU_TENSOR_STATE : NPU_TENSOR_INTERNAL, 0,
				   home->root, home->offset);
	}
}

static void add_layers(struct writer *w)
{
	const struct npuc_compilation *c = w->c;

	for (uint32_t i = 0; i < c->layer_count; i++) {
		const struct npuc_layer *l = &c->layers[i];
		struct npu_file_layer row = {
			.type = add_string(w,
					   l->op == NPUC_NONE ? "COPY" : c->graph->ops[l->op].type),
			.name = add_string(w, c->graph->tensors[l->output].name),
			.source = npuc_source(c, l->op),
			.first_op = l->first,
			.op_count = l->count,
			.output = w->row[l->output],
		};

		for (uint32_t k = 0; k < l->count && !l->host_op; k++)
			row.macs += npum_op_macs(&c->records[l->first + k].op);
		append(w, &w->layers, &row, sizeof(row), 1);
	}
}

/* By time, then place: as readers like to see them, whatever the planner's order was. */
static int earlier_first(const void *a, const void *b)
{
	const struct npu_file_area *x = a, *y = b;

	if (x->first_op != y->first_op)
		return x->first_op < y->first_op ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Most stand in TENSORS already; scratch has no name. */
static uint32_t area_name(struct writer *w, uint32_t root)
{
	const struct npu_file_tensor *rows = (const struct npu_file_tensor *)w->tensors.data;

	if (root >= w->c->graph->tensor_count)
		return 0;
	if (w->row[root] != NPU_FILE_NONE && !w->failed)
		return rows[w->row[root]].name;
	return add_string(w, w->c->graph->tensors[root].name);
}

static void add_areas(struct writer *w)
{
	const struct npuc_compilation *c = w->c;

	for (uint32_t i = 0; i < c->plan.area_count; i++) {
		const struct npuc_area *area = &c->plan.areas[i];
		struct npu_file_area row = {
			.bytes = (uint32_t)area->size,
			.first_op = area->first,
			.last_op = area->last,
		};

		npuc_locate(c, area->id, &row.slot, &row.offset);
		row.name = area_name(w, area->id);
		append(w, &w->areas, &row, sizeof(row), 1);
	}
	/* A model of inputs and outputs alone has none, and qsort() wants an array. */
	if (!w->failed && c->plan.area_count)
		qsort(w->areas.data, c->plan.area_count, sizeof(struct npu_file_area),
		      earlier_first);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Is there more to do than the program, on the device? */
static bool partitioned(const struct npuc_compilation *c)
{
	return c->segment_count > 1 ||
	       (c->segment_count && c->segments[0].place != NPU_FILE_DEVICE);
}

/* A model of one partition, for the device, has no section that says so. */
static size_t segments_size(const struct npuc_compilation *c)
{
	return partitioned(c) ? c->segment_count * sizeof(*c->segments) : 0;
}

static struct npu_file_info make_info(struct writer *w)
{
	const struct npuc_compilation *c = w->c;

	return (struct npu_file_info){
		.model = add_string(w, base_name(c->model->name)),
		.compiler = add_string(w, "npuc " NPU_VERSION),
		.personality = add_string(w, c->personality->name),
		.flags = (c->keep_all ? NPU_FILE_KEEP_ALL : 0) |
			 (partitioned(c) ? NPU_FILE_PARTITIONED : 0),
		.model_digest = XXH64(c->model->data, c->model->size, 0),
		.static_bytes = c->constants.size,
		.temp_bytes = c->plan.temp_bytes,
		.io_bytes = c->plan.io_bytes,
		.temp_bound = c->plan.temp_bound,
	};
}

/* Sections that came later are in files that need them. */
static bool present(uint32_t kind, size_t size)
{
	return size || kind < NPU_SECTION_CONFIG;
}

static size_t aligned(size_t offset)
{
	return (offset + NPU_FILE_ALIGN - 1) & ~(size_t)(NPU_FILE_ALIGN - 1);
}

/*
 * Constants, about as large as the model, are not copied: they become the file by moving up
 * behind @room for what precedes them.
 */
static void begin_file(struct writer *w, size_t room)
{
	const size_t size = w->c->constants.size;
	size_t end;

	w->file = w->c->constants;
	w->file.limit = 0;
	w->c->constants = (struct npuc_bytes){ 0 };
	if (!npuc_bytes_reserve(&w->file, room, 1, &end)) {
		w->failed = true;
		return;
	}
	memmove(w->file.data + room, w->file.data, size);
	memset(w->file.data, 0, room);
}

static void write_file(struct writer *w, const struct npu_file_info *info)
{
	const struct npuc_bytes *program = &w->c->program;
	const size_t constants = w->c->constants.size;
	const struct {
		uint32_t kind;
		const void *data;
		size_t size;
	} parts[] = {
		{ NPU_SECTION_STRINGS, w->strings.data, w->strings.size },
		{ NPU_SECTION_TENSORS, w->tensors.data, w->tensors.size },
		{ NPU_SECTION_LAYERS, w->layers.data, w->layers.size },
		{ NPU_SECTION_INFO, info, sizeof(*info) },
		{ NPU_SECTION_CONFIG, w->config.data, w->config.size },
		{ NPU_SECTION_DEBUG, w->debug.data, w->debug.size },
		{ NPU_SECTION_MEMORY, w->areas.data, w->areas.size },
		{ NPU_SECTION_PARTITIONS, w->c->segments, segments_size(w->c) },
		{ NPU_SECTION_HOST_OPS, w->host_ops.data, w->host_ops.size },
	};
	enum { PARTS = sizeof(parts) / sizeof(parts[0]) };
	struct npu_file_section table[PARTS + 2] = {
		{ .kind = NPU_SECTION_PROGRAM, .size = program->size },
		{ .kind = NPU_SECTION_CONST, .size = constants },
	};
	struct npu_file_header header = {
		.magic = NPU_FILE_MAGIC,
		.major = NPU_FILE_MAJOR,
		.section_count = 2,
	};
	uint32_t count = 2;

	for (int i = 0; i < PARTS; i++)
		header.section_count += present(parts[i].kind, parts[i].size);
	/* A file is of the oldest version that has all that is in it. */
	header.minor = header.section_count > NPU_SECTION_INFO ? NPU_FILE_MINOR : 0;
	table[0].offset = aligned(sizeof(header) + header.section_count * sizeof(table[0]));
	table[1].offset = aligned(table[0].offset + program->size);
	begin_file(w, table[1].offset);
	for (int i = 0; i < PARTS; i++) {
		struct npu_file_section *s = &table[count];

		if (!present(parts[i].kind, parts[i].size))
			continue;
		s->kind = parts[i].kind;
		s->offset = append(w, &w->file, parts[i].data, parts[i].size, NPU_FILE_ALIGN);
		s->size = parts[i].size;
		count++;
	}
	if (w->failed)
		return;
	memcpy(w->file.data + table[0].offset, program->data, program->size);
	for (uint32_t i = 0; i < count; i++)
		table[i].digest = XXH64(w->file.data + table[i].offset, table[i].size, 0);
	header.size = w->file.size;
	memcpy(w->file.data, &header, sizeof(header));
	memcpy(w->file.data + sizeof(header), table, count * sizeof(table[0]));
}

static uint32_t debug_string(void *arg, const char *text)
{
	return add_string(arg, text);
}

/* How the artefact came to be, as far as somebody asked. */
static void add_debug(struct writer *w)
{
	const size_t tensors = w->c->graph->tensor_count;
	struct npuc_debug_writer d = {
		.c = w->c,
		.rows = w->row,
		.string = debug_string,
		.arg = w,
	};

	npuc_config_info(&d);
	w->config = d.bytes;
	d.bytes = (struct npuc_bytes){ 0 };
	if (w->c->debug_info) {
		d.names = calloc(tensors + 1, sizeof(*d.names));
		d.failed |= !d.names;
		npuc_debug_info(&d);
		free(d.names);
	}
	w->debug = d.bytes;
	w->failed |= d.failed;
}

int npuc_artefact(struct npuc_compilation *c, struct npuc_bytes *bytes)
{
	struct writer w = {
		.c = c,
		.strings.limit = NAMES_AT_LEAST + NAMES_PER_FILE_BYTE * c->model->size,
	};
	size_t tensors = c->graph->tensor_count ? c->graph->tensor_count : 1;
	struct npu_file_info info;

	w.row = malloc(tensors * sizeof(*w.row));
	if (!w.row)
		return npuc_no_memory(c);
	memset(w.row, 0xff, tensors * sizeof(*w.row));
	/* Offset 0 of the strings is the empty one. */
	append(&w, &w.strings, "", 1, 1);
	add_tensors(&w);
	add_layers(&w);
	add_debug(&w);
	add_areas(&w);
	for (uint32_t i = 0; i < c->host_op_count; i++)
		append(&w, &w.host_ops, &c->host_ops[i].op, sizeof(c->host_ops[i].op), 1);
	info = make_info(&w);
	write_file(&w, &info);

	free(w.row);
	npuc_bytes_free(&w.strings);
	npuc_bytes_free(&w.tensors);
	npuc_bytes_free(&w.layers);
	npuc_bytes_free(&w.config);
	npuc_bytes_free(&w.debug);
	npuc_bytes_free(&w.areas);
	npuc_bytes_free(&w.host_ops);
	if (w.failed) {
		npuc_bytes_free(&w.file);
		return npuc_no_memory(c);
	}
	*bytes = w.file;
	return 0;
}
