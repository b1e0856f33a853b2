// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * CONV2D, DEPTHWISE, FULLY_CONNECTED: the C kernels against the formulas of
 * Documentation/isa, and each vector variant against the C kernels, bit by bit.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conv_case.h"
#include "npum_conv.h"
#include "op_case.h"
#include "personality_case.h"
#include "rounding.h"

#define POISON 0xa5
#define SEED 0x5eed0000001ull

static u32 pick(u64 *random, const u32 *from, size_t count)
{
	return from[conv_random(random) % count];
}

/* A shape with everything odd about it, but small. */
static struct conv_shape any_shape(u64 *random)
{
	static const u32 opcodes[] = { VNPU_OP_CONV2D, VNPU_OP_CONV2D, VNPU_OP_DEPTHWISE,
				       VNPU_OP_DEPTHWISE, VNPU_OP_FULLY_CONNECTED };
	static const u32 depths[] = { 1, 2, 3, 4, 5, 8, 16, 17, 24, 31, 32, 63, 64, 65, 96, 130 };
	static const u32 channels[] = { 1,  2,	7,  8,	15, 16,	 17,  24,  32,	33,  48,
					63, 64, 65, 80, 96, 100, 112, 128, 144, 160, 200 };
	struct conv_shape s = { .opcode = pick(random, opcodes, ARRAY_SIZE(opcodes)) };
	bool dense = s.opcode == VNPU_OP_FULLY_CONNECTED;

	s.batch = dense ? 1 : 1 + conv_random(random) % 2;
	s.height = dense ? 1 : 1 + conv_random(random) % 14;
	s.width = 1 + conv_random(random) % 18;
	s.depth = pick(random, depths, ARRAY_SIZE(depths));
	s.channels = pick(random, channels, ARRAY_SIZE(channels));
	if (s.opcode == VNPU_OP_DEPTHWISE)
		s.channels = s.depth * (conv_random(random) % 3 ? 1 : 1 + conv_random(random) % 9);
	for (u32 i = 0; i < 2; i++) {
		bool point = dense || conv_random(random) % 4 == 0;

		s.kernel[i] = point ? 1 : 1 + conv_random(random) % 7;
		s.stride[i] = dense || conv_random(random) % 2 ? 1 : 1 + conv_random(random) % 4;
		s.dilation[i] = dense || conv_random(random) % 3 ? 1 : 1 + conv_random(random) % 3;
		s.pad[i] = conv_random(random) % ((s.kernel[i] - 1) * s.dilation[i] + 1);
	}
	s.gap = conv_random(random) % 2 ? 0 : conv_random(random) % 70;
	s.row_gap = conv_random(random) % 2 ? 0 : conv_random(random) % 70;
	s.in_dtype = conv_random(random) % 2 ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8;
	s.out_dtype = conv_random(random) % 4 ? s.in_dtype : VNPU_DTYPE_UINT8;
	s.symmetric = conv_random(random) % 2;
	s.extreme = conv_random(random) % 4 == 0;
	s.table = conv_random(random) % CONV_TABLES;
	s.personality = personality_case(random);
	return s;
}

/* Run all tiles, last one first when @backwards, and hand out a copy of the output. */
static u8 *run_case(struct conv_case *c, const struct npum_isa *isa, bool backwards)
{
	struct guarded *out = &c->slot[3];
	struct npum_op_plan plan;
	struct guarded scratch;
	u8 *copy;

	c->x.isa = isa;
	npum_op_plan(isa, c->x.personality, &c->op, &plan);
	assert_int_equal(plan.scratch_bytes % NPUM_SCRATCH_ALIGN, 0);
	scratch = guarded_alloc(plan.scratch_bytes);
	memset(out->data, POISON, out->bytes);
	for (u32 i = 0; i < plan.tiles; i++) {
		memset(scratch.data, POISON, scratch.bytes);
		npum_op_run(&c->x, &c->op, backwards ? plan.tiles - 1 - i : i, scratch.data);
	}
	guarded_free(&scratch);
	copy = malloc(out->bytes);
	assert_non_null(copy);
	memcpy(copy, out->data, out->bytes);
	return copy;
}

