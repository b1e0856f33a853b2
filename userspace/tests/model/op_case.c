// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "op_case.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "personality_case.h"
#include "rounding.h"

#define ALIGN 64u

s32 op_between(u64 *random, s32 low, s32 high)
{
	return (s32)(low + (s64)(conv_random(random) % ((u32)((s64)high - low) + 1)));
}

void op_begin(struct op_case *c, u32 opcode, u64 *random)
{
	*c = (struct op_case){
		.op = { .opcode = opcode },
		.personality = personality_case(random),
		.random = random,
	};
}

const struct npum_personality *op_personality(const struct op_case *c)
{
	return personality_case_find(c->personality);
}

/* What Documentation/numerics.rst says of the ops here. */
static enum npum_rounding rounding_of(const struct op_case *c)
{
	const struct npum_personality *p = op_personality(c);

	switch (c->op.opcode) {
	case VNPU_OP_ADD:
	case VNPU_OP_SUB:
	case VNPU_OP_ADD_I16:
	case VNPU_OP_SUB_I16:
		return p->add;
	case VNPU_OP_MUL:
	case VNPU_OP_MUL_I16:
		return p->mul;
	case VNPU_OP_MEAN:
	case VNPU_OP_MEAN_I16:
		return p->mean;
	default:
		return p->requant;
	}
}

static struct vnpu_tensor *operand_of(struct op_case *c, u32 operand)
{
	return operand == OP_OUT ? &c->op.out : &c->op.in[operand];
}

static s32 random_zero_point(u32 dtype, u64 *random)
{
	if (npum_dtype_size(dtype) > 1)
		return 0;
	return dtype == VNPU_DTYPE_INT8 ? op_between(random, -128, 127) :
					  op_between(random, 0, 255);
}

/* A slot whose last byte is the operand's, in front of the guard page. */
static void place(struct op_case *c, u32 operand, u32 extent)
{
	struct vnpu_tensor *t = operand_of(c, operand);
	u32 bytes = round_up(extent, ALIGN);

	t->slot = operand;
	t->offset = bytes - extent;
	c->slot[operand] = guarded_alloc(bytes);
	for (u32 i = 0; i < bytes; i++)
		c->slot[operand].data[i] = (u8)(conv_random(c->random) >> 24);
}

void op_tensor(struct op_case *c, u32 operand, u32 dtype, const u32 shape[4], bool broadcast)
{
	struct vnpu_tensor *t = operand_of(c, operand);
	u32 size = npum_dtype_size(dtype);
	u32 extent = size, dense = size;

	t->dtype = (u8)dtype;
	t->zero_point = random_zero_point(dtype, c->random);
	for (u32 i = 4; i-- > 0;) {
		bool gap = i < 3 && conv_random(c->random) % 4 == 0;
		bool repeat = broadcast && conv_random(c->random) % 4 == 0;

		t->shape[i] = shape[i];
		t->stride[i] = repeat ? 0 : dense + (gap ? size * (conv_random(c->random) % 5) : 0);
		extent += (shape[i] - 1) * t->stride[i];
		dense = max(dense, shape[i] * t->stride[i]);
	}
	place(c, operand, extent);
}

void op_packed(struct op_case *c, u32 operand, u32 dtype, u32 layout, const u32 shape[4], u32 bytes)
{
	struct vnpu_tensor *t = operand_of(c, operand);

	*t = (struct vnpu_tensor){ .dtype = (u8)dtype, .layout = (u8)layout };
	memcpy(t->shape, shape, sizeof(t->shape));
	place(c, operand, round_up(bytes, ALIGN));
}

void op_extreme(struct op_case *c, u32 operand)
{
	static const s16 words[] = { -32768, 32767, -32768, 32767, 0, -1, 1, -32767 };
	const struct vnpu_tensor *t = operand_of(c, operand);
	u32 size = npum_dtype_size(t->dtype);

	for (size_t i = t->offset; i + size <= c->slot[operand].bytes; i += size) {
		s16 word = words[conv_random(c->random) % ARRAY_SIZE(words)];
		s8 byte = (s8)clamp(word, (s16)-128, (s16)127);

		memcpy(c->slot[operand].data + i, size == 1 ? (void *)&byte : &word, size);
	}
}

void op_lut(struct op_case *c)
{
	c->op.in[1] = (struct vnpu_tensor){
		.dtype = VNPU_DTYPE_UINT8,
		.layout = VNPU_LAYOUT_LUT,
		.shape = { 1, 1, 1, VNPU_LUT_ENTRIES },
	};
	place(c, 1, VNPU_LUT_ENTRIES);
}

