// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * DEPTHWISE for AVX-512 VNNI, 64 channels at a time.
 *
 * vpdpbusd wants four terms of a channel side by side, so four rows of an input
 * column are interleaved byte by byte; the column then serves all outputs whose
 * window holds it.  The input is the unsigned side (int8 codes plus 128), the
 * weights less 128 the signed one:
 *	sum x * (w - zp) = sum (x + 128) * (w' - zp') - 128 * sum (w' - zp'),
 * where w' - zp' = w - zp.  The last sum goes into the bias once per tile.
 *
 * Interleaving leaves channel 16 * i + 4 * v + j in word 4 * i + j of vector v.
 * Tables are brought into that order, and packing to bytes undoes it.
 */
#include "npum_avx512.h"

/* Vectors of 16 sums that 64 channels make, and blocks of the table that they span. */
#define VECTORS 4u
#define GROUP (VECTORS * VNPU_CHANNEL_BLOCK)
#define GROUP_ROWS VNPU_DOT_BLOCK
/* Outputs computed together. */
#define PIXELS 4u
/* Limits of what is taken: columns times groups of rows, of a window and of the space it spans. */
#define MAX_WINDOW 64u
#define MAX_SPAN 1024u
/* The part of the panel that outputs fill before they move on, to stay in L1. */
#define SEGMENT_SPAN 72u

/**
 * struct depthwise_state - a tile's state for 64 channels, in front of the columns
 * @requant: tables of the four vectors
 * @bias: their start values
 * @zero_weight: weights' zero point less 128 for each tap of a row group, 0 behind the window
 * @weights: interleaved weights, [column][row group][vector]
 * @table: the table in the vectors' order
 * @expanded: channels of one pixel, each repeated by the channel multiplier
 * @padding: a pixel of padding
 */
struct depthwise_state {
	struct avx512_requant requant[VECTORS];
	__m512i bias[VECTORS];
	__m512i zero_weight[MAX_WINDOW];
	__m512i weights[MAX_WINDOW * VECTORS];
	struct vnpu_requant_block table[VECTORS];
	u8 expanded[GROUP];
	u8 padding[GROUP];
};

static_assert(sizeof(struct depthwise_state) <= NPUM_CONV_STATE_BYTES, "scratch is too small");
static_assert(NPUM_CONV_COLUMN_BYTES >= 4 * GROUP * MAX_SPAN, "scratch is too small");

/**
 * struct depthwise - what is constant for 64 channels of a tile
 * @c: geometry
 * @s: state
 * @output: output
 * @in: first byte of the input operand
 * @columns: interleaved input, [column][row group][vector]
 * @flip: input_flip in every byte
 * @mask: channels that exist
 * @channel: first output channel
 * @multiplier: output channels for each input channel
 * @row_groups: window's rows in groups of four
 * @tame: the short requantisation will do
 * @zero_weight: weights' zero point less 128
 */
struct depthwise {
	const struct npum_conv *c;
	struct depthwise_state *s;
	const struct avx512_output *output;
	const u8 *in;
	__m512i *columns;
	__m512i flip;
	__mmask64 mask;
	u32 channel;
	u32 multiplier;
	u32 row_groups;
	bool tame;
	s32 zero_weight;
};

/* Four rows of bytes to four vectors of four bytes per channel. */
static inline void interleave(const __m512i row[GROUP_ROWS], __m512i *to)
{
	__m512i low01 = _mm512_unpacklo_epi8(row[0], row[1]);
	__m512i high01 = _mm512_unpackhi_epi8(row[0], row[1]);
	__m512i low23 = _mm512_unpacklo_epi8(row[2], row[3]);
	__m512i high23 = _mm512_unpackhi_epi8(row[2], row[3]);

	_mm512_store_si512(to + 0, _mm512_unpacklo_epi16(low01, low23));
	_mm512_store_si512(to + 1, _mm512_unpackhi_epi16(low01, low23));
	_mm512_store_si512(to + 2, _mm512_unpacklo_epi16(high01, high23));
	_mm512_store_si512(to + 3, _mm512_unpackhi_epi16(high01, high23));
}

