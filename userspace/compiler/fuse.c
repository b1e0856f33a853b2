// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Fusion: ops that need no records of their own.
 *
 *  - A stand-alone RELU with equal scales and zero points only clamps, so that
 *    its producer can clamp in its place: the multiplier between the two is
 *    exactly one.
 *  - PAD in front of a convolution is padding of the window, as both read as
 *    the zero point.
 */
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "npum_check.h"
#include "partition.h"
#include "tflite.h"

static bool internal(const struct npuc_tensor *t)
{
	return t->input == NPUC_NONE && t->output == NPUC_NONE && t->producer != NPUC_NONE;
}

static bool clamps(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_lowering *l = npuc_lowering(g, op);

	return l && l->traits & NPUC_CLAMPS;
}

/* Two clamps in a row are their intersection, unless that is empty. */
static bool narrow(const struct npuc_graph *g, const struct npuc_tensor *in,
		   const struct npuc_tensor *out, uint32_t activation, struct npuc_fold *producer)
{
	uint32_t before = g->ops[in->producer].attributes.activation;
	int32_t range[2], limit[2];

	if (npuc_scale(in, 0) != npuc_scale(out, 0) ||
	    npuc_zero_point(in, 0) != npuc_zero_point(out, 0))
		return false;
	npuc_activation_range(in, before, range);
	npuc_activation_range(out, activation, limit);
	if (limit[0] > range[1] || limit[1] < range[0])
		return false;
	memcpy(producer->range, limit, sizeof(limit));
	return true;
}

static bool narrow_real(const struct npuc_graph *g, const struct npuc_tensor *in,
			uint32_t activation, struct npuc_fold *producer)
{
	float range[2], limit[2];

	npuc_real_range(g->ops[in->producer].attributes.activation, range);
	npuc_real_range(activation, limit);
	if (limit[0] > range[1] || limit[1] < range[0])
		return false;
	memcpy(producer->real_range, limit, sizeof(limit));
	return true;
}

static void fuse_relu(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *in = npuc_input(g, op, 0), *out = npuc_output(g, op);
	uint32_t activation = npuc_relu_activation(op->builtin);
	struct npuc_fold *producer;

	if (!activation || !internal(in) || in->consumers != 1 ||
	    !clamps(g, &g->ops[in->producer]) ||
	    npuc_on_host(c, in->producer) != npuc_on_host(c, number) ||
	    c->folds[in->producer].output != op->inputs[0])
		return;
	producer = &c->folds[in->producer];
	switch (npuc_family(in->type)) {
	case NPUC_Q8:
	case NPUC_Q16:
		if (!narrow(g, in, out, activation, producer))
			return;
		break;
	case NPUC_REAL:
		if (!narrow_real(g, in, activation, producer))
			return;
		break;
	default:
		return;
	}
	producer->output = op->outputs[0];
	c->folds[number].gone = true;
}

/* Amounts above and left when PAD touches rows and columns only, and reads like a window's pad. */
static bool spatial_pad(const struct npuc_graph *g, const struct npuc_op *pad, uint32_t before[2],
			uint32_t behind[2])
{
	const struct npuc_tensor *in = npuc_input(g, pad, 0);
	int32_t amounts[2 * NPUC_MAX_RANK];

	if (in->shape.rank != 4 || in->data || !npuc_paddings(g, pad, amounts) || amounts[0] ||
	    amounts[1] || amounts[6] || amounts[7] ||
	    npuc_zero_point(in, 0) != npuc_zero_point(npuc_output(g, pad), 0) ||
	    npuc_scale(in, 0) != npuc_scale(npuc_output(g, pad), 0))
		return false;
	for (int i = 0; i < 2; i++) {
		before[i] = (uint32_t)amounts[2 + 2 * i];
		behind[i] = (uint32_t)amounts[3 + 2 * i];
	}
	return true;
}

/* Can this convolution take the padding over?  No window may lie in padding alone. */
static bool takes_pad(const struct npuc_compilation *c, const struct npuc_op *op,
		      const struct npuc_op *pad, const uint32_t before[2], const uint32_t behind[2])
{
	const struct npuc_graph *g = c->graph;
	uint32_t most = c->target ? c->target->max_step : NPUM_MAX_STEP;
	const struct npuc_shape *in = &npuc_input(g, pad, 0)->shape;
	struct npuc_window w;

	if ((op->builtin != TFLITE_CONV_2D && op->builtin != TFLITE_DEPTHWISE_CONV_2D) ||
	    op->inputs[0] != pad->outputs[0])
		return false;
	npuc_window(g, op, &npuc_output(g, op)->shape, &w);
	for (int i = 0; i < 2; i++) {
		uint64_t reach = ((uint64_t)w.size[i] - 1) * w.dilation[i];
		uint64_t last = (uint64_t)(npuc_output(g, op)->shape.dim[1 + i] - 1) * w.stride[i];

		if ((uint64_t)w.pad[i] + before[i] > most ||
		    (uint64_t)w.pad[i] + before[i] > reach || behind[i] > reach ||
		    last >= (uint64_t)in->dim[1 + i] + w.pad[i] + before[i])
			return false;
	}
	return true;
}

/* Readers of a PAD's output, in the ops behind it; all must be able to take it over. */
static bool fuse_pad(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *pad = &g->ops[number];
	const struct npuc_tensor *out = npuc_output(g, pad);
	uint32_t before[2], behind[2], readers = 0;

	if (pad->builtin != TFLITE_PAD || !internal(out) || out->consumers != 1 ||
	    !spatial_pad(g, pad, before, behind))
		return false;
	for (uint32_t i = number + 1; i < g->op_count && !readers; i++) {
		if (npuc_on_host(c, i) != npuc_on_host(c, number) ||
		    !takes_pad(c, &g->ops[i], pad, before, behind))
			continue;
		c->folds[i].input = pad->inputs[0];
		c->folds[i].before[0] = before[0];
		c->folds[i].before[1] = before[1];
		readers++;
	}
	return readers;
}

int npuc_no_folds(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;

	c->folds = calloc(g->op_count ? g->op_count : 1, sizeof(*c->folds));
	if (!c->folds)
		return npuc_no_memory(c);
	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];

		c->folds[i].input = op->input_count ? op->inputs[0] : NPUC_NONE;
		c->folds[i].output = op->outputs[0];
		c->folds[i].through = NPUC_NONE;
		c->folds[i].range[0] = INT32_MIN;
		c->folds[i].range[1] = INT32_MAX;
		npuc_real_range(NPUC_ACTIVATION_NONE, c->folds[i].real_range);
		c->folds[i].gone = op->constant;
	}
	return 0;
}

int npuc_fuse_activations(struct npuc_compilation *c)
{
	for (uint32_t i = 0; i < c->graph->op_count; i++)
		if (!c->folds[i].gone)
			fuse_relu(c, i);
	return 0;
}

int npuc_fuse_pads(struct npuc_compilation *c)
{
	for (uint32_t i = 0; i < c->graph->op_count; i++)
		if (!c->folds[i].gone && fuse_pad(c, i))
			c->folds[i].gone = true;
	return 0;
}
