// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Ops that compute in another type than the model has: relax_fp32, opt_accuracy and
 * layer_configs.  Each value may exist in the model's type and in floating point; conversions
 * are made where an op reads what is not there yet, so that chains of such ops convert at
 * their ends only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "constraints.h"
#include "error.h"
#include "layer_select.h"
#include "lower.h"
#include "real_constant.h"
#include "tflite.h"

/** struct tally - what became of the ops that one knob is about */
struct tally {
	uint32_t changed;
	uint32_t already;
	uint32_t refused;
	char reason[120];
};

/**
 * struct value - a tensor of the model and its twins
 * @as: the same in float16 and in float32, NPUC_NONE
 * @missing: the tensor itself was not made, as the op that writes it writes a twin
 */
struct value {
	uint32_t as[2];
	bool missing;
};

/**
 * struct retyping - the step
 * @r: the adaptation
 * @e: the edit
 * @g: the old graph
 * @choices: of each op
 * @values: of each tensor of the old graph
 * @relaxed: tally of relax_fp32
 * @accurate: tally of opt_accuracy
 * @layers: tallies of layer_configs
 */
struct retyping {
	struct npuc_adapt *r;
	struct npuc_edit *e;
	const struct npuc_graph *g;
	struct npuc_choice *choices;
	struct value *values;
	struct tally relaxed;
	struct tally accurate;
	struct tally *layers;
};

static uint32_t twin(uint32_t type)
{
	return type == NPUC_TYPE_FLOAT32;
}

static const char *suffix(uint32_t type)
{
	return type == NPUC_TYPE_FLOAT32 ? "FP32" : "FP16";
}

static bool has_codes(const struct npuc_tensor *t)
{
	return (npuc_family(t->type) & NPUC_CODES) && t->quant.count;
}

/* The tensor itself, made from a twin if it is not there. */
static uint32_t as_model(struct retyping *s, uint32_t t)
{
	const struct npuc_tensor *tensor = &s->g->tensors[t];
	struct value *v = &s->values[t];
	bool codes = has_codes(tensor);
	uint32_t from;

	if (!v->missing)
		return t;
	v->missing = false;
	from = v->as[1] != NPUC_NONE ? v->as[1] : v->as[0];
	if (codes && v->as[1] == NPUC_NONE)
		from = v->as[1] = npuc_edit_retype(s->e, TFLITE_CAST, from, NPUC_TYPE_FLOAT32,
						   suffix(NPUC_TYPE_FLOAT32));
	return npuc_edit_op(s->e, codes ? TFLITE_QUANTIZE : TFLITE_CAST, NULL, &from, 1, t);
}

/* The twin in @type, made if it is not there; NPUC_NONE if there can be none. */
static uint32_t as_real(struct retyping *s, uint32_t t, uint32_t type)
{
	const struct npuc_tensor *tensor = &s->g->tensors[t];
	struct value *v = &s->values[t];
	uint32_t *to = &v->as[twin(type)], other = v->as[!twin(type)];

	if (tensor->type == type)
		return as_model(s, t);
	if (*to != NPUC_NONE)
		return *to;
	if (tensor->data) {
		if (!npuc_real_known(tensor) || npuc_family(tensor->type) == NPUC_INT)
			return NPUC_NONE;
		*to = npuc_real_constant(s->e, t, type, NULL, 0);
	} else if (other != NPUC_NONE) {
		*to = npuc_edit_retype(s->e, TFLITE_CAST, other, type, suffix(type));
	} else if (has_codes(tensor)) {
		*to = npuc_edit_retype(s->e, TFLITE_DEQUANTIZE, t, NPUC_TYPE_FLOAT32,
				       suffix(NPUC_TYPE_FLOAT32));
		v->as[1] = *to;
		if (type == NPUC_TYPE_FLOAT16)
			*to = npuc_edit_retype(s->e, TFLITE_CAST, *to, type, suffix(type));
	} else if (npuc_family(tensor->type) == NPUC_REAL) {
		*to = npuc_edit_retype(s->e, TFLITE_CAST, t, type, suffix(type));
	}
	return *to;
}

