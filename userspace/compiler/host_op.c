// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "host_op.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fallback/host_ops.h"
#include "flexbuffer.h"
#include "lower.h"
#include "tflite.h"

#define DETECTION "TFLite_Detection_PostProcess"

/* Numbers among the custom options of TFLite_Detection_PostProcess, in the order of parameters. */
static const struct {
	const char *key;
	bool real;
	double absent;
} detection_params[] = {
	{ "max_detections", false, 0 },
	{ "max_classes_per_detection", false, 0 },
	{ "detections_per_class", false, 100 },
	{ "use_regular_nms", false, 0 },
	{ "num_classes", false, 0 },
	{ "nms_score_threshold", true, 0 },
	{ "nms_iou_threshold", true, 0 },
	{ "y_scale", true, 0 },
	{ "x_scale", true, 0 },
	{ "h_scale", true, 0 },
	{ "w_scale", true, 0 },
};

bool npuc_host_operator(const struct npuc_graph *g, const struct npuc_op *op)
{
	return op->builtin == TFLITE_CUSTOM && !strcmp(op->type, DETECTION);
}

static void detection_options(const struct npuc_op *op, uint32_t param[NPU_HOST_PARAMS])
{
	for (size_t i = 0; i < sizeof(detection_params) / sizeof(detection_params[0]); i++) {
		double value = detection_params[i].absent;
		float real;

		if (op->source.custom)
			npuc_flex_number(op->source.custom, op->source.custom_size,
					 detection_params[i].key, &value);
		real = (float)value;
		/* What is no number of 32 bits becomes 0, which is refused where it matters. */
		if (detection_params[i].real)
			memcpy(&param[i], &real, sizeof(real));
		else if (value >= 0 && value <= UINT32_MAX)
			param[i] = (uint32_t)value;
	}
}

static bool describe(const struct npuc_tensor *t, struct npu_file_operand *operand)
{
	if (!t || !t->elements || !npuc_dtype(t->type) || t->shape.rank > NPU_HOST_MAX_RANK ||
	    npuc_tensor_bytes(t) > VNPU_MAX_SLOT_BYTES ||
	    (t->data && t->data_size != npuc_tensor_bytes(t)))
		return false;
	operand->dtype = npuc_dtype(t->type);
	operand->rank = t->shape.rank;
	memcpy(operand->shape, t->shape.dim, t->shape.rank * sizeof(operand->shape[0]));
	operand->scale = npuc_scale(t, 0);
	operand->zero_point = (int32_t)npuc_zero_point(t, 0);
	return t->quant.count <= 1 && isfinite(operand->scale) && operand->scale >= 0;
}

/* The op with all but the places of its operands. */
static const char *host_op_of(const struct npuc_graph *g, const struct npuc_op *op,
			      struct npu_file_host_op *to)
{
	const struct npu_host_kind *kind = npu_host_kind(NPU_HOST_DETECTION);

	*to = (struct npu_file_host_op){
		.kind = NPU_HOST_DETECTION,
		.source = (uint32_t)(op - g->ops),
		.input_count = op->input_count,
		.output_count = op->output_count,
	};
	if (op->input_count != kind->inputs || op->output_count != kind->outputs)
		return "it has another number of inputs or outputs";
	for (uint32_t i = 0; i < op->input_count; i++)
		if (!describe(npuc_input(g, op, i), &to->operand[i]))
			return "an input has no shape, type or quantisation that it can read";
	for (uint32_t i = 0; i < op->output_count; i++)
		if (npuc_output_at(g, op, i)->data ||
		    !describe(npuc_output_at(g, op, i), &to->operand[op->input_count + i]))
			return "an output has no shape or type that it can write";
	detection_options(op, to->param);
	return kind->problem(to);
}

const char *npuc_host_op_problem(const struct npuc_graph *g, const struct npuc_op *op)
{
	struct npu_file_host_op host_op;

	return host_op_of(g, op, &host_op);
}

static void complete(struct npuc_tensor *t, uint32_t rank, uint32_t most)
{
	const struct npuc_shape shape = { rank, { 1, most, 4 } };

	if (t->dimensioned)
		return;
	t->shape = shape;
	t->ranked = true;
	t->elements = npuc_shape_elements(&shape);
}

/* Converters leave the shapes out, as TFLite's kernel sets them: see the operator. */
void npuc_host_op_shapes(struct npuc_graph *g, const struct npuc_op *op)
{
	uint32_t param[NPU_HOST_PARAMS] = { 0 };

	if (!npuc_host_operator(g, op) || op->output_count != 4)
		return;
	detection_options(op, param);
	/* Beyond this it is refused anyway, and the product must not wrap. */
	if (param[0] > UINT16_MAX || param[1] > UINT16_MAX)
		return;
	for (uint32_t i = 0; i < 3; i++)
		complete(&g->tensors[op->outputs[i]], i ? 2 : 3, param[0] * param[1]);
	complete(&g->tensors[op->outputs[3]], 1, 1);
}

static struct npuc_host_op *add_host_op(struct npuc_compilation *c)
{
	struct npuc_host_op *list =
		realloc(c->host_ops, ((size_t)c->host_op_count + 1) * sizeof(*list));

	if (!list) {
		npuc_no_memory(c);
		return NULL;
	}
	c->host_ops = list;
	return &list[c->host_op_count++];
}

/* An operand lies as one of a record does. */
static int place_operand(struct npuc_compilation *c, struct npuc_host_op *h, uint32_t i,
			 uint32_t tensor)
{
	struct npuc_record r = { .root = { 0 } };
	int err = npuc_operand(c, &r, 0, tensor);

	h->op.operand[i].offset = r.op.in[0].offset;
	h->root[i] = r.root[0];
	return err;
}

int npuc_lower_host_op(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_host_op *h = add_host_op(c);
	int err = 0;

	if (!h)
		return -ENOMEM;
	*h = (struct npuc_host_op){ .before = c->record_count };
	host_op_of(c->graph, op, &h->op);
	for (uint32_t i = 0; i < op->input_count && !err; i++)
		err = place_operand(c, h, i, op->inputs[i]);
	for (uint32_t i = 0; i < op->output_count && !err; i++)
		err = place_operand(c, h, op->input_count + i, op->outputs[i]);
	return err;
}
