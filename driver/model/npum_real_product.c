// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Products in floating point; see npum_real_product.h. */
#include "npum_real_product.h"

#include "npum_kernels.h"

/*
 * Costs in units of one multiply-accumulate.  TILE_COST is some 5 us of plain sums
 * and 80 us of sums that vector code rounds to binary16 term by term.
 */
#define TILE_COST 32768u
#define OUTPUT_COST 16u
#define DEPTHWISE_COST 4u
/* Pixels that share the weights of a tile before its channels are cut. */
#define SHARING_PIXELS 16u
#define MAX_BLOCKS 64u

static void geometry(const struct vnpu_op *op, struct npum_conv *c)
{
	bool matrices = op->opcode == VNPU_OP_BATCH_MATMUL_F;
	u32 cost, most;

	npum_conv_geometry(op, c);
	/* Columns of a matrix are channels; a tile stays inside one matrix. */
	if (matrices)
		c->pixels = op->out.shape[2];
	cost = c->terms * (op->opcode == VNPU_OP_DEPTHWISE_F ? DEPTHWISE_COST : 1) + OUTPUT_COST;
	cost *= VNPU_CHANNEL_BLOCK;
	most = TILE_COST / (cost * min(c->pixels, SHARING_PIXELS));
	c->tile_blocks = min(clamp(most, 1u, MAX_BLOCKS), c->blocks);
	most = TILE_COST / (cost * c->tile_blocks);
	c->tile_pixels = min(max(most, 1u), c->pixels);
	c->block_tiles = DIV_ROUND_UP(c->blocks, c->tile_blocks);
	c->pixel_tiles = c->pixels / c->tile_pixels + (c->pixels % c->tile_pixels != 0);
	c->chunk = clamp(NPUM_REAL_PANEL_BYTES / (c->terms * (u32)sizeof(float)), 1u,
			 NPUM_REAL_PIXELS);
	c->chunk = min(c->chunk, c->tile_pixels);
}

#ifndef NPUM_VARIANT
void npum_real_product_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	bool matrices = op->opcode == VNPU_OP_BATCH_MATMUL_F;
	struct npum_conv c;

	geometry(op, &c);
	plan->tiles = c.pixel_tiles * c.block_tiles;
	if (matrices)
		plan->tiles *= op->out.shape[0] * op->out.shape[1];
	plan->scratch_bytes = (u32)sizeof(struct npum_real_work);
	/* DEPTHWISE_F has no panel. */
	if (op->opcode != VNPU_OP_DEPTHWISE_F)
		plan->scratch_bytes += c.chunk * c.terms * (u32)sizeof(float);
	plan->scratch_bytes = round_up(plan->scratch_bytes, NPUM_SCRATCH_ALIGN);
	plan->fpu = true;
}
#endif

/**
 * struct product - what a tile's functions need
 * @x: where data lies
 * @p: personality
 * @op: the op
 * @c: geometry
 * @t: the tile
 * @work: scratch
 * @left: first byte of the input, of BATCH_MATMUL_F of the tile's matrix
 * @right: first byte of the weights, or of the second matrix
 * @out: first byte of the output, likewise
 */
struct product {
	const struct npum_exec *x;
	const struct npum_personality *p;
	const struct vnpu_op *op;
	struct npum_conv c;
	struct npum_conv_tile t;
	struct npum_real_work *work;
	const u8 *left;
	const u8 *right;
	u8 *out;
};

/* Terms of one output pixel; padding reads as 0. */
static void gather(const struct product *r, const struct npum_conv_pixel *at, float *row)
{
	const struct vnpu_tensor *in = r->c.in;
	u32 depth = in->shape[3];
	size_t offset;

	for (u32 i = 0; i < r->c.kernel[0]; i++) {
		for (u32 j = 0; j < r->c.kernel[1]; j++, row += depth) {
			if (npum_conv_tap(&r->c, at, i, j, &offset))
				npum_real_load(r->p, in->dtype, r->left + offset, in->stride[3],
					       row, depth);
			else
				memset(row, 0, depth * sizeof(*row));
		}
	}
}