void op_lut_pair(struct op_case *c)
{
	c->op.in[2] = (struct vnpu_tensor){
		.dtype = VNPU_DTYPE_INT8,
		.layout = VNPU_LAYOUT_LUT_PAIR,
		.shape = { 1, 1, 1, VNPU_LUT_PAIR_ENTRIES },
	};
	place(c, 2, VNPU_LUT_PAIR_ENTRIES);
}

void op_lut_real(struct op_case *c, double step)
{
	c->op.in[1] = (struct vnpu_tensor){
		.dtype = VNPU_DTYPE_FLOAT32,
		.layout = VNPU_LAYOUT_LUT,
		.shape = { 1, 1, 1, VNPU_LUT_ENTRIES },
	};
	place(c, 1, VNPU_LUT_ENTRIES * sizeof(float));
	for (u32 d = 0; d < VNPU_LUT_ENTRIES; d++) {
		float v = (float)exp(-step * d);

		memcpy(c->slot[1].data + c->op.in[1].offset + d * sizeof(v), &v, sizeof(v));
	}
}

void op_in_place(struct op_case *c, u32 dtype)
{
	c->op.out = c->op.in[0];
	c->op.out.dtype = (u8)dtype;
	c->op.out.zero_point = random_zero_point(dtype, c->random);
}

void op_clamp(struct op_case *c)
{
	u32 bits = 8 * npum_dtype_size(c->op.out.dtype);
	s64 most = ((s64)1 << bits) - 1, step = most / 255;
	s64 lowest = c->op.out.dtype == VNPU_DTYPE_UINT8 ? 0 : -((s64)1 << (bits - 1));
	bool narrow = conv_random(c->random) % 3 == 0;

	c->op.p.clamp[0] = (s32)(lowest + (narrow ? step * op_between(c->random, 0, 100) : 0));
	c->op.p.clamp[1] = (s32)(lowest + (narrow ? step * op_between(c->random, 100, 255) : most));
}

void op_rescale(struct op_case *c, u32 i)
{
	bool limit = conv_random(c->random) % 8 == 0;
	float factor;

	if (rounding_of(c) == NPUM_ROUND_FLOAT) {
		/* now and then a huge number, an infinite one or none */
		factor = (float)ldexp(op_between(c->random, 1 << 20, 1 << 21),
				      op_between(c->random, -30, -20));
		memcpy(&c->op.p.mult[i], &factor, sizeof(factor));
		if (limit)
			c->op.p.mult[i] = op_between(c->random, 0, S32_MAX);
		return;
	}
	c->op.p.mult[i] = op_between(c->random, limit ? 0 : 1 << 30, S32_MAX);
	c->op.p.shift[i] = limit ? op_between(c->random, -31, 30) : op_between(c->random, -9, 1);
}

void op_rescale_by(struct op_case *c, u32 i, double factor)
{
	s64 mult = llround(ldexp(frexp(factor, &c->op.p.shift[i]), 31));
	float narrow = (float)factor;

	if (rounding_of(c) == NPUM_ROUND_FLOAT) {
		memcpy(&c->op.p.mult[i], &narrow, sizeof(narrow));
		c->op.p.shift[i] = 0;
		return;
	}
	if (mult > S32_MAX) {
		mult /= 2;
		c->op.p.shift[i]++;
	}
	c->op.p.mult[i] = (s32)mult;
}

s64 op_read(const struct op_case *c, u32 operand, u32 n, u32 h, u32 w, u32 ch)
{
	const struct vnpu_tensor *t = operand == OP_OUT ? &c->op.out : &c->op.in[operand];
	const u8 *p = c->before[t->slot] + t->offset + (size_t)n * t->stride[0] +
		      (size_t)h * t->stride[1] + (size_t)w * t->stride[2] +
		      (size_t)ch * t->stride[3];
	u32 word;
	s16 half;
	s32 code;

	switch (t->dtype) {
	case VNPU_DTYPE_INT8:
		return (s8)*p;
	case VNPU_DTYPE_UINT8:
		return *p;
	case VNPU_DTYPE_INT16:
		memcpy(&half, p, sizeof(half));
		return half;
	case VNPU_DTYPE_INT32:
		memcpy(&code, p, sizeof(code));
		return code;
	default:
		memcpy(&word, p, sizeof(word));
		return word;
	}
}

s64 op_count_value(const struct op_case *c, s64 v, s64 low, s64 high)
{
	if (c->counts) {
		c->counts->values++;
		c->counts->clamped_low += v < low;
		c->counts->clamped_high += v > high;
	}
	return clamp(v, low, high);
}

void op_count_tie(const struct op_case *c, __int128 n, __int128 d)
{
	__int128 rest = (n < 0 ? -n : n) % d;

	if (c->counts)
		c->counts->ties += 2 * rest == d;
}

