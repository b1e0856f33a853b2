// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * opt_accuracy in floating point: biases of convolutions are added by ops of their own, and
 * average pooling of a large window goes in two steps, each of whose sums is shorter.
 *
 * In 8 and 16 bit neither could gain anything: sums of products and of windows are exact
 * integers there, to which a bias is added exactly, and a second step would round once more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "real_constant.h"
#include "adapt.h"
#include "tflite.h"

/* Windows of fewer elements are left as they are. */
#define LARGE_WINDOW 16

bool npuc_accuracy_step(const struct npuc_config *config, uint32_t step)
{
	return config->opt_accuracy && (!config->accuracy_steps || config->accuracy_steps & step);
}

/** struct accuracy - the step: ops changed, and those that would not gain */
struct accuracy {
	struct npuc_adapt *r;
	struct npuc_edit *e;
	const struct npuc_graph *g;
	uint32_t biases;
	uint32_t exact;
	uint32_t pools;
	uint32_t exact_pools;
	uint32_t odd_pools;
};

static bool real(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0);

	return in && npuc_family(in->type) == NPUC_REAL;
}

static bool is_conv(const struct npuc_op *op)
{
	return op->builtin == TFLITE_CONV_2D || op->builtin == TFLITE_DEPTHWISE_CONV_2D;
}

/* CONV without bias and activation, then ADD of the bias with the activation. */
static bool split_bias(struct accuracy *s, const struct npuc_op *op)
{
	const struct npuc_tensor *out = npuc_output(s->g, op), *bias = npuc_input(s->g, op, 2);
	struct npuc_attributes attributes = op->attributes;
	const struct npuc_attributes add = { .activation = op->attributes.activation };
	uint32_t inputs[3], terms[2];

	if (!bias || !npuc_real_known(bias) || bias->type != NPUC_TYPE_FLOAT32 ||
	    out->shape.rank != 4 || bias->elements != out->shape.dim[3])
		return false;
	memcpy(inputs, op->inputs, sizeof(inputs));
	attributes.activation = NPUC_ACTIVATION_NONE;
	terms[0] = npuc_edit_tensor(s->e, out->name, "unbiased", out->type);
	terms[1] = npuc_real_constant(s->e, op->inputs[2], out->type, NULL, 0);
	npuc_edit_shape(s->e, terms[0], &out->shape);
	npuc_edit_op(s->e, op->builtin, &attributes, inputs, 2, terms[0]);
	npuc_edit_op(s->e, TFLITE_ADD, &add, terms, 2, op->outputs[0]);
	return true;
}

/* The divisor of @n nearest above its root, @n itself if it is prime: steps of like size. */
static uint32_t first_step(uint32_t n)
{
	uint32_t step = 1;

	while ((uint64_t)step * step < n)
		step++;
	while (n % step)
		step++;
	return step;
}

/*
 * A window of a * b goes in a step of a, and one of b over what that gives, if both cover
 * whole tiles: no padding, and the window's own step a multiple of a.
 */
static bool split_pool(struct accuracy *s, const struct npuc_op *op)
{
	const struct npuc_tensor *in = npuc_input(s->g, op, 0), *out = npuc_output(s->g, op);
	struct npuc_attributes one = op->attributes, two = op->attributes;
	struct npuc_shape shape = in->shape;
	struct npuc_window w;
	uint32_t between;

	npuc_window(s->g, op, &out->shape, &w);
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t a = first_step(w.size[i]);
		bool single = out->shape.dim[1 + i] == 1;

		if (w.pad[i] || in->shape.dim[1 + i] % a ||
		    (uint64_t)(out->shape.dim[1 + i] - 1) * w.stride[i] + w.size[i] >
			    in->shape.dim[1 + i])
			return false;
		if (!single && w.stride[i] % a)
			return false;
		one.filter[i] = one.stride[i] = a;
		two.filter[i] = w.size[i] / a;
		two.stride[i] = single ? two.filter[i] : w.stride[i] / a;
		shape.dim[1 + i] /= a;
	}
	if (two.filter[0] * two.filter[1] == 1)
		return false;
	one.padding = two.padding = NPUC_PADDING_VALID;
	one.activation = NPUC_ACTIVATION_NONE;
	between = npuc_edit_tensor(s->e, out->name, "step", out->type);
	npuc_edit_shape(s->e, between, &shape);
	npuc_edit_op(s->e, op->builtin, &one, op->inputs, 1, between);
	npuc_edit_op(s->e, op->builtin, &two, &between, 1, op->outputs[0]);
	return true;
}

static bool better(struct accuracy *s, const struct npuc_op *op)
{
	const struct npuc_config *c = s->r->config;

	if (op->constant)
		return false;
	if (is_conv(op) && npuc_input(s->g, op, 2) && npuc_accuracy_step(c, NPUC_ACCURACY_BIAS)) {
		if (real(s->g, op) && split_bias(s, op)) {
			s->biases++;
			return true;
		}
		s->exact++;
	}
	if (op->builtin == TFLITE_AVERAGE_POOL_2D && npuc_accuracy_step(c, NPUC_ACCURACY_POOL) &&
	    (uint64_t)op->attributes.filter[0] * op->attributes.filter[1] >= LARGE_WINDOW) {
		if (!real(s->g, op)) {
			s->exact_pools++;
		} else if (split_pool(s, op)) {
			s->pools++;
			return true;
		} else {
			s->odd_pools++;
		}
	}
	return false;
}

static void answer(struct accuracy *s)
{
	struct npuc_answers *to = s->r->answers;
	const struct npuc_config *c = s->r->config;

	if (npuc_accuracy_step(c, NPUC_ACCURACY_BIAS)) {
		if (s->biases)
			npuc_answer(to, "opt_accuracy.bias", NPUC_APPLIED,
				    "%u biases are added by an ADD of their own", s->biases);
		else
			npuc_answer(to, "opt_accuracy.bias", NPUC_NOT_APPLIED,
				    s->exact ? "%u biases are added exactly, in integers" :
					       "%u convolutions have a bias",
				    s->exact);
	}
	if (!npuc_accuracy_step(c, NPUC_ACCURACY_POOL))
		return;
	if (s->pools)
		npuc_answer(to, "opt_accuracy.pool", NPUC_APPLIED,
			    "%u averages of large windows go in two steps", s->pools);
	else if (s->odd_pools)
		npuc_answer(to, "opt_accuracy.pool", NPUC_NOT_APPLIED,
			    "windows of %u averages cannot be divided into tiles", s->odd_pools);
	else
		npuc_answer(to, "opt_accuracy.pool", NPUC_NOT_APPLIED,
			    s->exact_pools ? "sums of %u averages are exact, in integers" :
					     "%u averages are of 16 elements or more",
			    s->exact_pools);
}

int npuc_accuracy(struct npuc_adapt *r)
{
	struct accuracy s = { .r = r, .g = npuc_adapted(r) };
	struct npuc_edit e;
	int err;

	if (!npuc_accuracy_step(r->config, NPUC_ACCURACY_BIAS | NPUC_ACCURACY_POOL))
		return 0;
	err = npuc_adapt_begin(r, &e);
	if (err)
		return err;
	s.e = &e;
	for (uint32_t i = 0; i < s.g->op_count && !e.b.failed; i++) {
		e.number = s.g->ops[i].number;
		if (!better(&s, &s.g->ops[i]))
			npuc_edit_keep(&e, i);
	}
	answer(&s);
	if (s.biases || s.pools || e.b.failed)
		return npuc_adapt_end(r, &e, "accuracy");
	npuc_edit_drop(&e);
	return 0;
}