/* Columns of a block of the second matrix, from term @first on. */
static void pack_matrix(const struct product *r, u32 block, u32 first, u32 terms)
{
	const struct vnpu_tensor *t = &r->op->in[1];
	bool turned = r->op->p.mode & VNPU_MATMUL_TRANSPOSED;
	u32 column = block * VNPU_CHANNEL_BLOCK;
	u32 count = min(r->c.channels - column, VNPU_CHANNEL_BLOCK);
	size_t down = t->stride[turned ? 3 : 2], right = t->stride[turned ? 2 : 3];
	const u8 *from = r->right + first * down + column * right;

	for (u32 k = 0; k < terms; k++, from += down) {
		float *to = r->work->pack[k];

		npum_real_load(r->p, t->dtype, from, (u32)right, to, count);
		memset(to + count, 0, (VNPU_CHANNEL_BLOCK - count) * sizeof(*to));
	}
}

/* Weights of a block in binary32, [terms][16], from term @first on. */
static const float *weights(const struct product *r, u32 block, u32 first, u32 terms)
{
	const struct vnpu_tensor *t = &r->op->in[1];
	u32 size = npum_dtype_size(t->dtype);
	const u8 *from;

	if (r->op->opcode == VNPU_OP_BATCH_MATMUL_F) {
		pack_matrix(r, block, first, terms);
		return r->work->pack[0];
	}
	from = r->right + ((size_t)block * r->c.terms + first) * VNPU_CHANNEL_BLOCK * size;
	if (t->dtype == VNPU_DTYPE_FLOAT32 && r->p->real_type == NPUM_REAL_BINARY32)
		return (const float *)(const void *)from;
	npum_real_load(r->p, t->dtype, from, size, r->work->pack[0], terms * VNPU_CHANNEL_BLOCK);
	return r->work->pack[0];
}

/* Biases of a block; zeros where the op has none. */
static void biases(const struct product *r, u32 block, float *bias)
{
	const struct vnpu_tensor *t = &r->op->in[2];

	if (t->dtype == VNPU_DTYPE_NONE)
		memset(bias, 0, NPUM_REAL_LANES * sizeof(*bias));
	else
		npum_real_load(r->p, t->dtype,
			       npum_address(r->x, t) +
				       (size_t)block * NPUM_REAL_LANES * sizeof(*bias),
			       sizeof(*bias), bias, NPUM_REAL_LANES);
}

/* Bounds a result, rounds and stores the channels of a block that exist. */
static void store(const struct product *r, u32 block, float *v, u8 *pixel)
{
	const struct vnpu_tensor *out = r->c.out;
	float low = npum_real(r->op->p.real_clamp[0]), high = npum_real(r->op->p.real_clamp[1]);
	u32 channel = block * VNPU_CHANNEL_BLOCK;
	u32 count = min(r->c.channels - channel, VNPU_CHANNEL_BLOCK);

	npum_real_count(r->x->counters, r->p, out->dtype, v, count, low, high);
	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		v[i] = npum_real_between(v[i], low, high);
	npum_real_store(r->p, out->dtype, v, pixel + (size_t)channel * out->stride[3],
			out->stride[3], count);
}

static void store_plain(const struct product *r, u32 block, const float *bias, const float *acc,
			u8 *pixel)
{
	float v[NPUM_REAL_LANES];

	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		v[i] = acc[i] + bias[i];
	store(r, block, v, pixel);
}

static void store_sum(const struct product *r, u32 block, const float *bias,
		      const struct npum_real_sum *s, u8 *pixel)
{
	bool half = npum_real_narrows(r->p, r->c.out->dtype);
	float v[NPUM_REAL_LANES];

	for (u32 i = 0; i < NPUM_REAL_LANES; i++) {
		double sum = npum_real_sum_value(r->p, s, i) + (double)bias[i];

		v[i] = npum_real_sum_narrow(half, npum_real_sum_round(r->p, sum));
	}
	store(r, block, v, pixel);
}

/*
 * Lanes that one register holds, and pixels whose sums fit into the registers beside
 * the weights.  Lanes are different outputs: what they are does not show in the bits.
 */
#if defined(__AVX512F__)
#define LANES 16u
#define ROWS 12u
#elif defined(__AVX2__)
#define LANES 8u
#define ROWS 6u
#else
#define LANES 4u
#define ROWS 2u
#endif
#define VECTORS (NPUM_REAL_LANES / LANES)

/* Weights and sums lie at multiples of 64 bytes: [16] numbers, and slots and scratch begin so. */
typedef float vector __attribute__((__vector_size__(LANES * sizeof(float)), __may_alias__));