void op_count_real_tie(const struct op_case *c, double v)
{
	if (c->counts && fabs(v) < 65536)
		c->counts->ties += fmod(fabs(v), 1) == 0.5;
}

void op_count_acc(const struct op_case *c, __int128 sum, u32 width)
{
	const __int128 one = 1;
	u32 bits = 1;

	if (!c->counts)
		return;
	while (sum < -(one << (bits - 1)) || sum >= one << (bits - 1))
		bits++;
	/* as far as counters tell */
	c->counts->acc_bits = max(c->counts->acc_bits, min(bits, 64u));
	c->counts->overflows += bits > width;
}

void op_count_ties(const struct op_case *c, enum npum_rounding rounding, s64 v, s32 mult, s32 shift)
{
	float factor;

	switch (rounding) {
	case NPUM_ROUND_FLOAT:
		memcpy(&factor, &mult, sizeof(factor));
		op_count_real_tie(c, (double)((float)v * factor));
		break;
	case NPUM_ROUND_DOUBLE:
	case NPUM_ROUND_DOUBLE_UP:
		v = (s32)(u32)((u64)v << max(shift, 0));
		op_count_tie(c, (__int128)v * mult, (__int128)1 << 31);
		if (shift < 0)
			op_count_tie(c, rounding_requant(rounding, v, mult, 0),
				     (__int128)1 << -shift);
		break;
	case NPUM_ROUND_TRUNCATE:
	case NPUM_ROUND_FLOOR:
		break;
	default:
		op_count_tie(c, (__int128)v * mult, (__int128)1 << (31 - shift));
	}
}

s64 op_requant(const struct op_case *c, s64 v, s32 mult, s32 shift)
{
	op_count_ties(c, rounding_of(c), v, mult, shift);
	return rounding_requant(rounding_of(c), v, mult, shift);
}

s64 op_requant_wide(const struct op_case *c, enum npum_rounding rounding, s64 v, s32 mult,
		    s32 shift)
{
	s32 tame = clamp(shift, -31, 30);

	if (rounding == NPUM_ROUND_DOUBLE || rounding == NPUM_ROUND_DOUBLE_UP) {
		op_count_tie(c, (__int128)v * mult, (__int128)1 << (31 - max(tame, 0)));
		if (tame < 0)
			op_count_tie(c, rounding_high(v, mult, tame), (__int128)1 << -tame);
	} else {
		op_count_ties(c, rounding, v, mult, tame);
	}
	return rounding_wide(rounding, v, mult, shift);
}

s64 op_limit(const struct op_case *c, s64 v)
{
	v = (s32)(u32)(u64)(v + c->op.out.zero_point);
	return op_count_value(c, v, c->op.p.clamp[0], c->op.p.clamp[1]);
}

static void write_output(const struct op_case *c, u8 *slot, const u32 at[4], s64 value)
{
	const struct vnpu_tensor *t = &c->op.out;
	u8 *p = slot + t->offset;
	u32 word = (u32)(u64)value;

	for (u32 i = 0; i < 4; i++)
		p += (size_t)at[i] * t->stride[i];
	memcpy(p, &word, npum_dtype_size(t->dtype));
}

static void write_expected(const struct op_case *c, u8 *slot, op_reference_fn *reference)
{
	const u32 *shape = c->op.out.shape;
	u32 at[4];

	for (at[0] = 0; at[0] < shape[0]; at[0]++)
		for (at[1] = 0; at[1] < shape[1]; at[1]++)
			for (at[2] = 0; at[2] < shape[2]; at[2]++)
				for (at[3] = 0; at[3] < shape[3]; at[3]++)
					write_output(c, slot, at, reference(c, at));
}

/* The op as a whole program with a slot for each operand. */
struct single {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slot[OP_SLOTS];
	struct vnpu_op op;
};

static void wrap(const struct op_case *c, struct single *p)
{
	*p = (struct single){
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = sizeof(*p),
			.personality = c->personality,
			.slot_offset = offsetof(struct single, slot),
			.slot_count = OP_SLOTS,
			.slot_size = sizeof(struct vnpu_slot_desc),
			.op_offset = offsetof(struct single, op),
			.op_count = 1,
			.op_size = sizeof(struct vnpu_op),
		},
		.op = c->op,
	};
	for (u32 i = 0; i < OP_SLOTS; i++) {
		p->slot[i].kind = i == c->op.out.slot ? VNPU_SLOT_TEMP : VNPU_SLOT_INPUT;
		p->slot[i].bytes = (u32)c->slot[i].bytes;
	}
}

