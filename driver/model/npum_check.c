// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rules of single ops: shapes that fit together, parameters in range. */
#include "npum_check.h"

#include "npum_conv.h"
#include "npum_requant.h"

void npum_dtype_range(u32 dtype, s32 range[2])
{
	static const s32 ranges[][2] = {
		[VNPU_DTYPE_INT8] = { -128, 127 },
		[VNPU_DTYPE_UINT8] = { 0, 255 },
		[VNPU_DTYPE_INT32] = { S32_MIN, S32_MAX },
		[VNPU_DTYPE_INT16] = { -32768, 32767 },
	};

	memcpy(range, ranges[dtype], sizeof(ranges[dtype]));
}

static bool all_zero(const void *data, size_t bytes)
{
	const u8 *p = data;

	for (size_t i = 0; i < bytes; i++)
		if (p[i])
			return false;
	return true;
}

/* Fields of struct vnpu_params by the group that reads them. */
#define FIELD(member) \
	offsetof(struct vnpu_params, member), sizeof(((struct vnpu_params *)0)->member)

static const struct {
	u32 group;
	size_t offset;
	size_t bytes;
} param_fields[] = {
	{ NPUM_PARAM_WINDOW, FIELD(kernel) },	  { NPUM_PARAM_WINDOW, FIELD(stride) },
	{ NPUM_PARAM_WINDOW, FIELD(dilation) },	  { NPUM_PARAM_WINDOW, FIELD(pad) },
	{ NPUM_PARAM_CLAMP, FIELD(clamp) },	  { NPUM_PARAM_RESCALE0, FIELD(mult[0]) },
	{ NPUM_PARAM_RESCALE1, FIELD(mult[1]) },  { NPUM_PARAM_RESCALE2, FIELD(mult[2]) },
	{ NPUM_PARAM_RESCALE0, FIELD(shift[0]) }, { NPUM_PARAM_RESCALE1, FIELD(shift[1]) },
	{ NPUM_PARAM_RESCALE2, FIELD(shift[2]) }, { NPUM_PARAM_LEFT_SHIFT, FIELD(left_shift) },
	{ NPUM_PARAM_DIFF_MIN, FIELD(diff_min) }, { NPUM_PARAM_AXES, FIELD(axes) },
	{ NPUM_PARAM_AXES, FIELD(count) },	  { NPUM_PARAM_MODE, FIELD(mode) },
	{ NPUM_PARAM_SCALE, FIELD(scale) },	  { NPUM_PARAM_FILL, FIELD(fill) },
	{ NPUM_PARAM_OFFSET, FIELD(offset) },	  { NPUM_PARAM_ALPHA, FIELD(alpha) },
	{ NPUM_PARAM_BETA, FIELD(beta) },	  { NPUM_PARAM_REAL_CLAMP, FIELD(real_clamp) },
};

#undef FIELD

static u32 check_window(const struct vnpu_params *p)
{
	for (u32 i = 0; i < 2; i++) {
		if (!p->kernel[i] || p->kernel[i] > NPUM_MAX_KERNEL)
			return VNPU_REFUSAL_WINDOW;
		if (!p->stride[i] || p->stride[i] > NPUM_MAX_STEP)
			return VNPU_REFUSAL_WINDOW;
		if (!p->dilation[i] || p->dilation[i] > NPUM_MAX_STEP)
			return VNPU_REFUSAL_WINDOW;
		/* A window with no row on the input would have nothing to say. */
		if (p->pad[i] > (p->kernel[i] - 1) * p->dilation[i])
			return VNPU_REFUSAL_WINDOW;
	}
	return VNPU_REFUSAL_NONE;
}

