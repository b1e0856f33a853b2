/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Operands and sizes of UNIDIRECTIONAL_SEQUENCE_LSTM. */
#ifndef NPUC_LSTM_H
#define NPUC_LSTM_H

#include "graph.h"

/* Inputs of the op, by LiteRT's lstm_shared.h; gates are in the order input, forget, cell, output. */
enum npuc_lstm_input {
	NPUC_LSTM_INPUT = 0,
	NPUC_LSTM_INPUT_WEIGHTS = 1,
	NPUC_LSTM_RECURRENT_WEIGHTS = 5,
	NPUC_LSTM_PEEPHOLES = 9,
	NPUC_LSTM_BIASES = 12,
	NPUC_LSTM_PROJECTION = 16,
	NPUC_LSTM_OUTPUT_STATE = 18,
	NPUC_LSTM_CELL_STATE = 19,
	NPUC_LSTM_NORMS = 20,
	NPUC_LSTM_INPUTS = 24,
};

/** NPUC_LSTM_GATES - gates of a cell */
#define NPUC_LSTM_GATES 4u
/** NPUC_ACTIVATION_TANH - number of the activation function in the schema */
#define NPUC_ACTIVATION_TANH 4u

/**
 * struct npuc_lstm - sizes
 * @batch: sequences
 * @steps: time steps
 * @terms: elements of an input
 * @cells: cells, elements of an output
 * @batch_step: rows from a sequence to the next in input and output
 * @time_step: rows from a time step to the next
 */
struct npuc_lstm {
	uint32_t batch;
	uint32_t steps;
	uint32_t terms;
	uint32_t cells;
	uint32_t batch_step;
	uint32_t time_step;
};

/** npuc_lstm() - sizes of an op whose input has three dimensions */
void npuc_lstm(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_lstm *l);

/** npuc_lstm_state_bits() - bits behind the point of the cell state; 0 if its scale is no power of two */
uint32_t npuc_lstm_state_bits(const struct npuc_tensor *state);

/** npuc_lstm_gate_factor() - from products of weights and codes to 12 bits behind the point */
double npuc_lstm_gate_factor(const struct npuc_tensor *weights, const struct npuc_tensor *codes);

/** npuc_lstm_hidden_factor() - from a product of two numbers of 15 bits to the output */
double npuc_lstm_hidden_factor(const struct npuc_tensor *hidden);

#endif /* NPUC_LSTM_H */