static void print_case(const struct conv_case *c, const struct conv_shape *s, const char *isa)
{
	const u32 *o = c->op.out.shape;

	print_error("%s: opcode %u in %ux%ux%ux%u out %ux%u kernel %ux%u stride %ux%u dilation "
		    "%ux%u pad %ux%u gap %u dtypes %u %u symmetric %d table %d personality %u\n",
		    isa, s->opcode, s->batch, s->height, s->width, s->depth, o[1] * o[2], o[3],
		    s->kernel[0], s->kernel[1], s->stride[0], s->stride[1], s->dilation[0],
		    s->dilation[1], s->pad[0], s->pad[1], s->gap, s->in_dtype, s->out_dtype,
		    s->symmetric, s->table, s->personality);
}

static void assert_same(const struct conv_case *c, const struct conv_shape *s, const char *isa,
			const u8 *got, const u8 *want)
{
	for (size_t i = 0; i < c->slot[3].bytes; i++) {
		if (got[i] == want[i])
			continue;
		print_case(c, s, isa);
		fail_msg("byte %zu of %zu is %u, not %u", i, c->slot[3].bytes, got[i], want[i]);
	}
}

/* What Documentation/numerics.rst says. */
static enum npum_rounding oracle_rounding(const struct conv_shape *s)
{
	const struct npum_personality *p = personality_case_find(s->personality);

	if (s->opcode == VNPU_OP_FULLY_CONNECTED)
		return p->fully_connected;
	if (s->opcode == VNPU_OP_DEPTHWISE)
		return p->depthwise;
	return s->in_dtype == VNPU_DTYPE_INT8 ? p->conv_signed : p->conv_unsigned;
}

/* @v within @bits bits. */
static s64 oracle_limit(s64 v, u32 bits)
{
	return bits > 62 ? v : clamp(v, -((s64)1 << (bits - 1)), ((s64)1 << (bits - 1)) - 1);
}

/* What the accumulator of width 32..64 makes of a sum of at most 62 bits. */
static s64 oracle_acc(const struct npum_personality *p, s64 v, bool last)
{
	if (p->acc_overflow == NPUM_ACC_SATURATE_EACH ||
	    (last && p->acc_overflow == NPUM_ACC_SATURATE_END))
		return oracle_limit(v, p->acc_bits);
	if (last && p->acc_bits < 63) {
		s64 unit = (s64)1 << p->acc_bits;

		v %= unit;
		v += v < 0 ? unit : 0;
		v -= v >= unit / 2 ? unit : 0;
	}
	return v;
}

static s64 oracle_weight(const struct conv_case *c, const struct conv_shape *s, u32 o, u32 tap,
			 u32 d)
{
	u32 k = tap * s->depth + d;
	size_t groups = DIV_ROUND_UP(s->kernel[0] * s->kernel[1] * s->depth, 4);

	if (s->opcode == VNPU_OP_DEPTHWISE)
		return c->slot[1].data[(size_t)tap * s->channels + o];
	return c->slot[1].data[((o / 16 * groups + k / 4) * 16 + o % 16) * 4 + k % 4];
}

static s64 oracle_code(const struct conv_case *c, u32 n, s64 y, s64 x, u32 d)
{
	const struct vnpu_tensor *in = &c->op.in[0];
	u8 byte;

	if (y < 0 || x < 0 || y >= in->shape[1] || x >= in->shape[2])
		return in->zero_point;
	byte = c->slot[0].data[(size_t)n * in->stride[0] + (size_t)y * in->stride[1] +
			       (size_t)x * in->stride[2] + d];
	return in->dtype == VNPU_DTYPE_INT8 ? (s8)byte : byte;
}

