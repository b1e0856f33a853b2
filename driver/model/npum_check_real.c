// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rules of single ops on floating point, and on integers without scales. */
#include "npum_check.h"
#include "npum_conv.h"

#define FLOATS (BIT(VNPU_DTYPE_FLOAT32) | BIT(VNPU_DTYPE_FLOAT16))
#define INTEGERS                                                                \
	(BIT(VNPU_DTYPE_INT8) | BIT(VNPU_DTYPE_UINT8) | BIT(VNPU_DTYPE_INT16) | \
	 BIT(VNPU_DTYPE_INT32) | BIT(VNPU_DTYPE_INT64))
#define BYTES BIT(VNPU_DTYPE_UINT8)

static bool is_float(const struct vnpu_tensor *t)
{
	return FLOATS & BIT(t->dtype);
}

static u32 same_dtype(const struct vnpu_op *op, u32 *field)
{
	if (op->out.dtype != op->in[0].dtype)
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	return VNPU_REFUSAL_NONE;
}

/*
 * Binary32 without floating point: as integers the numbers are in their own order
 * once the lower bits of negative ones are turned.  Infinity is the last number.
 */
static s32 order(u32 bits)
{
	return (s32)(bits >> 31 ? bits ^ 0x7fffffff : bits);
}

static bool is_number(u32 bits)
{
	return (bits & 0x7fffffff) <= 0x7f800000;
}

static bool is_range(u32 low, u32 high)
{
	return is_number(low) && is_number(high) && order(low) <= order(high);
}

static u32 check_clamp(const struct vnpu_op *op, u32 *field)
{
	if (!is_range(op->p.real_clamp[0], op->p.real_clamp[1]))
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_CLAMP);
	return VNPU_REFUSAL_NONE;
}

static u32 check_scale(const struct vnpu_op *op, u32 *field)
{
	u32 exponent = op->p.scale >> 23;

	if (exponent < 1 || exponent > 254)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_SCALE);
	return VNPU_REFUSAL_NONE;
}

/* No bits in mode but those @known. */
static u32 check_mode(const struct vnpu_op *op, u32 known, u32 *field)
{
	if (op->p.mode & ~known)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	return VNPU_REFUSAL_NONE;
}

/* Input and output of one dtype, a clamp, and @rule. */
static u32 check_real(const struct vnpu_op *op, npum_check_fn *rule, u32 *field)
{
	u32 reason = same_dtype(op, field);

	if (!reason)
		reason = check_clamp(op, field);
	return reason ? reason : rule(op, field);
}

u32 npum_check_conv2d_f(const struct vnpu_op *op, u32 *field)
{
	return check_real(op, npum_check_conv2d, field);
}

u32 npum_check_depthwise_f(const struct vnpu_op *op, u32 *field)
{
	return check_real(op, npum_check_depthwise, field);
}

u32 npum_check_fully_connected_f(const struct vnpu_op *op, u32 *field)
{
	return check_real(op, npum_check_fully_connected, field);
}

u32 npum_check_hybrid(const struct vnpu_op *op, u32 *field)
{
	u32 reason = check_scale(op, field);

	return reason ? reason : npum_check_fully_connected_f(op, field);
}

u32 npum_check_batch_matmul(const struct vnpu_op *op, u32 *field)
{
	return check_real(op, npum_check_matrices, field);
}

u32 npum_check_pool_f(const struct vnpu_op *op, u32 *field)
{
	u32 reason = check_mode(op, VNPU_POOL_WHOLE, field);

	return reason ? reason : check_real(op, npum_check_pool, field);
}

/* Which op takes a function, as bits. */
#define UNARY 1u
#define BINARY 2u
#define REDUCE 4u

/**
 * struct function - what an op may do with a function
 * @ops: UNARY, BINARY, REDUCE
 * @dtypes: of the inputs
 * @truth: the result is uint8
 * @alpha: it reads p.alpha
 * @beta: it reads p.beta
 */
struct function {
	u8 ops;
	u32 dtypes;
	bool truth;
	bool alpha;
	bool beta;
};

#define ALL (FLOATS | INTEGERS)

