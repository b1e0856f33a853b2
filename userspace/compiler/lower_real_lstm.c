// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * UNIDIRECTIONAL_SEQUENCE_LSTM in floating point.  What the gates see of the input is one
 * product over all steps; then each step is a product with the state before it and a
 * few element-wise records.  Both states stay in their variable tensors from run to run.
 *
 *	i, f, o = logistic(Wx + Rh + b), g = tanh(Wx + Rh + b)
 *	c = f * c + i * g, clipped; h = o * tanh(c)
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "lstm.h"
#include "npum.h"
#include "pack.h"

/* Scratch buffers. */
enum buffer { FROM_INPUT, FROM_STATE, SUMS, GATES, UPDATE, KEPT, ADDED, SQUASHED, BUFFERS };

/**
 * struct lstm - an op being lowered
 * @number: the op
 * @s: its sizes
 * @clip: bound of the cell state's magnitude, 0 for none
 * @root: scratch buffers
 */
struct lstm {
	uint32_t number;
	struct npuc_lstm s;
	float clip;
	uint32_t root[BUFFERS];
};

/* Gates in the order of the op's inputs. */
enum { INPUT_GATE, FORGET_GATE, CELL_GATE, OUTPUT_GATE };

/* The gates' order in products: those that are squashed by logistic lie side by side. */
static const uint32_t gates[] = { INPUT_GATE, FORGET_GATE, OUTPUT_GATE, CELL_GATE };
#define GATE_COUNT NPUC_LSTM_GATES
#define LOGISTIC_GATES 3u

static int make_buffers(struct npuc_compilation *c, struct lstm *l)
{
	const struct npuc_lstm *s = &l->s;
	const uint64_t row = (uint64_t)s->batch * s->cells * sizeof(float);
	const uint64_t bytes[BUFFERS] = {
		[FROM_INPUT] = GATE_COUNT * row * s->steps,
		[FROM_STATE] = GATE_COUNT * row,
		[SUMS] = GATE_COUNT * row,
		[GATES] = LOGISTIC_GATES * row,
		[UPDATE] = row,
		[KEPT] = row,
		[ADDED] = row,
		[SQUASHED] = row,
	};

	for (uint32_t i = 0; i < BUFFERS; i++) {
		l->root[i] = npuc_scratch(c, bytes[i]);
		if (l->root[i] == NPUC_NONE)
			return -ENOMEM;
	}
	return 0;
}

/* Weights of all gates, one below the other; then their biases. */
static int add_gates(struct npuc_compilation *c, struct npuc_record *r, const struct lstm *l,
		     uint32_t first, uint32_t terms, bool biased)
{
	const struct npuc_op *op = &c->graph->ops[l->number];
	uint32_t rows = GATE_COUNT * l->s.cells;
	size_t part = (size_t)l->s.cells * terms * sizeof(float);
	uint8_t *weights = malloc(GATE_COUNT * part);
	uint8_t *to = npuc_operand_packed(c, r, 1, VNPU_LAYOUT_ROWS, VNPU_DTYPE_FLOAT32,
					  (uint32_t[4]){ rows, 1, 1, terms },
					  npuc_rows_bytes(rows, terms, sizeof(float)));

	if (weights && to) {
		for (uint32_t i = 0; i < GATE_COUNT; i++)
			memcpy(weights + i * part, npuc_input(c->graph, op, first + gates[i])->data,
			       part);
		npuc_pack_rows(weights, sizeof(float), rows, terms, false, to);
	}
	free(weights);
	if (!weights)
		return npuc_no_memory(c);
	if (!to)
		return -ENOMEM;
	to = npuc_operand_packed(c, r, 2, VNPU_LAYOUT_VECTOR, VNPU_DTYPE_FLOAT32,
				 (uint32_t[4]){ 1, 1, 1, rows },
				 npuc_rows_bytes(rows, 1, sizeof(float)));
	if (!to)
		return -ENOMEM;
	for (uint32_t i = 0; i < GATE_COUNT && biased; i++)
		memcpy(to + i * l->s.cells * sizeof(float),
		       npuc_input(c->graph, op, NPUC_LSTM_BIASES + gates[i])->data,
		       l->s.cells * sizeof(float));
	return 0;
}

static void no_clamp(struct npuc_record *r)
{
	r->op.p.real_clamp[0] = npuc_real_bits(-INFINITY);
	r->op.p.real_clamp[1] = npuc_real_bits(INFINITY);
}

