// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The program validator: a strict allowlist.  What it accepts can be run on any
 * contents of its slots without leaving them.
 */
#include "npum.h"
#include "npum_check.h"
#include "npum_isa.h"
#include "npum_personality.h"

/* Packed operands begin where vector loads like them to. */
#define PACKED_ALIGN 64u

#define INT8S (BIT(VNPU_DTYPE_INT8) | BIT(VNPU_DTYPE_UINT8))
#define CODES (INT8S | BIT(VNPU_DTYPE_INT16))
#define INTS (BIT(VNPU_DTYPE_INT8) | BIT(VNPU_DTYPE_INT16))
#define WHOLES (BIT(VNPU_DTYPE_INT32) | BIT(VNPU_DTYPE_INT64))
#define FLOATS (BIT(VNPU_DTYPE_FLOAT32) | BIT(VNPU_DTYPE_FLOAT16))
#define INTEGERS (INT8S | BIT(VNPU_DTYPE_INT16) | WHOLES)

/* Kinds of slots, and those that ops may write to. */
#define SLOTS_READ (BIT(VNPU_SLOT_CONST) | BIT(VNPU_SLOT_INPUT))
#define SLOTS_WRITTEN \
	(BIT(VNPU_SLOT_TEMP) | BIT(VNPU_SLOT_OUTPUT) | BIT(VNPU_SLOT_L1) | BIT(VNPU_SLOT_STATE))

/* What a place of an op takes, by enum npum_operand. */
static const struct {
	u32 dtypes;
	u32 layout;
	u32 align;
} operand_rules[] = {
	[NPUM_OPERAND_Q8] = { INT8S, VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_ANY] = { INTEGERS | FLOATS, VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_INDEX] = { BIT(VNPU_DTYPE_INT32), VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_REAL] = { BIT(VNPU_DTYPE_FLOAT32), VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_WEIGHTS] = { BIT(VNPU_DTYPE_UINT8), VNPU_LAYOUT_WEIGHTS, PACKED_ALIGN },
	[NPUM_OPERAND_DEPTHWISE] = { BIT(VNPU_DTYPE_UINT8), VNPU_LAYOUT_DEPTHWISE, PACKED_ALIGN },
	[NPUM_OPERAND_REQUANT] = { BIT(VNPU_DTYPE_INT32), VNPU_LAYOUT_REQUANT, PACKED_ALIGN },
	[NPUM_OPERAND_LUT] = { INT8S, VNPU_LAYOUT_LUT, 1 },
	[NPUM_OPERAND_LUT_PAIR] = { INT8S, VNPU_LAYOUT_LUT_PAIR, 1 },
	[NPUM_OPERAND_LUT_REAL] = { BIT(VNPU_DTYPE_FLOAT32), VNPU_LAYOUT_LUT, 1 },
	[NPUM_OPERAND_I16] = { BIT(VNPU_DTYPE_INT16), VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_LUT_I16] = { BIT(VNPU_DTYPE_INT16), VNPU_LAYOUT_LUT, 1 },
	[NPUM_OPERAND_ROWS_INT] = { INTS, VNPU_LAYOUT_ROWS, PACKED_ALIGN },
	[NPUM_OPERAND_ROWS_REAL] = { FLOATS, VNPU_LAYOUT_ROWS, PACKED_ALIGN },
	[NPUM_OPERAND_ROWS_INT8] = { BIT(VNPU_DTYPE_INT8), VNPU_LAYOUT_ROWS, PACKED_ALIGN },
	[NPUM_OPERAND_ROWS_DEPTHWISE_INT] = { INTS, VNPU_LAYOUT_ROWS_DEPTHWISE, PACKED_ALIGN },
	[NPUM_OPERAND_ROWS_DEPTHWISE_REAL] = { FLOATS, VNPU_LAYOUT_ROWS_DEPTHWISE, PACKED_ALIGN },
	[NPUM_OPERAND_REQUANT_WIDE] = { BIT(VNPU_DTYPE_INT64), VNPU_LAYOUT_REQUANT_WIDE,
					PACKED_ALIGN },
	[NPUM_OPERAND_VECTOR_REAL] = { BIT(VNPU_DTYPE_FLOAT32), VNPU_LAYOUT_VECTOR, PACKED_ALIGN },
	[NPUM_OPERAND_FLOAT] = { FLOATS, VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_TRUTH] = { BIT(VNPU_DTYPE_UINT8), VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_WHOLE] = { WHOLES, VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_INTEGER] = { INTEGERS, VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_CODES] = { CODES, VNPU_LAYOUT_NHWC, 1 },
	[NPUM_OPERAND_CODES_WIDE] = { CODES | BIT(VNPU_DTYPE_INT32), VNPU_LAYOUT_NHWC, 1 },
};

