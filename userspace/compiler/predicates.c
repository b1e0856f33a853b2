// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on all ops: operands, types, quantisation, shapes. */
#include "predicates.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "npum_check.h"
#include "tflite.h"

bool npuc_no(struct npuc_query *q, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(q->value, sizeof(q->value), format, args);
	va_end(args);
	return false;
}

/* Activations of the op in turn, then its output; NULL behind the last. */
const struct npuc_tensor *npuc_activation(const struct npuc_query *q, uint32_t i)
{
	uint32_t left = q->op->input_count - q->o->first;
	uint32_t count = left < q->o->activations ? left : q->o->activations;

	if (i < count)
		return npuc_input(q->g, q->op, q->o->first + i);
	return i == count ? q->out : NULL;
}

bool npuc_eight_bit(const struct npuc_tensor *t)
{
	return t->type == NPUC_TYPE_INT8 || t->type == NPUC_TYPE_UINT8;
}

bool npuc_codes(const struct npuc_tensor *t)
{
	return npuc_family(t->type) & (NPUC_Q8 | NPUC_Q16);
}

bool npuc_holds_known_op(struct npuc_query *q)
{
	return q->o || npuc_no(q, "%s", q->op->type);
}

static bool outputs_usual(const struct npuc_query *q)
{
	bool many = q->l && (q->l->traits & NPUC_MANY);

	return q->op->output_count <= (many ? NPUC_MAX_OUTPUTS : 1);
}

bool npuc_holds_operands(struct npuc_query *q)
{
	char text[NPUC_SHAPE_TEXT];

	if (!npuc_operands_present(q->g, q->op, q->o) || !outputs_usual(q))
		return npuc_no(q, "%u inputs and %u outputs, or one of unknown or empty shape",
			       q->op->input_count, q->op->output_count);
	for (uint32_t k = 0; k < q->op->output_count; k++)
		if (!npuc_output_at(q->g, q->op, k)->elements)
			return npuc_no(q, "the output is %s",
				       npuc_shape_text(&npuc_output_at(q->g, q->op, k)->shape,
						       text));
	return true;
}

/* A state, and nothing else beside it? */
static bool is_state(const struct npuc_query *q, const struct npuc_tensor *t)
{
	return q->l && (q->l->traits & NPUC_STATEFUL) && t != q->in && !t->data &&
	       t->producer == NPUC_NONE && t->input == NPUC_NONE && t->output == NPUC_NONE;
}

static bool plain(struct npuc_query *q, const struct npuc_tensor *t)
{
	bool variable = t->variable && !is_state(q, t);

	if (variable || t->sparse || t->quant.foreign)
		return npuc_no(q, "'%.100s' is %s", t->name,
			       variable	 ? "variable" :
			       t->sparse ? "sparse" :
					   "quantised in a custom way");
	return true;
}

bool npuc_holds_plain_tensors(struct npuc_query *q)
{
	for (uint32_t i = 0; i < q->op->input_count; i++) {
		const struct npuc_tensor *t = npuc_input(q->g, q->op, i);

		if (t && !plain(q, t))
			return false;
	}
	return plain(q, q->out);
}

bool npuc_holds_complete_constants(struct npuc_query *q)
{
	for (uint32_t i = 0; i < q->op->input_count; i++) {
		const struct npuc_tensor *t = npuc_input(q->g, q->op, i);

		if (t && t->data && t->data_size != npuc_tensor_bytes(t))
			return npuc_no(q, "input %u has %zu bytes of %s for %u elements", i,
				       t->data_size, npuc_type_name(t->type), t->elements);
	}
	return true;
}

bool npuc_holds_activation_types(struct npuc_query *q)
{
	const struct npuc_tensor *t;

	if (!q->l)
		return npuc_no(q, "input 0 is %s", npuc_type_name(q->in->type));
	for (uint32_t i = 0; (t = npuc_activation(q, i)); i++) {
		if (t == q->out && (q->l->traits & NPUC_CONVERTS))
			continue;
		if (!npuc_dtype(t->type))
			return npuc_no(q, "%s is %s", t == q->out ? "the output" : "an input",
				       npuc_type_name(t->type));
	}
	return true;
}

bool npuc_holds_codes_output(struct npuc_query *q)
{
	bool wide = q->in->type == NPUC_TYPE_INT16 && q->out->type == NPUC_TYPE_INT32;

	if (npuc_family(q->in->type) == NPUC_INT &&
	    (q->in->type != NPUC_TYPE_INT32 || q->out->type != NPUC_TYPE_INT16))
		return npuc_no(q, "%s to %s", npuc_type_name(q->in->type),
			       npuc_type_name(q->out->type));
	return npuc_codes(q->out) || wide ||
	       npuc_no(q, "the output is %s", npuc_type_name(q->out->type));
}