/* Rows of all steps and batches through the input's weights. */
static int from_input(struct npuc_compilation *c, const struct lstm *l)
{
	struct npuc_record *r = npuc_record(c, l->number, VNPU_OP_FULLY_CONNECTED_F);
	uint32_t rows = l->s.batch * l->s.steps;
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, l->number, 0));
	if (!err)
		err = add_gates(c, r, l, NPUC_LSTM_INPUT_WEIGHTS, l->s.terms, true);
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, 1, rows, l->s.terms });
	npuc_operand_root(r, NPUC_OUT, l->root[FROM_INPUT], VNPU_DTYPE_FLOAT32,
			  (uint32_t[4]){ 1, 1, rows, GATE_COUNT * l->s.cells });
	no_clamp(r);
	return err;
}

static uint32_t state_of(const struct npuc_compilation *c, const struct lstm *l, uint32_t input)
{
	return c->graph->ops[l->number].inputs[input];
}

/* Let an operand that is a whole state be a row for each batch. */
static void rows(const struct lstm *l, struct npuc_record *r, uint32_t k)
{
	npuc_operand_shape(r, k, (uint32_t[4]){ 1, 1, l->s.batch, l->s.cells });
}

/* Cut an operand of rows of all steps down to those of step @t. */
static void at_step(const struct lstm *l, struct npuc_record *r, uint32_t k, uint32_t t,
		    uint32_t width)
{
	struct vnpu_tensor *v = npuc_tensor_of(r, k);
	uint32_t row = width * (uint32_t)sizeof(float);

	v->offset += t * l->s.time_step * row;
	memcpy(v->shape, (uint32_t[4]){ 1, 1, l->s.batch, width }, sizeof(v->shape));
	memset(v->stride, 0, sizeof(v->stride));
	v->stride[2] = l->s.batch_step * row;
	v->stride[3] = sizeof(float);
}

/* The state before step @t: the output of the step before, of the first what was kept. */
static int from_state(struct npuc_compilation *c, const struct lstm *l, uint32_t t,
		      uint32_t weights)
{
	struct npuc_record *r = npuc_record(c, l->number, VNPU_OP_FULLY_CONNECTED_F);
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0,
			   t ? npuc_out(c, l->number) : state_of(c, l, NPUC_LSTM_OUTPUT_STATE));
	if (t)
		at_step(l, r, 0, t - 1, l->s.cells);
	else
		rows(l, r, 0);
	if (!err && weights == NPUC_NONE)
		err = add_gates(c, r, l, NPUC_LSTM_RECURRENT_WEIGHTS, l->s.cells, false);
	if (!err && weights != NPUC_NONE) {
		/* The same weights as at the first step. */
		const struct npuc_record *first = &c->records[weights];

		memcpy(&r->op.in[1], &first->op.in[1], 2 * sizeof(r->op.in[1]));
		memcpy(&r->root[1], &first->root[1], 2 * sizeof(r->root[1]));
	}
	npuc_operand_root(r, NPUC_OUT, l->root[FROM_STATE], VNPU_DTYPE_FLOAT32,
			  (uint32_t[4]){ 1, 1, l->s.batch, GATE_COUNT * l->s.cells });
	no_clamp(r);
	return err;
}

/* An operand of @width columns from column @first on, of a buffer of rows @pitch wide. */
static void columns(const struct lstm *l, struct npuc_record *r, uint32_t k, enum buffer buffer,
		    uint32_t pitch, uint32_t first, uint32_t width)
{
	struct vnpu_tensor *v = npuc_tensor_of(r, k);

	npuc_operand_root(r, k, l->root[buffer], VNPU_DTYPE_FLOAT32,
			  (uint32_t[4]){ 1, 1, l->s.batch, width });
	v->offset = first * (uint32_t)sizeof(float);
	v->stride[2] = pitch * (uint32_t)sizeof(float);
}

static struct npuc_record *element(struct npuc_compilation *c, const struct lstm *l,
				   uint32_t opcode, uint32_t function)
{
	struct npuc_record *r = npuc_record(c, l->number, opcode);

	if (!r)
		return NULL;
	r->op.p.mode = function;
	if (opcode == VNPU_OP_BINARY)
		no_clamp(r);
	return r;
}

/* Sum of both products. */
static int add_products(struct npuc_compilation *c, const struct lstm *l, uint32_t t)
{
	uint32_t width = GATE_COUNT * l->s.cells;
	struct npuc_record *r = element(c, l, VNPU_OP_BINARY, VNPU_FN_ADD);

	if (!r)
		return -ENOMEM;
	npuc_operand_root(r, 0, l->root[FROM_INPUT], VNPU_DTYPE_FLOAT32,
			  (uint32_t[4]){ 1, 1, 1, 1 });
	at_step(l, r, 0, t, width);
	columns(l, r, 1, FROM_STATE, width, 0, width);
	columns(l, r, NPUC_OUT, SUMS, width, 0, width);
	return 0;
}

