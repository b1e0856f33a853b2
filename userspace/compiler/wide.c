// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "wide.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "delegate.h"
#include "flatbuffer.h"
#include "pack.h"
#include "tflite.h"

struct npuc_multiplier npuc_narrow_multiplier(const struct npum_personality *p,
					      struct npuc_multiplier m)
{
	uint32_t drop = 31 - p->wide_bits;
	int64_t most = ((int64_t)1 << p->wide_bits) - 1, unit = (int64_t)1 << drop, v = m.mult;

	switch (p->mult_round) {
	case NPUM_MULT_NEAREST:
		v = (v + unit / 2) / unit;
		break;
	case NPUM_MULT_UP:
		v = v / unit + (v && drop);
		break;
	default:
		v = v / unit;
		break;
	}
	m.mult = (int32_t)((v < most ? v : most) * unit);
	return m;
}

/* CheckedLog2() of LiteRT's quantization_util.cc: within a thousandth of a power of two. */
static bool is_power(float scale, int *exponent)
{
	float log2 = logf(scale) * (1.0f / logf(2.0f)), whole = roundf(log2);

	*exponent = (int)whole;
	return fabsf(log2 - whole) < 1e-3f;
}

bool npuc_add_shifts(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_sum *sum)
{
	const struct npuc_tensor *out = npuc_output(g, op);
	int exponent, unit;

	if (out->type != NPUC_TYPE_INT16 || !op->attributes.pot_scale ||
	    !is_power(npuc_scale(out, 0), &unit))
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		if (!is_power(npuc_scale(npuc_input(g, op, i), 0), &exponent))
			return false;
		/* x * 2 * 2^30 * 2^(shift - 31): the first rounding loses nothing */
		sum->m[i] = (struct npuc_multiplier){ 1 << 30, exponent - unit };
	}
	sum->m[2] = (struct npuc_multiplier){ 1 << 30, 1 };
	sum->left_shift = 1;
	return true;
}

struct npuc_multiplier npuc_sigmoid_multiplier(uint32_t builtin, const struct npuc_tensor *in)
{
	const int table_exponent = 12;
	double factor = (double)npuc_scale(in, 0) * 4096.0 * 3.0;
	int exponent, right = 0, raise = 16;
	int64_t mult;

	if (is_power(npuc_scale(in, 0), &exponent)) {
		exponent += table_exponent;
		if (exponent == 0 || (exponent == 1 && builtin == TFLITE_TANH))
			return (struct npuc_multiplier){ 3 << (16 + exponent), 15 };
	}
	while (factor <= 32767.0 / 2.0 && right <= 30) {
		right++;
		factor *= 2.0;
	}
	mult = (int64_t)factor;
	while (mult << raise > INT32_MAX)
		raise--;
	/* x * mult * 2^-right */
	return (struct npuc_multiplier){ (int32_t)(mult << raise), 31 - raise - right };
}

double npuc_softmax_points_factor(const struct npuc_op *op, const struct npuc_tensor *in)
{
	float beta;

	memcpy(&beta, &op->attributes.beta, sizeof(beta));
	return (double)(npuc_scale(in, 0) * beta) / (10.0 / 65535.0);
}

static int64_t bias_of(const struct npuc_tensor *bias, uint32_t o)
{
	const uint8_t *at;

	if (!bias)
		return 0;
	at = bias->data + (size_t)o * npuc_type_size(bias->type);
	if (bias->type == NPUC_TYPE_INT32)
		return (int32_t)npuc_le32(at);
	return (int64_t)(npuc_le32(at) | (uint64_t)npuc_le32(at + 4) << 32);
}

static int add_requant(struct npuc_compilation *c, struct npuc_record *r, const struct npuc_wide *w)
{
	const struct npuc_op *op = &c->graph->ops[w->number];
	const struct npum_personality *p = npuc_personality(c, w->number);
	bool narrow = r->op.p.mode & VNPU_PRODUCT_NARROW;
	enum npum_rounding rounding = npum_op_rounding(p, &r->op);
	size_t blocks = (w->outputs + VNPU_CHANNEL_BLOCK - 1) / VNPU_CHANNEL_BLOCK;
	struct vnpu_requant_wide_block *table =
		npuc_operand_packed(c, r, 2, VNPU_LAYOUT_REQUANT_WIDE, VNPU_DTYPE_INT64,
				    (uint32_t[4]){ 1, 1, 1, w->outputs }, blocks * sizeof(*table));

	if (!table)
		return -ENOMEM;
	for (uint32_t o = 0; o < w->outputs; o++) {
		struct vnpu_requant_wide_block *block = &table[o / VNPU_CHANNEL_BLOCK];
		uint32_t lane = o % VNPU_CHANNEL_BLOCK;
		double factor = npuc_conv_factor(rounding, p->factors, op, w->in, w->weights,
						 npuc_output(c->graph, op), o);
		struct npuc_multiplier m = npuc_quantise_multiplier(rounding, factor);

		if (!narrow && rounding != NPUM_ROUND_FLOAT)
			m = npuc_narrow_multiplier(p, m);
		block->bias[lane] = bias_of(w->bias, o);
		block->mult[lane] = m.mult;
		block->shift[lane] = m.shift;
	}
	return 0;
}

int npuc_wide_operands(struct npuc_compilation *c, struct npuc_record *r, const struct npuc_wide *w)
{
	uint32_t element = npuc_type_size(w->weights->type);
	void *to = npuc_operand_packed(c, r, 1,
				       w->depthwise ? VNPU_LAYOUT_ROWS_DEPTHWISE : VNPU_LAYOUT_ROWS,
				       npuc_dtype(w->weights->type), w->shape,
				       npuc_rows_bytes(w->outputs, w->terms, element));

	if (!to)
		return -ENOMEM;
	npuc_pack_rows(w->codes, element, w->outputs, w->terms, w->depthwise, to);
	if (w->bias && w->bias->type == NPUC_TYPE_INT32)
		r->op.p.mode = VNPU_PRODUCT_NARROW;
	return add_requant(c, r, w);
}
