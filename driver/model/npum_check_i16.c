// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rules of single ops on int16 codes. */
#include "npum_check.h"

/* A product: the rule of its 8-bit sibling, and a mode. */
static u32 check_product(const struct vnpu_op *op, u32 *field, npum_check_fn *sibling)
{
	u32 reason = sibling(op, field);

	if (!reason && (op->p.mode & ~VNPU_PRODUCT_NARROW))
		reason = npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
	return reason;
}

u32 npum_check_conv2d_i16(const struct vnpu_op *op, u32 *field)
{
	return check_product(op, field, npum_check_conv2d);
}

u32 npum_check_depthwise_i16(const struct vnpu_op *op, u32 *field)
{
	return check_product(op, field, npum_check_depthwise);
}

u32 npum_check_fully_connected_i16(const struct vnpu_op *op, u32 *field)
{
	return check_product(op, field, npum_check_fully_connected);
}

u32 npum_check_requantize_i16(const struct vnpu_op *op, u32 *field)
{
	if (op->in[0].dtype != VNPU_DTYPE_INT16 && op->out.dtype != VNPU_DTYPE_INT16)
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_DTYPE);
	return npum_check_elementwise(op, field);
}

u32 npum_check_softmax_i16(const struct vnpu_op *op, u32 *field)
{
	if (!npum_same_shape(&op->in[0], &op->out))
		return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
	if (op->out.shape[3] > NPUM_MAX_ROW)
		return npum_refuse(field, 0, VNPU_REFUSAL_COST);
	return VNPU_REFUSAL_NONE;
}