static void run(const struct op_case *c, const struct npum_program *prog,
		const struct npum_isa *isa, struct npum_counters *counters)
{
	struct npum_exec x = {
		.isa = isa,
		.personality = prog->personality,
		.counters = counters,
	};
	struct guarded scratch = guarded_alloc(round_up(prog->scratch_bytes, NPUM_SCRATCH_ALIGN));
	struct npum_op_plan plan;

	for (u32 i = 0; i < OP_SLOTS; i++)
		x.slot[i] = c->slot[i].data;
	npum_op_plan(isa, prog->personality, prog->ops, &plan);
	assert_true(plan.tiles >= 1);
	assert_true(plan.scratch_bytes <= prog->scratch_bytes);
	/* Backwards: tiles must not lean on each other's order or scratch. */
	for (u32 tile = plan.tiles; tile-- > 0;) {
		memset(scratch.data, 0xa5, scratch.bytes);
		npum_op_run(&x, prog->ops, tile, scratch.data);
	}
	guarded_free(&scratch);
}

static void compare(const struct op_case *c, const char *isa, const u8 *expected)
{
	const struct guarded *slot = &c->slot[c->op.out.slot];

	for (size_t i = 0; i < slot->bytes; i++)
		if (slot->data[i] != expected[i])
			fail_msg(
				"%s on %s, personality %u: byte %zu of the output slot (operand at %u) "
				"is %u, not %u; shape %u %u %u %u",
				npum_op_info(c->op.opcode)->name, isa, c->personality, i,
				c->op.out.offset, slot->data[i], expected[i], c->op.out.shape[0],
				c->op.out.shape[1], c->op.out.shape[2], c->op.out.shape[3]);
}

static bool has_counting_kernel(u32 opcode)
{
	for (const struct npum_isa_kernel *k = npum_isa_counting.kernels; k->opcode; k++)
		if (k->opcode == opcode)
			return true;
	return false;
}

/* The same output, and the counts of the reference: values, seven more and the bits. */
static void check_counters(struct op_case *c, const struct npum_program *prog, const u8 *expected,
			   const struct npum_op_counters *want)
{
	struct npum_counters counters = { 0 };
	struct npum_op_counters got;

	run(c, prog, &npum_isa_counting, &counters);
	compare(c, "counting", expected);
	npum_counters_tell(&counters, &got);
	if (c->uncounted || !(c->counted || has_counting_kernel(c->op.opcode)) ||
	    !memcmp(&got, want, sizeof(got)))
		return;
	for (size_t i = 0; i < sizeof(got) / sizeof(u64); i++)
		print_error("counter %zu: %llu, not %llu\n", i, ((unsigned long long *)&got)[i],
			    ((const unsigned long long *)want)[i]);
	fail_msg("%s, personality %u: wrong counters", npum_op_info(c->op.opcode)->name,
		 c->personality);
}

void op_check(struct op_case *c, op_reference_fn *reference)
{
	static const char *const isas[] = { "generic", "avx2", "avx512vnni" };
	struct npum_op_counters counts = { 0 };
	u32 out = c->op.out.slot;
	struct npum_program prog;
	struct npum_refusal why;
	struct single program;
	u8 *expected;

	for (u32 i = 0; i < OP_SLOTS; i++) {
		c->before[i] = malloc(c->slot[i].bytes + 1);
		assert_non_null(c->before[i]);
		if (c->slot[i].bytes)
			memcpy(c->before[i], c->slot[i].data, c->slot[i].bytes);
	}

	wrap(c, &program);
	if (npum_program_validate(&program, sizeof(program), personality_cases(), &prog, &why))
		fail_msg("%s refused: %s, field %d", npum_op_info(c->op.opcode)->name,
			 npum_refusal_text(why.reason), (int)why.field);

	expected = malloc(c->slot[out].bytes);
	assert_non_null(expected);
	memcpy(expected, c->before[out], c->slot[out].bytes);
	c->counts = &counts;
	write_expected(c, expected, reference);
	c->counts = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(isas); i++) {
		const struct npum_isa *isa = npum_isa_by_name(isas[i], npum_cpu_features());

		if (!isa)
			continue;
		memcpy(c->slot[out].data, c->before[out], c->slot[out].bytes);
		run(c, &prog, isa, NULL);
		compare(c, isas[i], expected);
	}
	memcpy(c->slot[out].data, c->before[out], c->slot[out].bytes);
	check_counters(c, &prog, expected, &counts);

	free(expected);
	for (u32 i = 0; i < OP_SLOTS; i++) {
		free(c->before[i]);
		if (c->slot[i].map)
			guarded_free(&c->slot[i]);
	}
}