/* The table of @blocks blocks in the order of the vectors; absent channels are tame. */
static void arrange_table(struct depthwise_state *s, const u8 *table, u32 blocks)
{
	const size_t quarter = sizeof(s->table[0].bias) / VECTORS;
	u32 v, i, field;

	for (v = 0; v < VECTORS; v++) {
		struct vnpu_requant_block *to = &s->table[v];

		memset(to, 0, sizeof(*to));
		for (i = 0; i < VNPU_CHANNEL_BLOCK; i++)
			to->shift[i] = -1;
		for (i = 0; i < blocks; i++) {
			const u8 *from = table + i * sizeof(*to) + v * quarter;

			for (field = 0; field < 3; field++)
				memcpy((u8 *)to + field * sizeof(to->bias) + i * quarter,
				       from + field * sizeof(to->bias), quarter);
		}
	}
}

/* The weights less 128 of a tap, 0 behind the window. */
static __m512i load_weights(const struct depthwise *d, const u8 *weights, u32 tap)
{
	__m512i w;

	if (tap >= d->c->terms)
		return _mm512_setzero_si512();
	weights += (size_t)tap * d->c->channels + d->channel;
	w = _mm512_maskz_loadu_epi8(d->mask, weights);
	return _mm512_xor_si512(w, _mm512_set1_epi8((char)0x80));
}

static void arrange_weights(const struct depthwise *d, const u8 *weights)
{
	const u32 height = d->c->kernel[0], width = d->c->kernel[1];
	__m512i *to = d->s->weights;
	__m512i row[GROUP_ROWS];
	u32 g, i, j;

	for (j = 0; j < width; j++) {
		for (g = 0; g < d->row_groups; g++, to += VECTORS) {
			for (i = 0; i < GROUP_ROWS; i++)
				row[i] = load_weights(d, weights, (g * GROUP_ROWS + i) * width + j);
			interleave(row, to);
		}
	}
	for (g = 0; g < d->row_groups; g++) {
		u32 rows = min(height - g * GROUP_ROWS, GROUP_ROWS);
		__mmask64 taps = 0x1111111111111111ull * ((1u << rows) - 1);

		d->s->zero_weight[g] = _mm512_maskz_set1_epi8(taps, (char)d->zero_weight);
	}
}

/* bias - 128 * sum (w' - zp'), when codes had 128 added. */
static void arrange_bias(const struct depthwise *d)
{
	const __m512i one = _mm512_set1_epi8(1);
	struct depthwise_state *s = d->s;
	u32 v, k;

	for (v = 0; v < VECTORS; v++) {
		__m512i sum = _mm512_set1_epi32(-(s32)d->c->terms * d->zero_weight);

		s->bias[v] = s->requant[v].bias;
		if (!d->c->input_flip)
			continue;
		for (k = 0; k < d->c->kernel[1] * d->row_groups; k++)
			sum = _mm512_dpbusd_epi32(sum, one, s->weights[k * VECTORS + v]);
		s->bias[v] = _mm512_sub_epi32(s->bias[v], _mm512_slli_epi32(sum, 7));
	}
}

/**
 * struct lines - input rows under a group of the window's rows
 * @pixel: column 0 of each; a pixel of padding for a row outside the input
 * @step: bytes between columns, 0 for padding
 */
struct lines {
	const u8 *pixel[GROUP_ROWS];
	size_t step[GROUP_ROWS];
};

static void find_lines(const struct depthwise *d, const struct npum_conv_pixel *at, u32 first,
		       struct lines *l)
{
	const struct npum_conv *c = d->c;
	u32 i;

