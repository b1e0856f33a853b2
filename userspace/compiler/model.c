// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Models as they are read: from .tflite or .onnx, with constants folded, whole or a part. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "constant.h"
#include "error.h"
#include "input_shape.h"
#include "onnx/onnx.h"
#include "part.h"
#include "tflite.h"
#include "unpack.h"

/*
 * Constants may grow against the file by padding to blocks and by tables, and by
 * weights that several ops share; not without bound, as ops can share for ever.
 */
#define CONSTANTS_PER_FILE_BYTE 16
#define CONSTANTS_AT_LEAST (1u << 20)

size_t npuc_constants_limit(size_t file)
{
	uint64_t limit = CONSTANTS_AT_LEAST + (uint64_t)CONSTANTS_PER_FILE_BYTE * file;

	return limit < VNPU_MAX_SLOT_BYTES ? (size_t)limit : VNPU_MAX_SLOT_BYTES;
}

/* A flatbuffer has its identifier behind the root offset; what else there is must be ONNX. */
static int read_graph(struct npuc_model *m, const struct npuc_reading *how,
		      struct npuc_error *error)
{
	bool is_tflite = m->size < 8 || !memcmp((const uint8_t *)m->data + 4, "TFL", 3);
	const char *suffix = strrchr(m->name, '.');
	int err;

	m->nchw = !is_tflite && suffix && !strcmp(suffix, ".onnx");
	if (m->nchw)
		err = npuc_onnx_read(m->name, m->data, m->size, how, &m->graph, &m->bytes, error);
	else
		err = npuc_tflite_read(m->name, m->data, m->size, &m->graph, error);
	return err ? err : npuc_input_shapes_fit(&how->scope, m->name, &m->graph, error);
}

int npuc_model_read(const char *name, const void *data, size_t size, struct npuc_model **model,
		    struct npuc_error *error)
{
	const struct npuc_reading how = { 0 };

	return npuc_model_read_as(name, data, size, &how, model, error);
}

int npuc_model_read_as(const char *name, const void *data, size_t size,
		       const struct npuc_reading *how, struct npuc_model **model,
		       struct npuc_error *error)
{
	struct npuc_model *m = calloc(1, sizeof(*m));
	char *copy = strdup(name);
	uint64_t budget;
	int err;

	*model = NULL;
	if (!m || !copy) {
		free(m);
		free(copy);
		return npuc_fail(error, -ENOMEM, "%s: out of memory", name);
	}
	m->name = copy;
	m->data = data;
	m->size = size;
	m->bytes = size;
	err = read_graph(m, how, error);
	if (err) {
		npuc_model_free(m);
		return err;
	}
	budget = npuc_constants_limit(m->bytes);
	npuc_unpack(&m->graph, &budget);
	npuc_constants(&m->graph, budget);
	err = npuc_part(&how->scope, name, &m->graph, error);
	if (err) {
		npuc_model_free(m);
		return err;
	}
	*model = m;
	return 0;
}

void npuc_model_free(struct npuc_model *model)
{
	if (!model)
		return;
	npuc_graph_free(&model->graph);
	free(model->name);
	free(model);
}