/* Counts into @k as it computes. */
static u8 oracle_output(const struct conv_case *c, const struct conv_shape *s, u32 n, u32 y, u32 x,
			u32 o, const struct op_case *k)
{
	bool depthwise = s->opcode == VNPU_OP_DEPTHWISE;
	const struct npum_personality *p = c->x.personality;
	bool plain = p->acc_bits == 32 && p->acc_overflow == NPUM_ACC_WRAP;
	struct vnpu_requant_block table;
	s32 mult, shift;
	s64 acc, q;

	memcpy(&table, c->slot[2].data + o / 16 * sizeof(table), sizeof(table));
	acc = table.bias[o % 16];
	if (!plain)
		acc = clamp(acc, -((s64)1 << 30), (s64)1 << 30);
	op_count_acc(k, acc, p->acc_bits);
	for (u32 i = 0; i < s->kernel[0]; i++) {
		for (u32 j = 0; j < s->kernel[1]; j++) {
			s64 iy = (s64)y * s->stride[0] + i * s->dilation[0] - s->pad[0];
			s64 ix = (s64)x * s->stride[1] + j * s->dilation[1] - s->pad[1];
			u32 tap = i * s->kernel[1] + j;
			u32 first = depthwise ? o / (s->channels / s->depth) : 0;
			u32 last = depthwise ? first + 1 : s->depth;

			for (u32 d = first; d < last; d++) {
				acc += oracle_code(c, n, iy, ix, d) *
				       (oracle_weight(c, s, o, tap, d) - c->op.in[1].zero_point);
				op_count_acc(k, acc, p->acc_bits);
				acc = plain ? (s32)acc : oracle_acc(p, acc, false);
			}
		}
	}
	acc = oracle_limit(oracle_acc(p, acc, true), 32);
	mult = table.mult[o % 16];
	shift = table.shift[o % 16];
	if (p->bias == NPUM_BIAS_FLOAT) {
		op_count_real_tie(k, rounding_product(acc, mult, shift));
		q = rounding_float(rounding_product(acc, mult, shift));
	} else {
		op_count_ties(k, oracle_rounding(s), acc, mult, clamp(shift, -31, 30));
		q = rounding_requant(oracle_rounding(s), acc, mult, shift);
		q = (s32)(u32)(q + c->op.out.zero_point);
	}
	return (u8)op_count_value(k, q, c->op.p.clamp[0], c->op.p.clamp[1]);
}

static void test_generic_is_the_formula(void **state)
{
	u64 random = SEED;

	(void)state;
	for (u32 round = 0; round < 300; round++) {
		struct npum_op_counters counts = { 0 }, counted;
		const struct op_case oracle = { .counts = &counts };
		struct conv_shape s = any_shape(&random);
		struct npum_counters counters = { 0 };
		struct conv_case c;
		const u32 *shape;
		u8 *got, *want;

		conv_case_init(&c, &s, &random);
		shape = c.op.out.shape;
		want = malloc(c.slot[3].bytes);
		assert_non_null(want);
		memset(want, POISON, c.slot[3].bytes);
		for (u32 i = 0; i < shape[0] * shape[1] * shape[2] * shape[3]; i++) {
			u32 o = i % shape[3], x = i / shape[3] % shape[2];
			u32 y = i / shape[3] / shape[2] % shape[1];
			u32 n = i / shape[3] / shape[2] / shape[1];

			want[n * c.op.out.stride[0] + y * c.op.out.stride[1] +
			     x * c.op.out.stride[2] + o] =
				oracle_output(&c, &s, n, y, x, o, &oracle);
		}
		got = run_case(&c, &npum_isa_generic, false);
		assert_same(&c, &s, "generic", got, want);
		free(got);

		c.x.counters = &counters;
		got = run_case(&c, &npum_isa_counting, true);
		assert_same(&c, &s, "counting", got, want);
		npum_counters_tell(&counters, &counted);
		if (memcmp(&counted, &counts, sizeof(counts)))
			print_case(&c, &s, "counting");
		assert_memory_equal(&counted, &counts, sizeof(counts));
		free(got);
		free(want);
		conv_case_free(&c);
	}
}

/* Every variant that some subset of this CPU's features selects. */
static void assert_variants(struct conv_case *c, const struct conv_shape *s)
{
	u8 *want = run_case(c, &npum_isa_generic, false);
	u32 all = npum_cpu_features();

	for (u32 features = 0; features <= all; features++) {
		const struct npum_isa *isa = npum_isa_select(features);
		u8 *got;

		if (features & ~all)
			continue;
		got = run_case(c, isa, true);
		assert_same(c, s, isa->name, got, want);
		free(got);
	}
	free(want);
}

