// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Normalisation behind a convolution: what is multiplied and added for each channel goes into
 * weights and bias.
 *
 * That is what ONNX Runtime's optimiser does to a float model (conv_bn_fusion.cc,
 * conv_mul_fusion.cc, conv_add_fusion.cc), in this order of roundings:
 *
 *	k = scale / sqrt(variance + epsilon)
 *	weights = weights * k
 *	bias = (bias - mean) * k + shift, or without one shift - mean * k
 *
 * The numbers are not those of the ops one by one.  So it is done to models in .onnx only, and
 * not where ops are computed as the model has them (qdq: apart); .tflite models have it done
 * by their converter, and LiteRT fuses nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "npum_personality.h"
#include "passes.h"
#include "regraph.h"
#include "tflite.h"

/* Ops that one convolution takes over, and what new tensors may take beside the weights. */
#define MOST_STEPS 8u
#define ADDED_AT_LEAST (1u << 20)

/**
 * struct step - something done to each channel
 * @scale: what it is multiplied by, NULL: nothing
 * @add: what is added
 * @mean: of a normalisation; subtracted before
 * @variance: likewise
 * @epsilon: likewise; one number
 */
struct step {
	const struct npuc_tensor *scale;
	const struct npuc_tensor *add;
	const struct npuc_tensor *mean;
	const struct npuc_tensor *variance;
	const struct npuc_tensor *epsilon;
};

/**
 * struct chain - a convolution and what it takes over
 * @conv: the convolution
 * @channels: of its output
 * @steps: what is done behind it
 * @count: their number
 * @out: tensor that the last one writes
 * @activation: of the last one
 */
struct chain {
	const struct npuc_op *conv;
	uint32_t channels;
	struct step steps[MOST_STEPS];
	uint32_t count;
	uint32_t out;
	uint8_t activation;
};

/**
 * struct search - the graph on the way
 * @g: the graph
 * @reader: per tensor: the last op that reads it
 * @gone: per op: a convolution has taken it over
 */
struct search {
	const struct npuc_graph *g;
	uint32_t *reader;
	bool *gone;
};

static bool is_real_constant(const struct npuc_tensor *t)
{
	return t && t->data && t->type == NPUC_TYPE_FLOAT32 &&
	       t->data_size == (size_t)t->elements * 4;
}

/* One number for each channel, which are the last axis. */
static bool per_channel(const struct npuc_tensor *t, uint32_t channels)
{
	return is_real_constant(t) && t->elements == channels && t->shape.rank &&
	       t->shape.rank <= 4 && t->shape.dim[t->shape.rank - 1] == channels;
}

static bool is_convolution(const struct npuc_graph *g, const struct npuc_op *op)
{
	uint32_t axis = op->builtin == TFLITE_DEPTHWISE_CONV_2D ? 3 : 0, channels;
	const struct npuc_tensor *bias, *w, *out;

	if ((op->builtin != TFLITE_CONV_2D && op->builtin != TFLITE_DEPTHWISE_CONV_2D) ||
	    op->constant || op->input_count < 2 || op->output_count != 1 ||
	    op->attributes.activation != NPUC_ACTIVATION_NONE)
		return false;
	w = npuc_input(g, op, 1);
	bias = npuc_input(g, op, 2);
	out = npuc_output(g, op);
	if (out->type != NPUC_TYPE_FLOAT32 || out->shape.rank != 4 || !is_real_constant(w) ||
	    w->shape.rank != 4)
		return false;
	channels = out->shape.dim[3];
	return w->shape.dim[axis] == channels && (!bias || per_channel(bias, channels));
}

/* The one op that reads a tensor which nobody else needs, of some kind; NULL. */
static const struct npuc_op *only_reader(const struct search *s, uint32_t t, uint32_t builtin)
{
	const struct npuc_tensor *tensor = &s->g->tensors[t];
	const struct npuc_op *op;

	if (tensor->consumers != 1 || tensor->output != NPUC_NONE || s->reader[t] == NPUC_NONE)
		return NULL;
	op = &s->g->ops[s->reader[t]];
	if (op->builtin != builtin || op->constant || op->input_count != 2 ||
	    op->output_count != 1 || npuc_output(s->g, op)->type != NPUC_TYPE_FLOAT32 ||
	    npuc_output(s->g, op)->elements != tensor->elements)
		return NULL;
	return op;
}

/* The other input of an op that reads @t. */
static const struct npuc_tensor *other(const struct search *s, const struct npuc_op *op, uint32_t t)
{
	return npuc_input(s->g, op, op->inputs[0] == t);
}

