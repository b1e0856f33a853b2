// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on UNIDIRECTIONAL_SEQUENCE_LSTM. */
#include <math.h>
#include <string.h>

#include "lstm.h"
#include "predicates.h"

/* Most terms of GATES, and what keeps the program within its limit. */
#define MOST_TERMS 4096u
#define MOST_STEPS 4096u

static const struct npuc_tensor *input(const struct npuc_query *q, uint32_t i)
{
	return npuc_input(q->g, q->op, i);
}

bool npuc_holds_lstm_form(struct npuc_query *q)
{
	static const struct {
		uint32_t first;
		uint32_t end;
		const char *name;
		bool wanted;
	} parts[] = {
		{ NPUC_LSTM_INPUT_WEIGHTS, NPUC_LSTM_PEEPHOLES, "weights", true },
		{ NPUC_LSTM_PEEPHOLES, NPUC_LSTM_BIASES, "peepholes", false },
		{ NPUC_LSTM_BIASES, NPUC_LSTM_PROJECTION, "biases", true },
		{ NPUC_LSTM_PROJECTION, NPUC_LSTM_OUTPUT_STATE, "a projection", false },
		{ NPUC_LSTM_OUTPUT_STATE, NPUC_LSTM_NORMS, "states", true },
		{ NPUC_LSTM_NORMS, NPUC_LSTM_INPUTS, "layer normalisation", false },
	};

	for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
		for (uint32_t i = parts[k].first; i < parts[k].end; i++)
			if (!input(q, i) == parts[k].wanted)
				return npuc_no(q, "input %u: %s%s", i, parts[k].wanted ? "no " : "",
					       parts[k].name);
	if (q->op->attributes.cell_activation != NPUC_ACTIVATION_TANH)
		return npuc_no(q, "activation %u", q->op->attributes.cell_activation);
	return !q->op->attributes.diagonal || npuc_no(q, "diagonal weights");
}

static bool weights_fit(struct npuc_query *q, uint32_t i, uint32_t cells, uint32_t terms)
{
	const struct npuc_tensor *t = input(q, i);

	if (t->data && t->type == NPUC_TYPE_INT8 && t->shape.rank == 2 &&
	    t->shape.dim[0] == cells && t->shape.dim[1] == terms && t->quant.count == 1 &&
	    npuc_scale(t, 0) >= 0 && isfinite(npuc_scale(t, 0)) && npuc_zero_point(t, 0) == 0)
		return true;
	return npuc_no(q, "input %u is not", i);
}

bool npuc_holds_lstm_weights(struct npuc_query *q)
{
	struct npuc_lstm l;

	npuc_lstm(q->g, q->op, &l);
	for (uint32_t gate = 0; gate < NPUC_LSTM_GATES; gate++) {
		const struct npuc_tensor *bias = input(q, NPUC_LSTM_BIASES + gate);
		const struct npuc_tensor *state = input(q, NPUC_LSTM_OUTPUT_STATE);

		if (!weights_fit(q, NPUC_LSTM_INPUT_WEIGHTS + gate, l.cells, l.terms) ||
		    !weights_fit(q, NPUC_LSTM_RECURRENT_WEIGHTS + gate, l.cells, l.cells))
			return false;
		if (!bias->data || bias->type != NPUC_TYPE_INT32 || bias->elements != l.cells)
			return npuc_no(q, "input %u is not", NPUC_LSTM_BIASES + gate);
		if (!npuc_factor_fits(
			    q, npuc_lstm_gate_factor(input(q, NPUC_LSTM_INPUT_WEIGHTS + gate),
						     q->in)) ||
		    !npuc_factor_fits(
			    q, npuc_lstm_gate_factor(input(q, NPUC_LSTM_RECURRENT_WEIGHTS + gate),
						     state)))
			return false;
	}
	return true;
}

