// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints of the device that a model is compiled for, beside those of the program format. */
#include "npum.h"
#include "npum_check.h"
#include "predicates.h"
#include "trial.h"

#define NPUM_NUMBER(member, least, most, usual, meaning) .member = most,
const struct npum_target npuc_format_limits = {
#include "npum_target.def"
};

bool npuc_holds_device_types(struct npuc_query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; q->can->target && (t = npuc_activation(q, i)); i++)
		if (!(q->can->target->dtypes >> npuc_dtype(t->type) & 1))
			return npuc_no(q, "%s is %s", t == q->out ? "the output" : "an input",
				       npuc_type_name(t->type));
	return true;
}

bool npuc_holds_device_rank(struct npuc_query *q)
{
	const struct npuc_tensor *t;
	char text[NPUC_SHAPE_TEXT];

	for (uint32_t i = 0; (t = npuc_activation(q, i)); i++)
		if (t->shape.rank > npuc_limit(q, max_rank))
			return npuc_no(q, "%s is %s", t == q->out ? "the output" : "an input",
				       npuc_shape_text(&t->shape, text));
	return true;
}

bool npuc_holds_device_axes(struct npuc_query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; (t = npuc_activation(q, i)); i++)
		for (uint32_t k = 0; k < t->shape.rank; k++)
			if (t->shape.dim[k] > npuc_limit(q, max_dim))
				return npuc_no(q, "%s has %u",
					       t == q->out ? "the output" : "an input",
					       t->shape.dim[k]);
	return true;
}

bool npuc_holds_device_corners(struct npuc_query *q)
{
	return !q->op->attributes.align_corners || npuc_limit(q, align_corners) ||
	       npuc_no(q, "%u x %u to %u x %u with align_corners", q->in->shape.dim[1],
		       q->in->shape.dim[2], q->out->shape.dim[1], q->out->shape.dim[2]);
}

bool npuc_holds_device_centres(struct npuc_query *q)
{
	return !q->op->attributes.half_pixel || npuc_limit(q, half_pixel) ||
	       npuc_no(q, "%u x %u to %u x %u with half_pixel_centers", q->in->shape.dim[1],
		       q->in->shape.dim[2], q->out->shape.dim[1], q->out->shape.dim[2]);
}

bool npuc_holds_device_channels(struct npuc_query *q)
{
	const struct npuc_tensor *w = npuc_input(q->g, q->op, 1);

	return w->quant.count <= 1 || npuc_limit(q, per_channel) ||
	       npuc_no(q, "'%.60s' has %u", w->name, w->quant.count);
}

bool npuc_holds_device_symmetry(struct npuc_query *q)
{
	const struct npuc_tensor *w = npuc_input(q->g, q->op, 1);
	int64_t middle = w->type == NPUC_TYPE_UINT8 ? 128 : 0;

	return npuc_zero_point(w, 0) == middle || npuc_limit(q, asymmetric_weights) ||
	       npuc_no(q, "'%.60s' has %lld", w->name, (long long)npuc_zero_point(w, 0));
}

bool npuc_holds_device_instructions(struct npuc_query *q)
{
	const struct npum_op_info *info;
	struct vnpu_op op;
	uint32_t field, reason = npuc_trial(q, &op, &field);

	if (!reason)
		return true;
	info = npum_op_info(op.opcode);
	if (reason == VNPU_REFUSAL_OPCODE)
		return npuc_no(q, "it has no %s", info->name);
	return npuc_no(q, "%s, %s", info->name, npum_refusal_text(reason));
}
