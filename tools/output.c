// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "file.h"
#include "table.h"
#include "term.h"
#include "values.h"
#include "vnpu_program.h"

/* Elements shown of each output. */
#define SHOWN 5

/**
 * struct excerpt - the elements of an output that are shown
 * @values: all of it
 * @ranked: they are the greatest ones; else the first
 * @count: how many
 * @indices: which
 */
struct excerpt {
	struct lab_values values;
	bool ranked;
	size_t count;
	size_t indices[SHOWN];
};

static struct excerpt excerpt_of(const struct npu_tensor_info *tensor, const void *data)
{
	struct excerpt e = {
		.values = { .dtype = tensor->dtype,
			    .count = tensor->bytes / lab_element_size(tensor->dtype),
			    .data = data,
			    .scale = tensor->scale,
			    .zero_point = tensor->zero_point },
	};

	e.ranked = describe_is_scores(tensor);
	if (e.ranked) {
		e.count = lab_top(&e.values, e.indices, SHOWN);
		return e;
	}
	while (e.count < SHOWN && e.count < e.values.count) {
		e.indices[e.count] = e.count;
		e.count++;
	}
	return e;
}

static int print_one(const struct npu_tensor_info *tensor, const void *data)
{
	static const struct table_column columns[] = {
		{ .title = "index", .right = true },
		{ .title = "code", .right = true },
		{ .title = "value", .right = true },
		{ NULL },
	};
	const struct excerpt e = excerpt_of(tensor, data);
	struct table *table = table_new(columns);
	char text[DESCRIBE_TENSOR_BYTES];
	int rc;

	term_printf("\noutput %u: %s %s", tensor->index, tensor->name,
		    describe_tensor(tensor, text));
	if (tensor->scale != 0.0f)
		printf(", scale %.9g, zero point %d", (double)tensor->scale, tensor->zero_point);
	printf("\n%s %zu of %zu values:\n", e.ranked ? "greatest" : "first", e.count,
	       e.values.count);
	for (size_t i = 0; i < e.count; i++) {
		table_cell(table, "%zu", e.indices[i]);
		table_cell(table, "%.9g", lab_code(&e.values, e.indices[i]));
		table_cell(table, "%.6g", lab_value(&e.values, e.indices[i]));
	}
	rc = table_print(table, stdout);
	table_free(table);
	return rc;
}

int output_print(const struct cli *cli, const struct npu_model *model, struct npu_session *session)
{
	const struct npu_tensor_info *tensor;

	for (size_t i = 0; (tensor = npu_model_output(model, i)); i++)
		if (print_one(tensor, npu_session_output(session, i)))
			return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	return CLI_OK;
}

/* A stored element: an integer but for floating point. */
static json_t *code_report(const struct lab_values *values, size_t i)
{
	double code = lab_code(values, i);

	return lab_is_real(values->dtype) ? report_real(code) : json_integer((json_int_t)code);
}

static json_t *excerpt_report(const struct excerpt *e)
{
	json_t *array = json_array();

	for (size_t i = 0; i < e->count; i++)
		json_array_append_new(
			array, json_pack("{s:I, s:o, s:o}", "index", (json_int_t)e->indices[i],
					 "code", code_report(&e->values, e->indices[i]), "value",
					 report_real(lab_value(&e->values, e->indices[i]))));
	return array;
}

json_t *output_report(const struct npu_model *model, struct npu_session *session)
{
	const struct npu_tensor_info *tensor;
	json_t *array = json_array();

	for (size_t i = 0; (tensor = npu_model_output(model, i)); i++) {
		const struct excerpt e = excerpt_of(tensor, npu_session_output(session, i));
		json_t *output = describe_tensor_json(tensor);

		json_object_set_new(output, e.ranked ? "top" : "first", excerpt_report(&e));
		json_array_append_new(array, output);
	}
	return array;
}

static int write_data(const struct cli *cli, const char *dir, uint32_t number, const void *data,
		      size_t bytes)
{
	char *path;
	int rc;

	if (asprintf(&path, "%s/%u.bin", dir, number) < 0)
		return cli_error(cli, CLI_DEVICE, dir, "out of memory");
	rc = file_write(cli, path, data, bytes);
	free(path);
	return rc;
}

static int write_report(const struct cli *cli, const char *dir, const char *name, json_t *report)
{
	char *text = report_text(report);
	char *path = NULL;
	int rc;

	if (!text || asprintf(&path, "%s/%s", dir, name) < 0)
		rc = cli_error(cli, CLI_DEVICE, dir, "out of memory");
	else
		rc = file_write(cli, path, text, strlen(text));
	free(path);
	free(text);
	return rc;
}

/* What a .json beside .bin files says of each: its file name and the tensor. */
static void append_tensor(json_t *array, uint32_t number, const struct npu_tensor_info *tensor)
{
	json_t *object = describe_tensor_json(tensor);

	json_object_set_new(object, "file", json_sprintf("%u.bin", number));
	json_array_append_new(array, object);
}

int output_write(const struct cli *cli, const char *dir, const struct npu_model *model,
		 struct npu_session *session)
{
	json_t *report = report_new("npu-outputs");
	json_t *array = json_array();
	const struct npu_tensor_info *tensor;
	int rc = file_make_dir(cli, dir);

	for (uint32_t i = 0; !rc && (tensor = npu_model_output(model, i)); i++) {
		rc = write_data(cli, dir, i, npu_session_output(session, i), tensor->bytes);
		append_tensor(array, i, tensor);
	}
	json_object_set_new(report, "personality",
			    report_string(npu_model_info(model)->personality));
	json_object_set_new(report, "outputs", array);
	if (!rc)
		rc = write_report(cli, dir, "outputs.json", report);
	json_decref(report);
	return rc;
}

static int write_tensor(const struct cli *cli, const char *dir,
			const struct npu_tensor_info *tensor, struct npu_session *session)
{
	size_t bytes = 0;
	void *data = NULL;

	if (npu_session_tensor(session, tensor->id, &data, &bytes))
		return cli_error(cli, CLI_DEVICE, tensor->name, "cannot be read back");
	return write_data(cli, dir, tensor->id, data, bytes);
}

int output_write_tensors(const struct cli *cli, const char *dir, const struct npu_model *model,
			 struct npu_session *session)
{
	json_t *report = report_new("npu-tensors");
	json_t *tensors = json_array();
	json_t *layers = json_array();
	const struct npu_tensor_info *tensor;
	const struct npu_layer_info *layer;
	int rc = file_make_dir(cli, dir);

	for (size_t i = 0; !rc && (tensor = npu_model_tensor(model, i)); i++) {
		rc = write_tensor(cli, dir, tensor, session);
		append_tensor(tensors, tensor->id, tensor);
	}
	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++)
		json_array_append_new(layers, describe_layer_json(layer));
	json_object_set_new(report, "personality",
			    report_string(npu_model_info(model)->personality));
	json_object_set_new(report, "tensors", tensors);
	json_object_set_new(report, "layers", layers);
	if (!rc)
		rc = write_report(cli, dir, "tensors.json", report);
	json_decref(report);
	return rc;
}