	for (i = 0; i < GROUP_ROWS; i++) {
		u32 tap = first + i;
		s64 y = (s64)at->y * c->stride[0] + (s64)tap * c->dilation[0] - c->pad[0];
		bool inside = tap < c->kernel[0] && y >= 0 && y < c->in->shape[1];

		l->step[i] = inside ? c->in->stride[2] : 0;
		l->pixel[i] = d->s->padding;
		if (inside)
			l->pixel[i] = d->in + (size_t)at->n * c->in->stride[0] +
				      (size_t)y * c->in->stride[1] + d->channel / d->multiplier;
	}
}

/* 64 output channels' codes of one pixel when each input channel makes several of them. */
static __m512i expand(const struct depthwise *d, const u8 *pixel)
{
	u32 first = d->channel % d->multiplier;
	u8 *to = d->s->expanded;
	u32 i;

	if (pixel == d->s->padding)
		return _mm512_loadu_si512(pixel);
	if (d->c->in->shape[3] == 1)
		return _mm512_set1_epi8((char)*pixel);
	for (i = 0; i < GROUP && d->channel + i < d->c->channels; i++)
		to[i] = pixel[(first + i) / d->multiplier];
	return _mm512_maskz_loadu_epi8(d->mask, to);
}

/* Interleave columns @x to @last, all inside the input; @rows and @plain are constants. */
static __always_inline void fill_inside(const struct depthwise *d, const struct lines *l, s64 x,
					s64 last, __m512i *to, size_t step, u32 rows, bool plain)
{
	const __m512i flip = d->flip;
	const __mmask64 mask = d->mask;

	for (; x < last; x++, to += step) {
		__m512i row[GROUP_ROWS];
		u32 i;

#pragma GCC unroll 4
		for (i = 0; i < GROUP_ROWS; i++) {
			const u8 *pixel = l->pixel[i] + (size_t)x * l->step[i];

			if (i >= rows)
				row[i] = flip;
			else
				row[i] = _mm512_xor_si512(plain ? _mm512_maskz_loadu_epi8(mask,
											  pixel) :
								  expand(d, pixel),
							  flip);
		}
		interleave(row, to);
	}
}

/* Interleave @count input columns from @x on, for the windows of output row @at. */
static void fill_columns(const struct depthwise *d, const struct npum_conv_pixel *at, s64 x,
			 u32 count)
{
	const struct npum_conv *c = d->c;
	const __m512i padding = _mm512_xor_si512(d->flip, _mm512_loadu_si512(d->s->padding));
	size_t step = d->row_groups * VECTORS;
	s64 first = clamp((s64)0, x, x + count);
	s64 last = clamp((s64)c->in->shape[2], first, x + count);
	struct lines l;
	u32 g, v;
	s64 k;

	for (g = 0; g < d->row_groups; g++) {
		__m512i *to = d->columns + g * VECTORS;

		for (k = x; k < x + count; k++)
			for (v = 0; v < VECTORS && (k < first || k >= last); v++)
				to[(size_t)(k - x) * step + v] = padding;

		find_lines(d, at, g * GROUP_ROWS, &l);
		to += (size_t)(first - x) * step;
		if (d->multiplier != 1)
			fill_inside(d, &l, first, last, to, step, GROUP_ROWS, false);
		else if (c->kernel[0] == 3)
			fill_inside(d, &l, first, last, to, step, 3, true);
		else
			fill_inside(d, &l, first, last, to, step, GROUP_ROWS, true);
	}
}

/* How a window lies in the columns, in vectors; constants in the common instances. */
struct walk {
	u32 width;
	u32 row_groups;
	size_t tap;
	size_t step;
};

/* sum += x * w of @pixels windows, vector @v of each. */
static __always_inline void window(const __m512i *column, const __m512i *w, size_t w_step,
				   size_t w_group, const struct walk *k, u32 pixels, __m512i *sum)
{
	u32 i, j, g;

#pragma GCC unroll 3
	for (j = 0; j < k->width; j++) {
#pragma GCC unroll 1
		for (g = 0; g < k->row_groups; g++) {
			const __m512i *x = column + j * k->tap + g * VECTORS;
			__m512i weight = w[j * w_step + g * w_group];

#pragma GCC unroll 4
			for (i = 0; i < pixels; i++)
				sum[i] = _mm512_dpbusd_epi32(sum[i], x[i * k->step], weight);
		}
	}
}