static void test_variants_are_generic(void **state)
{
	u64 random = SEED + 1;

	(void)state;
	for (u32 round = 0; round < 1500; round++) {
		struct conv_shape s = any_shape(&random);
		struct conv_case c;

		conv_case_init(&c, &s, &random);
		assert_variants(&c, &s);
		conv_case_free(&c);
	}
}

/* Layers of real nets: many tiles, register blocks that are full, chunks of odd length. */
static void test_real_layers(void **state)
{
	static const struct conv_shape layers[] = {
		{ VNPU_OP_CONV2D, 1, 96, 96, 3, 32, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 } },
		{ VNPU_OP_CONV2D, 1, 7, 7, 320, 1280, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 0 } },
		{ VNPU_OP_CONV2D, 1, 28, 28, 64, 144, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 } },
		{ VNPU_OP_CONV2D, 1, 9, 9, 960, 160, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 0 } },
		{ VNPU_OP_DEPTHWISE, 1, 56, 56, 144, 144, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 } },
		{ VNPU_OP_DEPTHWISE, 1, 28, 28, 192, 192, { 5, 5 }, { 1, 1 }, { 1, 1 }, { 2, 2 } },
		{ VNPU_OP_FULLY_CONNECTED, 1, 1, 1, 1280, 1001, { 1, 1 }, { 1, 1 }, { 1, 1 } },
		{ VNPU_OP_FULLY_CONNECTED, 1, 1, 5, 9000, 70, { 1, 1 }, { 1, 1 }, { 1, 1 } },
	};
	static const u32 dtypes[] = { VNPU_DTYPE_INT8, VNPU_DTYPE_UINT8 };
	u64 random = SEED + 2;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		for (u32 kind = 0; kind < 2 * CONV_TABLES; kind++) {
			struct conv_shape s = layers[i];
			struct conv_case c;

			s.in_dtype = dtypes[kind % 2];
			s.out_dtype = s.in_dtype;
			s.table = kind / 2;
			s.symmetric = kind % 3 == 0;
			s.personality = personality_case(&random);
			conv_case_init(&c, &s, &random);
			assert_variants(&c, &s);
			conv_case_free(&c);
		}
	}
}

/* The kernel that counts adds term by term; the others do only where sums might leave 32 bits. */
static void assert_counting(struct conv_case *c, const struct conv_shape *s)
{
	u8 *want = run_case(c, &npum_isa_generic, false), *got;
	struct npum_counters counters = { 0 };

	c->x.counters = &counters;
	got = run_case(c, &npum_isa_counting, false);
	assert_same(c, s, "counting", got, want);
	free(got);
	free(want);
}

/* The sums on both sides of what the short requantisation and 32 bits may take. */
static void test_largest_sums(void **state)
{
	static const s32 biases[] = { -(1 << 30), -(1 << 29), 1 << 29, 1 << 30 };
	u64 random = SEED + 3;

	(void)state;
	for (u32 round = 0; round < 64; round++) {
		struct conv_shape s = {
			VNPU_OP_CONV2D,
			1,
			1,
			3,
			(u32[]){ 8192, 16000, 17000 }[round % 3],
			40,
			{ 1, 1 },
			{ 1, 1 },
			{ 1, 1 },
			.in_dtype = VNPU_DTYPE_UINT8,
			.out_dtype = round % 2 ? VNPU_DTYPE_UINT8 : VNPU_DTYPE_INT8,
			.table = CONV_TABLE_EDGE,
			.personality = personality_case(&random),
		};
		struct conv_case c;

		conv_case_init(&c, &s, &random);
		c.op.in[1].zero_point = round & 8 ? 255 : 0;
		memset(c.slot[0].data, 255, c.slot[0].bytes);
		memset(c.slot[1].data, round & 8 ? 0 : 255, c.slot[1].bytes);
		for (u32 b = 0; b < 3; b++)
			memcpy(c.slot[2].data + b * sizeof(struct vnpu_requant_block),
			       &biases[round / 16], sizeof(biases[0]));
		assert_variants(&c, &s);
		assert_counting(&c, &s);
		conv_case_free(&c);
	}
}

