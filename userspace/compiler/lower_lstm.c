// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * UNIDIRECTIONAL_SEQUENCE_LSTM with 8-bit activations: the inputs' share of all gates at
 * all time steps in one record; then, step by step, what the cells gave away before is
 * added to it, and state and output follow.
 *
 * Both states stay in their variable tensors from run to run.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "delegate.h"
#include "flatbuffer.h"
#include "lower.h"
#include "lstm.h"
#include "pack.h"

/**
 * struct job - one op on its way into records
 * @c: the compilation
 * @number: the op
 * @op: the same
 * @p: whose arithmetic
 * @l: sizes
 * @gates: root of the gates' sums, int16, a row of all gates for each input row
 */
struct job {
	struct npuc_compilation *c;
	uint32_t number;
	const struct npuc_op *op;
	const struct npum_personality *p;
	struct npuc_lstm l;
	uint32_t gates;
};

static const struct npuc_tensor *input(const struct job *j, uint32_t i)
{
	return npuc_input(j->c->graph, j->op, i);
}

/* Let an operand be rows of a memory, @step bytes apart: 1, 1, rows, columns. */
static void rows(struct vnpu_tensor *t, uint32_t rows, uint32_t columns, uint32_t element,
		 uint32_t step)
{
	const uint32_t shape[4] = { 1, 1, rows, columns };
	const uint32_t stride[4] = { rows * step, rows * step, step, element };

	memcpy(t->shape, shape, sizeof(shape));
	memcpy(t->stride, stride, sizeof(stride));
}

/* The sums of all gates: of all rows, or at time step @t. */
static void gates_operand(const struct job *j, struct npuc_record *r, uint32_t k, uint32_t t)
{
	uint32_t columns = NPUC_LSTM_GATES * j->l.cells, row = 2 * columns;
	struct vnpu_tensor *v = npuc_tensor_of(r, k);

	v->dtype = VNPU_DTYPE_INT16;
	v->layout = VNPU_LAYOUT_NHWC;
	r->root[k] = j->gates;
	if (t == NPUC_NONE) {
		rows(v, j->l.batch * j->l.steps, columns, 2, row);
		return;
	}
	v->offset = t * j->l.time_step * row;
	rows(v, j->l.batch, columns, 2, j->l.batch_step * row);
}

/* What the cells give away at time step @t. */
static int output_operand(const struct job *j, struct npuc_record *r, uint32_t k, uint32_t t)
{
	int err = npuc_operand(j->c, r, k, npuc_out(j->c, j->number));
	struct vnpu_tensor *v = npuc_tensor_of(r, k);

	v->offset += t * j->l.time_step * j->l.cells;
	rows(v, j->l.batch, j->l.cells, 1, j->l.batch_step * j->l.cells);
	return err;
}

/* Weights of all gates as one matrix, and their rescaling to 12 bits behind the point. */
static int add_weights(const struct job *j, struct npuc_record *r, uint32_t first,
		       const struct npuc_tensor *codes, bool biased)
{
	uint32_t cells = j->l.cells, outputs = NPUC_LSTM_GATES * cells;
	uint32_t terms = input(j, first)->shape.dim[1];
	uint8_t *all = malloc((size_t)outputs * terms);
	struct npuc_weights w = { all, true, 0, outputs, terms, terms, 1 };
	struct vnpu_requant_block *table;
	void *to;

	if (!all)
		return npuc_no_memory(j->c);
	for (uint32_t gate = 0; gate < NPUC_LSTM_GATES; gate++)
		memcpy(all + (size_t)gate * cells * terms, input(j, first + gate)->data,
		       (size_t)cells * terms);
	to = npuc_operand_packed(j->c, r, 1, VNPU_LAYOUT_WEIGHTS, VNPU_DTYPE_UINT8,
				 (uint32_t[4]){ outputs, 1, 1, terms },
				 (size_t)npuc_packed_bytes(outputs, terms));
	if (to)
		npuc_pack_blocked(&w, to);
	r->op.in[1].zero_point = 128;
	table = npuc_operand_packed(j->c, r, 2, VNPU_LAYOUT_REQUANT, VNPU_DTYPE_INT32,
				    (uint32_t[4]){ 1, 1, 1, outputs }, npuc_requant_bytes(outputs));
	for (uint32_t o = 0; o < outputs && table; o++) {
		const struct npuc_tensor *bias = input(j, NPUC_LSTM_BIASES + o / cells);
		double factor = npuc_lstm_gate_factor(input(j, first + o / cells), codes);
		int32_t b = biased ? (int32_t)npuc_le32(bias->data + o % cells * 4) : 0;

		npuc_requant_row(table, o,
				 npuc_fold_bias(&w, o, b, (int32_t)npuc_zero_point(codes, 0)),
				 npuc_quantise_multiplier(j->p->requant, factor));
	}
	free(all);
	return to && table ? 0 : -ENOMEM;
}

static int lower_inputs(const struct job *j)
{
	struct npuc_record *r = npuc_record(j->c, j->number, VNPU_OP_GATES);
	uint32_t all = j->l.batch * j->l.steps;
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(j->c, r, 0, npuc_in(j->c, j->number, NPUC_LSTM_INPUT));
	rows(&r->op.in[0], all, j->l.terms, 1, j->l.terms);
	gates_operand(j, r, NPUC_OUT, NPUC_NONE);
	if (!err)
		err = add_weights(j, r, NPUC_LSTM_INPUT_WEIGHTS, input(j, NPUC_LSTM_INPUT), true);
	return err;
}

