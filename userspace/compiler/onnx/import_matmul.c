// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* MatMul, Gemm, QLinearMatMul: products of matrices. */
#include <errno.h>

#include "import.h"

/* Rows times constant columns: TFLite's FULLY_CONNECTED with the weights turned. */
static int emit_product(struct onnx_import *im, const struct onnx_node *n,
			const struct onnx_target *t, uint32_t x, uint32_t w, uint32_t bias,
			const struct npuc_quant *q)
{
	static const uint32_t orders[2][2] = { { 1, 0 }, { 0, 1 } };
	bool gemm = onnx_is(n->op, "Gemm"), turned = gemm && onnx_int(n, "transB", 0);
	const struct npuc_shape was = onnx_shape(im, w);
	struct npuc_shape shape = { .rank = 2, .dim = { was.dim[!turned], was.dim[turned] } };
	struct npuc_attributes a = { .keep_dims = 1 };
	struct npuc_quant turned_q = *q;
	uint32_t inputs[3] = { x, NPUC_NONE, bias };

	if (was.rank != 2 ||
	    (gemm && (onnx_int(n, "transA", 0) || onnx_float(n, "alpha", 1) != 1.0f ||
		      onnx_float(n, "beta", 1) != 1.0f)))
		return onnx_refuse(im, "only constant matrices, alpha and beta of 1 are supported");
	turned_q.axis = 0;
	inputs[1] = onnx_permuted(im, w, &shape, orders[turned], &turned_q);
	if (x == NPUC_NONE || inputs[1] == NPUC_NONE)
		return -EOPNOTSUPP;
	return onnx_emit(im, t, TFLITE_FULLY_CONNECTED, &a, inputs, bias == NPUC_NONE ? 2 : 3,
			 ONNX_PLAIN);
}

/* Is it rows times a constant matrix, and a bias of one number for each column? */
static bool constant_matrix(const struct onnx_import *im, const struct onnx_node *n, uint32_t w,
			    uint32_t c)
{
	uint32_t codes = onnx_codes(im, w);
	struct npuc_shape bias;

	if (!im->values[codes == NPUC_NONE ? w : codes].constant || onnx_rank(im, w) != 2)
		return false;
	if (!onnx_is(n->op, "Gemm"))
		return onnx_rank(im, onnx_input(im, n, 0)) >= 2;
	if (onnx_int(n, "transA", 0) || onnx_float(n, "alpha", 1) != 1.0f ||
	    onnx_float(n, "beta", 1) != 1.0f)
		return false;
	if (c == NPUC_NONE)
		return true;
	bias = onnx_shape(im, c);
	codes = onnx_codes(im, c);
	return im->values[codes == NPUC_NONE ? c : codes].constant && bias.rank == 1 &&
	       bias.dim[0] == onnx_shape(im, w).dim[onnx_int(n, "transB", 0) ? 0 : 1];
}

/* alpha * x * w + beta * c of whatever is computed; a vector is a row or a column. */
static int emit_matmul(struct onnx_import *im, const struct onnx_node *n, uint32_t value,
		       uint32_t w, uint32_t c)
{
	bool gemm = onnx_is(n->op, "Gemm");
	float alpha = gemm ? onnx_float(n, "alpha", 1) : 1;
	float beta = gemm ? onnx_float(n, "beta", 1) : 1;
	const struct npuc_attributes a = {
		.adjoint_x = gemm && onnx_int(n, "transA", 0) != 0,
		.adjoint_y = gemm && onnx_int(n, "transB", 0) != 0,
	};
	uint32_t ranks[2] = { onnx_rank(im, value), onnx_rank(im, w) }, pair[2], x;
	int32_t shape[NPUC_MAX_RANK], rank = 0;

	pair[0] = onnx_stored(im, value, ONNX_PLAIN);
	pair[1] = onnx_stored(im, w, ONNX_PLAIN);
	if (pair[0] == NPUC_NONE || pair[1] == NPUC_NONE)
		return -EOPNOTSUPP;
	if (!ranks[0] || !ranks[1] || (gemm && (ranks[0] != 2 || ranks[1] != 2)))
		return onnx_refuse(im, "scalars and, of Gemm, more dimensions than two");
	if (ranks[0] == 1)
		pair[0] = onnx_as(im, pair[0], (int32_t[]){ 1, -1 }, 2);
	if (ranks[1] == 1)
		pair[1] = onnx_as(im, pair[1], (int32_t[]){ -1, 1 }, 2);
	x = onnx_step(im, TFLITE_BATCH_MATMUL, &a, pair, 2, NPUC_NONE);
	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	if (ranks[0] == 1 || ranks[1] == 1) {
		const struct npuc_shape was = im->b.g.tensors[x].shape;

		for (uint32_t i = 0; i < was.rank; i++)
			if (!(ranks[0] == 1 && i == was.rank - 2) &&
			    !(ranks[1] == 1 && i == was.rank - 1))
				shape[rank++] = (int32_t)was.dim[i];
		if (!rank)
			return onnx_refuse(im, "the product of two vectors is a scalar");
		x = onnx_as(im, x, shape, (uint32_t)rank);
	}
	if (alpha != 1.0f)
		x = onnx_binary(im, TFLITE_MUL, x, onnx_like(im, x, alpha));
	if (c != NPUC_NONE && beta != 0) {
		uint32_t y = onnx_stored(im, c, ONNX_PLAIN);

		if (y != NPUC_NONE && beta != 1.0f)
			y = onnx_binary(im, TFLITE_MUL, y, onnx_like(im, y, beta));
		x = onnx_binary(im, TFLITE_ADD, x, y);
	}
	return onnx_give(im, onnx_value(im, n->outputs[0]), x, ONNX_PLAIN);
}