static_assert(!(offsetof(struct npum_real_work, pack) % 64), "vectors would be misaligned");

static __always_inline void dot_rows(const float *panel, size_t step, const float *w, u32 terms,
				     float (*acc)[NPUM_REAL_LANES], const u32 rows)
{
	vector sum[ROWS][VECTORS];

	for (u32 r = 0; r < rows; r++)
		for (u32 v = 0; v < VECTORS; v++)
			sum[r][v] = *(const vector *)&acc[r][v * LANES];
	for (u32 k = 0; k < terms; k++, w += NPUM_REAL_LANES)
		for (u32 r = 0; r < rows; r++)
			for (u32 v = 0; v < VECTORS; v++)
				sum[r][v] += *(const vector *)&w[v * LANES] * panel[r * step + k];
	for (u32 r = 0; r < rows; r++)
		for (u32 v = 0; v < VECTORS; v++)
			*(vector *)&acc[r][v * LANES] = sum[r][v];
}

/*
 * The plain sums of a chunk over some terms: acc = f(acc + f(x * w)) term by term, of
 * @pixels rows of the panel, @step numbers apart, and weights [terms][16].
 */
static void dot(const float *panel, size_t step, const float *w, u32 terms,
		float (*acc)[NPUM_REAL_LANES], u32 pixels)
{
	for (; pixels >= ROWS; pixels -= ROWS, panel += ROWS * step, acc += ROWS)
		dot_rows(panel, step, w, terms, acc, ROWS);
	for (; pixels >= ROWS / 2; pixels -= ROWS / 2, panel += ROWS / 2 * step, acc += ROWS / 2)
		dot_rows(panel, step, w, terms, acc, ROWS / 2);
	for (; pixels; pixels--, panel += step, acc++)
		dot_rows(panel, step, w, terms, acc, 1);
}

static void block_plain(const struct product *r, u32 block, u32 pixels, const size_t *out)
{
	struct npum_real_work *work = r->work;
	u32 terms = r->c.terms;
	float bias[NPUM_REAL_LANES];

	memset(work->acc, 0, pixels * sizeof(work->acc[0]));
	for (u32 k = 0; k < terms; k += NPUM_REAL_TERMS) {
		u32 count = min(terms - k, NPUM_REAL_TERMS);

		dot(work->panel + k, terms, weights(r, block, k, count), count, work->acc, pixels);
	}
	biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++)
		store_plain(r, block, bias, work->acc[i], r->out + out[i]);
}

static void block_sums(const struct product *r, u32 block, u32 pixels, const size_t *out)
{
	bool backward = r->p->real_order == NPUM_REAL_BACKWARD;
	struct npum_real_work *work = r->work;
	u32 terms = r->c.terms;
	float bias[NPUM_REAL_LANES];

	for (u32 i = 0; i < pixels; i++)
		npum_real_sum_begin(&work->sum[i]);
	for (u32 done = 0; done < terms; done += NPUM_REAL_TERMS) {
		u32 count = min(terms - done, NPUM_REAL_TERMS);
		u32 first = backward ? terms - done - count : done;
		const float *w = weights(r, block, first, count);

		for (u32 i = 0; i < pixels; i++) {
			const float *row = work->panel + (size_t)i * terms + first;

			for (u32 n = 0; n < count; n++) {
				u32 k = backward ? count - 1 - n : n;

				npum_real_sum_add(r->p, &work->sum[i], row + k, 0,
						  w + (size_t)k * NPUM_REAL_LANES);
			}
		}
	}
	biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++)
		store_sum(r, block, bias, &work->sum[i], r->out + out[i]);
}

/*
 * Terms that are summed apart.  Where an output's plane has fewer elements than there
 * are terms, and than a block has, libraries trade one for the other.
 */
static u32 block_terms(const struct product *r)
{
	bool rows = r->op->opcode == VNPU_OP_CONV2D_F || r->op->opcode == VNPU_OP_DEPTHWISE_F;
	u32 plane = rows ? r->c.out->shape[1] * r->c.out->shape[2] : r->c.channels;
	u32 terms = r->p->real_block, width = terms;

	if (!terms)
		return r->c.terms;
	while (plane < r->c.terms && width > 16 && width / 2 >= plane) {
		width /= 2;
		terms *= 2;
	}
	return terms;
}

