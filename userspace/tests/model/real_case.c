// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "real_case.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ALIGN 64u

u32 real_between(u64 *random, u32 low, u32 high)
{
	return low + conv_random(random) % (high - low + 1);
}

static bool is_real(u32 dtype)
{
	return dtype == VNPU_DTYPE_FLOAT32 || dtype == VNPU_DTYPE_FLOAT16;
}

u32 real_bits(double v)
{
	float f = (float)v;
	u32 bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

void real_begin(struct real_case *c, u32 opcode, u64 *random)
{
	memset(c, 0, sizeof(*c));
	c->op.opcode = opcode;
	c->random = random;
	c->set.count = 1;
	c->set.at[0] = npum_builtin_set()->at[0];
	c->set.at[0].set = &c->set;
}

void real_fields(struct real_case *c)
{
	struct npum_personality *p = &c->set.at[0];

	p->real_type = conv_random(c->random) % 2;
	p->real_acc = conv_random(c->random) % 3;
	p->real_width = conv_random(c->random) % 2 ? 1 : real_between(c->random, 2, 32);
	p->real_order = conv_random(c->random) % 3;
	p->real_fused = conv_random(c->random) % 2;
	p->real_block = conv_random(c->random) % 2 ? 0 : real_between(c->random, 1, 64);
	p->real_subnormals = conv_random(c->random) % 2;
	p->real_round = conv_random(c->random) % 2;
	p->real_overflow = conv_random(c->random) % 2;
}

static struct vnpu_tensor *operand_of(struct real_case *c, u32 operand)
{
	return operand == REAL_OUT ? &c->op.out : &c->op.in[operand];
}

/* Exact: the nearest multiple of the last place of a number of that size. */
static double to_half(double v, bool truncate)
{
	int e;

	if (!(fabs(v) < INFINITY) || v == 0)
		return v;
	frexp(v, &e);
	e = max(e - 11, -24);
	v = ldexp(v, -e);
	v = truncate ? trunc(v) : nearbyint(v);
	v = ldexp(v, e);
	return fabs(v) >= 65536 ? copysign(INFINITY, v) : v;
}

double real_round(const struct real_case *c, bool half, double v)
{
	const struct npum_personality *p = &c->set.at[0];
	double least = half ? 0x1p-14 : 0x1p-126;

	if (!half)
		v = (double)(float)v;
	else
		v = to_half(v, p->real_round == NPUM_REAL_TRUNCATE);
	if (half && p->real_overflow == NPUM_REAL_SATURATE && isinf(v))
		v = copysign(65504, v);
	if (p->real_subnormals == NPUM_REAL_FLUSH && fabs(v) < least)
		v = copysign(0, v);
	return v;
}

double real_sum_round(const struct real_case *c, double v)
{
	u32 acc = c->set.at[0].real_acc;

	return acc == NPUM_REAL_ACC_BINARY64 ? v : real_round(c, acc == NPUM_REAL_ACC_BINARY16, v);
}

double real_sum(const struct real_case *c, const double *x, const double *w, u32 terms)
{
	const struct npum_personality *p = &c->set.at[0];
	double acc = 0, part = 0;

	for (u32 i = 0; i < terms; i++) {
		u32 k = p->real_order == NPUM_REAL_BACKWARD ? terms - 1 - i : i;

		if (p->real_width == 1) {
			acc = real_sum_round(c, acc + real_sum_round(c, x[k] * w[k]));
			continue;
		}
		part += x[k] * w[k];
		if ((i + 1) % p->real_width && i + 1 < terms)
			continue;
		acc = real_sum_round(c, acc + part);
		part = 0;
	}
	return acc;
}

/* The exact sum to the odd of two neighbours, from four times the bits. */
static double odd_sum(double acc, double product)
{
	double sum = (double)((__float128)acc + (__float128)product);
	__float128 lost = ((__float128)acc - (__float128)sum) + (__float128)product;
	u64 bits;

	memcpy(&bits, &sum, sizeof(bits));
	if (!isfinite(sum) || lost == 0 || bits & 1)
		return sum;
	return nextafter(sum, lost > 0 ? (double)INFINITY : (double)-INFINITY);
}

/* One block of terms, given in the order in which they are summed. */
static double block_sum(const struct real_case *c, const double *x, const double *w, u32 terms)
{
	const struct npum_personality *p = &c->set.at[0];
	struct real_case forward = *c;
	double acc = 0;

	forward.set.at[0].real_order = NPUM_REAL_FORWARD;
	if (!p->real_fused || p->real_width > 1)
		return real_sum(&forward, x, w, terms);
	for (u32 i = 0; i < terms; i++)
		acc = p->real_acc == NPUM_REAL_ACC_BINARY64 ?
			      acc + x[i] * w[i] :
			      real_sum_round(c, odd_sum(acc, x[i] * w[i]));
	return acc;
}

double real_product(const struct real_case *c, const double *x, const double *w, u32 terms)
{
	const struct npum_personality *p = &c->set.at[0];
	const struct vnpu_tensor *out = &c->op.out;
	bool image = c->op.opcode == VNPU_OP_CONV2D_F || c->op.opcode == VNPU_OP_DEPTHWISE_F;
	bool planes = p->real_order == NPUM_REAL_PLANES && c->op.opcode == VNPU_OP_CONV2D_F;
	u32 plane = image ? out->shape[1] * out->shape[2] : out->shape[3];
	u32 taps = planes ? c->op.p.kernel[0] * c->op.p.kernel[1] : 1;
	u32 block = p->real_block, width = block;
	double *a = malloc(terms * sizeof(*a)), *b = malloc(terms * sizeof(*b)), total = 0;

	for (u32 i = 0; i < terms; i++) {
		u32 k = p->real_order == NPUM_REAL_BACKWARD ? terms - 1 - i : i;

		if (planes)
			k = i % taps * (terms / taps) + i / taps;
		a[i] = x[k];
		b[i] = w[k];
	}
	for (; plane < terms && width > 16 && width / 2 >= plane; width /= 2)
		block *= 2;
	block = block ? block : terms;
	for (u32 i = 0; i < terms; i += block) {
		double sum = block_sum(c, a + i, b + i, min(block, terms - i));

		total = i ? real_sum_round(c, total + sum) : sum;
	}
	free(a);
	free(b);
	return total;
}

double real_bounded(const struct real_case *c, double v)
{
	float low, high;

	memcpy(&low, &c->op.p.real_clamp[0], sizeof(low));
	memcpy(&high, &c->op.p.real_clamp[1], sizeof(high));
	return v < (double)low ? (double)low : v > (double)high ? (double)high : v;
}

void real_clamp(struct real_case *c)
{
	bool narrow = conv_random(c->random) % 3 == 0;

	c->op.p.real_clamp[0] = real_bits(narrow ? 0.0 : (double)-INFINITY);
	c->op.p.real_clamp[1] = real_bits(narrow ? 6.0 : (double)INFINITY);
}

static u16 half_bits(double v)
{
	double a = fabs(to_half(v, false));
	u32 bits;
	int e;

	if (isnan(v))
		return 0x7e00;
	if (isinf(a))
		bits = 0x7c00;
	else if (a < 0x1p-14)
		bits = (u32)ldexp(a, 24);
	else
		bits = (u32)ldexp(frexp(a, &e), 11) - 1024;
	if (!isinf(a) && a >= 0x1p-14)
		bits |= (u32)(e + 14) << 10;
	return (u16)(bits | (signbit(v) ? 0x8000 : 0));
}

static void put_number(u8 *to, u32 dtype, double v)
{
	u32 word = real_bits(v);
	u16 half = half_bits(v);

	if (dtype == VNPU_DTYPE_FLOAT32)
		memcpy(to, &word, sizeof(word));
	else
		memcpy(to, &half, sizeof(half));
}

static void fill_slot(struct real_case *c, const struct guarded *g, u32 dtype, enum real_fill fill)
{
	u32 size = npum_dtype_size(dtype);

	for (size_t i = 0; i < g->bytes; i++)
		g->data[i] = (u8)(conv_random(c->random) >> 24);
	for (size_t i = 0; i < g->bytes && is_real(dtype) && fill != REAL_WILD; i += size) {
		double v = (double)(s32)conv_random(c->random) * 0x1p-29;

		if (conv_random(c->random) % 16 == 0)
			v = 0;
		put_number(g->data + i, dtype, fill == REAL_POSITIVE ? fabs(v) : v);
	}
}

/* A slot whose last byte is the operand's, in front of the guard page. */
static void place(struct real_case *c, u32 operand, u32 extent, u32 align, enum real_fill fill)
{
	struct vnpu_tensor *t = operand_of(c, operand);
	u32 bytes = round_up(extent, ALIGN);

	t->slot = operand;
	t->offset = (bytes - extent) / align * align;
	c->slot[operand] = guarded_alloc(bytes);
	fill_slot(c, &c->slot[operand], t->dtype, fill);
}

void real_tensor(struct real_case *c, u32 operand, u32 dtype, const u32 shape[4],
		 enum real_fill fill, bool repeat)
{
	struct vnpu_tensor *t = operand_of(c, operand);
	u32 size = npum_dtype_size(dtype);
	u32 extent = size, dense = size;

	t->dtype = (u8)dtype;
	for (u32 i = 4; i-- > 0;) {
		bool gap = i < 3 && conv_random(c->random) % 4 == 0;
		bool again = repeat && conv_random(c->random) % 4 == 0;

		t->shape[i] = shape[i];
		t->stride[i] = again ? 0 : dense + (gap ? size * (conv_random(c->random) % 5) : 0);
		extent += (shape[i] - 1) * t->stride[i];
		dense = max(dense, shape[i] * t->stride[i]);
	}
	place(c, operand, extent, 1, fill);
}

static u32 packed_elements(u32 layout, const u32 shape[4])
{
	const u32 block = VNPU_CHANNEL_BLOCK;

	if (layout == VNPU_LAYOUT_ROWS)
		return round_up(shape[0], block) * shape[1] * shape[2] * shape[3];
	return shape[1] * shape[2] * round_up(shape[3], block);
}

void real_packed(struct real_case *c, u32 operand, u32 dtype, u32 layout, const u32 shape[4],
		 enum real_fill fill)
{
	struct vnpu_tensor *t = &c->op.in[operand];

	t->dtype = (u8)dtype;
	t->layout = (u8)layout;
	memcpy(t->shape, shape, sizeof(t->shape));
	place(c, operand, packed_elements(layout, shape) * npum_dtype_size(dtype), ALIGN, fill);
}

void real_in_place(struct real_case *c)
{
	c->op.out = c->op.in[0];
}

static double half_value(u16 h)
{
	double m = h & 0x3ff, v;
	int e = h >> 10 & 31;

	if (e == 31)
		v = m != 0 ? (double)NAN : (double)INFINITY;
	else
		v = e ? ldexp(m + 1024, e - 25) : ldexp(m, -24);
	return h & 0x8000 ? -v : v;
}

static struct real_value get(u32 dtype, const u8 *p)
{
	struct real_value v = { 0 };
	float f;
	u16 h;
	s16 s;
	s32 w;

	switch (dtype) {
	case VNPU_DTYPE_INT8:
		v.whole = (s8)*p;
		break;
	case VNPU_DTYPE_UINT8:
		v.whole = *p;
		break;
	case VNPU_DTYPE_INT16:
		memcpy(&s, p, sizeof(s));
		v.whole = s;
		break;
	case VNPU_DTYPE_INT32:
		memcpy(&w, p, sizeof(w));
		v.whole = w;
		break;
	case VNPU_DTYPE_INT64:
		memcpy(&v.whole, p, sizeof(v.whole));
		break;
	case VNPU_DTYPE_FLOAT32:
		memcpy(&f, p, sizeof(f));
		v.real = (double)f;
		break;
	default:
		memcpy(&h, p, sizeof(h));
		v.real = half_value(h);
		break;
	}
	return v;
}

/* As loaded: a device without binary32 rounds those. */
static struct real_value loaded(const struct real_case *c, u32 dtype, const u8 *p)
{
	struct real_value v = get(dtype, p);

	if (dtype == VNPU_DTYPE_FLOAT32 && c->set.at[0].real_type == NPUM_REAL_BINARY16)
		v.real = real_round(c, true, v.real);
	return v;
}

struct real_value real_at(const struct real_case *c, u32 operand, u32 n, u32 h, u32 w, u32 ch)
{
	const struct vnpu_tensor *t = &c->op.in[operand];
	const u8 *p = c->before[t->slot] + t->offset + (size_t)n * t->stride[0] +
		      (size_t)h * t->stride[1] + (size_t)w * t->stride[2] +
		      (size_t)ch * t->stride[3];

	if (t->layout == VNPU_LAYOUT_VECTOR)
		p += ch * sizeof(float);
	return loaded(c, t->dtype, p);
}

struct real_value real_weight(const struct real_case *c, u32 o, u32 k)
{
	const struct vnpu_tensor *t = &c->op.in[1];
	u32 terms = t->shape[1] * t->shape[2];
	size_t element;

	if (t->layout == VNPU_LAYOUT_ROWS)
		terms *= t->shape[3];
	element = ((size_t)(o / VNPU_CHANNEL_BLOCK) * terms + k) * VNPU_CHANNEL_BLOCK +
		  o % VNPU_CHANNEL_BLOCK;
	return loaded(c, t->dtype,
		      c->before[t->slot] + t->offset + element * npum_dtype_size(t->dtype));
}

/* The op as a whole program with a slot for each operand. */
struct single {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slot[REAL_SLOTS];
	struct vnpu_op op;
};

static void wrap(const struct real_case *c, struct single *p)
{
	*p = (struct single){
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = sizeof(*p),
			.personality = c->set.at[0].id,
			.slot_offset = offsetof(struct single, slot),
			.slot_count = REAL_SLOTS,
			.slot_size = sizeof(struct vnpu_slot_desc),
			.op_offset = offsetof(struct single, op),
			.op_count = 1,
			.op_size = sizeof(struct vnpu_op),
		},
		.op = c->op,
	};
	for (u32 i = 0; i < REAL_SLOTS; i++) {
		p->slot[i].kind = i == c->op.out.slot ? VNPU_SLOT_TEMP : VNPU_SLOT_INPUT;
		p->slot[i].bytes = (u32)c->slot[i].bytes;
	}
}