static u32 check_clamp(const struct vnpu_op *op)
{
	s32 range[2];

	npum_dtype_range(op->out.dtype, range);
	if (op->p.clamp[0] < range[0] || op->p.clamp[1] > range[1] ||
	    op->p.clamp[0] > op->p.clamp[1])
		return VNPU_REFUSAL_CLAMP;
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_params(const struct npum_op_info *info, const struct vnpu_op *op)
{
	const struct vnpu_params *p = &op->p;
	u32 reason;

	for (size_t i = 0; i < ARRAY_SIZE(param_fields); i++)
		if (!(info->params & param_fields[i].group) &&
		    !all_zero((const u8 *)p + param_fields[i].offset, param_fields[i].bytes))
			return VNPU_REFUSAL_PARAM_UNUSED;

	for (u32 i = 0; i < ARRAY_SIZE(p->mult); i++)
		if (p->mult[i] < 0 || p->shift[i] < NPUM_SHIFT_MIN || p->shift[i] > NPUM_SHIFT_MAX)
			return VNPU_REFUSAL_PARAM_RANGE;
	if (p->left_shift > NPUM_MAX_LEFT_SHIFT)
		return VNPU_REFUSAL_PARAM_RANGE;

	if (info->params & NPUM_PARAM_WINDOW) {
		reason = check_window(p);
		if (reason)
			return reason;
	}
	if (info->params & NPUM_PARAM_CLAMP)
		return check_clamp(op);
	return VNPU_REFUSAL_NONE;
}

/*
 * Batches agree and the last window begins inside the padded input; what of it
 * lies below or right of the input is padding.
 */
u32 npum_check_window_output(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape, *out = op->out.shape;

	if (out[0] != in[0])
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	for (u32 i = 0; i < 2; i++)
		if ((u64)(out[i + 1] - 1) * op->p.stride[i] >= (u64)in[i + 1] + op->p.pad[i])
			return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	return VNPU_REFUSAL_NONE;
}

/* An inner product of @terms per output, with a requantisation row per channel. */
static u32 check_product(const struct vnpu_op *op, u64 terms, u32 *field)
{
	if (!npum_has_shape(&op->in[2], 1, 1, 1, op->out.shape[3]))
		return npum_refuse(field, 2, VNPU_REFUSAL_SHAPE);
	if (terms > NPUM_CONV_MAX_TERMS || npum_op_macs(op) > NPUM_MAX_MACS)
		return npum_refuse(field, 1, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_conv2d(const struct vnpu_op *op, u32 *field)
{
	const struct vnpu_params *p = &op->p;
	u32 ic = op->in[0].shape[3];
	u32 reason = npum_check_window_output(op, field);

	if (reason)
		return reason;
	if (!npum_has_shape(&op->in[1], op->out.shape[3], p->kernel[0], p->kernel[1], ic))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	return check_product(op, (u64)p->kernel[0] * p->kernel[1] * ic, field);
}

u32 npum_check_depthwise(const struct vnpu_op *op, u32 *field)
{
	const struct vnpu_params *p = &op->p;
	u32 reason = npum_check_window_output(op, field);

	if (reason)
		return reason;
	if (op->out.shape[3] % op->in[0].shape[3])
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[1], 1, p->kernel[0], p->kernel[1], op->out.shape[3]))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	if (p->kernel[0] * p->kernel[1] > NPUM_MAX_WINDOW)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_COST);
	return check_product(op, p->kernel[0] * p->kernel[1], field);
}

u32 npum_check_fully_connected(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape;

	if (!npum_has_shape(&op->out, in[0], in[1], in[2], op->out.shape[3]))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[1], op->out.shape[3], 1, 1, in[3]))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	return check_product(op, in[3], field);
}