/* Numbers of the inputs that are weights and bias of a product, or false. */
static bool product(uint32_t builtin, uint32_t *weights, uint32_t *bias)
{
	*weights = 1;
	*bias = builtin == TFLITE_TRANSPOSE_CONV ? 3 : 2;
	return builtin == TFLITE_CONV_2D || builtin == TFLITE_DEPTHWISE_CONV_2D ||
	       builtin == TFLITE_FULLY_CONNECTED || builtin == TFLITE_TRANSPOSE_CONV;
}

/* A bias counts in products of the scales of input and weights. */
static uint32_t real_bias(struct retyping *s, const struct npuc_op *op, uint32_t first,
			  uint32_t weights, uint32_t bias)
{
	const struct npuc_tensor *in = npuc_input(s->g, op, first);
	const struct npuc_tensor *w = npuc_input(s->g, op, weights);
	uint32_t count = w->quant.count;
	uint32_t made;
	float *scales;

	if (s->g->tensors[bias].type == NPUC_TYPE_FLOAT32)
		return bias;
	if (!npuc_real_known(&s->g->tensors[bias]) || !count)
		return NPUC_NONE;
	scales = malloc(count * sizeof(*scales));
	if (!scales)
		return NPUC_NONE;
	for (uint32_t i = 0; i < count; i++)
		scales[i] = npuc_scale(in, 0) * npuc_scale(w, i);
	made = npuc_real_constant(s->e, bias, NPUC_TYPE_FLOAT32, scales, count);
	free(scales);
	return made;
}

/* Inputs of the op in @type; false when one cannot be. */
static bool real_inputs(struct retyping *s, const struct npuc_op *op, uint32_t type,
			uint32_t *inputs)
{
	const struct npuc_operator *o = npuc_operator(op->builtin);
	uint32_t weights, bias;
	bool is_product = product(op->builtin, &weights, &bias);

	for (uint32_t i = 0; i < op->input_count; i++) {
		bool activation = i >= o->first && i - o->first < o->activations;

		inputs[i] = op->inputs[i];
		if (inputs[i] == NPUC_NONE)
			continue;
		if (activation)
			inputs[i] = as_real(s, inputs[i], type);
		else if (is_product && i == weights)
			inputs[i] = s->g->tensors[inputs[i]].data ? as_real(s, inputs[i], type) :
								    NPUC_NONE;
		else if (is_product && i == bias)
			inputs[i] = real_bias(s, op, o->first, weights, inputs[i]);
		else if (op->builtin == TFLITE_PADV2 && i == 2)
			inputs[i] = as_real(s, inputs[i], type);
		else
			inputs[i] = as_model(s, inputs[i]);
		if (inputs[i] == NPUC_NONE)
			return false;
	}
	return true;
}

/* Twins for the outputs that hold numbers; what the op converts to stays as it is. */
static bool real_outputs(struct retyping *s, const struct npuc_op *op, uint32_t type,
			 uint32_t traits, uint32_t *outputs)
{
	for (uint32_t k = 0; k < op->output_count; k++) {
		const struct npuc_tensor *t = &s->g->tensors[op->outputs[k]];

		outputs[k] = op->outputs[k];
		if ((traits & NPUC_CONVERTS) || t->type == type)
			continue;
		outputs[k] = npuc_edit_tensor(s->e, t->name, suffix(type), type);
		if (outputs[k] == NPUC_NONE)
			return false;
		npuc_edit_shape(s->e, outputs[k], &t->shape);
	}
	return true;
}

static bool refuse(struct tally *tally, const char *why)
{
	if (!tally->refused++)
		snprintf(tally->reason, sizeof(tally->reason), "%.100s", why);
	return false;
}

