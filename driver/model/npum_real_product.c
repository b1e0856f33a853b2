// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Products of a panel and blocks of weights; see npum_real_product.h. */
#include "npum_real_product.h"

#include "npum_kernels.h"

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

static void block_plain(const struct npum_real_tile *r, u32 block, u32 pixels, const size_t *out)
{
	struct npum_real_work *work = r->work;
	u32 terms = r->c.terms;
	float bias[NPUM_REAL_LANES];

	memset(work->acc, 0, pixels * sizeof(work->acc[0]));
	for (u32 k = 0; k < terms; k += NPUM_REAL_TERMS) {
		u32 count = min(terms - k, NPUM_REAL_TERMS);

		dot(work->panel + k, terms, npum_real_weights(r, block, k, count), count, work->acc,
		    pixels);
	}
	npum_real_biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++)
		npum_real_finish_plain(r, block, bias, work->acc[i], r->out + out[i]);
}

static void block_sums(const struct npum_real_tile *r, u32 block, u32 pixels, const size_t *out)
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
		const float *w = npum_real_weights(r, block, first, count);

		for (u32 i = 0; i < pixels; i++) {
			const float *row = work->panel + (size_t)i * terms + first;

			for (u32 n = 0; n < count; n++) {
				u32 k = backward ? count - 1 - n : n;

				npum_real_sum_add(r->p, &work->sum[i], row + k, 0,
						  w + (size_t)k * NPUM_REAL_LANES);
			}
		}
	}
	npum_real_biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++)
		npum_real_finish_sum(r, block, bias, &work->sum[i], r->out + out[i]);
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
static void block_fused(const struct npum_real_tile *r, u32 block, u32 pixels, const size_t *out)
{
	struct npum_real_work *work = r->work;
	u32 terms = r->c.terms, each = npum_real_block_terms(r);
	float bias[NPUM_REAL_LANES];

	memset(work->acc, 0, pixels * sizeof(work->acc[0]));
	for (u32 n = 0; n < terms; n++) {
		u32 k = npum_real_term_at(r, n);
		const float *w = npum_real_weights(r, block, k, 1);

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
	npum_real_biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++) {
		for (u32 l = 0; l < NPUM_REAL_LANES && terms > each; l++)
			work->acc[i][l] = work->total[i][l] + work->acc[i][l];
		npum_real_finish_plain(r, block, bias, work->acc[i], r->out + out[i]);
	}
}

/* Sums in planes, in blocks, or fused. */
static void block_any(const struct npum_real_tile *r, u32 block, u32 pixels, const size_t *out)
{
	bool fused = r->p->real_fused && r->p->real_width == 1;
	struct npum_real_work *work = r->work;
	u32 terms = r->c.terms, each = npum_real_block_terms(r);
	float bias[NPUM_REAL_LANES];

	for (u32 i = 0; i < pixels; i++)
		npum_real_sum_begin(&work->sum[i]);
	for (u32 n = 0; n < terms; n++) {
		u32 k = npum_real_term_at(r, n);
		const float *w = npum_real_weights(r, block, k, 1);

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
	npum_real_biases(r, block, bias);
	for (u32 i = 0; i < pixels; i++)
		npum_real_finish_sum(r, block, bias, &work->sum[i], r->out + out[i]);
}

/* How the blocks of a personality are summed. */
typedef void block_fn(const struct npum_real_tile *r, u32 block, u32 pixels, const size_t *out);

static block_fn *block_of(const struct npum_personality *p)
{
	if (npum_real_product_is_plain(p))
		return block_plain;
	if (p->real_order != NPUM_REAL_PLANES && !p->real_fused && !p->real_block)
		return block_sums;
	return p->real_fused && npum_real_is_plain(p) ? block_fused : block_any;
}

void npum_product_f(const struct npum_exec *x, const struct npum_personality *p,
		    const struct vnpu_op *op, u32 tile, void *scratch)
{
	block_fn *block = block_of(p);
	size_t out[NPUM_REAL_PIXELS];
	struct npum_conv_pixel at;
	struct npum_real_tile r;

	npum_real_begin(&r, x, p, op, tile, scratch);
	at = npum_conv_pixel(&r.c, r.t.pixel);
	for (u32 done = 0; done < r.t.pixels; done += r.c.chunk) {
		u32 pixels = min(r.t.pixels - done, r.c.chunk);

		for (u32 i = 0; i < pixels; i++, npum_conv_next(&r.c, &at)) {
			npum_real_gather(&r, &at, r.work->panel + (size_t)i * r.c.terms);
			out[i] = npum_conv_output(&r.c, &at);
		}
		for (u32 b = r.t.block; b < r.t.block + r.t.blocks; b++)
			block(&r, b, pixels, out);
	}
}