/* Is a value 1 / sqrt(variance + epsilon) of constants? */
static bool is_deviation(const struct search *s, const struct chain *c, const struct npuc_tensor *t,
			 struct step *step)
{
	const struct npuc_op *root, *sum;
	const struct npuc_tensor *in;

	if (!t || t->producer == NPUC_NONE)
		return false;
	root = &s->g->ops[t->producer];
	in = root->builtin == TFLITE_RSQRT ? npuc_input(s->g, root, 0) : NULL;
	if (!in || in->producer == NPUC_NONE)
		return false;
	sum = &s->g->ops[in->producer];
	if (sum->builtin != TFLITE_ADD || sum->attributes.activation != NPUC_ACTIVATION_NONE)
		return false;
	step->variance = npuc_input(s->g, sum, 0);
	step->epsilon = npuc_input(s->g, sum, 1);
	return per_channel(step->variance, c->channels) && is_real_constant(step->epsilon) &&
	       step->epsilon->elements == 1;
}

static bool plain(const struct npuc_op *op)
{
	return op && op->attributes.activation == NPUC_ACTIVATION_NONE;
}

/* (x - mean) * (1 / sqrt(variance + epsilon)) * scale + shift, as BatchNormalization is read. */
static const struct npuc_op *find_norm(const struct search *s, const struct chain *c,
				       struct step *step)
{
	const struct npuc_op *a = only_reader(s, c->out, TFLITE_SUB), *b, *d, *e;

	if (!plain(a) || a->inputs[0] != c->out)
		return NULL;
	b = only_reader(s, a->outputs[0], TFLITE_MUL);
	d = plain(b) ? only_reader(s, b->outputs[0], TFLITE_MUL) : NULL;
	e = plain(d) ? only_reader(s, d->outputs[0], TFLITE_ADD) : NULL;
	if (!e || !is_deviation(s, c, other(s, b, a->outputs[0]), step))
		return NULL;
	step->mean = npuc_input(s->g, a, 1);
	step->scale = other(s, d, b->outputs[0]);
	step->add = other(s, e, d->outputs[0]);
	if (!per_channel(step->mean, c->channels) || !per_channel(step->scale, c->channels) ||
	    !per_channel(step->add, c->channels))
		return NULL;
	return e;
}

static const struct npuc_op *find_plain(const struct search *s, const struct chain *c,
					struct step *step)
{
	const struct npuc_op *op = only_reader(s, c->out, TFLITE_MUL);

	if (op) {
		step->scale = other(s, op, c->out);
		return per_channel(step->scale, c->channels) ? op : NULL;
	}
	op = only_reader(s, c->out, TFLITE_ADD);
	if (op)
		step->add = other(s, op, c->out);
	return op && per_channel(step->add, c->channels) ? op : NULL;
}

static bool find_chain(const struct search *s, const struct npuc_op *conv, struct chain *c)
{
	*c = (struct chain){ .conv = conv };
	if (!is_convolution(s->g, conv))
		return false;
	c->out = conv->outputs[0];
	c->channels = npuc_output(s->g, conv)->shape.dim[3];
	while (c->count < MOST_STEPS && c->activation == NPUC_ACTIVATION_NONE) {
		struct step *step = &c->steps[c->count];
		const struct npuc_op *last;

		*step = (struct step){ 0 };
		last = find_norm(s, c, step);
		if (!last) {
			*step = (struct step){ 0 };
			last = find_plain(s, c, step);
		}
		if (!last)
			break;
		c->out = last->outputs[0];
		c->activation = last->attributes.activation;
		c->count++;
	}
	return c->count;
}

static void read_reals(const struct npuc_tensor *t, float *to)
{
	memcpy(to, t->data, (size_t)t->elements * sizeof(*to));
}

/* k = scale / sqrt(variance + epsilon) */
static void norm_factors(const struct step *step, uint32_t channels, float *k)
{
	float *scale = k + channels, epsilon;

	read_reals(step->variance, k);
	read_reals(step->scale, scale);
	read_reals(step->epsilon, &epsilon);
	for (uint32_t i = 0; i < channels; i++)
		k[i] = scale[i] / sqrtf(k[i] + epsilon);
}

/*
 * One step: @k has room for two numbers of each channel.  Channels of the weights are the first
 * axis, of depthwise ones the last.
 */
