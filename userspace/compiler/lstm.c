// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* PopulateQuantizedLstmParams8x8_16() of LiteRT's unidirectional_sequence_lstm.cc */
#include "lstm.h"

#include <math.h>

#include "shape.h"

void npuc_lstm(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_lstm *l)
{
	const uint32_t *in = npuc_input(g, op, NPUC_LSTM_INPUT)->shape.dim;
	bool time_major = op->attributes.time_major;

	l->batch = in[time_major ? 1 : 0];
	l->steps = in[time_major ? 0 : 1];
	l->terms = in[2];
	l->cells = npuc_input(g, op, NPUC_LSTM_RECURRENT_WEIGHTS + 1)->shape.dim[0];
	l->batch_step = time_major ? 1 : l->steps;
	l->time_step = time_major ? l->batch : 1;
}

uint32_t npuc_lstm_state_bits(const struct npuc_tensor *state)
{
	int exponent;

	if (frexpf(npuc_scale(state, 0), &exponent) != 0.5f || exponent > 0)
		return 0;
	return (uint32_t)(1 - exponent);
}

double npuc_lstm_gate_factor(const struct npuc_tensor *weights, const struct npuc_tensor *codes)
{
	return (double)(npuc_scale(weights, 0) * npuc_scale(codes, 0) / 0x1p-12f);
}

double npuc_lstm_hidden_factor(const struct npuc_tensor *hidden)
{
	return (double)(float)(0x1p-15 / (double)npuc_scale(hidden, 0) * 0x1p-15);
}

bool npuc_infer_lstm(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	const struct npuc_tensor *weights = npuc_input(g, op, NPUC_LSTM_RECURRENT_WEIGHTS + 1);

	*shape = npuc_input(g, op, NPUC_LSTM_INPUT)->shape;
	if (shape->rank != 3 || !weights || weights->shape.rank != 2)
		return false;
	shape->dim[2] = weights->shape.dim[0];
	return true;
}