static const char *const refusal_texts[] = {
	[VNPU_REFUSAL_NONE] = "the program is valid",
	[VNPU_REFUSAL_TRUNCATED] = "the program is shorter than its header says",
	[VNPU_REFUSAL_MAGIC] = "the first word is not the magic of a vnpu program",
	[VNPU_REFUSAL_VERSION] = "the program is of a version that this device does not know",
	[VNPU_REFUSAL_SIZE] = "a record or the program has a size that this device does not take",
	[VNPU_REFUSAL_LAYOUT] = "the sections are misaligned, overlap or leave the program",
	[VNPU_REFUSAL_COUNT] = "there are too few or too many slots or ops, or two L1 slots",
	[VNPU_REFUSAL_RESERVED] = "a reserved field or flag is not zero",
	[VNPU_REFUSAL_SLOT_KIND] = "the slot is of an unknown kind",
	[VNPU_REFUSAL_SLOT_BYTES] =
		"the slot is larger than VNPU_MAX_SLOT_BYTES, or than the device's on-chip memory",
	[VNPU_REFUSAL_OPCODE] = "the opcode is unknown, or the device's firmware does not run it",
	[VNPU_REFUSAL_PERSONALITY] =
		"the device lacks the personality: choose one it has, or load a firmware with it",
	[VNPU_REFUSAL_OPERAND] = "an operand is missing, or present where the op takes none",
	[VNPU_REFUSAL_DTYPE] = "the op does not take an operand of this dtype",
	[VNPU_REFUSAL_TENSOR_LAYOUT] = "the op does not take an operand of this layout",
	[VNPU_REFUSAL_SLOT_INDEX] = "the operand names a slot that the program has not",
	[VNPU_REFUSAL_SLOT_ACCESS] = "the op writes to a constant or input slot",
	[VNPU_REFUSAL_ALIGNMENT] = "the operand's offset is not aligned",
	[VNPU_REFUSAL_ZERO_POINT] = "the zero point is outside the dtype",
	[VNPU_REFUSAL_SHAPE] = "the shape is empty, too large or does not fit the op",
	[VNPU_REFUSAL_STRIDE] = "the strides are misaligned, overlap or repeat where they must not",
	[VNPU_REFUSAL_EXTENT] = "the operand leaves its slot",
	[VNPU_REFUSAL_OVERLAP] = "the output overlaps an input of the same op",
	[VNPU_REFUSAL_PARAM_UNUSED] = "a parameter that the op does not use is not zero",
	[VNPU_REFUSAL_PARAM_RANGE] = "a parameter is out of range",
	[VNPU_REFUSAL_WINDOW] = "the window, its step or its padding is out of range",
	[VNPU_REFUSAL_CLAMP] = "the clamp is reversed or outside the output's dtype",
	[VNPU_REFUSAL_SCALE] = "the scale is not a normal positive number",
	[VNPU_REFUSAL_DIGEST] =
		"the device's personality of that id is another: recompile, or load its firmware",
	[VNPU_REFUSAL_COST] = "one output element of the op takes too much work",
};

const char *npum_refusal_text(u32 reason)
{
	return reason < ARRAY_SIZE(refusal_texts) ? refusal_texts[reason] : "unknown reason";
}

static u32 lut_entries(const struct vnpu_tensor *t)
{
	if (t->layout == VNPU_LAYOUT_LUT_PAIR)
		return VNPU_LUT_PAIR_ENTRIES;
	return t->dtype == VNPU_DTYPE_INT16 ? VNPU_LUT_POINTS : VNPU_LUT_ENTRIES;
}