static void apply(const struct chain *c, const struct step *step, float *weights, uint32_t elements,
		  float *bias, bool *has_bias, float *k)
{
	bool last = c->conv->builtin == TFLITE_DEPTHWISE_CONV_2D;
	uint32_t n = c->channels, inner = elements / n;
	float *more = k + n;

	if (step->variance)
		norm_factors(step, n, k);
	else if (step->scale)
		read_reals(step->scale, k);
	for (uint32_t i = 0; i < elements && step->scale; i++)
		weights[i] *= k[last ? i % n : i / inner];
	if (step->mean) {
		read_reals(step->mean, more);
		for (uint32_t i = 0; i < n; i++)
			bias[i] = *has_bias ? bias[i] - more[i] : -more[i];
	}
	for (uint32_t i = 0; i < n && step->scale; i++)
		bias[i] *= k[i];
	if (!step->add)
		return;
	read_reals(step->add, more);
	for (uint32_t i = 0; i < n; i++)
		bias[i] = *has_bias || step->mean ? bias[i] + more[i] : more[i];
	*has_bias = true;
}

static bool fuse(struct npuc_edit *e, const struct chain *c)
{
	const struct npuc_tensor *w = npuc_input(e->from, c->conv, 1);
	const struct npuc_tensor *b = npuc_input(e->from, c->conv, 2);
	const struct npuc_shape channels = { 1, { c->channels } };
	struct npuc_attributes a = c->conv->attributes;
	uint32_t inputs[3] = { c->conv->inputs[0], NPUC_NONE, NPUC_NONE };
	float *weights = calloc((size_t)w->elements + 3 * (size_t)c->channels, sizeof(*weights));
	float *bias = weights ? weights + w->elements : NULL;
	bool has_bias = b;

	if (!weights)
		return false;
	read_reals(w, weights);
	if (b)
		read_reals(b, bias);
	for (uint32_t i = 0; i < c->count; i++)
		apply(c, &c->steps[i], weights, w->elements, bias, &has_bias, bias + c->channels);
	a.activation = c->activation;
	inputs[1] = npuc_edit_reals(e, &w->shape, weights);
	if (has_bias)
		inputs[2] = npuc_edit_reals(e, &channels, bias);
	e->number = c->conv->number;
	npuc_edit_op(e, c->conv->builtin, &a, inputs, has_bias ? 3 : 2, c->out);
	free(weights);
	return !e->b.failed;
}

/* All ops from a convolution's output to the end of its chain. */
static void mark(const struct search *s, const struct chain *c)
{
	for (uint32_t t = c->conv->outputs[0]; t != c->out;) {
		uint32_t number = s->reader[t];

		s->gone[number] = true;
		t = s->g->ops[number].outputs[0];
	}
}

static uint32_t find_all(const struct search *s)
{
	uint32_t found = 0;
	struct chain c;

	for (uint32_t t = 0; t < s->g->tensor_count; t++)
		s->reader[t] = NPUC_NONE;
	for (uint32_t i = 0; i < s->g->op_count; i++)
		for (uint32_t k = 0; k < s->g->ops[i].input_count; k++)
			if (s->g->ops[i].inputs[k] != NPUC_NONE)
				s->reader[s->g->ops[i].inputs[k]] = i;
	for (uint32_t i = 0; i < s->g->op_count; i++) {
		if (!find_chain(s, &s->g->ops[i], &c))
			continue;
		mark(s, &c);
		found++;
	}
	return found;
}

static int rebuild(struct npuc_compilation *c, const struct search *s)
{
	struct npuc_edit e;
	struct chain chain;
	bool good;

	good = npuc_edit_begin(&e, s->g, ADDED_AT_LEAST + 2 * c->model->bytes);
	for (uint32_t i = 0; i < s->g->op_count && good; i++) {
		if (s->gone[i])
			continue;
		if (find_chain(s, &s->g->ops[i], &chain))
			good = fuse(&e, &chain);
		else
			good = npuc_edit_keep(&e, i);
	}
	if (good)
		return npuc_regraph(c, &e, &c->fused);
	npuc_edit_drop(&e);
	return npuc_no_memory(c);
}

int npuc_fuse_norms(struct npuc_compilation *c)
{
	struct search s = {
		.g = c->graph,
		.reader = calloc((size_t)c->graph->tensor_count + 1, sizeof(*s.reader)),
		.gone = calloc((size_t)c->graph->op_count + 1, sizeof(*s.gone)),
	};
	int err = 0;

	if (!s.reader || !s.gone)
		err = npuc_no_memory(c);
	else if (c->model->nchw && c->personality->qdq != NPUM_QDQ_APART && find_all(&s))
		err = rebuild(c, &s);
	free(s.reader);
	free(s.gone);
	return err;
}