bool npuc_holds_real_output(struct npuc_query *q)
{
	return q->out->type == NPUC_TYPE_FLOAT32 ||
	       npuc_no(q, "the output is %s", npuc_type_name(q->out->type));
}

bool npuc_holds_index_type(struct npuc_query *q)
{
	return npuc_family(q->out->type) == NPUC_INT ||
	       npuc_no(q, "the output is %s", npuc_type_name(q->out->type));
}

bool npuc_holds_one_type(struct npuc_query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; (t = npuc_activation(q, i)); i++) {
		if (t->type == q->in->type || (t == q->out && (q->l->traits & NPUC_CONVERTS)))
			continue;
		if (t == q->out)
			return npuc_no(q, "input 0 is %s, the output %s",
				       npuc_type_name(q->in->type), npuc_type_name(t->type));
		return npuc_no(q, "input 0 is %s, input %u %s", npuc_type_name(q->in->type), i,
			       npuc_type_name(t->type));
	}
	return true;
}

bool npuc_holds_quantised(struct npuc_query *q)
{
	bool plain_numbers = q->l->traits & (NPUC_PLAIN | NPUC_MOVES);
	bool rescales = q->op->builtin == TFLITE_QUANTIZE;
	const struct npuc_tensor *t;
	int32_t range[2];

	for (uint32_t i = 0; (t = npuc_activation(q, i)); i++) {
		float scale = npuc_scale(t, 0);
		int64_t zero = npuc_zero_point(t, 0);

		if (!npuc_codes(t) && !(t->type == NPUC_TYPE_INT32 && rescales))
			continue;
		npuc_type_range(t->type, range);
		/* symmetric but for 8 bits */
		if (!npuc_eight_bit(t))
			range[0] = range[1] = 0;
		if (t->quant.count != 1 && !plain_numbers)
			return npuc_no(q, "'%.100s' has %u scales", t->name, t->quant.count);
		if ((!(scale > 0) || !isfinite(scale)) && !plain_numbers)
			return npuc_no(q, "'%.100s' has scale %g", t->name, (double)scale);
		/* what is moved may have any in int16 */
		if (npuc_eight_bit(t) || !plain_numbers ? zero < range[0] || zero > range[1] : 0)
			return npuc_no(q, "'%.100s' has zero point %lld", t->name, (long long)zero);
	}
	return true;
}

bool npuc_holds_shape_follows(struct npuc_query *q)
{
	struct npuc_shape shapes[NPUC_MAX_OUTPUTS];
	char text[2][NPUC_SHAPE_TEXT];

	if (!q->o->infer(q->g, q->op, shapes))
		return npuc_no(q, "they do not fit together, input 0 is %s",
			       npuc_shape_text(&q->in->shape, text[0]));
	for (uint32_t k = 0; k < q->op->output_count; k++) {
		const struct npuc_tensor *out = npuc_output_at(q->g, q->op, k);

		if (!npuc_shape_equal(&shapes[k], &out->shape))
			return npuc_no(q, "it is %.60s, computed %.60s",
				       npuc_shape_text(&out->shape, text[0]),
				       npuc_shape_text(&shapes[k], text[1]));
	}
	return true;
}

static bool small(struct npuc_query *q, const struct npuc_tensor *t)
{
	uint32_t shape[4];

	npuc_shape_nhwc(&t->shape, shape);
	for (int i = 0; i < 4; i++)
		if (shape[i] > NPUM_MAX_DIM)
			return npuc_no(q, "'%.100s' has %u along an axis", t->name, shape[i]);
	return npuc_tensor_bytes(t) <= VNPU_MAX_SLOT_BYTES ||
	       npuc_no(q, "'%.100s' has %llu bytes", t->name,
		       (unsigned long long)npuc_tensor_bytes(t));
}

bool npuc_holds_small_tensors(struct npuc_query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; (t = npuc_activation(q, i)); i++)
		if (!small(q, t))
			return false;
	return true;
}

bool npuc_holds_plain_activation(struct npuc_query *q)
{
	uint32_t a = q->op->attributes.activation;
	int32_t range[2];

	if (a > NPUC_ACTIVATION_RELU6)
		return npuc_no(q, "activation %u", a);
	if (a && npuc_family(q->out->type) == NPUC_INT)
		return npuc_no(q, "activation %u of %s", a, npuc_type_name(q->out->type));
	if (a && npuc_eight_bit(q->out) && !npuc_activation_range(q->out, a, range))
		return npuc_no(q, "its bounds are no codes at scale %g",
			       (double)npuc_scale(q->out, 0));
	return a == 0 || q->op->builtin != TFLITE_CONCATENATION || npuc_no(q, "activation %u", a);
}