/* Two computed matrices of codes of one type, and a QuantizeLinear behind their product? */
static bool fuses_codes(struct onnx_import *im, const struct onnx_node *n, struct onnx_target *t)
{
	uint32_t zero[2];

	if (!onnx_is(n->op, "MatMul") || !onnx_all_codes(im, n, 2))
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t value = onnx_input(im, n, i);

		zero[i] = im->values[value].zero;
		if (onnx_rank(im, value) < 2 || im->values[onnx_codes(im, value)].constant ||
		    zero[i] == NPUC_NONE || !im->values[zero[i]].constant)
			return false;
	}
	/* the type of codes is that of their zero point */
	return im->values[zero[0]].constant->type == im->values[zero[1]].constant->type &&
	       onnx_target(im, n, true, true, t);
}

static int emit_codes(struct onnx_import *im, const struct onnx_target *t, uint32_t x, uint32_t w)
{
	static const struct npuc_attributes a;

	if (x == NPUC_NONE || w == NPUC_NONE)
		return -EOPNOTSUPP;
	return onnx_emit(im, t, TFLITE_BATCH_MATMUL, &a, (uint32_t[]){ x, w }, 2, ONNX_PLAIN);
}

int onnx_import_matmul(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), w = onnx_input(im, n, 1), c = onnx_input(im, n, 2);
	uint32_t bias = NPUC_NONE;
	struct npuc_quant q = { 0 };
	struct onnx_target t;
	bool codes;

	if (value == NPUC_NONE || w == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	if (!constant_matrix(im, n, w, c))
		return fuses_codes(im, n, &t) ?
			       emit_codes(im, &t, onnx_codes_stored(im, value, ONNX_PLAIN),
					  onnx_codes_stored(im, w, ONNX_PLAIN)) :
			       emit_matmul(im, n, value, w, c);
	codes = onnx_all_codes(im, n, 2) && im->values[onnx_codes(im, w)].constant &&
		(c == NPUC_NONE || onnx_codes(im, c) != NPUC_NONE) &&
		onnx_target(im, n, true, true, &t);
	if (!codes)
		onnx_target(im, n, false, true, &t);
	if (codes && !onnx_codes_quant(im, w, 0, &q))
		return onnx_refuse(im, "scales of the weights do not fit");
	if (c != NPUC_NONE) {
		bias = onnx_stored(im, codes ? onnx_codes(im, c) : c, ONNX_PLAIN);
		if (bias == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	return emit_product(im, n, &t,
			    codes ? onnx_codes_stored(im, value, ONNX_PLAIN) :
				    onnx_stored(im, value, ONNX_PLAIN),
			    w, bias, &q);
}

int onnx_import_qlinear_matmul(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t w = onnx_input(im, n, 3), x = onnx_qlinear(im, n, 0, ONNX_PLAIN);
	struct onnx_target t;
	struct npuc_quant q;

	if (x == NPUC_NONE || w == NPUC_NONE || !onnx_qlinear_target(im, n, 6, &t) ||
	    !onnx_quant(im, onnx_input(im, n, 4), onnx_input(im, n, 5), 0, &q))
		return onnx_refuse(im, "scales and zero points must be constant");
	if (!im->values[w].constant)
		return emit_codes(im, &t, x, onnx_qlinear(im, n, 3, ONNX_PLAIN));
	return emit_product(im, n, &t, x, w, NPUC_NONE, &q);
}