/* Why the op cannot be computed in floating point at all, or NULL. */
static const char *obstacle(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_operator *o = npuc_operator(op->builtin);
	const struct npuc_lowering *l = npuc_lowering_in(op->builtin, NPUC_REAL);
	const struct npuc_tensor *in = o ? npuc_input(g, op, o->first) : NULL;

	if (!o || !l || !in || op->input_count > VNPU_MAX_SLOTS)
		return "the NPU does not have it in floating point";
	if (op->builtin == TFLITE_QUANTIZE || op->builtin == TFLITE_DEQUANTIZE ||
	    op->builtin == TFLITE_CAST)
		return "it is a conversion itself";
	if (l->traits & NPUC_STATEFUL)
		return "it keeps a state between its steps";
	if (npuc_family(in->type) != NPUC_REAL && !has_codes(in))
		return "its input is neither floating point nor quantised";
	if (op->builtin == TFLITE_FULLY_CONNECTED && npuc_family(in->type) == NPUC_REAL &&
	    op->inputs[1] != NPUC_NONE && npuc_family(g->tensors[op->inputs[1]].type) != NPUC_REAL)
		return "it quantises its input by itself";
	return NULL;
}

/* Forget what was made since there were @ops ops and @tensors tensors. */
static void roll_back(struct retyping *s, uint32_t ops, uint32_t tensors)
{
	struct npuc_graph *now = &s->e->b.g;

	for (uint32_t i = ops; i < now->op_count; i++)
		if (now->ops[i].outputs[0] < s->g->tensor_count)
			s->values[now->ops[i].outputs[0]].missing = true;
	for (uint32_t t = 0; t < s->g->tensor_count; t++)
		for (uint32_t k = 0; k < 2; k++)
			if (s->values[t].as[k] != NPUC_NONE && s->values[t].as[k] >= tensors)
				s->values[t].as[k] = NPUC_NONE;
	now->op_count = ops;
}

static bool emit(struct retyping *s, uint32_t number, uint32_t type, struct tally *tally)
{
	const struct npuc_op *op = &s->g->ops[number];
	uint32_t inputs[VNPU_MAX_SLOTS], outputs[NPUC_MAX_OUTPUTS];
	uint32_t ops = s->e->b.g.op_count, tensors = s->e->b.g.tensor_count;
	uint32_t traits = npuc_lowering_in(op->builtin, NPUC_REAL)->traits;
	struct npuc_refusal why;

	if (op->output_count > NPUC_MAX_OUTPUTS || !real_inputs(s, op, type, inputs) ||
	    !real_outputs(s, op, type, traits, outputs) ||
	    !npuc_build_op(&s->e->b, op->builtin, op->type, &op->attributes, inputs,
			   op->input_count, outputs, op->output_count)) {
		roll_back(s, ops, tensors);
		return refuse(tally, "an input has no value in floating point");
	}
	s->e->b.g.ops[s->e->b.g.op_count - 1].number = op->number;
	if (!npuc_constraints_hold(&s->e->b.g, &s->r->can, s->e->b.g.op_count - 1, &why)) {
		/* Its own outputs were not made. */
		s->e->b.g.op_count--;
		roll_back(s, ops, tensors);
		return refuse(tally, why.reason);
	}
	for (uint32_t k = 0; k < op->output_count; k++) {
		if (outputs[k] == op->outputs[k])
			continue;
		s->values[op->outputs[k]].as[twin(type)] = outputs[k];
		s->values[op->outputs[k]].missing = true;
	}
	tally->changed++;
	return true;
}

/* The knob that chose this op's type. */
static struct tally *tally_of(struct retyping *s, uint32_t number)
{
	const struct npuc_op *op = &s->g->ops[number];
	const struct npuc_operator *o = npuc_operator(op->builtin);
	const struct npuc_tensor *in = o ? npuc_input(s->g, op, o->first) : NULL;

	if (s->choices[number].config != NPUC_NONE)
		return &s->layers[s->choices[number].config];
	return in && in->type == NPUC_TYPE_INT16 ? &s->accurate : &s->relaxed;
}

static bool try_real(struct retyping *s, uint32_t number)
{
	const struct npuc_op *op = &s->g->ops[number];
	const struct npuc_operator *o = npuc_operator(op->builtin);
	uint32_t type = s->choices[number].type;
	struct tally *tally = tally_of(s, number);
	const char *why;

	if (type == NPUC_NONE || op->constant)
		return false;
	why = obstacle(s->g, op);
	if (why)
		return refuse(tally, why);
	if (npuc_input(s->g, op, o->first)->type == type) {
		tally->already++;
		return false;
	}
	return emit(s, number, type, tally);
}

