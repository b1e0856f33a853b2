// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rules of GATES, LSTM_CELL, LSTM_HIDDEN and SVDF_TIME. */
#include "npum_check.h"

/* Most terms of GATES and SVDF_TIME: their kernels sum 16 outputs at once in plain C. */
#define MAX_TERMS 4096u

u32 npum_check_gates(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape;
	u32 outputs = op->out.shape[3];

	if (op->p.mode & ~VNPU_GATES_ACCUMULATE)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	if (!npum_has_shape(&op->out, in[0], in[1], in[2], outputs))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[1], outputs, 1, 1, in[3]))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[2], 1, 1, 1, outputs))
		return npum_refuse(field, 2, VNPU_REFUSAL_SHAPE);
	if (in[3] > MAX_TERMS || npum_op_macs(op) > NPUM_MAX_MACS)
		return npum_refuse(field, 1, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_lstm(const struct vnpu_op *op, u32 *field)
{
	const u32 *out = op->out.shape;

	if (op->p.mode < VNPU_LSTM_LEAST_BITS || op->p.mode > VNPU_LSTM_MOST_BITS)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	if (out[3] > NPUM_MAX_DIM / 4 ||
	    !npum_has_shape(&op->in[0], out[0], out[1], out[2], 4 * out[3]))
		return npum_refuse(field, 0, VNPU_REFUSAL_SHAPE);
	if (!npum_same_shape(&op->in[1], &op->out))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	/* Cells may be updated in place, but their state is read as it lies: no repeats. */
	for (u32 i = 0; i < 2; i++)
		if (op->in[i].shape[3] > 1 && !op->in[i].stride[3])
			return npum_refuse(field, i, VNPU_REFUSAL_STRIDE);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_svdf_time(const struct vnpu_op *op, u32 *field)
{
	u32 batches = op->out.shape[2], units = op->out.shape[3], terms = op->in[0].shape[3];

	if (!npum_has_shape(&op->out, 1, 1, batches, units))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[0], 1, batches, units, terms))
		return npum_refuse(field, 0, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[1], 1, 1, units, terms))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[2], 1, 1, 1, units))
		return npum_refuse(field, 2, VNPU_REFUSAL_SHAPE);
	/* rows are read as they lie: no repeats */
	for (u32 i = 0; i < 2; i++)
		for (u32 d = 0; d < VNPU_MAX_RANK; d++)
			if (op->in[i].shape[d] > 1 && !op->in[i].stride[d])
				return npum_refuse(field, i, VNPU_REFUSAL_STRIDE);
	if (terms > MAX_TERMS || npum_op_macs(op) > NPUM_MAX_MACS)
		return npum_refuse(field, 0, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}
