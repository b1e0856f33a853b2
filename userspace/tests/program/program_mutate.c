// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "program_mutate.h"

#include "../../../driver/tests/refusal_program.h"

static u32 draw(u64 *random)
{
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return (u32)((*random * 0x2545f4914f6cdd1dull) >> 32);
}

size_t program_seed(u32 i, void *out, size_t room)
{
	struct refusal_program *p = out;
	size_t size = sizeof(*p);

	if (room < size)
		return 0;
	*p = refusal_valid;
	if (i < REFUSAL_OPS) {
		p->op[0] = refusal_valid.op[i];
		p->header.op_count = 1;
		size = offsetof(struct refusal_program, op[1]);
		p->header.size = (u32)size;
	}
	return size;
}

/* Values next to limits, and simple functions of the old one. */
static u32 interesting(u32 old, u64 *random)
{
	static const u32 values[] = {
		0,	    1,		2,	    3,		4,	    5,
		7,	    8,		9,	    15,		16,	    17,
		31,	    32,		63,	    64,		65,	    127,
		128,	    129,	255,	    256,	1023,	    4096,
		65535,	    65536,	1u << 17,   1u << 20,	1u << 28,   (1u << 28) + 1,
		0x7fffffff, 0x80000000, 0xffffff80, 0xfffffffe, 0xffffffff,
	};

	switch (draw(random) % 8) {
	case 0:
		return old + 1;
	case 1:
		return old - 1;
	case 2:
		return old * 2;
	case 3:
		return old / 2;
	case 4:
		return draw(random) % 40;
	case 5:
		return draw(random);
	default:
		return values[draw(random) % ARRAY_SIZE(values)];
	}
}

static void change_word(u32 *words, size_t count, u64 *random)
{
	u32 *word = &words[draw(random) % count];

	*word = interesting(*word, random);
}

/* Makes the strides those of the shape, so that a changed shape has a chance. */
static void make_dense(struct vnpu_tensor *t)
{
	u32 stride = npum_dtype_size(t->dtype);

	for (u32 i = VNPU_MAX_RANK; i-- > 0;) {
		t->stride[i] = t->layout == VNPU_LAYOUT_NHWC ? stride : 0;
		stride *= t->shape[i];
	}
}

/* Changes an axis of every operand that has the same size there, and repairs strides. */
static void resize_axis(struct vnpu_op *op, u64 *random)
{
	struct vnpu_tensor *operand[] = { &op->in[0], &op->in[1], &op->in[2], &op->out };
	u32 axis = draw(random) % VNPU_MAX_RANK;
	u32 old = operand[draw(random) % ARRAY_SIZE(operand)]->shape[axis];
	u32 size = interesting(old, random);

	for (u32 i = 0; i < ARRAY_SIZE(operand); i++) {
		if (!operand[i]->dtype)
			continue;
		if (operand[i]->shape[axis] == old)
			operand[i]->shape[axis] = size;
		make_dense(operand[i]);
	}
}

static void mutate_op(struct vnpu_op *op, u64 *random)
{
	struct vnpu_tensor *operand[] = { &op->in[0], &op->in[1], &op->in[2], &op->out };
	struct vnpu_tensor *t = operand[draw(random) % ARRAY_SIZE(operand)];

	switch (draw(random) % 8) {
	case 0:
	case 1:
		resize_axis(op, random);
		break;
	case 2:
		change_word((u32 *)(void *)op, sizeof(*op) / sizeof(u32), random);
		break;
	case 3:
		t->dtype = (u8)(draw(random) % (VNPU_DTYPE_INT64 + 2));
		break;
	case 4:
		t->slot = draw(random) % 5;
		break;
	case 5:
		change_word(t->stride, VNPU_MAX_RANK, random);
		break;
	case 6:
		t->offset = interesting(t->offset, random) & (draw(random) % 2 ? ~63u : ~0u);
		break;
	default:
		change_word((u32 *)(void *)&op->p, sizeof(op->p) / sizeof(u32), random);
		break;
	}
}

void program_mutate(void *data, size_t size, u64 *random)
{
	struct vnpu_program_header *h = data;
	u32 ops;

	if (size < offsetof(struct refusal_program, op[1]))
		return;
	ops = (u32)((size - offsetof(struct refusal_program, op)) / sizeof(struct vnpu_op));
	for (u32 changes = 1 + draw(random) % 4; changes; changes--) {
		struct refusal_program *p = data;

		if (draw(random) % 64 == 0)
			change_word(data, sizeof(*h) / sizeof(u32), random);
		else if (draw(random) % 8 == 0)
			change_word((u32 *)(void *)p->slot, REFUSAL_SLOTS * 2, random);
		else
			mutate_op(&p->op[draw(random) % ops], random);
	}
	/* Most changes should get past the header. */
	if (draw(random) % 32) {
		*h = refusal_valid.header;
		h->size = (u32)size;
		h->op_count = ops;
		h->personality = 1 + draw(random) % VNPU_PERSONALITY_NVDLA;
	}
}
