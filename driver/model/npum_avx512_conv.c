// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * CONV2D and FULLY_CONNECTED for AVX-512 VNNI: a matrix product of gathered
 * pixels and packed weights.
 *
 * vpdpbusd multiplies unsigned by signed bytes.  int8 input is the signed side
 * and takes the weights as stored; uint8 input is the unsigned side and takes
 * the weights less 128.  The weights' zero point is brought in per pixel:
 *	sum x * (w - zp) = sum x * w - zp * sum x
 */
#include "npum_avx512.h"

/**
 * struct conv_state - a tile's state, in front of the panel
 * @requant: tables of the tile's blocks
 * @correction: zp_w * sum of x, of each pixel of a chunk
 * @chunk: the chunk's pixels
 * @sums: room for those of a product
 */
struct conv_state {
	struct avx512_requant requant[NPUM_CONV_MAX_BLOCKS];
	s32 correction[NPUM_CONV_CHUNK];
	struct npum_conv_chunk chunk;
	__m512i sums[AVX512_PRODUCT_PIXELS * AVX512_PRODUCT_BLOCKS];
};

static_assert(sizeof(struct conv_state) <= NPUM_CONV_STATE_BYTES, "scratch is too small");

/* Stores run up to 63 bytes ahead; what follows in the panel is written later. */
static u8 *put(u8 *row, const u8 *from, size_t bytes)
{
	__mmask64 mask;
	size_t i;

	for (i = 0; i + 64 <= bytes; i += 64)
		_mm512_storeu_si512(row + i, _mm512_loadu_si512(from + i));
	if (i == bytes)
		return row + bytes;
	mask = avx512_first((u32)(bytes - i));
	/* short runs are common in first layers, and wide stores that overlap are slow */
	if (bytes - i <= 16)
		_mm_storeu_si128((__m128i *)(row + i),
				 _mm_maskz_loadu_epi8((__mmask16)mask, from + i));
	else
		_mm512_storeu_si512(row + i, _mm512_maskz_loadu_epi8(mask, from + i));
	return row + bytes;
}

static u8 *pad(u8 *row, s32 zero_point, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i += 64)
		_mm512_storeu_si512(row + i, _mm512_set1_epi8((char)zero_point));
	return row + bytes;
}

/* One row of the window, whose taps lie side by side in memory; @line is the input's row. */
static u8 *gather_edge(const struct npum_conv *c, const u8 *line, s64 x, u8 *row)
{
	u32 depth = c->in->shape[3];
	s64 width = c->kernel[1];
	s64 first = clamp(-x, (s64)0, width);
	s64 last = clamp((s64)c->in->shape[2] - x, first, width);

	row = pad(row, c->in->zero_point, (size_t)first * depth);
	row = put(row, line + (x + first) * depth, (size_t)(last - first) * depth);
	return pad(row, c->in->zero_point, (size_t)(width - last) * depth);
}

static u8 *gather_taps(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
		       u32 i, u8 *row)
{
	u32 depth = c->in->shape[3];
	size_t offset;
	u32 j;

	for (j = 0; j < c->kernel[1]; j++)
		row = npum_conv_tap(c, at, i, j, &offset) ? put(row, in + offset, depth) :
							    pad(row, c->in->zero_point, depth);
	return row;
}

/* npum_conv_gather() for dense channels. */
static void gather(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
		   u8 *row)
{
	/* copies, since the compiler must assume that stores to @row change what @c points at */
	const u32 depth = c->in->shape[3], rows = c->kernel[0], dilation = c->dilation[0];
	const size_t stride = c->in->stride[1], bytes = (size_t)c->kernel[1] * depth;
	const s64 x = (s64)at->x * c->stride[1] - c->pad[1], height = c->in->shape[1];
	const u8 *image = in + (size_t)at->n * c->in->stride[0];
	const bool run = c->dilation[1] == 1 && c->in->stride[2] == depth;
	const bool inside = x >= 0 && x + c->kernel[1] <= c->in->shape[2];
	s64 y = (s64)at->y * c->stride[0] - c->pad[0];
	u8 *end = row + c->panel_row;
	u32 i;

	for (i = 0; i < rows; i++, y += dilation) {
		if (!run || y < 0 || y >= height)
			row = gather_taps(c, in, at, i, row);
		else if (inside)
			row = put(row, image + (size_t)y * stride + (size_t)x * depth, bytes);
		else
			row = gather_edge(c, image + (size_t)y * stride, x, row);
	}
	while (row < end)
		*row++ = 0;
}