static void run(const struct real_case *c, const struct npum_program *prog,
		const struct npum_isa *isa)
{
	struct npum_exec x = { .isa = isa, .personality = prog->personality };
	struct guarded scratch = guarded_alloc(round_up(prog->scratch_bytes, NPUM_SCRATCH_ALIGN));
	struct npum_op_plan plan;

	for (u32 i = 0; i < REAL_SLOTS; i++)
		x.slot[i] = c->slot[i].data;
	npum_op_plan(isa, prog->personality, prog->ops, &plan);
	assert_true(plan.tiles >= 1 && plan.scratch_bytes <= prog->scratch_bytes);
	/* Backwards: tiles must not lean on each other's order or scratch. */
	for (u32 tile = plan.tiles; tile-- > 0;) {
		memset(scratch.data, 0xa5, scratch.bytes);
		npum_op_run(&x, prog->ops, tile, scratch.data);
	}
	guarded_free(&scratch);
}

/* Distance in units of the last place of the dtype. */
static double distance(u32 dtype, double is, double should)
{
	bool half = dtype == VNPU_DTYPE_FLOAT16;
	int e, least = half ? -24 : -149;

	if (isnan(is) || isnan(should))
		return isnan(is) && isnan(should) ? 0 : INFINITY;
	if (is == should)
		return 0;
	if (isinf(is))
		return fabs(should) >= (half ? 65504 : 0x1.fffffep127) ? 0.5 : INFINITY;
	frexp(should, &e);
	return fabs(is - should) / ldexp(1, max(e - (half ? 11 : 24), least));
}

