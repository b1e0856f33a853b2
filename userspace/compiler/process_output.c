// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* output_processors: outputs in the type and order of axes that is asked for, by ops behind. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "adapt.h"
#include "tflite.h"

static const struct npuc_output_processor *processor_of(const struct npuc_adapt *r,
							const char *name)
{
	const struct npuc_config *c = r->config;
	const struct npuc_output_processor *all = NULL;

	for (size_t i = 0; i < c->output_processor_count; i++) {
		const struct npuc_output_processor *p = &c->output_processors[i];

		if (!strcmp(p->tensor_name, name))
			return p;
		if (!strcmp(p->tensor_name, NPUC_DEFAULT_NAME))
			all = p;
	}
	return all;
}

static bool eight_bit(const struct npuc_tensor *t)
{
	return t->type == NPUC_TYPE_INT8 || t->type == NPUC_TYPE_UINT8;
}

static uint32_t to_real(struct npuc_edit *e, uint32_t at)
{
	const struct npuc_tensor *t = &e->b.g.tensors[at];

	if (t->type == NPUC_TYPE_FLOAT32)
		return at;
	return npuc_edit_retype(e, t->quant.count ? TFLITE_DEQUANTIZE : TFLITE_CAST, at,
				NPUC_TYPE_FLOAT32, "FP32");
}

/* Codes of int8 in uint8 are greater by 128, as is their zero point: nothing is rounded. */
static uint32_t to_bytes(struct npuc_edit *e, uint32_t at)
{
	const struct npuc_tensor *t = &e->b.g.tensors[at];
	bool codes = eight_bit(t) && t->quant.count == 1;
	float scale = codes ? npuc_scale(t, 0) : 1.0f;
	int64_t zero = codes ? npuc_zero_point(t, 0) + 128 : 0;
	uint32_t out;

	if (t->type == NPUC_TYPE_UINT8)
		return at;
	if (!codes)
		at = to_real(e, at);
	if (at == NPUC_NONE)
		return NPUC_NONE;
	out = npuc_edit_tensor(e, e->b.g.tensors[at].name, "U8", NPUC_TYPE_UINT8);
	npuc_edit_quant(e, out, scale, zero);
	return npuc_edit_op(e, TFLITE_QUANTIZE, NULL, &at, 1, out);
}

static int check_perm(struct npuc_adapt *r, const struct npuc_output_processor *p, size_t index,
		      uint32_t rank)
{
	uint32_t seen = 0;
	char key[64];

	snprintf(key, sizeof(key), "output_processors[%zu].dst_perm", index);
	if (p->dst_perm.count != rank)
		return npuc_unfit(r, key, "%u numbers, but '%.60s' has %u axes", p->dst_perm.count,
				  p->tensor_name, rank);
	for (uint32_t i = 0; i < rank; i++) {
		int32_t axis = p->dst_perm.at[i];

		if (axis < 0 || (uint32_t)axis >= rank || seen & 1u << axis)
			return npuc_unfit(r, key, "%d: each axis from 0 to %u once", axis,
					  rank - 1);
		seen |= 1u << axis;
	}
	return 0;
}

static uint32_t transpose(struct npuc_edit *e, uint32_t at, const struct npuc_integers *perm)
{
	const uint32_t inputs[] = { at, npuc_build_list(&e->b, perm->at, perm->count) };
	uint32_t out =
		npuc_edit_tensor(e, e->b.g.tensors[at].name, "transposed", e->b.g.tensors[at].type);

	if (out == NPUC_NONE)
		return NPUC_NONE;
	e->b.g.tensors[out].quant = e->b.g.tensors[at].quant;
	return npuc_edit_op(e, TFLITE_TRANSPOSE, NULL, inputs, 2, out);
}

static void answer(struct npuc_adapt *r, size_t index, const char *member, const char *text)
{
	char key[64];

	snprintf(key, sizeof(key), "output_processors[%zu].%s", index, member);
	npuc_answer(r->answers, key, NPUC_APPLIED, "%s", text);
}

static int process(struct npuc_adapt *r, struct npuc_edit *e, const struct npuc_output_processor *p,
		   uint32_t i)
{
	size_t index = (size_t)(p - r->config->output_processors);
	uint32_t first = e->outputs[i], at = first;
	int err;

	if (p->output_dtype == NPUC_OUTPUT_FP32)
		at = to_real(e, at);
	else if (p->output_dtype == NPUC_OUTPUT_U8)
		at = to_bytes(e, at);
	if (p->output_dtype)
		answer(r, index, "output_dtype",
		       at == first ? "the model gives it, nothing to convert" : "converted");
	if (p->dst_perm.count && at != NPUC_NONE) {
		err = check_perm(r, p, index, e->b.g.tensors[at].shape.rank);
		if (err)
			return err;
		at = transpose(e, at, &p->dst_perm);
		answer(r, index, "dst_perm", "TRANSPOSE");
	}
	if (at == NPUC_NONE || at == first)
		return 0;
	/* The output keeps its name; what was it is known by another. */
	e->b.g.tensors[at].name = e->b.g.tensors[first].name;
	e->outputs[i] = at;
	return 0;
}

static int check_names(struct npuc_adapt *r)
{
	const struct npuc_graph *g = npuc_adapted(r);
	int err = 0;

	for (size_t i = 0; i < r->config->output_processor_count && !err; i++)
		err = npuc_processor_fits(r, "output", i,
					  r->config->output_processors[i].tensor_name, g->outputs,
					  g->output_count);
	return err;
}

int npuc_process_outputs(struct npuc_adapt *r)
{
	const struct npuc_graph *g = npuc_adapted(r);
	struct npuc_edit e;
	int err;

	if (!r->config->output_processor_count)
		return 0;
	err = check_names(r);
	if (!err)
		err = npuc_adapt_begin(r, &e);
	if (err)
		return err;
	for (uint32_t i = 0; i < g->op_count; i++)
		npuc_edit_keep(&e, i);
	for (uint32_t i = 0; i < g->output_count && !err && !e.b.failed; i++) {
		const struct npuc_output_processor *p =
			processor_of(r, g->tensors[g->outputs[i]].name);

		if (p)
			err = process(r, &e, p, i);
	}
	if (err) {
		npuc_edit_drop(&e);
		return err;
	}
	return npuc_adapt_end(r, &e, "output-processors");
}