/* The sum of each row's bytes, four rows at a time. */
static __m128i sum_rows(const u8 *const row[4], size_t bytes, bool is_signed)
{
	const __m512i one = _mm512_set1_epi8(1);
	__m512i sum[4], low, high;
	__m256i half;
	size_t i;
	u32 p;

	for (p = 0; p < 4; p++)
		sum[p] = _mm512_setzero_si512();
	for (i = 0; i < bytes; i += 64) {
		__mmask64 mask = avx512_first((u32)min(bytes - i, (size_t)64));

		for (p = 0; p < 4; p++) {
			__m512i v = _mm512_maskz_loadu_epi8(mask, row[p] + i);

			sum[p] = is_signed ? _mm512_dpbusd_epi32(sum[p], one, v) :
					     _mm512_dpbusd_epi32(sum[p], v, one);
		}
	}
	low = _mm512_add_epi32(_mm512_unpacklo_epi32(sum[0], sum[1]),
			       _mm512_unpackhi_epi32(sum[0], sum[1]));
	high = _mm512_add_epi32(_mm512_unpacklo_epi32(sum[2], sum[3]),
				_mm512_unpackhi_epi32(sum[2], sum[3]));
	low = _mm512_add_epi32(_mm512_unpacklo_epi64(low, high), _mm512_unpackhi_epi64(low, high));
	half = _mm256_add_epi32(_mm512_castsi512_si256(low), _mm512_extracti64x4_epi64(low, 1));
	return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

static void correct(const struct avx512_product *m, u32 pixels, s32 weight_zero, s32 *correction)
{
	u32 i, j;

	for (i = 0; i < pixels; i += 4) {
		const u8 *row[4];
		__m128i sum;

		for (j = 0; j < 4; j++)
			row[j] = m->rows + min(i + j, pixels - 1) * m->row_step;
		sum = sum_rows(row, (size_t)m->groups * VNPU_DOT_BLOCK, m->is_signed);
		_mm_storeu_si128((__m128i *)(correction + i),
				 _mm_mullo_epi32(sum, _mm_set1_epi32(weight_zero)));
	}
}

/* Blocks to take of @left: four at a time, but no single one at the end. */
static u32 take_blocks(u32 left)
{
	if (left > AVX512_PRODUCT_BLOCKS && (left % 4 == 1))
		return 3;
	return min(left, AVX512_PRODUCT_BLOCKS);
}

static bool is_tame(const struct avx512_requant *r, u32 blocks)
{
	u32 b;

	for (b = 0; b < blocks && r[b].tame; b++)
		;
	return b == blocks;
}

bool npum_conv_avx512_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return op->in[0].stride[3] == 1 && npum_conv_fits(p, op);
}

void npum_conv_avx512(const struct npum_exec *x, const struct npum_personality *p,
		      const struct vnpu_op *op, u32 tile, void *scratch)
{
	const u8 *table = npum_address(x, &op->in[2]);
	const u8 *in = npum_address(x, &op->in[0]);
	u8 *panel = (u8 *)scratch + NPUM_CONV_STATE_BYTES;
	struct conv_state *s = scratch;
	struct avx512_output output;
	struct npum_conv_tile t;
	struct avx512_product m;
	u32 i, b, done = 0;
	struct npum_conv c;
	s32 weight_zero;
	size_t step;
	bool direct;

	npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	avx512_output_init(&output, p, op);
	for (b = 0; b < t.blocks; b++)
		avx512_requant_init(s->requant + b, &output,
				    table + (t.block + b) * sizeof(struct vnpu_requant_block),
				    c.terms);
	weight_zero = op->in[1].zero_point - (c.input_flip ? 0 : 0x80);
	direct = npum_conv_is_panel(&c, &step) && c.terms % VNPU_DOT_BLOCK == 0;
	m = (struct avx512_product){
		.row_step = direct ? step : c.panel_row,
		.block_step = (size_t)c.panel_row * VNPU_CHANNEL_BLOCK,
		.groups = c.term_groups,
		.is_signed = c.input_flip != 0,
		.output = &output,
		.correction = s->correction,
		.at = s->chunk.out,
		.sums = s->sums,
	};
	while (npum_conv_chunk(&c, &t, &done, &s->chunk)) {
		m.rows = direct ? in + s->chunk.pixel * step : panel;
		for (i = 0; i < s->chunk.pixels && !direct; i++)
			gather(&c, in, s->chunk.at + i, panel + i * c.panel_row);
		correct(&m, s->chunk.pixels, weight_zero, s->correction);
		for (b = 0; b < t.blocks; b += m.blocks) {
			u32 channel = (t.block + b) * VNPU_CHANNEL_BLOCK;

			m.blocks = take_blocks(t.blocks - b);
			m.channels = min(c.channels - channel, m.blocks * VNPU_CHANNEL_BLOCK);
			m.weights = npum_address(x, &op->in[1]) + (t.block + b) * m.block_step;
			m.requant = s->requant + b;
			m.out = npum_address(x, &op->out) + channel;
			m.tame = is_tame(m.requant, m.blocks);
			avx512_multiply(&m, s->chunk.pixels);
		}
	}
}