/* Where the @n-th term to be summed lies; a depthwise window has one channel. */
static u32 term_at(const struct product *r, u32 n)
{
	u32 taps = r->c.kernel[0] * r->c.kernel[1];

	if (r->p->real_order == NPUM_REAL_BACKWARD)
		return r->c.terms - 1 - n;
	if (r->p->real_order != NPUM_REAL_PLANES || r->op->opcode != VNPU_OP_CONV2D_F)
		return n;
	return n % taps * (r->c.terms / taps) + n / taps;
}

/* acc = f(acc + x * w), of binary32 */
static __always_inline void fuse_lanes(float *acc, float x, const float *w)
{
#if defined(__FMA__) || defined(__AVX512F__)
	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		acc[i] = __builtin_fmaf(x, w[i], acc[i]);
#else
	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		acc[i] = (float)npum_real_exact((double)acc[i], (double)x * (double)w[i]);
#endif
}

/* As block_any(), in binary32 with each term in one rounding. */
static void block_fused(const struct product *r, u32 block, u32 pixels, const size_t *out)
{
	struct npum_real_work *work = r->work;
	u32 terms = r->c.terms, each = block_terms(r);
	float bias[NPUM_REAL_LANES];

	memset(work->acc, 0, pixels * sizeof(work->acc[0]));
	for (u32 n = 0; n < terms; n++) {
		u32 k = term_at(r, n);
		const float *w = weights(r, block, k, 1);

		if (n && n % each == 0) {
			for (u32 i = 0; i < pixels; i++)
				for (u32 l = 0; l < NPUM_REAL_LANES; l++)
					work->total[i][l] =
						n == each ? work->acc[i][l] :
							    work->total[i][l] + work->acc[i][l];
			memset(work->acc, 0, pixels * sizeof(work->acc[0]));
		}
		for (u32 i = 0; i < pixels; i++)
			fuse_lanes(work->acc[i], work->panel[(size_t)i * terms + k], w);
	}
	biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++) {
		for (u32 l = 0; l < NPUM_REAL_LANES && terms > each; l++)
			work->acc[i][l] = work->total[i][l] + work->acc[i][l];
		store_plain(r, block, bias, work->acc[i], r->out + out[i]);
	}
}

/* Sums in planes, in blocks, or fused. */
static void block_any(const struct product *r, u32 block, u32 pixels, const size_t *out)
{
	bool fused = r->p->real_fused && r->p->real_width == 1;
	struct npum_real_work *work = r->work;
	u32 terms = r->c.terms, each = block_terms(r);
	float bias[NPUM_REAL_LANES];

	for (u32 i = 0; i < pixels; i++)
		npum_real_sum_begin(&work->sum[i]);
	for (u32 n = 0; n < terms; n++) {
		u32 k = term_at(r, n);
		const float *w = weights(r, block, k, 1);

		for (u32 i = 0; i < pixels; i++) {
			const float *x = work->panel + (size_t)i * terms + k;

			if (n && n % each == 0)
				npum_real_sum_cut(r->p, &work->sum[i]);
			if (fused)
				npum_real_sum_fuse(r->p, &work->sum[i], x, 0, w);
			else
				npum_real_sum_add(r->p, &work->sum[i], x, 0, w);
		}
	}
	biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++)
		store_sum(r, block, bias, &work->sum[i], r->out + out[i]);
}

/* How the blocks of a personality are summed. */
typedef void block_fn(const struct product *r, u32 block, u32 pixels, const size_t *out);

/* Products have fields that other sums do not read. */
static bool is_plain(const struct npum_personality *p)
{
	return npum_real_is_plain(p) && p->real_order == NPUM_REAL_FORWARD && !p->real_fused &&
	       !p->real_block;
}

static block_fn *block_of(const struct npum_personality *p)
{
	if (is_plain(p))
		return block_plain;
	if (p->real_order != NPUM_REAL_PLANES && !p->real_fused && !p->real_block)
		return block_sums;
	return p->real_fused && npum_real_is_plain(p) ? block_fused : block_any;
}