bool npuc_holds_lstm_state(struct npuc_query *q)
{
	const struct npuc_tensor *output = input(q, NPUC_LSTM_OUTPUT_STATE);
	const struct npuc_tensor *cell = input(q, NPUC_LSTM_CELL_STATE);
	uint32_t hidden = q->op->attributes.hidden, bits = npuc_lstm_state_bits(cell);
	struct npuc_lstm l;

	npuc_lstm(q->g, q->op, &l);
	for (uint32_t i = NPUC_LSTM_OUTPUT_STATE; i <= NPUC_LSTM_CELL_STATE; i++)
		if (!input(q, i)->variable || input(q, i)->elements != l.batch * l.cells)
			return npuc_no(q, "input %u is not", i);
	if (output->type != NPUC_TYPE_INT8 || !(npuc_scale(output, 0) > 0) ||
	    !isfinite(npuc_scale(output, 0)) || npuc_zero_point(output, 0) < INT8_MIN ||
	    npuc_zero_point(output, 0) > INT8_MAX)
		return npuc_no(q, "the output's state is %s with scale %g",
			       npuc_type_name(output->type), (double)npuc_scale(output, 0));
	if (cell->type != NPUC_TYPE_INT16 || bits < VNPU_LSTM_LEAST_BITS ||
	    bits > VNPU_LSTM_MOST_BITS)
		return npuc_no(q, "the cells' state is %s with scale %g",
			       npuc_type_name(cell->type), (double)npuc_scale(cell, 0));
	if (hidden == NPUC_NONE || !(npuc_scale(&q->g->tensors[hidden], 0) > 0) ||
	    npuc_zero_point(&q->g->tensors[hidden], 0) < INT8_MIN ||
	    npuc_zero_point(&q->g->tensors[hidden], 0) > INT8_MAX)
		return npuc_no(q, "it is not");
	return npuc_factor_fits(q, npuc_lstm_hidden_factor(&q->g->tensors[hidden]));
}

bool npuc_holds_lstm_size(struct npuc_query *q)
{
	struct npuc_lstm l;

	npuc_lstm(q->g, q->op, &l);
	return (l.terms <= MOST_TERMS && l.cells <= MOST_TERMS && l.steps <= MOST_STEPS) ||
	       npuc_no(q, "%u inputs, %u cells, %u steps", l.terms, l.cells, l.steps);
}

static bool real_constant(struct npuc_query *q, uint32_t i, uint64_t elements)
{
	const struct npuc_tensor *t = input(q, i);

	return (t->data && t->type == NPUC_TYPE_FLOAT32 && t->elements == elements) ||
	       npuc_no(q, "input %u is %s %s of %u elements", i, t->data ? "constant" : "computed",
		       npuc_type_name(t->type), t->elements);
}

bool npuc_holds_real_lstm_weights(struct npuc_query *q)
{
	struct npuc_lstm l;
	float clip;

	npuc_lstm(q->g, q->op, &l);
	memcpy(&clip, &q->op->attributes.cell_clip, sizeof(clip));
	if (!(clip >= 0))
		return npuc_no(q, "cell_clip is %g", (double)clip);
	if (q->in->type != NPUC_TYPE_FLOAT32)
		return npuc_no(q, "the input is %s", npuc_type_name(q->in->type));
	for (uint32_t i = NPUC_LSTM_OUTPUT_STATE; i <= NPUC_LSTM_CELL_STATE; i++)
		if (!input(q, i)->variable || input(q, i)->type != NPUC_TYPE_FLOAT32 ||
		    input(q, i)->elements != l.batch * l.cells)
			return npuc_no(q, "input %u is not", i);
	for (uint32_t i = 0; i < NPUC_LSTM_GATES; i++)
		if (!real_constant(q, NPUC_LSTM_INPUT_WEIGHTS + i, (uint64_t)l.cells * l.terms) ||
		    !real_constant(q, NPUC_LSTM_RECURRENT_WEIGHTS + i,
				   (uint64_t)l.cells * l.cells) ||
		    !real_constant(q, NPUC_LSTM_BIASES + i, l.cells))
			return false;
	return true;
}