u64 npum_operand_extent(const struct vnpu_tensor *t)
{
	u64 o = t->shape[0], terms = (u64)t->shape[1] * t->shape[2];
	u64 channels = DIV_ROUND_UP((u64)t->shape[3], VNPU_CHANNEL_BLOCK) * VNPU_CHANNEL_BLOCK;
	u32 size = npum_dtype_size(t->dtype);
	u64 last = 0;

	switch (t->layout) {
	case VNPU_LAYOUT_WEIGHTS:
	case VNPU_LAYOUT_ROWS:
		/* Shapes reach 2^28: products of three or more are taken with care. */
		if (terms > U32_MAX || terms * t->shape[3] > U32_MAX)
			return U32_MAX;
		terms *= t->shape[3];
		if (t->layout == VNPU_LAYOUT_WEIGHTS)
			terms = DIV_ROUND_UP(terms, VNPU_DOT_BLOCK) * VNPU_DOT_BLOCK;
		o = DIV_ROUND_UP(o, VNPU_CHANNEL_BLOCK) * VNPU_CHANNEL_BLOCK * size;
		return o * terms;
	case VNPU_LAYOUT_DEPTHWISE:
		return terms > U32_MAX ? U32_MAX : terms * t->shape[3];
	case VNPU_LAYOUT_ROWS_DEPTHWISE:
		return terms > U32_MAX ? U32_MAX : terms * channels * size;
	case VNPU_LAYOUT_REQUANT:
		return channels / VNPU_CHANNEL_BLOCK * sizeof(struct vnpu_requant_block);
	case VNPU_LAYOUT_REQUANT_WIDE:
		return channels / VNPU_CHANNEL_BLOCK * sizeof(struct vnpu_requant_wide_block);
	case VNPU_LAYOUT_VECTOR:
		return channels * size;
	case VNPU_LAYOUT_LUT:
	case VNPU_LAYOUT_LUT_PAIR:
		return (u64)lut_entries(t) * size;
	default:
		for (u32 i = 0; i < VNPU_MAX_RANK; i++)
			last += (u64)(t->shape[i] - 1) * t->stride[i];
		return last + size;
	}
}

static bool zero_point_fits(const struct vnpu_tensor *t, enum npum_operand kind)
{
	s32 range[2];

	if (npum_dtype_size(t->dtype) > 1 || kind == NPUM_OPERAND_LUT ||
	    kind == NPUM_OPERAND_TRUTH || t->layout >= VNPU_LAYOUT_ROWS)
		return t->zero_point == 0;
	npum_dtype_range(t->dtype, range);
	return t->zero_point >= range[0] && t->zero_point <= range[1];
}

/* Packed operands have the logical shape that their layout says, and no strides. */
static u32 check_packed(const struct vnpu_tensor *t)
{
	/* leading axes that the layout does not have, by layout */
	static const u8 absent[] = {
		[VNPU_LAYOUT_WEIGHTS] = 0,   [VNPU_LAYOUT_ROWS] = 0,
		[VNPU_LAYOUT_DEPTHWISE] = 1, [VNPU_LAYOUT_ROWS_DEPTHWISE] = 1,
		[VNPU_LAYOUT_REQUANT] = 3,   [VNPU_LAYOUT_REQUANT_WIDE] = 3,
		[VNPU_LAYOUT_VECTOR] = 3,    [VNPU_LAYOUT_LUT] = 3,
		[VNPU_LAYOUT_LUT_PAIR] = 3,
	};

	for (u32 i = 0; i < VNPU_MAX_RANK; i++)
		if (t->stride[i])
			return VNPU_REFUSAL_STRIDE;
	for (u32 i = 0; i < absent[t->layout]; i++)
		if (t->shape[i] != 1)
			return VNPU_REFUSAL_SHAPE;
	if ((t->layout == VNPU_LAYOUT_LUT || t->layout == VNPU_LAYOUT_LUT_PAIR) &&
	    t->shape[3] != lut_entries(t))
		return VNPU_REFUSAL_SHAPE;
	return VNPU_REFUSAL_NONE;
}

/*
 * Strides are whole elements and the innermost one is dense or repeats.  Those
 * of an output are nested, so that no byte is written twice.
 */
static u32 check_strides(const struct vnpu_tensor *t, bool output)
{
	u64 inner = npum_dtype_size(t->dtype);
	u32 size = npum_dtype_size(t->dtype);

	if (t->stride[3] != size && (output || t->stride[3]))
		return VNPU_REFUSAL_STRIDE;
	for (u32 i = VNPU_MAX_RANK; i-- > 0;) {
		if (t->stride[i] % size)
			return VNPU_REFUSAL_STRIDE;
		if (output && t->shape[i] > 1 && t->stride[i] < inner)
			return VNPU_REFUSAL_STRIDE;
		inner += (u64)(t->shape[i] - 1) * t->stride[i];
	}
	return VNPU_REFUSAL_NONE;
}

static u32 check_operand(const struct npum_program *prog, const struct vnpu_tensor *t,
			 enum npum_operand kind, bool output)
{
	static const struct vnpu_tensor absent;
	const struct npum_slot *slot;
	u32 align, reason;