/* What the last step gave away is what the next run begins with. */
static int keep_output(const struct job *j)
{
	struct npuc_record *r = npuc_record(j->c, j->number, VNPU_OP_COPY);
	int err;

	if (!r)
		return -ENOMEM;
	err = output_operand(j, r, 0, j->l.steps - 1);
	if (!err)
		err = npuc_operand(j->c, r, NPUC_OUT, j->op->inputs[NPUC_LSTM_OUTPUT_STATE]);
	if (!err)
		npuc_operand_shape(r, NPUC_OUT, r->op.in[0].shape);
	return err;
}

/* @recurrent holds weights and table, which all steps share. */
static int lower_recurrence(const struct job *j, uint32_t t, struct npuc_record *recurrent)
{
	struct npuc_record *r = npuc_record(j->c, j->number, VNPU_OP_GATES);
	int err;

	if (!r)
		return -ENOMEM;
	if (t) {
		*r = *recurrent;
		memset(&r->op.in[0], 0, sizeof(r->op.in[0]));
		err = output_operand(j, r, 0, t - 1);
	} else {
		err = npuc_operand(j->c, r, 0, j->op->inputs[NPUC_LSTM_OUTPUT_STATE]);
		if (!err)
			err = add_weights(j, r, NPUC_LSTM_RECURRENT_WEIGHTS,
					  input(j, NPUC_LSTM_OUTPUT_STATE), false);
		*recurrent = *r;
	}
	memset(&r->op.out, 0, sizeof(r->op.out));
	gates_operand(j, r, NPUC_OUT, t);
	r->op.p.mode = VNPU_GATES_ACCUMULATE;
	return err;
}

/* CwiseClipping() takes all of a range but its lowest number. */
static void clip(const struct job *j, struct npuc_record *r)
{
	float scale = npuc_scale(input(j, NPUC_LSTM_CELL_STATE), 0), clip;

	memcpy(&clip, &j->op->attributes.cell_clip, sizeof(clip));
	r->op.p.clamp[0] = INT16_MIN;
	r->op.p.clamp[1] = INT16_MAX;
	if (!(clip > 0))
		return;
	clip /= scale;
	r->op.p.clamp[1] = clip < INT16_MAX ? (int32_t)clip : INT16_MAX;
	if (r->op.p.clamp[1])
		r->op.p.clamp[0] = -r->op.p.clamp[1];
	else
		r->op.p.clamp[1] = INT16_MAX;
}

static int lower_cell(const struct job *j, uint32_t t)
{
	struct npuc_record *r = npuc_record(j->c, j->number, VNPU_OP_LSTM_CELL);
	uint32_t state = j->op->inputs[NPUC_LSTM_CELL_STATE];
	int err;

	if (!r)
		return -ENOMEM;
	gates_operand(j, r, 0, t);
	err = npuc_operand(j->c, r, 1, state);
	if (!err)
		err = npuc_operand(j->c, r, NPUC_OUT, state);
	r->op.p.mode = npuc_lstm_state_bits(input(j, NPUC_LSTM_CELL_STATE));
	clip(j, r);
	return err;
}

static int lower_hidden(const struct job *j, uint32_t t)
{
	const struct npuc_tensor *hidden = &j->c->graph->tensors[j->op->attributes.hidden];
	struct npuc_record *r = npuc_record(j->c, j->number, VNPU_OP_LSTM_HIDDEN);
	int err;

	if (!r)
		return -ENOMEM;
	gates_operand(j, r, 0, t);
	err = npuc_operand(j->c, r, 1, j->op->inputs[NPUC_LSTM_CELL_STATE]);
	if (!err)
		err = output_operand(j, r, NPUC_OUT, t);
	r->op.p.mode = npuc_lstm_state_bits(input(j, NPUC_LSTM_CELL_STATE));
	npuc_rescale(r, 2,
		     npuc_quantise_multiplier(j->p->requant, npuc_lstm_hidden_factor(hidden)));
	/* LiteRT's CwiseMul() takes the zero point away where it should add it. */
	r->op.p.offset = -(int32_t)npuc_zero_point(hidden, 0) - r->op.out.zero_point;
	r->op.p.clamp[0] = INT8_MIN;
	r->op.p.clamp[1] = INT8_MAX;
	return err;
}

int npuc_lower_lstm(struct npuc_compilation *c, uint32_t number)
{
	struct job j = {
		.c = c,
		.number = number,
		.op = &c->graph->ops[number],
		.p = npuc_personality(c, number),
	};
	struct npuc_record recurrent;
	int err;

	npuc_lstm(c->graph, j.op, &j.l);
	j.gates = npuc_scratch(c, 2ull * NPUC_LSTM_GATES * j.l.cells * j.l.batch * j.l.steps);
	if (j.gates == NPUC_NONE)
		return -ENOMEM;
	err = lower_inputs(&j);
	for (uint32_t t = 0; t < j.l.steps && !err; t++) {
		err = lower_recurrence(&j, t, &recurrent);
		if (!err)
			err = lower_cell(&j, t);
		if (!err)
			err = lower_hidden(&j, t);
	}
	return err ? err : keep_output(&j);
}
