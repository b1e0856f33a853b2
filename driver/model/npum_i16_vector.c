// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the vector variants of the int16 products share and leave to plain C. */
#include "npum_i16_vector.h"

bool npum_i16_vector_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return op->in[1].dtype == VNPU_DTYPE_INT8;
}

bool npum_i16_taps_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return op->in[1].dtype == VNPU_DTYPE_INT8 &&
	       (u64)op->p.kernel[0] * op->p.kernel[1] <= NPUM_I16_MOST_TAPS;
}

void npum_i16_block_init(struct npum_i16_block *b, const struct npum_exec *x,
			 const struct npum_personality *p, const struct vnpu_op *op, u32 block,
			 u32 terms)
{
	const u8 *table = npum_address(x, &op->in[2]);

	memcpy(&b->table, table + (size_t)block * sizeof(b->table), sizeof(b->table));
	b->acc = npum_wide_acc(p, op);
	b->rounding = npum_op_rounding(p, op);
	b->clamp[0] = op->p.clamp[0];
	b->clamp[1] = op->p.clamp[1];
	b->count = min(op->out.shape[3] - block * NPUM_I16_LANES, NPUM_I16_LANES);
	b->exact = (u64)terms << 22 <= 1ull << (b->acc.bits - 2);
	b->tame = b->acc.bits >= 48 && b->acc.out_bits == 64 && b->rounding != NPUM_ROUND_DOUBLE &&
		  b->rounding != NPUM_ROUND_DOUBLE_UP && b->rounding != NPUM_ROUND_FLOAT;
	for (u32 i = 0; i < b->count; i++) {
		s64 bias = b->table.bias[i], quarter = (s64)1 << (b->acc.bits - 2);

		b->exact &= bias > -quarter && bias < quarter;
		b->tame &= bias > -NPUM_I16_TAME_BIAS && bias < NPUM_I16_TAME_BIAS;
		b->tame &= b->table.mult[i] >= 0 && !(b->table.mult[i] & 0xffff);
		b->tame &= b->table.shift[i] <= 14;
	}
	b->exact |= b->acc.overflow != NPUM_ACC_SATURATE_EACH;
	b->tame &= b->exact;
	for (u32 i = b->count; i < NPUM_I16_LANES; i++) {
		b->table.bias[i] = 0;
		b->table.mult[i] = 0;
		b->table.shift[i] = 0;
	}
}

void npum_i16_codes_any(const struct npum_i16_block *b, const s64 *sum, s16 *out)
{
	bool late = b->acc.overflow == NPUM_ACC_SATURATE_END;

	for (u32 i = 0; i < b->count; i++) {
		s64 bias = b->table.bias[i];
		s64 acc = late ? sum[i] : (s64)((u64)sum[i] + (u64)bias);

		acc = npum_wide_end(&b->acc, acc, bias);
		out[i] = (s16)npum_saturate(npum_requant_wide(b->rounding, acc, b->table.mult[i],
							      b->table.shift[i]),
					    b->clamp);
	}
}

void npum_i16_sums_each(const struct npum_i16_block *b, const s16 *row, u32 term_step,
			u32 lane_step, const s8 *weights, u32 terms, s64 *sum)
{
	for (u32 i = 0; i < b->count; i++) {
		s64 bias = b->table.bias[i], acc = npum_wide_begin(&b->acc, bias);

		for (u32 k = 0; k < terms; k++) {
			s32 product = row[(size_t)k * term_step + i * lane_step] *
				      weights[(size_t)k * NPUM_I16_LANES + i];

			acc = npum_wide_sum(&b->acc, acc, product);
		}
		sum[i] = (s64)((u64)acc - (u64)bias);
	}
}

void npum_i16_gather_taps(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
			  u32 channel, u32 count, s16 *taps)
{
	u32 multiplier = c->channels / c->in->shape[3], step = c->in->stride[3];
	bool plain = multiplier == 1 && step == sizeof(s16) && count == NPUM_I16_LANES;

	for (u32 i = 0; i < c->kernel[0]; i++) {
		for (u32 j = 0; j < c->kernel[1]; j++, taps += NPUM_I16_LANES) {
			size_t offset;

			if (!npum_conv_tap(c, at, i, j, &offset)) {
				memset(taps, 0, NPUM_I16_LANES * sizeof(*taps));
				continue;
			}
			if (plain) {
				memcpy(taps, in + offset + channel * sizeof(s16),
				       NPUM_I16_LANES * sizeof(*taps));
				continue;
			}
			for (u32 n = 0; n < NPUM_I16_LANES; n++)
				taps[n] = n < count ?
						  npum_s16(in + offset +
							   (size_t)((channel + n) / multiplier) *
								   step) :
						  0;
		}
	}
	memset(taps, 0, NPUM_I16_LANES * sizeof(*taps));
}