	if (kind == NPUM_OPERAND_NONE)
		return memcmp(t, &absent, sizeof(absent)) ? VNPU_REFUSAL_OPERAND : 0;
	if (t->dtype == VNPU_DTYPE_NONE)
		return VNPU_REFUSAL_OPERAND;
	if (!npum_dtype_size(t->dtype) || !(operand_rules[kind].dtypes & BIT(t->dtype)))
		return VNPU_REFUSAL_DTYPE;
	if (t->layout != operand_rules[kind].layout)
		return VNPU_REFUSAL_TENSOR_LAYOUT;
	if (t->reserved)
		return VNPU_REFUSAL_RESERVED;
	if (t->slot >= prog->slot_count)
		return VNPU_REFUSAL_SLOT_INDEX;

	slot = &prog->slot[t->slot];
	if (output && !(SLOTS_WRITTEN & BIT(slot->kind)))
		return VNPU_REFUSAL_SLOT_ACCESS;
	align = max(npum_dtype_size(t->dtype), operand_rules[kind].align);
	if (t->offset % align)
		return VNPU_REFUSAL_ALIGNMENT;
	if (!zero_point_fits(t, kind))
		return VNPU_REFUSAL_ZERO_POINT;
	for (u32 i = 0; i < VNPU_MAX_RANK; i++)
		if (!t->shape[i] || t->shape[i] > NPUM_MAX_DIM)
			return VNPU_REFUSAL_SHAPE;

	reason = t->layout == VNPU_LAYOUT_NHWC ? check_strides(t, output) : check_packed(t);
	if (reason)
		return reason;
	if (t->offset + npum_operand_extent(t) > slot->bytes)
		return VNPU_REFUSAL_EXTENT;
	return VNPU_REFUSAL_NONE;
}

/* Do the tensors address the same bytes in the same order? */
static bool is_alias(const struct vnpu_tensor *a, const struct vnpu_tensor *b)
{
	return a->offset == b->offset && npum_dtype_size(a->dtype) == npum_dtype_size(b->dtype) &&
	       !memcmp(a->shape, b->shape, sizeof(a->shape)) &&
	       !memcmp(a->stride, b->stride, sizeof(a->stride));
}

static bool may_share(const struct npum_op_info *info, const struct vnpu_tensor *in,
		      const struct vnpu_tensor *out)
{
	if (in->dtype == VNPU_DTYPE_NONE || in->slot != out->slot)
		return true;
	if (in->offset + npum_operand_extent(in) <= out->offset ||
	    out->offset + npum_operand_extent(out) <= in->offset)
		return true;
	return (info->traits & NPUM_TRAIT_ELEMENTWISE) && in->layout == VNPU_LAYOUT_NHWC &&
	       is_alias(in, out);
}

static u32 check_record(const struct npum_program *prog, const struct vnpu_op *op, u32 *field)
{
	const struct npum_op_info *info = npum_op_info(op->opcode);
	u32 reason;

	*field = NPUM_NO_INDEX;
	if (!info)
		return VNPU_REFUSAL_OPCODE;
	if (op->flags)
		return VNPU_REFUSAL_RESERVED;
	if (op->personality != VNPU_PERSONALITY_INHERIT &&
	    !npum_personality_find(prog->personality->set, op->personality))
		return VNPU_REFUSAL_PERSONALITY;

	for (u32 i = 0; i <= NPUM_FIELD_OUT; i++) {
		bool output = i == NPUM_FIELD_OUT;

		*field = i;
		reason = check_operand(prog, output ? &op->out : &op->in[i], info->operand[i],
				       output);
		if (reason)
			return reason;
	}

	*field = NPUM_FIELD_PARAMS;
	reason = npum_check_params(info, op);
	if (reason)
		return reason;
	reason = npum_check_op(info, op, field);
	if (reason)
		return reason;

	for (u32 i = 0; i < VNPU_OP_INPUTS; i++) {
		*field = i;
		if (!may_share(info, &op->in[i], &op->out))
			return VNPU_REFUSAL_OVERLAP;
	}
	return VNPU_REFUSAL_NONE;
}

/* Adds an accepted op to the program's summary. */
static void account(struct npum_program *prog, const struct vnpu_op *op)
{
	struct npum_op_plan plan;

	for (u32 i = 0; i < VNPU_OP_INPUTS; i++)
		if (op->in[i].dtype != VNPU_DTYPE_NONE)
			prog->slot[op->in[i].slot].access |= NPUM_SLOT_READ;
	prog->slot[op->out.slot].access |= NPUM_SLOT_WRITE;

	npum_op_plan(&npum_isa_generic, prog->personality, op, &plan);
	prog->scratch_bytes = max(prog->scratch_bytes, plan.scratch_bytes);
	prog->macs += npum_op_macs(op);
}