static int squash(struct npuc_compilation *c, const struct lstm *l)
{
	uint32_t cells = l->s.cells, pitch = GATE_COUNT * cells, count = LOGISTIC_GATES * cells;
	struct npuc_record *r = element(c, l, VNPU_OP_UNARY, VNPU_FN_LOGISTIC);

	if (!r)
		return -ENOMEM;
	columns(l, r, 0, SUMS, pitch, 0, count);
	columns(l, r, NPUC_OUT, GATES, count, 0, count);
	r = element(c, l, VNPU_OP_UNARY, VNPU_FN_TANH);
	if (!r)
		return -ENOMEM;
	columns(l, r, 0, SUMS, pitch, count, cells);
	columns(l, r, NPUC_OUT, UPDATE, cells, 0, cells);
	return 0;
}

/*
 * One of the gates, by its place in the products' order, times a number a cell that
 * the caller adds to the record.
 */
static int gate(struct npuc_compilation *c, const struct lstm *l, uint32_t which, enum buffer to,
		struct npuc_record **r)
{
	uint32_t cells = l->s.cells;

	*r = element(c, l, VNPU_OP_BINARY, VNPU_FN_MUL);
	if (!*r)
		return -ENOMEM;
	columns(l, *r, 0, GATES, LOGISTIC_GATES * cells, which * cells, cells);
	columns(l, *r, NPUC_OUT, to, cells, 0, cells);
	return 0;
}

/* Let an operand be the cells' state. */
static int cell_state(struct npuc_compilation *c, const struct lstm *l, struct npuc_record *r,
		      uint32_t k)
{
	int err = npuc_operand(c, r, k, state_of(c, l, NPUC_LSTM_CELL_STATE));

	rows(l, r, k);
	return err;
}

/* New cell state: what is kept of the old one, and what is added. */
static int renew(struct npuc_compilation *c, const struct lstm *l)
{
	uint32_t cells = l->s.cells;
	struct npuc_record *r;
	int err;

	err = gate(c, l, 0, ADDED, &r);
	if (err)
		return err;
	columns(l, r, 1, UPDATE, cells, 0, cells);
	err = gate(c, l, 1, KEPT, &r);
	if (!err)
		err = cell_state(c, l, r, 1);
	r = err ? NULL : element(c, l, VNPU_OP_BINARY, VNPU_FN_ADD);
	if (!r)
		return err ? err : -ENOMEM;
	columns(l, r, 0, ADDED, cells, 0, cells);
	columns(l, r, 1, KEPT, cells, 0, cells);
	if (l->clip > 0) {
		r->op.p.real_clamp[0] = npuc_real_bits(-l->clip);
		r->op.p.real_clamp[1] = npuc_real_bits(l->clip);
	}
	return cell_state(c, l, r, NPUC_OUT);
}

static int output(struct npuc_compilation *c, const struct lstm *l, uint32_t t)
{
	struct npuc_record *r = element(c, l, VNPU_OP_UNARY, VNPU_FN_TANH);
	uint32_t cells = l->s.cells;
	int err;

	if (!r)
		return -ENOMEM;
	columns(l, r, NPUC_OUT, SQUASHED, cells, 0, cells);
	err = cell_state(c, l, r, 0);
	if (!err)
		err = gate(c, l, 2, SQUASHED, &r);
	if (err)
		return err;
	columns(l, r, 1, SQUASHED, cells, 0, cells);
	err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, l->number));
	at_step(l, r, NPUC_OUT, t, cells);
	return err;
}

/* What the last step gave away is what the next run begins with. */
static int keep_output(struct npuc_compilation *c, const struct lstm *l)
{
	struct npuc_record *r = npuc_record(c, l->number, VNPU_OP_COPY);
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_out(c, l->number));
	at_step(l, r, 0, l->s.steps - 1, l->s.cells);
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, state_of(c, l, NPUC_LSTM_OUTPUT_STATE));
	rows(l, r, NPUC_OUT);
	return err;
}

int npuc_lower_real_lstm(struct npuc_compilation *c, uint32_t number)
{
	struct lstm l = { .number = number };
	uint32_t weights = NPUC_NONE;
	int err;

	npuc_lstm(c->graph, &c->graph->ops[number], &l.s);
	memcpy(&l.clip, &c->graph->ops[number].attributes.cell_clip, sizeof(l.clip));
	err = make_buffers(c, &l);
	if (!err)
		err = from_input(c, &l);
	for (uint32_t t = 0; t < l.s.steps && !err; t++) {
		err = from_state(c, &l, t, weights);
		weights = weights == NPUC_NONE ? c->record_count - 1 : weights;
		if (!err)
			err = add_products(c, &l, t);
		if (!err)
			err = squash(c, &l);
		if (!err)
			err = renew(c, &l);
		if (!err)
			err = output(c, &l, t);
	}
	return err ? err : keep_output(c, &l);
}