static void check_element(const struct real_case *c, const u32 at[4], struct real_value should)
{
	const struct vnpu_tensor *t = &c->op.out;
	const u8 *p = c->slot[t->slot].data + t->offset;
	struct real_value is;

	for (u32 i = 0; i < 4; i++)
		p += (size_t)at[i] * t->stride[i];
	is = get(t->dtype, p);
	if (!is_real(t->dtype) && is.whole == should.whole)
		return;
	/* bits of a canonical not-a-number are compared among variants only */
	if (is_real(t->dtype) && distance(t->dtype, is.real, should.real) <= c->bound)
		return;
	fail_msg(
		"%s mode %u, %s: element %u %u %u %u is %a or %lld, not %a or %lld; dtype of in[0] %s",
		npum_op_info(c->op.opcode)->name, c->op.p.mode, npum_dtype_name(t->dtype), at[0],
		at[1], at[2], at[3], is.real, (long long)is.whole, should.real,
		(long long)should.whole, npum_dtype_name(c->op.in[0].dtype));
}

/* Every element against the reference, every other byte against what it was. */
static void check_output(const struct real_case *c, real_reference_fn *reference)
{
	const struct vnpu_tensor *t = &c->op.out;
	const struct guarded *slot = &c->slot[t->slot];
	u32 size = npum_dtype_size(t->dtype), at[4];
	u8 *rest = malloc(slot->bytes);

	assert_non_null(rest);
	memcpy(rest, slot->data, slot->bytes);
	for (at[0] = 0; at[0] < t->shape[0]; at[0]++)
		for (at[1] = 0; at[1] < t->shape[1]; at[1]++)
			for (at[2] = 0; at[2] < t->shape[2]; at[2]++)
				for (at[3] = 0; at[3] < t->shape[3]; at[3]++) {
					size_t o = t->offset;

					for (u32 i = 0; i < 4; i++)
						o += (size_t)at[i] * t->stride[i];
					memcpy(rest + o, c->before[t->slot] + o, size);
					if (reference)
						check_element(c, at, reference(c, at));
				}
	if (memcmp(rest, c->before[t->slot], slot->bytes))
		fail_msg("%s writes beside its output", npum_op_info(c->op.opcode)->name);
	free(rest);
}