static void rewrite_ops(struct retyping *s)
{
	for (uint32_t i = 0; i < s->g->op_count && !s->e->b.failed; i++) {
		const struct npuc_op *op = &s->g->ops[i];

		s->e->number = op->number;
		if (try_real(s, i))
			continue;
		for (uint32_t k = 0; k < op->input_count; k++)
			if (op->inputs[k] != NPUC_NONE)
				as_model(s, op->inputs[k]);
		npuc_edit_keep(s->e, i);
	}
	s->e->number = NPUC_NONE;
	for (uint32_t i = 0; i < s->g->output_count; i++)
		as_model(s, s->g->outputs[i]);
}

static void answer(struct retyping *s, const char *key, const struct tally *t, const char *in,
		   const char *none)
{
	if (t->changed)
		npuc_answer(s->r->answers, key, NPUC_APPLIED, "%u ops compute %s%s%s", t->changed,
			    in, t->refused ? "; others do not, the first as " : "", t->reason);
	else if (t->already)
		npuc_answer(s->r->answers, key, NPUC_APPLIED, "%u ops did so already", t->already);
	else
		npuc_answer(s->r->answers, key, NPUC_NOT_APPLIED, "%s",
			    t->refused ? t->reason : none);
}

static void answer_layer(struct retyping *s, uint32_t i)
{
	const struct npuc_layer_config *l = &s->r->config->layer_configs[i];
	char key[64], in[16];

	snprintf(key, sizeof(key), "layer_configs[%u]", i);
	if (l->data_type != NPUC_LAYER_FP16 && l->data_type != NPUC_LAYER_FP32) {
		npuc_answer(s->r->answers, key, NPUC_NOT_APPLIED,
			    "%s: models are compiled as they are quantised",
			    npuc_layer_words[l->data_type]);
		return;
	}
	snprintf(in, sizeof(in), "in %s", npuc_layer_words[l->data_type]);
	answer(s, key, &s->layers[i], in, "other entries choose for its ops");
}

static void answer_all(struct retyping *s)
{
	if (s->r->config->relax_fp32)
		answer(s, "relax_fp32", &s->relaxed, "in float16 in place of float32",
		       "the model has no op in float32");
	if (npuc_accuracy_step(s->r->config, NPUC_ACCURACY_REAL))
		answer(s, "opt_accuracy.int16", &s->accurate, "in float16 in place of int16",
		       "the model has no op in int16");
	for (uint32_t i = 0; i < s->r->config->layer_config_count; i++)
		answer_layer(s, i);
}

static int retype(struct retyping *s)
{
	int err = npuc_choose_layers(s->r, s->choices);

	if (err)
		return err;
	for (uint32_t t = 0; t < s->g->tensor_count; t++)
		s->values[t] = (struct value){ .as = { NPUC_NONE, NPUC_NONE } };
	rewrite_ops(s);
	answer_all(s);
	return 0;
}

int npuc_retype(struct npuc_adapt *r)
{
	const struct npuc_config *c = r->config;
	struct retyping s = { .r = r, .g = npuc_adapted(r) };
	struct npuc_edit e;
	int err;

	if (!c->relax_fp32 && !npuc_accuracy_step(c, NPUC_ACCURACY_REAL) && !c->layer_config_count)
		return 0;
	err = npuc_adapt_begin(r, &e);
	if (err)
		return err;
	s.e = &e;
	s.choices = calloc((size_t)s.g->op_count + 1, sizeof(*s.choices));
	s.values = calloc((size_t)s.g->tensor_count + 1, sizeof(*s.values));
	s.layers = calloc(c->layer_config_count + 1, sizeof(*s.layers));
	if (s.choices && s.values && s.layers)
		err = retype(&s);
	else
		e.b.failed = true;
	free(s.choices);
	free(s.values);
	free(s.layers);
	if (err) {
		npuc_edit_drop(&e);
		return err;
	}
	return npuc_adapt_end(r, &e, "retype");
}