/* A section lies behind the header, aligned, inside the program; @end is set behind it. */
static bool section_fits(u32 offset, u32 count, u32 record, u32 size, u32 *end)
{
	u64 last = (u64)offset + (u64)count * record;

	*end = (u32)last;
	return !(offset % 8) && offset >= sizeof(struct vnpu_program_header) && last <= size;
}

static u32 check_header(const struct vnpu_program_header *h, size_t size,
			const struct npum_personality_set *set)
{
	const struct npum_personality *p;

	u32 slot_end, op_end;

	if (size < sizeof(*h))
		return VNPU_REFUSAL_TRUNCATED;
	if (h->magic != VNPU_PROGRAM_MAGIC)
		return VNPU_REFUSAL_MAGIC;
	if (h->major != VNPU_PROGRAM_MAJOR || h->minor > VNPU_PROGRAM_MINOR)
		return VNPU_REFUSAL_VERSION;
	if (h->size > size)
		return VNPU_REFUSAL_TRUNCATED;
	if (h->size != size || h->size > VNPU_MAX_PROGRAM_BYTES)
		return VNPU_REFUSAL_SIZE;
	p = npum_personality_find(set, h->personality);
	if (!p)
		return VNPU_REFUSAL_PERSONALITY;
	if (h->personality_digest && h->personality_digest != p->digest)
		return VNPU_REFUSAL_DIGEST;
	/* 1.0 is the first version: no record can be shorter, and none longer. */
	if (h->slot_size != sizeof(struct vnpu_slot_desc) || h->op_size != sizeof(struct vnpu_op))
		return VNPU_REFUSAL_SIZE;
	if (!h->slot_count || h->slot_count > VNPU_MAX_SLOTS || !h->op_count ||
	    h->op_count > VNPU_MAX_OPS)
		return VNPU_REFUSAL_COUNT;
	if (!section_fits(h->slot_offset, h->slot_count, h->slot_size, h->size, &slot_end) ||
	    !section_fits(h->op_offset, h->op_count, h->op_size, h->size, &op_end))
		return VNPU_REFUSAL_LAYOUT;
	if (slot_end > h->op_offset && op_end > h->slot_offset)
		return VNPU_REFUSAL_LAYOUT;
	return VNPU_REFUSAL_NONE;
}

static u32 check_slot(const struct vnpu_slot_desc *slot)
{
	if (slot->kind > VNPU_SLOT_STATE || !((SLOTS_READ | SLOTS_WRITTEN) & BIT(slot->kind)))
		return VNPU_REFUSAL_SLOT_KIND;
	if (slot->bytes > VNPU_MAX_SLOT_BYTES)
		return VNPU_REFUSAL_SLOT_BYTES;
	return VNPU_REFUSAL_NONE;
}

int npum_program_validate(const void *data, size_t size, const struct npum_personality_set *set,
			  struct npum_program *prog, struct npum_refusal *why)
{
	const struct vnpu_program_header *h = data;
	const struct vnpu_slot_desc *slots;

	*why = (struct npum_refusal){ .op = NPUM_NO_INDEX, .field = NPUM_NO_INDEX };
	why->reason = check_header(h, size, set);
	if (why->reason)
		return -ENOEXEC;

	memset(prog, 0, sizeof(*prog));
	prog->ops = (const void *)((const u8 *)data + h->op_offset);
	prog->op_count = h->op_count;
	prog->slot_count = h->slot_count;
	prog->personality = npum_personality_find(set, h->personality);
	prog->l1_slot = NPUM_NO_INDEX;

	slots = (const void *)((const u8 *)data + h->slot_offset);
	for (u32 i = 0; i < h->slot_count; i++) {
		why->op = i;
		why->reason = check_slot(&slots[i]);
		if (why->reason)
			return -ENOEXEC;
		/* A core has one on-chip memory. */
		if (slots[i].kind == VNPU_SLOT_L1) {
			if (prog->l1_slot != NPUM_NO_INDEX) {
				why->reason = VNPU_REFUSAL_COUNT;
				return -ENOEXEC;
			}
			prog->l1_slot = i;
		}
		prog->slot[i].kind = slots[i].kind;
		prog->slot[i].bytes = slots[i].bytes;
	}

	for (u32 i = 0; i < h->op_count; i++) {
		why->op = i;
		why->reason = check_record(prog, &prog->ops[i], &why->field);
		if (why->reason)
			return -ENOEXEC;
		account(prog, &prog->ops[i]);
	}
	*why = (struct npum_refusal){ .op = NPUM_NO_INDEX, .field = NPUM_NO_INDEX };
	return 0;
}
