// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A device's limits as rows of fields, and the ops that it takes. */
#include "npum_target.h"
#include "npum_check.h"

#define NPUM_NUMBER(member, low, high, normal, text)            \
	{                                                       \
		.name = #member,                                \
		.meaning = text,                                \
		.least = low,                                   \
		.most = high,                                   \
		.usual = normal,                                \
		.offset = offsetof(struct npum_target, member), \
	},

static const struct npum_field fields[] = {
#include "npum_target.def"
};

const struct npum_field *npum_target_field_at(u32 i)
{
	return i < ARRAY_SIZE(fields) ? &fields[i] : NULL;
}

/* enum limit - which of the limits an opcode is bound by, besides those of its operands */
enum limit {
	LIMIT_POOL = 1,
	LIMIT_RESIZE,
	LIMIT_ROW,
};

static const struct {
	u32 opcode;
	enum limit limit;
} limits[] = {
	{ VNPU_OP_AVG_POOL, LIMIT_POOL },
	{ VNPU_OP_MAX_POOL, LIMIT_POOL },
	{ VNPU_OP_AVG_POOL_I16, LIMIT_POOL },
	{ VNPU_OP_MAX_POOL_I16, LIMIT_POOL },
	{ VNPU_OP_AVG_POOL_F, LIMIT_POOL },
	{ VNPU_OP_MAX_POOL_F, LIMIT_POOL },
	{ VNPU_OP_RESIZE_NEAREST, LIMIT_RESIZE },
	{ VNPU_OP_RESIZE_BILINEAR, LIMIT_RESIZE },
	{ VNPU_OP_RESIZE_BILINEAR_F, LIMIT_RESIZE },
	{ VNPU_OP_SOFTMAX, LIMIT_ROW },
	{ VNPU_OP_SOFTMAX_TABLE, LIMIT_ROW },
	{ VNPU_OP_SOFTMAX_I16, LIMIT_ROW },
	{ VNPU_OP_SOFTMAX_F, LIMIT_ROW },
	{ VNPU_OP_ARG_MAX, LIMIT_ROW },
	{ VNPU_OP_ARG, LIMIT_ROW },
};

static u32 check_limit(const struct npum_target *t, const struct vnpu_op *op, enum limit limit,
		       u32 *field)
{
	const u32 *in = op->in[0].shape, *out = op->out.shape;

	switch (limit) {
	case LIMIT_POOL:
		if ((u64)op->p.kernel[0] * op->p.kernel[1] > t->max_window)
			return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_WINDOW);
		return 0;
	case LIMIT_RESIZE:
		if ((op->p.mode & VNPU_RESIZE_ALIGN_CORNERS && !t->align_corners) ||
		    (op->p.mode & VNPU_RESIZE_HALF_PIXEL && !t->half_pixel))
			return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_PARAM_RANGE);
		if (in[1] > t->max_resize || in[2] > t->max_resize)
			return npum_refuse(field, 0, VNPU_REFUSAL_SHAPE);
		if (out[1] > t->max_resize || out[2] > t->max_resize)
			return npum_refuse(field, NPUM_FIELD_OUT, VNPU_REFUSAL_SHAPE);
		return 0;
	case LIMIT_ROW:
		if (in[3] > t->max_row)
			return npum_refuse(field, 0, VNPU_REFUSAL_SHAPE);
		return 0;
	}
	return 0;
}

static bool window_fits(const struct npum_target *t, const struct vnpu_params *p)
{
	for (u32 i = 0; i < 2; i++)
		if (p->kernel[i] > t->max_kernel || p->stride[i] > t->max_step ||
		    p->dilation[i] > t->max_step || p->pad[i] > t->max_step)
			return false;
	return true;
}

/* Packed weights and tables are of what the op needs; only tensors are the model's choice. */
static u32 check_operand(const struct npum_target *t, const struct vnpu_tensor *operand)
{
	if (operand->dtype == VNPU_DTYPE_NONE)
		return 0;
	if (operand->layout == VNPU_LAYOUT_NHWC && !(t->dtypes >> operand->dtype & 1))
		return VNPU_REFUSAL_DTYPE;
	for (u32 i = 0; i < VNPU_MAX_RANK; i++)
		if (operand->shape[i] > t->max_dim)
			return VNPU_REFUSAL_SHAPE;
	return 0;
}

u32 npum_target_check(const struct npum_target *target, const struct vnpu_op *op, u32 *field)
{
	u32 reason = 0;

	*field = NPUM_NO_INDEX;
	if (!npum_target_runs(target, op->opcode))
		return VNPU_REFUSAL_OPCODE;
	for (u32 i = 0; i <= VNPU_OP_INPUTS && !reason; i++) {
		*field = i;
		reason = check_operand(target, i < VNPU_OP_INPUTS ? &op->in[i] : &op->out);
	}
	if (reason)
		return reason;
	if (!window_fits(target, &op->p))
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_WINDOW);
	if (op->p.count > target->max_reduce)
		return npum_refuse(field, NPUM_FIELD_PARAMS, VNPU_REFUSAL_COST);
	for (u32 i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].opcode == op->opcode)
			return check_limit(target, op, limits[i].limit, field);
	return 0;
}

int npum_target_check_program(const struct npum_target *target, const struct npum_program *program,
			      struct npum_refusal *why)
{
	u32 l1 = program->l1_slot;

	*why = (struct npum_refusal){ .op = NPUM_NO_INDEX, .field = NPUM_NO_INDEX };
	if (l1 != NPUM_NO_INDEX && program->slot[l1].bytes > target->l1_bytes) {
		why->op = l1;
		why->reason = VNPU_REFUSAL_SLOT_BYTES;
	}
	for (u32 i = 0; i < program->op_count && !why->reason; i++) {
		why->op = i;
		why->reason = npum_target_check(target, &program->ops[i], &why->field);
	}
	return why->reason ? -ENOEXEC : 0;
}
