// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "conv_case.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "npum_personality.h"
#include "personality_case.h"

struct guarded guarded_alloc(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inner = (bytes + page - 1) / page * page;
	struct guarded g = { .map_bytes = inner + 2 * page, .bytes = bytes };

	g.map = mmap(NULL, g.map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g.map == MAP_FAILED ||
	    (inner && mprotect((u8 *)g.map + page, inner, PROT_READ | PROT_WRITE)))
		abort();
	g.data = (u8 *)g.map + page + inner - bytes;
	return g;
}

void guarded_free(struct guarded *g)
{
	munmap(g->map, g->map_bytes);
}

u32 conv_random(u64 *state)
{
	/* xorshift64*, Vigna 2016 */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (u32)((*state * 0x2545f4914f6cdd1dull) >> 32);
}

static s32 between(u64 *random, s32 low, s32 high)
{
	return low + (s32)(conv_random(random) % ((u32)(high - low) + 1));
}

static s32 any_code(u32 dtype, u64 *random)
{
	return dtype == VNPU_DTYPE_INT8 ? between(random, -128, 127) : between(random, 0, 255);
}

static void fill_bytes(struct guarded *g, bool extreme, u64 *random)
{
	for (size_t i = 0; i < g->bytes; i++) {
		u32 r = conv_random(random);

		/* 0x80 and 0x7f are the extremes of int8, 0x00 and 0xff those of uint8 */
		g->data[i] = extreme ? (u8[]){ 0x80, 0x7f, 0x00, 0xff }[r % 4] : (u8)(r >> 24);
	}
}

/* The limits of tables that the vector kernels treat specially, see npum_avx512.h. */
static const s32 edge_bias[] = { -(1 << 29), -1, 0, 1, 1 << 29 };
static const s32 edge_mult[] = { 0, 1, 1 << 29, 1 << 30, S32_MAX - 1, S32_MAX };

static void table_entry(enum conv_table kind, u64 *random, s32 *bias, s32 *mult, s32 *shift)
{
	*bias = between(random, -20000, 20000);
	*mult = between(random, 1 << 30, S32_MAX - 1);
	*shift = between(random, -11, -4);
	switch (kind) {
	case CONV_TABLE_TIES:
		*mult = 1 << 30;
		*shift = between(random, -12, 0);
		break;
	case CONV_TABLE_LEFT:
		*shift = between(random, -3, 6);
		break;
	case CONV_TABLE_EDGE:
		*bias = edge_bias[conv_random(random) % ARRAY_SIZE(edge_bias)];
		*mult = edge_mult[conv_random(random) % ARRAY_SIZE(edge_mult)];
		*shift = between(random, -20, conv_random(random) % 2 ? 0 : -1);
		break;
	case CONV_TABLE_HOSTILE:
		*bias = (s32)conv_random(random);
		/* where sums wrap */
		if (*bias % 4 == 0)
			*bias = *bias < 0 ? S32_MIN : S32_MAX;
		*mult = conv_random(random) % 4 ? (s32)conv_random(random) : S32_MIN;
		*shift = conv_random(random) % 4 ? between(random, -40, 40) :
						   (s32)conv_random(random);
		break;
	default:
		break;
	}
}

/*
 * mult * 2^(shift - 31) as the bits of a binary32, and an offset in place of shift where the
 * personality has one; hostile tables are any bits already.
 */
static void to_factors(struct vnpu_requant_block *block, bool offset)
{
	for (u32 i = 0; i < VNPU_CHANNEL_BLOCK; i++) {
		float factor = (float)ldexp(block->mult[i], block->shift[i] - 31);
		float small = (float)(block->bias[i] % 1000) / 8;

		memcpy(&block->mult[i], &factor, sizeof(factor));
		if (offset)
			memcpy(&block->shift[i], &small, sizeof(small));
	}
}

static void fill_table(struct guarded *g, const struct conv_shape *s, const struct vnpu_op *op,
		       u64 *random)
{
	const struct npum_personality *p = personality_case_find(s->personality);
	enum conv_table kind = s->table;

	for (size_t b = 0; b < g->bytes / sizeof(struct vnpu_requant_block); b++) {
		struct vnpu_requant_block block;
		u32 odd = conv_random(random) % VNPU_CHANNEL_BLOCK;
		u32 i;

		for (i = 0; i < VNPU_CHANNEL_BLOCK; i++)
			table_entry(kind, random, &block.bias[i], &block.mult[i], &block.shift[i]);
		/* every other block has one lane just beyond an edge */
		if (kind == CONV_TABLE_EDGE && b % 2) {
			s32 *field[] = { &block.bias[odd], &block.bias[odd], &block.mult[odd],
					 &block.shift[odd], &block.shift[odd] };
			const s32 beyond[] = { 1 << 30, -(1 << 30), -1, between(random, -31, -21),
					       1 };

			i = conv_random(random) % ARRAY_SIZE(beyond);
			*field[i] = beyond[i];
		}
		if (npum_op_rounding(p, op) == NPUM_ROUND_FLOAT && kind != CONV_TABLE_HOSTILE)
			to_factors(&block, p->bias == NPUM_BIAS_FLOAT);
		memcpy(g->data + b * sizeof(block), &block, sizeof(block));
	}
}