/* Splits the number of a tile into that of a matrix and the tile inside it. */
static void begin(struct product *r, const struct npum_exec *x, const struct npum_personality *p,
		  const struct vnpu_op *op, u32 tile, void *scratch)
{
	u32 n, h, each;

	*r = (struct product){ .x = x, .p = p, .op = op, .work = scratch };
	geometry(op, &r->c);
	each = r->c.pixel_tiles * r->c.block_tiles;
	npum_conv_tile(&r->c, tile % each, &r->t);
	r->left = npum_address(x, &op->in[0]);
	r->right = npum_address(x, &op->in[1]);
	r->out = npum_address(x, &op->out);
	if (op->opcode != VNPU_OP_BATCH_MATMUL_F)
		return;
	h = tile / each % op->out.shape[1];
	n = tile / each / op->out.shape[1];
	r->left += npum_offset(&op->in[0], n, h, 0, 0);
	r->right += npum_offset(&op->in[1], n, h, 0, 0);
	r->out += npum_offset(&op->out, n, h, 0, 0);
}

void npum_product_f(const struct npum_exec *x, const struct npum_personality *p,
		    const struct vnpu_op *op, u32 tile, void *scratch)
{
	block_fn *block = block_of(p);
	size_t out[NPUM_REAL_PIXELS];
	struct npum_conv_pixel at;
	struct product r;

	begin(&r, x, p, op, tile, scratch);
	at = npum_conv_pixel(&r.c, r.t.pixel);
	for (u32 done = 0; done < r.t.pixels; done += r.c.chunk) {
		u32 pixels = min(r.t.pixels - done, r.c.chunk);

		for (u32 i = 0; i < pixels; i++, npum_conv_next(&r.c, &at)) {
			gather(&r, &at, r.work->panel + (size_t)i * r.c.terms);
			out[i] = npum_conv_output(&r.c, &at);
		}
		for (u32 b = r.t.block; b < r.t.block + r.t.blocks; b++)
			block(&r, b, pixels, out);
	}
}

/* The channels of a block under one tap; zeros on padding and behind the last channel. */
static void depthwise_tap(const struct product *r, const struct npum_conv_pixel *at, u32 block,
			  u32 tap, float *v)
{
	const struct vnpu_tensor *in = r->c.in;
	u32 multiplier = r->c.channels / in->shape[3], channel = block * VNPU_CHANNEL_BLOCK;
	u32 count = min(r->c.channels - channel, VNPU_CHANNEL_BLOCK);
	size_t offset;

	if (!npum_conv_tap(&r->c, at, tap / r->c.kernel[1], tap % r->c.kernel[1], &offset)) {
		memset(v, 0, NPUM_REAL_LANES * sizeof(*v));
		return;
	}
	if (multiplier == 1)
		npum_real_load(r->p, in->dtype, r->left + offset + (size_t)channel * in->stride[3],
			       in->stride[3], v, count);
	for (u32 i = 0; i < count && multiplier > 1; i++)
		npum_real_load(r->p, in->dtype,
			       r->left + offset +
				       (size_t)((channel + i) / multiplier) * in->stride[3],
			       0, &v[i], 1);
	memset(v + count, 0, (NPUM_REAL_LANES - count) * sizeof(*v));
}

static void depthwise_pixel(const struct product *r, const struct npum_conv_pixel *at, u32 block,
			    const float *bias)
{
	bool plain = is_plain(r->p), fused = r->p->real_fused && r->p->real_width == 1;
	u32 each = block_terms(r);
	u8 *pixel = r->out + npum_conv_output(&r->c, at);
	struct npum_real_sum *s = r->work->sum;
	float acc[NPUM_REAL_LANES] = { 0 };

	npum_real_sum_begin(s);
	for (u32 n = 0; n < r->c.terms; n++) {
		u32 tap = term_at(r, n);
		const float *w = weights(r, block, tap, 1);
		float v[NPUM_REAL_LANES];

		if (n && n % each == 0)
			npum_real_sum_cut(r->p, s);
		depthwise_tap(r, at, block, tap, v);
		if (plain)
			for (u32 i = 0; i < NPUM_REAL_LANES; i++)
				acc[i] += v[i] * w[i];
		else if (fused)
			npum_real_sum_fuse(r->p, s, v, 1, w);
		else
			npum_real_sum_add(r->p, s, v, 1, w);
	}
	if (plain)
		store_plain(r, block, bias, acc, pixel);
	else
		store_sum(r, block, bias, s, pixel);
}