/* Codes of vector @v of @pixels windows. */
static __always_inline void run_vector(const struct depthwise *d, const __m512i *column,
				       const struct walk *k, bool zero, bool tame, u32 v,
				       u32 pixels, __m512i *q)
{
	const struct depthwise_state *s = d->s;
	const struct avx512_output *o = d->output;
	__m512i sum[PIXELS];
	u32 i;

#pragma GCC unroll 4
	for (i = 0; i < pixels; i++)
		q[i] = s->bias[v];
	window(column + v, s->weights + v, k->row_groups * VECTORS, VECTORS, k, pixels, q);
	if (zero) {
#pragma GCC unroll 4
		for (i = 0; i < pixels; i++)
			sum[i] = _mm512_setzero_si512();
		window(column + v, s->zero_weight, 0, 1, k, pixels, sum);
#pragma GCC unroll 4
		for (i = 0; i < pixels; i++)
			q[i] = _mm512_sub_epi32(q[i], sum[i]);
	}
	if (tame) {
		avx512_requant_short(s->requant + v, o, q, 1, pixels);
		return;
	}
#pragma GCC unroll 4
	for (i = 0; i < pixels; i++)
		q[i] = avx512_requant_any(s->requant + v, o, q[i]);
}

static __always_inline void run_some(const struct depthwise *d, const __m512i *column, u8 *out,
				     const struct walk *k, bool zero, bool tame, u32 pixels)
{
	__m512i words[2][PIXELS];
	u32 i, v;

#pragma GCC unroll 2
	for (v = 0; v < 2; v++) {
		__m512i q[2][PIXELS];

		run_vector(d, column, k, zero, tame, 2 * v, pixels, q[0]);
		run_vector(d, column, k, zero, tame, 2 * v + 1, pixels, q[1]);
#pragma GCC unroll 4
		for (i = 0; i < pixels; i++)
			words[v][i] = _mm512_packs_epi32(q[0][i], q[1][i]);
	}
#pragma GCC unroll 4
	for (i = 0; i < pixels; i++, out += d->c->out->stride[2]) {
		__m512i bytes = avx512_saturate(d->output, words[0][i], words[1][i]);

		if (d->mask == ~0ull)
			_mm512_storeu_si512(out, bytes);
		else
			_mm512_mask_storeu_epi8(out, d->mask, bytes);
	}
}

/* Several pixels at a time, to share the loads of weights and tables. */
static __always_inline void run_pixels(const struct depthwise *d, u32 count, u8 *out,
				       const struct walk *k, bool zero)
{
	const __m512i *column = d->columns;
	u32 i;

	for (i = 0; i + PIXELS <= count; i += PIXELS) {
		run_some(d, column, out, k, zero, true, PIXELS);
		column += PIXELS * k->step;
		out += PIXELS * (size_t)d->c->out->stride[2];
	}
	for (; i < count; i++) {
		run_some(d, column, out, k, zero, true, 1);
		column += k->step;
		out += d->c->out->stride[2];
	}
}

/* Tables that are not tame are rare: one pixel at a time will do. */
static void run_pixels_any(const struct depthwise *d, u32 count, u8 *out, const struct walk *k)
{
	const __m512i *column = d->columns;
	u32 i;

	for (i = 0; i < count; i++) {
		run_some(d, column, out, k, true, false, 1);
		column += k->step;
		out += d->c->out->stride[2];
	}
}