u32 npum_check_pool(const struct vnpu_op *op, u32 *field)
{
	const struct vnpu_params *p = &op->p;
	u32 reason = npum_check_window_output(op, field);

	if (reason)
		return reason;
	/* With gaps between the taps a window might touch no element at all. */
	if (p->dilation[0] != 1 || p->dilation[1] != 1)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_WINDOW);
	if (op->out.shape[3] != op->in[0].shape[3])
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (op->out.dtype != op->in[0].dtype)
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	if (p->kernel[0] * p->kernel[1] > NPUM_MAX_WINDOW)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_elementwise(const struct vnpu_op *op, u32 *field)
{
	for (u32 i = 0; i < VNPU_OP_INPUTS; i++) {
		const struct vnpu_tensor *in = &op->in[i];

		if (in->dtype == VNPU_DTYPE_NONE)
			continue;
		if (in->layout == VNPU_LAYOUT_NHWC && !npum_same_shape(in, &op->out))
			return npum_refuse(field, i, VNPU_REFUSAL_SHAPE);
	}
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_copy(const struct vnpu_op *op, u32 *field)
{
	if (op->out.dtype != op->in[0].dtype)
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	return npum_check_elementwise(op, field);
}

u32 npum_check_fill(const struct vnpu_op *op, u32 *field)
{
	s32 range[2];

	if (npum_dtype_size(op->out.dtype) > 1)
		return VNPU_REFUSAL_NONE;
	npum_dtype_range(op->out.dtype, range);
	if (op->p.fill < range[0] || op->p.fill > range[1])
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	return VNPU_REFUSAL_NONE;
}

/* Rows along C of one dtype and shape. */
u32 npum_check_rows(const struct vnpu_op *op, u32 *field)
{
	if (op->out.dtype != op->in[0].dtype)
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	if (!npum_same_shape(&op->in[0], &op->out))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (op->out.shape[3] > NPUM_MAX_ROW)
		return npum_refuse(field, 0, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_softmax(const struct vnpu_op *op, u32 *field)
{
	if (op->p.shift[0] < 0 || op->p.diff_min > 0)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	return npum_check_rows(op, field);
}

u32 npum_check_mean(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape, *out = op->out.shape;
	u64 count = 1;

	if (!op->p.axes || op->p.axes >> VNPU_MAX_RANK)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	for (u32 i = 0; i < VNPU_MAX_RANK; i++) {
		bool reduced = op->p.axes & (1u << i);

		if (out[i] != (reduced ? 1 : in[i]))
			return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
		count *= reduced ? in[i] : 1;
		if (count > NPUM_MAX_REDUCE)
			return npum_refuse(field, 0, VNPU_REFUSAL_COST);
	}
	if (op->p.count != count)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_resize(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape, *out = op->out.shape;
	const u32 nearest = VNPU_RESIZE_ALIGN_CORNERS | VNPU_RESIZE_HALF_PIXEL;
	bool bilinear = op->opcode == VNPU_OP_RESIZE_BILINEAR;
	u32 known = nearest | (bilinear ? VNPU_RESIZE_FLOAT : 0);

	if (op->p.mode & ~known)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	/* TFLite refuses the pair for bilinear; for nearest it has a meaning. */
	if (bilinear && (op->p.mode & nearest) == nearest)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	if (op->out.dtype != op->in[0].dtype)
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	/* The float form is defined for uint8: what it does to negative sums is no rounding. */
	if ((op->p.mode & VNPU_RESIZE_FLOAT) && op->out.dtype != VNPU_DTYPE_UINT8)
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	if (out[0] != in[0] || out[3] != in[3])
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	for (u32 i = 1; i <= 2; i++) {
		if (in[i] > NPUM_MAX_RESIZE)
			return npum_refuse(field, 0, VNPU_REFUSAL_COST);
		if (out[i] > NPUM_MAX_RESIZE)
			return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_COST);
	}
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_arg_max(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape;

	if (!npum_has_shape(&op->out, in[0], in[1], in[2], 1))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (in[3] > NPUM_MAX_ROW)
		return npum_refuse(field, 0, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}

/* The scale is a normal, positive binary32; told from its bits, without a float. */
static bool normal_scale(const struct vnpu_op *op)
{
	u32 exponent = op->p.scale >> 23;

	return exponent >= 1 && exponent <= 254;
}

u32 npum_check_scale(const struct vnpu_op *op, u32 *field)
{
	if (!normal_scale(op))
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_SCALE);
	return npum_check_elementwise(op, field);
}

u32 npum_check_softmax_table(const struct vnpu_op *op, u32 *field)
{
	if (!normal_scale(op))
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_SCALE);
	return npum_check_rows(op, field);
}

#define NPUM_OP(name, params, in0, in1, in2, out, traits, check_name, plan, run) \
	{ .opcode = VNPU_OP_##name, .check = npum_check_##check_name },

static const struct {
	u32 opcode;
	npum_check_fn *check;
} checks[] = {
#include "npum_ops.def"
};

/* Only kernels that say so read the same input byte for several places. */
static u32 check_repeats(const struct vnpu_op *op, u32 *field)
{
	for (u32 i = 0; i < VNPU_OP_INPUTS; i++) {
		const struct vnpu_tensor *in = &op->in[i];

		if (in->dtype == VNPU_DTYPE_NONE || in->layout != VNPU_LAYOUT_NHWC)
			continue;
		for (u32 d = 0; d < VNPU_MAX_RANK; d++)
			if (in->shape[d] > 1 && !in->stride[d])
				return npum_refuse(field, i, VNPU_REFUSAL_STRIDE);
	}
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_matrices(const struct vnpu_op *op, u32 *field)
{
	const u32 *in = op->in[0].shape, *out = op->out.shape;
	bool turned = op->p.mode & VNPU_MATMUL_TRANSPOSED;

	if (op->p.mode & ~VNPU_MATMUL_TRANSPOSED)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	if (!npum_has_shape(&op->out, in[0], in[1], in[2], out[3]))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (!npum_has_shape(&op->in[1], in[0], in[1], turned ? out[3] : in[3],
			    turned ? in[3] : out[3]))
		return npum_refuse(field, 1, VNPU_REFUSAL_SHAPE);
	if (op->in[1].dtype != op->in[0].dtype)
		return npum_refuse(field, 1, VNPU_REFUSAL_DTYPE);
	if (in[3] > NPUM_CONV_MAX_TERMS || npum_op_macs(op) > NPUM_MAX_MACS)
		return npum_refuse(field, 0, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}

u32 npum_check_matmul(const struct vnpu_op *op, u32 *field)
{
	if (op->in[0].shape[3] > NPUM_MATMUL_MAX_TERMS)
		return npum_refuse(field, 0, VNPU_REFUSAL_COST);
	return npum_check_matrices(op, field);
}

u32 npum_check_op(const struct npum_op_info *info, const struct vnpu_op *op, u32 *field)
{
	u32 reason = VNPU_REFUSAL_OPCODE;

	*field = NPUM_NO_INDEX;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (checks[i].opcode == op->opcode)
			reason = checks[i].check(op, field);
	if (!reason && !(info->traits & (NPUM_TRAIT_ELEMENTWISE | NPUM_TRAIT_REPEATS)))
		reason = check_repeats(op, field);
	return reason;
}
