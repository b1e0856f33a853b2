// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "pack.h"

#include <string.h>

#define SIGNED_OFFSET 128

static int32_t code(const struct npuc_weights *w, uint32_t output, uint32_t term)
{
	uint8_t byte = w->data[output * w->output_step + term * w->term_step];

	return w->is_signed ? (int8_t)byte : byte;
}

static uint8_t stored(const struct npuc_weights *w, int32_t value)
{
	return (uint8_t)(w->is_signed ? value + SIGNED_OFFSET : value);
}

static uint64_t blocks(uint64_t n, uint64_t block)
{
	return (n + block - 1) / block;
}

uint64_t npuc_packed_bytes(uint64_t outputs, uint64_t terms)
{
	return blocks(outputs, VNPU_CHANNEL_BLOCK) * VNPU_CHANNEL_BLOCK *
	       blocks(terms, VNPU_DOT_BLOCK) * VNPU_DOT_BLOCK;
}

void npuc_pack_blocked(const struct npuc_weights *w, uint8_t *to)
{
	size_t rows = (size_t)blocks(w->terms, VNPU_DOT_BLOCK);

	memset(to, stored(w, w->zero_point), (size_t)npuc_packed_bytes(w->outputs, w->terms));
	for (uint32_t o = 0; o < w->outputs; o++) {
		size_t block = o / VNPU_CHANNEL_BLOCK, lane = o % VNPU_CHANNEL_BLOCK;

		for (uint32_t k = 0; k < w->terms; k++) {
			size_t row = block * rows + k / VNPU_DOT_BLOCK;

			to[(row * VNPU_CHANNEL_BLOCK + lane) * VNPU_DOT_BLOCK + k % VNPU_DOT_BLOCK] =
				stored(w, code(w, o, k));
		}
	}
}

void npuc_pack_depthwise(const struct npuc_weights *w, uint8_t *to)
{
	for (uint32_t k = 0; k < w->terms; k++)
		for (uint32_t o = 0; o < w->outputs; o++)
			*to++ = stored(w, code(w, o, k));
}

size_t npuc_rows_bytes(uint32_t outputs, uint32_t terms, uint32_t element)
{
	return (size_t)blocks(outputs, VNPU_CHANNEL_BLOCK) * VNPU_CHANNEL_BLOCK * terms * element;
}

void npuc_pack_rows(const uint8_t *from, uint32_t element, uint32_t outputs, uint32_t terms,
		    bool depthwise, uint8_t *to)
{
	for (uint32_t o = 0; o < outputs; o++) {
		size_t block = o / VNPU_CHANNEL_BLOCK, lane = o % VNPU_CHANNEL_BLOCK;

		for (uint32_t k = 0; k < terms; k++) {
			size_t at = (block * terms + k) * VNPU_CHANNEL_BLOCK + lane;
			size_t source = depthwise ? (size_t)k * outputs + o : (size_t)o * terms + k;

			memcpy(to + at * element, from + source * element, element);
		}
	}
}

size_t npuc_requant_bytes(uint32_t outputs)
{
	return (size_t)blocks(outputs, VNPU_CHANNEL_BLOCK) * sizeof(struct vnpu_requant_block);
}

int32_t npuc_fold_bias(const struct npuc_weights *w, uint32_t output, int32_t bias,
		       int32_t zero_point)
{
	uint32_t sum = 0;

	for (uint32_t k = 0; k < w->terms; k++)
		sum += (uint32_t)(code(w, output, k) - w->zero_point);
	return (int32_t)((uint32_t)bias - (uint32_t)zero_point * sum);
}

void npuc_requant_row(struct vnpu_requant_block *table, uint32_t output, int32_t bias,
		      struct npuc_multiplier m)
{
	struct vnpu_requant_block *block = &table[output / VNPU_CHANNEL_BLOCK];
	uint32_t lane = output % VNPU_CHANNEL_BLOCK;

	block->bias[lane] = bias;
	block->mult[lane] = m.mult;
	block->shift[lane] = m.shift;
}

void npuc_requant_row_float(struct vnpu_requant_block *table, uint32_t output, int32_t bias,
			    float factor, int32_t zero_point)
{
	double offset = (double)zero_point + (double)bias * (double)factor;
	struct npuc_multiplier m;
	float narrow = (float)offset;

	memcpy(&m.mult, &factor, sizeof(factor));
	memcpy(&m.shift, &narrow, sizeof(narrow));
	npuc_requant_row(table, output, 0, m);
}