static const struct function functions[] = {
	[VNPU_FN_ABS] = { UNARY, ALL },
	[VNPU_FN_NEG] = { UNARY, ALL },
	[VNPU_FN_SIGN] = { UNARY, ALL },
	[VNPU_FN_SQUARE] = { UNARY, ALL },
	[VNPU_FN_NOT] = { UNARY, BYTES },
	[VNPU_FN_FLOOR] = { UNARY, FLOATS },
	[VNPU_FN_CEIL] = { UNARY, FLOATS },
	[VNPU_FN_ROUND] = { UNARY, FLOATS },
	[VNPU_FN_SQRT] = { UNARY, FLOATS },
	[VNPU_FN_RSQRT] = { UNARY, FLOATS },
	[VNPU_FN_RECIPROCAL] = { UNARY, FLOATS },
	[VNPU_FN_EXP] = { UNARY, FLOATS },
	[VNPU_FN_LOG] = { UNARY, FLOATS },
	[VNPU_FN_SIN] = { UNARY, FLOATS },
	[VNPU_FN_COS] = { UNARY, FLOATS },
	[VNPU_FN_TANH] = { UNARY, FLOATS },
	[VNPU_FN_LOGISTIC] = { UNARY, FLOATS },
	[VNPU_FN_ERF] = { UNARY, FLOATS },
	[VNPU_FN_GELU] = { UNARY, FLOATS },
	[VNPU_FN_GELU_TANH] = { UNARY, FLOATS },
	[VNPU_FN_ELU] = { UNARY, FLOATS, .alpha = true },
	[VNPU_FN_LEAKY_RELU] = { UNARY, FLOATS, .alpha = true },
	[VNPU_FN_HARD_SWISH] = { UNARY, FLOATS },
	[VNPU_FN_HARD_SIGMOID] = { UNARY, FLOATS, .alpha = true, .beta = true },
	[VNPU_FN_SOFTPLUS] = { UNARY, FLOATS },
	[VNPU_FN_CLAMP] = { UNARY, FLOATS, .alpha = true, .beta = true },

	[VNPU_FN_ADD] = { BINARY | REDUCE, ALL },
	[VNPU_FN_SUB] = { BINARY, ALL },
	[VNPU_FN_MUL] = { BINARY | REDUCE, ALL },
	[VNPU_FN_DIV] = { BINARY, ALL },
	[VNPU_FN_FLOOR_DIV] = { BINARY, ALL },
	[VNPU_FN_FLOOR_MOD] = { BINARY, ALL },
	[VNPU_FN_POW] = { BINARY, ALL },
	[VNPU_FN_MAXIMUM] = { BINARY | REDUCE, ALL },
	[VNPU_FN_MINIMUM] = { BINARY | REDUCE, ALL },
	[VNPU_FN_SQUARED_DIFFERENCE] = { BINARY, ALL },
	[VNPU_FN_PRELU] = { BINARY, ALL },
	[VNPU_FN_EQUAL] = { BINARY, ALL, .truth = true },
	[VNPU_FN_NOT_EQUAL] = { BINARY, ALL, .truth = true },
	[VNPU_FN_LESS] = { BINARY, ALL, .truth = true },
	[VNPU_FN_LESS_EQUAL] = { BINARY, ALL, .truth = true },
	[VNPU_FN_AND] = { BINARY | REDUCE, BYTES },
	[VNPU_FN_OR] = { BINARY | REDUCE, BYTES },

	[VNPU_FN_MEAN] = { REDUCE, ALL },
};

/* The function exists for the op and its dtypes; the output is of the input's dtype, or a truth. */
static u32 check_function(const struct vnpu_op *op, u32 kind, u32 *field)
{
	const struct function *f;

	if (op->p.mode >= ARRAY_SIZE(functions) || !(functions[op->p.mode].ops & kind))
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	f = &functions[op->p.mode];
	if (!(f->dtypes & BIT(op->in[0].dtype)))
		return npum_refuse(field, 0, VNPU_REFUSAL_DTYPE);
	if (op->out.dtype != (f->truth ? VNPU_DTYPE_UINT8 : op->in[0].dtype))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	if ((!f->alpha && op->p.alpha) || (!f->beta && op->p.beta))
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_UNUSED);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_unary(const struct vnpu_op *op, u32 *field)
{
	u32 reason = check_function(op, UNARY, field);

	if (reason)
		return reason;
	if (op->p.mode == VNPU_FN_CLAMP && !is_range(op->p.alpha, op->p.beta))
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_CLAMP);
	return npum_check_elementwise(op, field);
}

u32 npum_check_binary(const struct vnpu_op *op, u32 *field)
{
	u32 reason = check_function(op, BINARY, field);

	if (reason)
		return reason;
	if (op->in[1].dtype != op->in[0].dtype)
		return npum_refuse(field, 1, VNPU_REFUSAL_DTYPE);
	if (is_float(&op->out))
		reason = check_clamp(op, field);
	else if (op->p.real_clamp[0] || op->p.real_clamp[1])
		reason = npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_UNUSED);
	return reason ? reason : npum_check_elementwise(op, field);
}

u32 npum_check_select(const struct vnpu_op *op, u32 *field)
{
	for (u32 i = 1; i < VNPU_OP_INPUTS; i++)
		if (op->in[i].dtype != op->out.dtype)
			return npum_refuse(field, i, VNPU_REFUSAL_DTYPE);
	return npum_check_elementwise(op, field);
}

u32 npum_check_reduce(const struct vnpu_op *op, u32 *field)
{
	u32 reason = check_function(op, REDUCE, field);

	return reason ? reason : npum_check_mean(op, field);
}

u32 npum_check_arg(const struct vnpu_op *op, u32 *field)
{
	u32 reason = check_mode(op, VNPU_ARG_LEAST | VNPU_ARG_LAST, field);

	return reason ? reason : npum_check_arg_max(op, field);
}

u32 npum_check_softmax_f(const struct vnpu_op *op, u32 *field)
{
	u32 reason = check_mode(op, VNPU_SOFTMAX_LOG, field);

	if (!reason)
		reason = check_scale(op, field);
	return reason ? reason : npum_check_rows(op, field);
}

u32 npum_check_bilinear_f(const struct vnpu_op *op, u32 *field)
{
	return npum_check_resize(op, field);
}

u32 npum_check_gather(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape, *out = op->out.shape, *index = op->in[1].shape;
	u32 reason = same_dtype(op, field);

	if (reason)
		return reason;
	if (!npum_has_shape(&op->out, in[0], in[1], out[2], in[3]))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[1], index[0] == 1 ? 1 : in[0], 1, out[2], 1))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	return VNPU_REFUSAL_NONE;
}