/*
 * Sums at ties and next to them, below and above zero, in each personality: with weights at their
 * zero point sums are biases, and k * 2^(30 + r - t) times an odd multiplier times 2^t is halfway
 * between two codes for odd k.
 */
static void test_ties(void **state)
{
	static const u32 opcodes[] = { VNPU_OP_CONV2D, VNPU_OP_DEPTHWISE, VNPU_OP_FULLY_CONNECTED };
	const struct npum_personality_set *set = personality_cases();
	u64 random = SEED + 5;

	(void)state;
	for (u32 round = 0; round < set->count * 6; round++) {
		struct conv_shape s = {
			opcodes[round % 3],
			1,
			1,
			13,
			80,
			80,
			{ 1, 1 },
			{ 1, 1 },
			{ 1, 1 },
			.in_dtype = round % 2 ? VNPU_DTYPE_UINT8 : VNPU_DTYPE_INT8,
			.out_dtype = round % 2 ? VNPU_DTYPE_UINT8 : VNPU_DTYPE_INT8,
			.personality = set->at[round / 6].id,
		};
		struct conv_case c;

		conv_case_init(&c, &s, &random);
		memset(c.slot[1].data, c.op.in[1].zero_point, c.slot[1].bytes);
		c.op.out.zero_point = op_between(&random, -3, 3) + 64;
		c.op.p.clamp[0] = round % 2 ? 0 : -128;
		c.op.p.clamp[1] = round % 2 ? 255 : 127;
		for (u32 o = 0; o < s.channels; o++) {
			struct vnpu_requant_block *table = (void *)c.slot[2].data;
			u32 t = (u32)op_between(&random, 24, 30), i = o % VNPU_CHANNEL_BLOCK;
			s32 r = op_between(&random, 1, (s32)t - 6);
			u32 odd = (1u << (30 - t)) + conv_random(&random) % (1u << (30 - t));
			s32 k = op_between(&random, -20, 20);

			table += o / VNPU_CHANNEL_BLOCK;
			table->mult[i] = (s32)((odd | 1) << t);
			table->shift[i] = -r;
			table->bias[i] = k * (1 << (30 + r - (s32)t)) + op_between(&random, -1, 1);
		}
		/* those round to even in binary32, where these tables mean something else */
		if (npum_op_rounding(c.x.personality, &c.op) != NPUM_ROUND_FLOAT)
			assert_variants(&c, &s);
		conv_case_free(&c);
	}
}

/* The dearest op that the validator lets through still has short tiles and little scratch. */
static void test_tiles_are_short(void **state)
{
	static const struct conv_shape shapes[] = {
		{ VNPU_OP_FULLY_CONNECTED, 1, 1, 1, NPUM_CONV_MAX_TERMS, 64, { 1, 1 }, { 1, 1 } },
		{ VNPU_OP_CONV2D, 1, 40, 40, 512, 512, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 } },
		{ VNPU_OP_CONV2D, 1, 1, 20000, 1, 16, { 1, 1 }, { 1, 1 }, { 1, 1 } },
		{ VNPU_OP_DEPTHWISE, 1, 112, 112, 96, 96, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 } },
	};
	u64 random = SEED + 4;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		struct conv_shape s = shapes[i];
		struct npum_op_plan plan;
		struct conv_case c;

		s.in_dtype = VNPU_DTYPE_INT8;
		s.out_dtype = VNPU_DTYPE_INT8;
		s.personality = VNPU_PERSONALITY_TFLITE_REF;
		if (!s.dilation[0])
			s.dilation[0] = s.dilation[1] = 1;
		conv_case_init(&c, &s, &random);
		npum_op_plan(&npum_isa_generic, c.x.personality, &c.op, &plan);
		assert_true(npum_op_macs(&c.op) / plan.tiles <= 4200000);
		assert_true(plan.scratch_bytes <= 512 * 1024);
		conv_case_free(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generic_is_the_formula),
		cmocka_unit_test(test_variants_are_generic),
		cmocka_unit_test(test_real_layers),
		cmocka_unit_test(test_largest_sums),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_tiles_are_short),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("conv", tests, NULL, NULL);
}