void real_check(struct real_case *c, real_reference_fn *reference)
{
	static const char *const isas[] = { "avx2", "avx512vnni" };
	struct guarded *out = &c->slot[c->op.out.slot];
	struct npum_program prog;
	struct npum_refusal why;
	struct single program;
	u8 *generic;

	for (u32 i = 0; i < REAL_SLOTS; i++) {
		c->before[i] = malloc(c->slot[i].bytes + 1);
		assert_non_null(c->before[i]);
		if (c->slot[i].bytes)
			memcpy(c->before[i], c->slot[i].data, c->slot[i].bytes);
	}
	wrap(c, &program);
	if (npum_program_validate(&program, sizeof(program), &c->set, &prog, &why))
		fail_msg("%s refused: %s, field %d", npum_op_info(c->op.opcode)->name,
			 npum_refusal_text(why.reason), (int)why.field);

	run(c, &prog, &npum_isa_generic);
	check_output(c, reference);
	generic = malloc(out->bytes);
	assert_non_null(generic);
	memcpy(generic, out->data, out->bytes);
	for (size_t i = 0; i < ARRAY_SIZE(isas); i++) {
		const struct npum_isa *isa = npum_isa_by_name(isas[i], npum_cpu_features());

		if (!isa)
			continue;
		memcpy(out->data, c->before[c->op.out.slot], out->bytes);
		run(c, &prog, isa);
		for (size_t b = 0; b < out->bytes; b++)
			if (out->data[b] != generic[b])
				fail_msg(
					"%s mode %u on %s: byte %zu of the output slot (operand at %u) is %u, not %u",
					npum_op_info(c->op.opcode)->name, c->op.p.mode, isas[i], b,
					c->op.out.offset, out->data[b], generic[b]);
	}
	free(generic);
	for (u32 i = 0; i < REAL_SLOTS; i++) {
		free(c->before[i]);
		if (c->slot[i].map)
			guarded_free(&c->slot[i]);
	}
}