/* Dense strides with gaps; returns the bytes of the operand. */
static size_t set_strides(struct vnpu_tensor *t, const struct conv_shape *s)
{
	t->stride[3] = 1;
	t->stride[2] = t->shape[3] + s->gap;
	t->stride[1] = t->shape[2] * t->stride[2] + s->row_gap;
	t->stride[0] = t->shape[1] * t->stride[1];
	return (size_t)(t->shape[0] - 1) * t->stride[0] + (t->shape[1] - 1) * t->stride[1] +
	       (t->shape[2] - 1) * t->stride[2] + t->shape[3];
}

static u32 out_size(const struct conv_shape *s, u32 axis, u32 size)
{
	u32 window = (s->kernel[axis] - 1) * s->dilation[axis] + 1;
	u32 padded = size + 2 * s->pad[axis];

	return padded < window ? 1 : (padded - window) / s->stride[axis] + 1;
}

static size_t set_weights(struct vnpu_tensor *w, const struct conv_shape *s)
{
	size_t terms = (size_t)s->kernel[0] * s->kernel[1];

	w->layout = s->opcode == VNPU_OP_DEPTHWISE ? VNPU_LAYOUT_DEPTHWISE : VNPU_LAYOUT_WEIGHTS;
	w->shape[1] = s->kernel[0];
	w->shape[2] = s->kernel[1];
	if (s->opcode == VNPU_OP_DEPTHWISE) {
		w->shape[0] = 1;
		w->shape[3] = s->channels;
		return terms * s->channels;
	}
	w->shape[0] = s->channels;
	w->shape[3] = s->depth;
	return (size_t)round_up(s->channels, VNPU_CHANNEL_BLOCK) *
	       round_up(terms * s->depth, VNPU_DOT_BLOCK);
}

static void set_params(struct vnpu_op *op, const struct conv_shape *s, u64 *random)
{
	s32 a = any_code(s->out_dtype, random);
	s32 b = any_code(s->out_dtype, random);
	bool full = conv_random(random) % 2;

	op->p.clamp[0] = full ? (s->out_dtype == VNPU_DTYPE_INT8 ? -128 : 0) : min(a, b);
	op->p.clamp[1] = full ? (s->out_dtype == VNPU_DTYPE_INT8 ? 127 : 255) : max(a, b);
	if (s->opcode == VNPU_OP_FULLY_CONNECTED)
		return;
	memcpy(op->p.kernel, s->kernel, sizeof(s->kernel));
	memcpy(op->p.stride, s->stride, sizeof(s->stride));
	memcpy(op->p.dilation, s->dilation, sizeof(s->dilation));
	memcpy(op->p.pad, s->pad, sizeof(s->pad));
}

void conv_case_init(struct conv_case *c, const struct conv_shape *s, u64 *random)
{
	struct vnpu_op *op = &c->op;
	size_t bytes[CONV_SLOTS];
	u32 blocks = DIV_ROUND_UP(s->channels, VNPU_CHANNEL_BLOCK);

	*op = (struct vnpu_op){ .opcode = s->opcode };
	op->in[0] = (struct vnpu_tensor){
		.dtype = (u8)s->in_dtype,
		.zero_point = any_code(s->in_dtype, random),
		.shape = { s->batch, s->height, s->width, s->depth },
	};
	op->in[1] = (struct vnpu_tensor){
		.slot = 1,
		.dtype = VNPU_DTYPE_UINT8,
		.zero_point = s->symmetric ? 128 : any_code(VNPU_DTYPE_UINT8, random),
	};
	op->in[2] = (struct vnpu_tensor){
		.slot = 2,
		.dtype = VNPU_DTYPE_INT32,
		.layout = VNPU_LAYOUT_REQUANT,
		.shape = { 1, 1, 1, s->channels },
	};
	op->out = (struct vnpu_tensor){
		.slot = 3,
		.dtype = (u8)s->out_dtype,
		.zero_point = any_code(s->out_dtype, random),
		.shape = { s->batch, out_size(s, 0, s->height), out_size(s, 1, s->width),
			   s->channels },
	};
	set_params(op, s, random);

	bytes[0] = set_strides(&op->in[0], s);
	bytes[1] = set_weights(&op->in[1], s);
	bytes[2] = blocks * sizeof(struct vnpu_requant_block);
	bytes[3] = set_strides(&op->out, s);
	c->x = (struct npum_exec){ .personality = personality_case_find(s->personality) };
	for (u32 i = 0; i < CONV_SLOTS; i++) {
		c->slot[i] = guarded_alloc(bytes[i]);
		c->x.slot[i] = c->slot[i].data;
	}
	fill_bytes(&c->slot[0], s->extreme, random);
	fill_bytes(&c->slot[1], s->extreme, random);
	fill_table(&c->slot[2], s, op, random);
}

void conv_case_free(struct conv_case *c)
{
	for (u32 i = 0; i < CONV_SLOTS; i++)
		guarded_free(&c->slot[i]);
}