void npum_depthwise_f(const struct npum_exec *x, const struct npum_personality *p,
		      const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct product r;

	begin(&r, x, p, op, tile, scratch);
	for (u32 b = r.t.block; b < r.t.block + r.t.blocks; b++) {
		struct npum_conv_pixel at = npum_conv_pixel(&r.c, r.t.pixel);
		float bias[NPUM_REAL_LANES];

		biases(&r, b, bias);
		for (u32 i = 0; i < r.t.pixels; i++, npum_conv_next(&r.c, &at))
			depthwise_pixel(&r, &at, b, bias);
	}
}

/* To the nearest integer within limits, what is not a number to 0. */
static s16 code_of(float v, float low, float high)
{
	v = npum_real_between(v, low, high);
	return (s16)(s32)(v == v ? v : 0.0f);
}

/*
 * Codes of one row, symmetric, as LiteRT's hybrid kernels: the greatest magnitude
 * becomes 127, halves go away from zero.
 *
 * Return: the value of code 1; of a row without any magnitude 1.
 */
static float quantize_symmetric(const float *row, u32 count, s16 *codes)
{
	float most = 0.0f, inverse;

	for (u32 i = 0; i < count; i++) {
		float magnitude = npum_real(npum_real_bits(row[i]) & 0x7fffffff);

		most = magnitude > most ? magnitude : most;
	}
	if (most == 0.0f) {
		memset(codes, 0, count * sizeof(*codes));
		return 1.0f;
	}
	inverse = 127.0f / most;
	for (u32 i = 0; i < count; i++)
		codes[i] = code_of(npum_round_away(row[i] * inverse), -127.0f, 127.0f);
	return most / 127.0f;
}

/*
 * Codes of one row less its zero point, as XNNPACK's qd8 kernels: the zero point is that
 * of the end of the range that it brings nearer to a code.
 *
 * Return: the value of code 1.
 */
static float quantize_asymmetric(const float *row, u32 count, s16 *codes)
{
	float low = 0.0f, high = 0.0f, scale, zero;

	for (u32 i = 0; i < count; i++) {
		low = row[i] < low ? row[i] : low;
		high = row[i] > high ? row[i] : high;
	}
	scale = low == high ? 1.0f : 255.0f / (high - low);
	zero = (-128.0f + low * scale) + (127.0f + high * scale) > 0.0f ? -128.0f - low * scale :
									  127.0f - high * scale;
	zero = code_of(npum_round_even(npum_real_between(zero, -128.0f, 127.0f)), -128.0f, 127.0f);
	for (u32 i = 0; i < count; i++)
		codes[i] = code_of(npum_round_even(row[i] * scale), -128.0f - zero, 127.0f - zero);
	return 1.0f / scale;
}

void npum_hybrid(const struct npum_exec *x, const struct npum_personality *p,
		 const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct npum_conv_pixel at;
	struct product r;

	begin(&r, x, p, op, tile, scratch);
	at = npum_conv_pixel(&r.c, r.t.pixel);
	for (u32 i = 0; i < r.t.pixels; i++, npum_conv_next(&r.c, &at)) {
		float unit, by = 1.0f, bias[NPUM_REAL_LANES];
		/* in place: a code is written where its number has been read */
		s16 *codes = (s16 *)(void *)r.work->panel;

		gather(&r, &at, r.work->panel);
		if (p->hybrid == NPUM_HYBRID_ASYMMETRIC) {
			unit = quantize_asymmetric(r.work->panel, r.c.terms, codes);
			by = npum_real(op->p.scale);
		} else {
			unit = quantize_symmetric(r.work->panel, r.c.terms, codes) *
			       npum_real(op->p.scale);
		}
		for (u32 b = r.t.block; b < r.t.block + r.t.blocks; b++) {
			const s8 *w = (const s8 *)r.right + (size_t)b * r.c.terms * NPUM_REAL_LANES;
			u32 sum[NPUM_REAL_LANES] = { 0 };
			float v[NPUM_REAL_LANES];

			/* 131072 * 127 * 128 is below 2^31; with a zero point it wraps, as there */
			for (u32 k = 0; k < r.c.terms; k++, w += NPUM_REAL_LANES)
				for (u32 l = 0; l < NPUM_REAL_LANES; l++)
					sum[l] += (u32)(codes[k] * w[l]);
			biases(&r, b, bias);
			/* times 1 changes nothing */
			for (u32 l = 0; l < NPUM_REAL_LANES; l++)
				v[l] = (float)(s32)sum[l] * unit * by + bias[l];
			store(&r, b, v, r.out + npum_conv_output(&r.c, &at));
		}
	}
}