/* @count outputs of one row, the first at @at. */
static void run_segment(const struct depthwise *d, const struct npum_conv_pixel *at, u32 count,
			u8 *out)
{
	const struct npum_conv *c = d->c;
	u32 span = (count - 1) * c->stride[1] + (c->kernel[1] - 1) * c->dilation[1] + 1;
	struct walk k = {
		.width = c->kernel[1],
		.row_groups = d->row_groups,
		.tap = (size_t)c->dilation[1] * d->row_groups * VECTORS,
		.step = (size_t)c->stride[1] * d->row_groups * VECTORS,
	};
	static const struct walk three = { 3, 1, VECTORS, VECTORS };
	static const struct walk three_by_two = { 3, 1, VECTORS, 2 * VECTORS };

	fill_columns(d, at, (s64)at->x * c->stride[1] - c->pad[1], span);
	out += npum_conv_output(c, at) + d->channel;
	if (!d->tame)
		run_pixels_any(d, count, out, &k);
	else if (d->zero_weight)
		run_pixels(d, count, out, &k, true);
	else if (!memcmp(&k, &three, sizeof(k)))
		run_pixels(d, count, out, &three, false);
	else if (!memcmp(&k, &three_by_two, sizeof(k)))
		run_pixels(d, count, out, &three_by_two, false);
	else
		run_pixels(d, count, out, &k, false);
}

static void run_group(const struct depthwise *d, const struct npum_conv_tile *t, u8 *out)
{
	const struct npum_conv *c = d->c;
	u32 window_span = (c->kernel[1] - 1) * c->dilation[1] + 1;
	u32 spare = SEGMENT_SPAN / d->row_groups;
	u32 most = 1 + (spare > window_span ? (spare - window_span) / c->stride[1] : 0);
	struct npum_conv_pixel at;
	u32 done, n;

	for (done = 0; done < t->pixels; done += n) {
		at = npum_conv_pixel(c, t->pixel + done);
		n = min(t->pixels - done, c->out->shape[2] - at.x);
		n /= DIV_ROUND_UP(n, most);
		run_segment(d, &at, n, out);
	}
}

bool npum_depthwise_avx512_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	u64 row_groups = DIV_ROUND_UP(op->p.kernel[0], GROUP_ROWS);
	u64 span = (u64)(op->p.kernel[1] - 1) * op->p.dilation[1] + 1;

	return npum_conv_fits(p, op) && (op->in[0].stride[3] == 1 || op->in[0].shape[3] == 1) &&
	       op->p.kernel[1] * row_groups <= MAX_WINDOW && span * row_groups <= MAX_SPAN;
}

void npum_depthwise_avx512(const struct npum_exec *x, const struct npum_personality *p,
			   const struct vnpu_op *op, u32 tile, void *scratch)
{
	const u8 *table = npum_address(x, &op->in[2]);
	struct depthwise_state *s = scratch;
	struct avx512_output output;
	struct npum_conv_tile t;
	struct npum_conv c;
	struct depthwise d = {
		.c = &c,
		.s = s,
		.output = &output,
		.in = npum_address(x, &op->in[0]),
		.columns = (__m512i *)((u8 *)scratch + NPUM_CONV_STATE_BYTES),
		.row_groups = DIV_ROUND_UP(op->p.kernel[0], GROUP_ROWS),
		.zero_weight = op->in[1].zero_point - 0x80,
	};
	u32 b, v;

	npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	avx512_output_init(&output, p, op);
	d.flip = _mm512_set1_epi8((char)c.input_flip);
	memset(s->padding, (u8)c.in->zero_point, sizeof(s->padding));
	d.multiplier = c.channels / c.in->shape[3];
	for (b = t.block; b < t.block + t.blocks; b += VECTORS) {
		u32 blocks = min(t.block + t.blocks - b, VECTORS);

		d.channel = b * VNPU_CHANNEL_BLOCK;
		d.mask = avx512_first(min(c.channels - d.channel, blocks * VNPU_CHANNEL_BLOCK));
		arrange_table(s, table + b * sizeof(struct vnpu_requant_block), blocks);
		d.tame = true;
		for (v = 0; v < VECTORS; v++) {
			avx512_requant_init(s->requant + v, &output, (const u8 *)(s->table + v),
					    c.terms);
			d.tame &= s->requant[v].tame;
		}
		arrange_weights(&d, npum_address(x, &op->in[1]));
		arrange_bias(&d);
		run_group(&d, &t, npum_address(x, &op->out));
	}
}
