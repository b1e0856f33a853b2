/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Vectors of the math model, as data: one op each, its operands drawn from a
 * seed, and a digest of the output for each personality.  Without libc, so that
 * user space, KUnit and the tests of the device share them; include it once.
 *
 * The digests are those of the generic kernels, which userspace/tests/model
 * checks against the formulas of each op.
 */
#ifndef MODEL_CASES_H
#define MODEL_CASES_H

#include "npum.h"
#include "npum_personality.h"

/** MODEL_SLOTS - in[0..2], output: each operand has a slot of its own */
#define MODEL_SLOTS 4u
#define MODEL_OUT 3u

#define MODEL_PERSONALITIES 4u

/* in the order of the digests */
static const u32 model_personalities[MODEL_PERSONALITIES] = {
	VNPU_PERSONALITY_TFLITE_REF,
	VNPU_PERSONALITY_TFLITE_SINGLE,
	VNPU_PERSONALITY_TFLITE_OPT,
	VNPU_PERSONALITY_XNNPACK,
};

/**
 * struct model_case - an op and what must come out of it
 * @name: what is special about it; also the seed of its data
 * @opcode: &enum vnpu_opcode
 * @in_dtype: of the inputs
 * @out_dtype: of the output
 * @in: shape of the inputs
 * @out: shape of the output
 * @kernel: window height and width
 * @stride: window step
 * @dilation: distance of window taps
 * @pad: rows above and columns left of the input
 * @shift: exponent of the output's multiplier
 * @weights: dtype of ROWS_INT
 * @option: axes of MEAN and REDUCE, mode of the others that have one
 * @function: &enum vnpu_function of REDUCE
 * @digest: of the output under each of model_personalities
 */
struct model_case {
	const char *name;
	u32 opcode;
	u8 in_dtype;
	u8 out_dtype;
	u32 in[4];
	u32 out[4];
	u32 kernel;
	u32 stride;
	u32 dilation;
	u32 pad;
	s32 shift;
	u32 weights;
	u32 option;
	u32 function;
	u64 digest[MODEL_PERSONALITIES];
};

/**
 * struct model_program - a case as a program
 * @header: as in every program
 * @slot: one per operand; of no bytes where the op has none
 * @op: the op
 */
struct model_program {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slot[MODEL_SLOTS];
	struct vnpu_op op;
};

/* FNV-1a of 64 bits */
static inline u64 model_digest(const void *data, size_t size)
{
	const u8 *byte = data;
	u64 digest = 0xcbf29ce484222325ull;

	while (size--)
		digest = (digest ^ *byte++) * 0x100000001b3ull;
	return digest;
}

/** model_random() - next number of a generator; @state is its seed and never 0 */
static inline u32 model_random(u64 *state)
{
	/* xorshift64*, Vigna 2016 */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (u32)((*state * 0x2545f4914f6cdd1dull) >> 32);
}

/* Different data for each case, each of its operands, and each @round. */
static inline u64 model_seed(const struct model_case *c, u32 operand, u32 round)
{
	return (model_digest(c->name, strlen(c->name)) + operand + ((u64)round << 8)) | 1;
}

static inline u32 model_nhwc(struct vnpu_tensor *t, u32 dtype, const u32 shape[4], u64 *random)
{
	u32 bytes = npum_dtype_size(dtype);

	t->dtype = (u8)dtype;
	if (bytes == 1 && random)
		t->zero_point = (s32)(model_random(random) % 256) -
				(dtype == VNPU_DTYPE_INT8 ? 128 : 0);
	for (u32 d = 4; d-- > 0;) {
		t->shape[d] = shape[d];
		t->stride[d] = bytes;
		bytes *= shape[d];
	}
	return bytes;
}

/* A packed operand of logical shape @n, @h, @w, @ch that takes @bytes. */
static inline u32 model_packed(struct vnpu_tensor *t, u32 dtype, u32 layout, const u32 shape[4],
			       u32 bytes)
{
	t->dtype = (u8)dtype;
	t->layout = (u8)layout;
	memcpy(t->shape, shape, sizeof(t->shape));
	return bytes;
}

/* Describes operand @i as the op table wants it; returns its bytes. */
static inline u32 model_operand(const struct model_case *c, u32 i, u8 kind, struct vnpu_tensor *t,
				u64 *random)
{
	const u32 channels = c->out[3], depth = c->in[3], k = c->kernel ? c->kernel : 1;
	const u32 weights[4] = { channels, k, k, depth };
	const u32 depthwise[4] = { 1, k, k, channels };
	const u32 table[4] = { 1, 1, 1, channels };
	const u32 lut[4] = { 1, 1, 1, VNPU_LUT_ENTRIES };
	const u32 pairs[4] = { 1, 1, 1, VNPU_LUT_PAIR_ENTRIES };
	const u32 matrix[4] = { c->out[0], c->out[1], depth, channels };
	const u32 index[4] = { 1, 1, c->out[2], 1 };
	const u32 memories[4] = { 1, 1, c->in[2], c->in[3] };
	/* weights of floating-point products, in the other of the two dtypes */
	const u32 real = c->in_dtype == VNPU_DTYPE_FLOAT32 ? VNPU_DTYPE_FLOAT16 :
							     VNPU_DTYPE_FLOAT32;
	const u32 points[4] = { 1, 1, 1, VNPU_LUT_POINTS };

	t->slot = i;
	switch (kind) {
	case NPUM_OPERAND_NONE:
		t->slot = 0;
		return 0;
	case NPUM_OPERAND_WEIGHTS:
		t->zero_point = (s32)(model_random(random) % 256);
		return model_packed(t, VNPU_DTYPE_UINT8, VNPU_LAYOUT_WEIGHTS, weights,
				    round_up(channels, VNPU_CHANNEL_BLOCK) *
					    round_up(k * k * depth, VNPU_DOT_BLOCK));
	case NPUM_OPERAND_DEPTHWISE:
		t->zero_point = 128;
		return model_packed(t, VNPU_DTYPE_UINT8, VNPU_LAYOUT_DEPTHWISE, depthwise,
				    k * k * channels);
	case NPUM_OPERAND_REQUANT:
		return model_packed(t, VNPU_DTYPE_INT32, VNPU_LAYOUT_REQUANT, table,
				    DIV_ROUND_UP(channels, VNPU_CHANNEL_BLOCK) *
					    (u32)sizeof(struct vnpu_requant_block));
	case NPUM_OPERAND_ROWS_INT:
		return model_packed(t, c->weights, VNPU_LAYOUT_ROWS, weights,
				    round_up(channels, VNPU_CHANNEL_BLOCK) * k * k * depth *
					    npum_dtype_size(c->weights));
	case NPUM_OPERAND_ROWS_DEPTHWISE_INT:
		return model_packed(t, c->weights, VNPU_LAYOUT_ROWS_DEPTHWISE, depthwise,
				    round_up(channels, VNPU_CHANNEL_BLOCK) * k * k *
					    npum_dtype_size(c->weights));
	case NPUM_OPERAND_REQUANT_WIDE:
		return model_packed(t, VNPU_DTYPE_INT64, VNPU_LAYOUT_REQUANT_WIDE, table,
				    DIV_ROUND_UP(channels, VNPU_CHANNEL_BLOCK) *
					    (u32)sizeof(struct vnpu_requant_wide_block));
	case NPUM_OPERAND_LUT_I16:
		return model_packed(t, VNPU_DTYPE_INT16, VNPU_LAYOUT_LUT, points,
				    VNPU_LUT_POINTS * 2);
	case NPUM_OPERAND_LUT:
		return model_packed(t, VNPU_DTYPE_INT8, VNPU_LAYOUT_LUT, lut, VNPU_LUT_ENTRIES);
	case NPUM_OPERAND_LUT_PAIR:
		return model_packed(t, VNPU_DTYPE_UINT8, VNPU_LAYOUT_LUT_PAIR, pairs,
				    VNPU_LUT_PAIR_ENTRIES);
	case NPUM_OPERAND_LUT_REAL:
		return model_packed(t, VNPU_DTYPE_FLOAT32, VNPU_LAYOUT_LUT, lut,
				    VNPU_LUT_ENTRIES * 4);
	case NPUM_OPERAND_ROWS_REAL:
		return model_packed(t, real, VNPU_LAYOUT_ROWS, weights,
				    round_up(channels, VNPU_CHANNEL_BLOCK) * k * k * depth *
					    npum_dtype_size(real));
	case NPUM_OPERAND_ROWS_INT8:
		return model_packed(t, VNPU_DTYPE_INT8, VNPU_LAYOUT_ROWS, weights,
				    round_up(channels, VNPU_CHANNEL_BLOCK) * k * k * depth);
	case NPUM_OPERAND_ROWS_DEPTHWISE_REAL:
		return model_packed(t, real, VNPU_LAYOUT_ROWS_DEPTHWISE, depthwise,
				    round_up(channels, VNPU_CHANNEL_BLOCK) * k * k *
					    npum_dtype_size(real));
	case NPUM_OPERAND_VECTOR_REAL:
		return model_packed(t, VNPU_DTYPE_FLOAT32, VNPU_LAYOUT_VECTOR, table,
				    round_up(channels, VNPU_CHANNEL_BLOCK) * 4);
	case NPUM_OPERAND_TRUTH:
		return model_nhwc(t, VNPU_DTYPE_UINT8, c->in, NULL);
	default:
		if (i == 1 && (c->opcode == VNPU_OP_BATCH_MATMUL_F ||
			       c->opcode == VNPU_OP_BATCH_MATMUL))
			return model_nhwc(t, c->in_dtype, matrix, NULL);
		if (i == 1 && c->opcode == VNPU_OP_SVDF_TIME)
			return model_nhwc(t, c->in_dtype, memories, NULL);
		if (i == 1 && kind == NPUM_OPERAND_I16)
			return model_nhwc(t, VNPU_DTYPE_INT16, c->out, NULL);
		if (i == 1 && c->opcode == VNPU_OP_GATHER)
			return model_nhwc(t, VNPU_DTYPE_INT32, index, NULL);
		return i == MODEL_OUT ? model_nhwc(t, c->out_dtype, c->out, random) :
					model_nhwc(t, c->in_dtype, c->in, random);
	}
}

static inline bool model_is_real(u32 dtype)
{
	return dtype == VNPU_DTYPE_FLOAT32 || dtype == VNPU_DTYPE_FLOAT16;
}

static inline void model_params(const struct model_case *c, u32 groups, struct vnpu_params *p,
				u64 *random)
{
	bool sigmoid = c->opcode == VNPU_OP_LOGISTIC_I16 || c->opcode == VNPU_OP_TANH_I16;
	bool softmax = c->opcode == VNPU_OP_SOFTMAX;

	for (u32 i = 0; i < 2 && (groups & NPUM_PARAM_WINDOW); i++) {
		p->kernel[i] = c->kernel;
		p->stride[i] = c->stride;
		p->dilation[i] = c->dilation;
		p->pad[i] = c->pad;
	}
	if (groups & NPUM_PARAM_CLAMP) {
		u32 bits = 8 * npum_dtype_size(c->out_dtype);

		p->clamp[0] = c->out_dtype == VNPU_DTYPE_UINT8 ? 0 : S32_MIN >> (32 - bits);
		p->clamp[1] = (s32)((u32)p->clamp[0] + (0xffffffffu >> (32 - bits)));
	}
	for (u32 i = 0; i < 3; i++) {
		if (!(groups & ((u32)NPUM_PARAM_RESCALE0 << i)))
			continue;
		p->mult[i] = (1 << 30) + (s32)(model_random(random) >> 2);
		p->shift[i] = i == 2 ? c->shift : softmax ? 22 : sigmoid ? 2 : 0;
	}
	if (groups & NPUM_PARAM_LEFT_SHIFT)
		p->left_shift = c->in_dtype == VNPU_DTYPE_INT16 ? 15 : 20;
	if (groups & NPUM_PARAM_DIFF_MIN)
		p->diff_min = -248;
	if (groups & NPUM_PARAM_AXES) {
		p->axes = c->option;
		p->count = 1;
		for (u32 d = 0; d < 4; d++)
			p->count *= c->in[d] / c->out[d];
	}
	if (groups & NPUM_PARAM_MODE)
		p->mode = groups & NPUM_PARAM_AXES ? c->function : c->option;
	if ((groups & NPUM_PARAM_REAL_CLAMP) && model_is_real(c->out_dtype)) {
		p->real_clamp[0] = 0xff800000; /* -inf */
		p->real_clamp[1] = 0x7f800000;
	}
	if (groups & NPUM_PARAM_SCALE)
		p->scale = c->opcode == VNPU_OP_SOFTMAX_TABLE ? 0x3b800000 /* 1/256 */ :
								0x3d800000 /* 1/16 */;
	if (groups & NPUM_PARAM_FILL)
		p->fill = 5;
}

/* The factor mult * 2^(shift - 31) in binary32; mult is 2^30 or more. */
static inline s32 model_factor(s32 mult, s32 shift)
{
	return ((126 + shift) << 23) | ((mult >> 7) & 0x7fffff);
}

/* Does the personality take factors in binary32 for this op? */
static inline bool model_in_float(const struct model_case *c, u32 personality)
{
	const struct vnpu_op op = {
		.opcode = c->opcode,
		.in[0].dtype = c->in_dtype,
		.p.mode = c->option,
	};

	return npum_op_rounding(npum_personality_find(npum_builtin_set(), personality), &op) ==
	       NPUM_ROUND_FLOAT;
}

/** model_build() - write the program of a case; @round 0 is the one with the digests */
static inline void model_build(const struct model_case *c, u32 personality, u32 round,
			       struct model_program *p)
{
	const struct npum_op_info *info = npum_op_info(c->opcode);
	u64 random = model_seed(c, 99, round);

	*p = (struct model_program){
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = sizeof(*p),
			.personality = personality,
			.slot_offset = offsetof(struct model_program, slot),
			.slot_count = MODEL_SLOTS,
			.slot_size = sizeof(struct vnpu_slot_desc),
			.op_offset = offsetof(struct model_program, op),
			.op_count = 1,
			.op_size = sizeof(struct vnpu_op),
		},
		.op.opcode = c->opcode,
	};
	for (u32 i = 0; i < MODEL_SLOTS; i++) {
		struct vnpu_tensor *t = i == MODEL_OUT ? &p->op.out : &p->op.in[i];
		u32 bytes = model_operand(c, i, info->operand[i], t, &random);

		p->slot[i].kind = i == MODEL_OUT ? VNPU_SLOT_OUTPUT : VNPU_SLOT_INPUT;
		p->slot[i].bytes = round_up(bytes, 64u);
	}
	model_params(c, info->params, &p->op.p, &random);
	if ((info->params & NPUM_PARAM_RESCALE2) && model_in_float(c, personality)) {
		p->op.p.mult[2] = model_factor(p->op.p.mult[2], p->op.p.shift[2]);
		p->op.p.shift[2] = 0;
	}
}

static inline void model_fill_table(struct vnpu_requant_block *block, bool in_float, u64 *random)
{
	for (u32 i = 0; i < VNPU_CHANNEL_BLOCK; i++) {
		block->bias[i] = (s32)(model_random(random) % 40001) - 20000;
		block->mult[i] = (1 << 30) + (s32)(model_random(random) >> 2);
		block->shift[i] = -(s32)(model_random(random) % 8 + 4);
		if (in_float)
			block->mult[i] = model_factor(block->mult[i], block->shift[i]);
	}
}

static inline void model_fill_wide(struct vnpu_requant_wide_block *block, bool in_float,
				   u64 *random)
{
	for (u32 i = 0; i < VNPU_CHANNEL_BLOCK; i++) {
		block->bias[i] = (s32)model_random(random);
		block->bias[i] >>= model_random(random) % 16;
		block->mult[i] = (1 << 30) + (s32)(model_random(random) >> 2);
		block->shift[i] = -(s32)(model_random(random) % 8 + 6);
		if (in_float)
			block->mult[i] = model_factor(block->mult[i], block->shift[i]);
	}
}

/* A binary32 of some 2^-6 to 2^4, either sign. */
static inline u32 model_real(u64 *random)
{
	u32 bits = model_random(random);

	return (bits & 0x807fffff) | (121 + model_random(random) % 10) << 23;
}

/* The dtype of operand @i where it is one of floating point, else NONE. */
static inline u32 model_real_dtype(const struct model_case *c, u32 i, u8 kind)
{
	switch (kind) {
	case NPUM_OPERAND_ROWS_REAL:
	case NPUM_OPERAND_ROWS_DEPTHWISE_REAL:
		return c->in_dtype == VNPU_DTYPE_FLOAT32 ? VNPU_DTYPE_FLOAT16 : VNPU_DTYPE_FLOAT32;
	case NPUM_OPERAND_VECTOR_REAL:
	case NPUM_OPERAND_REAL:
		return VNPU_DTYPE_FLOAT32;
	case NPUM_OPERAND_FLOAT:
		return c->in_dtype;
	case NPUM_OPERAND_ANY:
		/* COPY moves any bits */
		return c->opcode != VNPU_OP_COPY && model_is_real(c->in_dtype) ? c->in_dtype : 0;
	default:
		return VNPU_DTYPE_NONE;
	}
}

/* Numbers of some 2^-6 to 2^4, either sign. */
static inline void model_fill_real(u32 dtype, void *data, u32 bytes, u64 *random)
{
	for (u32 w = 0; w < bytes / sizeof(u32) && dtype == VNPU_DTYPE_FLOAT32; w++)
		((u32 *)data)[w] = model_real(random);
	for (u32 h = 0; h < bytes / sizeof(u16) && dtype == VNPU_DTYPE_FLOAT16; h++) {
		u32 bits = model_random(random);

		((u16 *)data)[h] = (u16)((bits & 0x83ff) | (9 + model_random(random) % 10) << 10);
	}
}

/** model_fill() - write the data of operand @i, which are all bytes of its slot */
static inline void model_fill(const struct model_case *c, u32 personality, u32 i, u32 round,
			      void *data, u32 bytes)
{
	bool in_float = model_in_float(c, personality);
	u8 kind = npum_op_info(c->opcode)->operand[i];
	u64 random = model_seed(c, i, round);

	if (model_real_dtype(c, i, kind)) {
		model_fill_real(model_real_dtype(c, i, kind), data, bytes, &random);
		return;
	}
	switch (kind) {
	case NPUM_OPERAND_WHOLE:
		/* indices of GATHER, and one behind the last */
		for (u32 w = 0; w < bytes / sizeof(u32); w++)
			((u32 *)data)[w] = model_random(&random) % (c->in[2] + 1);
		break;
	case NPUM_OPERAND_TRUTH:
		for (u32 b = 0; b < bytes; b++)
			((u8 *)data)[b] = model_random(&random) & 1;
		break;
	case NPUM_OPERAND_REQUANT:
		for (u32 b = 0; b < bytes / sizeof(struct vnpu_requant_block); b++)
			model_fill_table((struct vnpu_requant_block *)data + b, in_float, &random);
		break;
	case NPUM_OPERAND_REQUANT_WIDE:
		for (u32 b = 0; b < bytes / sizeof(struct vnpu_requant_wide_block); b++)
			model_fill_wide((struct vnpu_requant_wide_block *)data + b, in_float,
					&random);
		break;
	case NPUM_OPERAND_LUT_I16:
		/* of either sign, but for softmax */
		for (u32 w = 0; w < bytes / sizeof(u16); w++)
			((u16 *)data)[w] = (u16)(model_random(&random) >>
						 (c->opcode == VNPU_OP_SOFTMAX_I16 ? 17 : 16));
		break;
	case NPUM_OPERAND_LUT_REAL:
		/* near 2^(-d / 8): as bits of binary32 grow, so does nearly their logarithm */
		for (u32 d = 0; d < bytes / sizeof(u32); d++)
			((u32 *)data)[d] = (127u << 23) - (d << 20);
		break;
	default:
		for (u32 b = 0; b < bytes; b++)
			((u8 *)data)[b] = (u8)(model_random(&random) >> 24);
		break;
	}
}

#define MODEL_OP(name_, op, in_type, out_type) \
	.name = name_, .opcode = VNPU_OP_##op, .in_dtype = VNPU_DTYPE_##in_type, \
	.out_dtype = VNPU_DTYPE_##out_type
#define MODEL_SAME(n, h, w, c) \
	.in = { n, h, w, c }, .out = { n, h, w, c }
#define MODEL_WINDOW(k, s, d, p) \
	.kernel = k, .stride = s, .dilation = d, .pad = p

/* Most are larger than one tile. */
static const struct model_case model_cases[] = {
	{ MODEL_OP("conv 3x3", CONV2D, INT8, INT8), .in = { 1, 24, 24, 32 },
	  .out = { 1, 24, 24, 40 }, MODEL_WINDOW(3, 1, 1, 1),
	  .digest = { 0x469fbbe0facd7813, 0x39bb77991c6c8233,
		      0xc66e2f295f33efe4, 0x39bb77991c6c8233 } },
	{ MODEL_OP("conv 1x1", CONV2D, INT8, INT8), .in = { 1, 20, 20, 64 },
	  .out = { 1, 20, 20, 48 }, MODEL_WINDOW(1, 1, 1, 0),
	  .digest = { 0x3af6c215d4e610c4, 0xca5f3e4df86afa25,
		      0xc39541ebb2654388, 0xca5f3e4df86afa25 } },
	{ MODEL_OP("conv 5x5, dilated, odd channels", CONV2D, UINT8, UINT8),
	  .in = { 1, 23, 21, 3 }, .out = { 1, 12, 11, 17 }, MODEL_WINDOW(5, 2, 2, 4),
	  .digest = { 0xd3f7ec18a0f85725, 0xd3f7ec18a0f85725,
		      0xd3f7ec18a0f85725, 0xd3f7ec18a0f85725 } },
	{ MODEL_OP("conv of two images", CONV2D, INT8, UINT8), .in = { 2, 9, 9, 16 },
	  .out = { 2, 4, 4, 33 }, MODEL_WINDOW(3, 2, 1, 0),
	  .digest = { 0x858141ccdd29791c, 0x858141ccdd29791c,
		      0x858141ccdd29791c, 0x858141ccdd29791c } },
	{ MODEL_OP("depthwise 3x3", DEPTHWISE, INT8, INT8), .in = { 1, 40, 40, 48 },
	  .out = { 1, 40, 40, 48 }, MODEL_WINDOW(3, 1, 1, 1),
	  .digest = { 0xb1f4315c3e977c42, 0x63824b447223991a,
		      0xb1f4315c3e977c42, 0x63824b447223991a } },
	{ MODEL_OP("depthwise, two per channel", DEPTHWISE, UINT8, UINT8),
	  .in = { 1, 15, 15, 9 }, .out = { 1, 8, 8, 18 }, MODEL_WINDOW(5, 2, 1, 2),
	  .digest = { 0x621f9451a8567582, 0xbdd07297641b64c5,
		      0x621f9451a8567582, 0xbdd07297641b64c5 } },
	{ MODEL_OP("fully connected", FULLY_CONNECTED, INT8, INT8), .in = { 1, 1, 40, 300 },
	  .out = { 1, 1, 40, 200 },
	  .digest = { 0x416eaadbe52bc3b8, 0x416eaadbe52bc3b8,
		      0x9d9e8c1ed9e81eba, 0x416eaadbe52bc3b8 } },
	{ MODEL_OP("fully connected, odd", FULLY_CONNECTED, UINT8, INT8), .in = { 1, 1, 1, 77 },
	  .out = { 1, 1, 1, 10 },
	  .digest = { 0xbfc6b77168992825, 0xbfc6b77168992825,
		      0xbfc6b77168992825, 0xbfc6b77168992825 } },
	{ MODEL_OP("average pool", AVG_POOL, INT8, INT8), .in = { 1, 48, 48, 24 },
	  .out = { 1, 48, 48, 24 }, MODEL_WINDOW(3, 1, 1, 1),
	  .digest = { 0x1a78a29b09684674, 0x1a78a29b09684674,
		      0x1a78a29b09684674, 0x1a78a29b09684674 } },
	{ MODEL_OP("average pool of all", AVG_POOL, UINT8, UINT8), .in = { 1, 7, 7, 50 },
	  .out = { 1, 1, 1, 50 }, MODEL_WINDOW(7, 1, 1, 0),
	  .digest = { 0x3222d74fa90837a6, 0x3222d74fa90837a6,
		      0x3222d74fa90837a6, 0x3222d74fa90837a6 } },
	{ MODEL_OP("max pool", MAX_POOL, INT8, INT8), .in = { 1, 64, 64, 24 },
	  .out = { 1, 32, 32, 24 }, MODEL_WINDOW(3, 2, 1, 1),
	  .digest = { 0xfde645eeb4c9f349, 0xfde645eeb4c9f349,
		      0xfde645eeb4c9f349, 0xfde645eeb4c9f349 } },
	{ MODEL_OP("add", ADD, INT8, INT8), MODEL_SAME(1, 30, 30, 40), .shift = -19,
	  .digest = { 0x215fe806e7dcd3f6, 0x215fe806e7dcd3f6,
		      0x215fe806e7dcd3f6, 0x215fe806e7dcd3f6 } },
	{ MODEL_OP("add, uint8", ADD, UINT8, UINT8), MODEL_SAME(1, 5, 5, 7), .shift = -18,
	  .digest = { 0xa5048933f783ed00, 0xa5048933f783ed00,
		      0xa5048933f783ed00, 0xa5048933f783ed00 } },
	{ MODEL_OP("sub", SUB, INT8, INT8), MODEL_SAME(1, 30, 30, 40), .shift = -19,
	  .digest = { 0xfd5ed8de5a40525c, 0xfd5ed8de5a40525c,
		      0xfd5ed8de5a40525c, 0xfd5ed8de5a40525c } },
	{ MODEL_OP("mul", MUL, INT8, INT8), MODEL_SAME(1, 30, 30, 40), .shift = -6,
	  .digest = { 0x65f75b3b57dfeb3c, 0x577f82aa0900c422,
		      0x65f75b3b57dfeb3c, 0x577f82aa0900c422 } },
	{ MODEL_OP("copy", COPY, INT8, INT8), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0x4d0bebb8a5a960ad, 0x4d0bebb8a5a960ad,
		      0x4d0bebb8a5a960ad, 0x4d0bebb8a5a960ad } },
	{ MODEL_OP("copy of words", COPY, FLOAT32, FLOAT32), MODEL_SAME(1, 30, 30, 20),
	  .digest = { 0x2a784c6fbc0fef37, 0x2a784c6fbc0fef37,
		      0x2a784c6fbc0fef37, 0x2a784c6fbc0fef37 } },
	{ MODEL_OP("fill", FILL, INT8, INT8), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0xd00fb487b9ab30c5, 0xd00fb487b9ab30c5,
		      0xd00fb487b9ab30c5, 0xd00fb487b9ab30c5 } },
	{ MODEL_OP("requantize", REQUANTIZE, UINT8, INT8), MODEL_SAME(1, 30, 30, 40),
	  .shift = 0,
	  .digest = { 0xd9612b3e7c290549, 0xd9612b3e7c290549,
		      0xd9612b3e7c290549, 0xd9612b3e7c290549 } },
	{ MODEL_OP("look-up", LUT, INT8, INT8), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0xc001ed7932962c53, 0xc001ed7932962c53,
		      0xc001ed7932962c53, 0xc001ed7932962c53 } },
	{ MODEL_OP("softmax", SOFTMAX, INT8, INT8), MODEL_SAME(1, 40, 40, 21),
	  .digest = { 0xd577ab2a64bd0788, 0xd577ab2a64bd0788,
		      0xd577ab2a64bd0788, 0xd577ab2a64bd0788 } },
	{ MODEL_OP("softmax, uint8", SOFTMAX, UINT8, UINT8), MODEL_SAME(1, 1, 3, 1001),
	  .digest = { 0x0ae237b5bafb5194, 0x0ae237b5bafb5194,
		      0x0ae237b5bafb5194, 0x0ae237b5bafb5194 } },
	{ MODEL_OP("mean of an image", MEAN, INT8, INT8), .in = { 1, 40, 40, 48 },
	  .out = { 1, 1, 1, 48 }, .shift = -10, .option = VNPU_AXIS_H | VNPU_AXIS_W,
	  .digest = { 0x1f892950137b8ff5, 0x1f892950137b8ff5,
		      0x1f892950137b8ff5, 0x1f892950137b8ff5 } },
	{ MODEL_OP("mean of channels", MEAN, UINT8, UINT8), .in = { 2, 40, 40, 32 },
	  .out = { 2, 40, 40, 1 }, .shift = -4, .option = VNPU_AXIS_C,
	  .digest = { 0x13f631ef6a6fdd25, 0x13f631ef6a6fdd25,
		      0x13f631ef6a6fdd25, 0x13f631ef6a6fdd25 } },
	{ MODEL_OP("nearest", RESIZE_NEAREST, INT8, INT8), .in = { 1, 20, 20, 24 },
	  .out = { 1, 41, 37, 24 }, .option = VNPU_RESIZE_HALF_PIXEL,
	  .digest = { 0x02eb5c92dfbb5e68, 0x02eb5c92dfbb5e68,
		      0x02eb5c92dfbb5e68, 0x02eb5c92dfbb5e68 } },
	{ MODEL_OP("bilinear", RESIZE_BILINEAR, INT8, INT8), .in = { 1, 20, 20, 24 },
	  .out = { 1, 41, 37, 24 }, .option = VNPU_RESIZE_HALF_PIXEL,
	  .digest = { 0x59d7893cc7951166, 0x59d7893cc7951166,
		      0x59d7893cc7951166, 0xa33c78a6d1009426 } },
	{ MODEL_OP("bilinear in binary32", RESIZE_BILINEAR, UINT8, UINT8),
	  .in = { 1, 20, 20, 24 }, .out = { 1, 33, 40, 24 },
	  .option = VNPU_RESIZE_FLOAT | VNPU_RESIZE_ALIGN_CORNERS,
	  .digest = { 0x54405db5c10daa29, 0x54405db5c10daa29,
		      0x54405db5c10daa29, 0x54405db5c10daa29 } },
	{ MODEL_OP("arg-max", ARG_MAX, INT8, INT32), .in = { 1, 50, 50, 33 },
	  .out = { 1, 50, 50, 1 },
	  .digest = { 0xfc0ce7299ad2d46c, 0xfc0ce7299ad2d46c,
		      0xfc0ce7299ad2d46c, 0xfc0ce7299ad2d46c } },
	{ MODEL_OP("quantize", QUANTIZE, FLOAT32, INT8), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0xd91aaab7fb264966, 0xd91aaab7fb264966,
		      0xd91aaab7fb264966, 0xd91aaab7fb264966 } },
	{ MODEL_OP("softmax from a table", SOFTMAX_TABLE, INT8, INT8), MODEL_SAME(1, 40, 40, 21),
	  .digest = { 0x7b30ce6336cc027f, 0x7b30ce6336cc027f,
		      0x7b30ce6336cc027f, 0x7b30ce6336cc027f } },
	{ MODEL_OP("softmax from a table, uint8", SOFTMAX_TABLE, UINT8, UINT8),
	  MODEL_SAME(1, 1, 3, 1001),
	  .digest = { 0xfcbd22520f0046e5, 0xfcbd22520f0046e5,
		      0xfcbd22520f0046e5, 0xfcbd22520f0046e5 } },
	{ MODEL_OP("dequantize", DEQUANTIZE, UINT8, FLOAT32), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0xd5ddb64a9db61dc6, 0xd5ddb64a9db61dc6,
		      0xd5ddb64a9db61dc6, 0xd5ddb64a9db61dc6 } },
	{ MODEL_OP("conv in binary32", CONV2D_F, FLOAT32, FLOAT32), .in = { 1, 20, 20, 24 },
	  .out = { 1, 20, 20, 40 }, MODEL_WINDOW(3, 1, 1, 1),
	  .digest = { 0x70506f1fb5ec1a21, 0x70506f1fb5ec1a21,
		      0x70506f1fb5ec1a21, 0x70506f1fb5ec1a21 } },
	{ MODEL_OP("conv in binary16, odd", CONV2D_F, FLOAT16, FLOAT16), .in = { 2, 9, 11, 5 },
	  .out = { 2, 5, 6, 19 }, MODEL_WINDOW(3, 2, 1, 1),
	  .digest = { 0x3cbc18418c9c97e2, 0x3cbc18418c9c97e2,
		      0x3cbc18418c9c97e2, 0x3cbc18418c9c97e2 } },
	{ MODEL_OP("depthwise in binary32", DEPTHWISE_F, FLOAT32, FLOAT32), .in = { 1, 20, 20, 24 },
	  .out = { 1, 20, 20, 24 }, MODEL_WINDOW(3, 1, 1, 1),
	  .digest = { 0x74f22889b77f966d, 0x74f22889b77f966d,
		      0x74f22889b77f966d, 0x74f22889b77f966d } },
	{ MODEL_OP("depthwise in binary16, two per channel", DEPTHWISE_F, FLOAT16, FLOAT16),
	  .in = { 1, 9, 9, 10 }, .out = { 1, 5, 5, 20 }, MODEL_WINDOW(3, 2, 1, 1),
	  .digest = { 0x206e365960107d9b, 0x206e365960107d9b,
		      0x206e365960107d9b, 0x206e365960107d9b } },
	{ MODEL_OP("fully connected in binary32", FULLY_CONNECTED_F, FLOAT32, FLOAT32),
	  .in = { 1, 1, 20, 100 }, .out = { 1, 1, 20, 130 },
	  .digest = { 0x57953b92fe1194a1, 0x57953b92fe1194a1,
		      0x57953b92fe1194a1, 0x57953b92fe1194a1 } },
	{ MODEL_OP("fully connected, hybrid", FULLY_CONNECTED_HYBRID, FLOAT32, FLOAT32),
	  .in = { 1, 1, 20, 100 }, .out = { 1, 1, 20, 130 },
	  .digest = { 0x3e86b9a48c027fa3, 0x3e86b9a48c027fa3,
		      0x3e86b9a48c027fa3, 0xc27ca67ed6880816 } },
	{ MODEL_OP("matrices", BATCH_MATMUL_F, FLOAT32, FLOAT32), .in = { 2, 3, 20, 30 },
	  .out = { 2, 3, 20, 25 },
	  .digest = { 0x8e876680ef887bf3, 0x8e876680ef887bf3,
		      0x8e876680ef887bf3, 0x8e876680ef887bf3 } },
	{ MODEL_OP("matrices of codes", BATCH_MATMUL, INT8, INT8), .in = { 2, 3, 20, 30 },
	  .out = { 2, 3, 20, 25 }, .shift = -11,
	  .digest = { 0x349d179d1ecf4a2f, 0x8efae936e7e64040,
		      0x349d179d1ecf4a2f, 0x8efae936e7e64040 } },
	{ MODEL_OP("matrices of codes, uint8", BATCH_MATMUL, UINT8, UINT8),
	  .in = { 1, 1, 33, 90 }, .out = { 1, 1, 33, 40 }, .shift = -17,
	  .digest = { 0x43f79d9ae18ee1bc, 0x43f79d9ae18ee1bc,
		      0x43f79d9ae18ee1bc, 0x43f79d9ae18ee1bc } },
	{ MODEL_OP("exponentials", UNARY, FLOAT32, FLOAT32), MODEL_SAME(1, 20, 20, 24),
	  .option = VNPU_FN_EXP,
	  .digest = { 0xe0b3f84106dde708, 0xe0b3f84106dde708,
		      0xe0b3f84106dde708, 0xe0b3f84106dde708 } },
	{ MODEL_OP("gelu in binary16", UNARY, FLOAT16, FLOAT16), MODEL_SAME(1, 20, 20, 24),
	  .option = VNPU_FN_GELU,
	  .digest = { 0x5e356112ee08076c, 0x5e356112ee08076c,
		      0x5e356112ee08076c, 0x5e356112ee08076c } },
	{ MODEL_OP("sines", UNARY, FLOAT32, FLOAT32), MODEL_SAME(1, 5, 5, 7),
	  .option = VNPU_FN_SIN,
	  .digest = { 0x51081d221fec01cc, 0x51081d221fec01cc,
		      0x51081d221fec01cc, 0x51081d221fec01cc } },
	{ MODEL_OP("magnitudes of int8", UNARY, INT8, INT8), MODEL_SAME(1, 5, 5, 7),
	  .option = VNPU_FN_ABS,
	  .digest = { 0x4f591619113cebad, 0x4f591619113cebad,
		      0x4f591619113cebad, 0x4f591619113cebad } },
	{ MODEL_OP("quotients", BINARY, FLOAT32, FLOAT32), MODEL_SAME(1, 20, 20, 24),
	  .option = VNPU_FN_DIV,
	  .digest = { 0x77d03cc1a6765f0e, 0x77d03cc1a6765f0e,
		      0x77d03cc1a6765f0e, 0x77d03cc1a6765f0e } },
	{ MODEL_OP("powers in binary16", BINARY, FLOAT16, FLOAT16), MODEL_SAME(1, 5, 5, 7),
	  .option = VNPU_FN_POW,
	  .digest = { 0xa65ed8ca2a209b58, 0xa65ed8ca2a209b58,
		      0xa65ed8ca2a209b58, 0xa65ed8ca2a209b58 } },
	{ MODEL_OP("remainders of int32", BINARY, INT32, INT32), MODEL_SAME(1, 5, 5, 7),
	  .option = VNPU_FN_FLOOR_MOD,
	  .digest = { 0xcf58746c2dfcfa25, 0xcf58746c2dfcfa25,
		      0xcf58746c2dfcfa25, 0xcf58746c2dfcfa25 } },
	{ MODEL_OP("comparison", BINARY, FLOAT32, UINT8), MODEL_SAME(1, 5, 5, 7),
	  .option = VNPU_FN_LESS,
	  .digest = { 0xab0c262759a1d225, 0xab0c262759a1d225,
		      0xab0c262759a1d225, 0xab0c262759a1d225 } },
	{ MODEL_OP("select", SELECT, FLOAT32, FLOAT32), MODEL_SAME(1, 30, 30, 24),
	  .digest = { 0x15de677f4b453a9b, 0x15de677f4b453a9b,
		      0x15de677f4b453a9b, 0x15de677f4b453a9b } },
	{ MODEL_OP("sums of images", REDUCE, FLOAT32, FLOAT32), .in = { 2, 40, 40, 24 },
	  .out = { 2, 1, 1, 24 }, .option = VNPU_AXIS_H | VNPU_AXIS_W, .function = VNPU_FN_ADD,
	  .digest = { 0x9481f6f0a4ec9e73, 0x9481f6f0a4ec9e73,
		      0x9481f6f0a4ec9e73, 0x9481f6f0a4ec9e73 } },
	{ MODEL_OP("means of channels", REDUCE, FLOAT16, FLOAT16), .in = { 1, 20, 20, 24 },
	  .out = { 1, 20, 20, 1 }, .option = VNPU_AXIS_C, .function = VNPU_FN_MEAN,
	  .digest = { 0xf9ae568f03dfa214, 0xf9ae568f03dfa214,
		      0xf9ae568f03dfa214, 0xf9ae568f03dfa214 } },
	{ MODEL_OP("products of int32", REDUCE, INT32, INT32), .in = { 1, 5, 5, 70 },
	  .out = { 1, 5, 5, 1 }, .option = VNPU_AXIS_C, .function = VNPU_FN_MUL,
	  .digest = { 0x8421ae126c7ced25, 0x8421ae126c7ced25,
		      0x8421ae126c7ced25, 0x8421ae126c7ced25 } },
	{ MODEL_OP("least", ARG, FLOAT32, INT64), .in = { 1, 30, 30, 33 }, .out = { 1, 30, 30, 1 },
	  .option = VNPU_ARG_LEAST,
	  .digest = { 0xb14616c5cdfc5050, 0xb14616c5cdfc5050,
		      0xb14616c5cdfc5050, 0xb14616c5cdfc5050 } },
	{ MODEL_OP("average pool in binary32", AVG_POOL_F, FLOAT32, FLOAT32),
	  .in = { 1, 20, 20, 24 }, .out = { 1, 20, 20, 24 }, MODEL_WINDOW(3, 1, 1, 1),
	  .digest = { 0xcc6afbd33e9f1550, 0xcc6afbd33e9f1550,
		      0xcc6afbd33e9f1550, 0xcc6afbd33e9f1550 } },
	{ MODEL_OP("max pool in binary16", MAX_POOL_F, FLOAT16, FLOAT16),
	  .in = { 1, 40, 40, 24 }, .out = { 1, 20, 20, 24 }, MODEL_WINDOW(3, 2, 1, 1),
	  .digest = { 0x306bed4792304000, 0x306bed4792304000,
		      0x306bed4792304000, 0x306bed4792304000 } },
	{ MODEL_OP("softmax in binary32", SOFTMAX_F, FLOAT32, FLOAT32), MODEL_SAME(1, 20, 20, 33),
	  .digest = { 0x0b6e6fdbe85ffa67, 0x0b6e6fdbe85ffa67,
		      0x0b6e6fdbe85ffa67, 0x0b6e6fdbe85ffa67 } },
	{ MODEL_OP("logarithm of softmax", SOFTMAX_F, FLOAT16, FLOAT16), MODEL_SAME(1, 1, 3, 101),
	  .option = VNPU_SOFTMAX_LOG,
	  .digest = { 0x41126c2ab0bbc864, 0x41126c2ab0bbc864,
		      0x41126c2ab0bbc864, 0x41126c2ab0bbc864 } },
	{ MODEL_OP("bilinear of floats", RESIZE_BILINEAR_F, FLOAT32, FLOAT32),
	  .in = { 1, 9, 9, 24 }, .out = { 1, 21, 17, 24 }, .option = VNPU_RESIZE_HALF_PIXEL,
	  .digest = { 0x4ebae1f02828d82c, 0x4ebae1f02828d82c,
		      0x4ebae1f02828d82c, 0x4ebae1f02828d82c } },
	{ MODEL_OP("cast to int8", CAST, FLOAT32, INT8), MODEL_SAME(1, 30, 30, 24),
	  .digest = { 0x5c47c949ff655423, 0x5c47c949ff655423,
		      0x5c47c949ff655423, 0x5c47c949ff655423 } },
	{ MODEL_OP("cast of int32", CAST, INT32, FLOAT16), MODEL_SAME(1, 5, 5, 7),
	  .digest = { 0xf5d2e68a61e583c1, 0xf5d2e68a61e583c1,
		      0xf5d2e68a61e583c1, 0xf5d2e68a61e583c1 } },
	{ MODEL_OP("gather", GATHER, FLOAT32, FLOAT32), .in = { 1, 30, 10, 24 },
	  .out = { 1, 30, 70, 24 },
	  .digest = { 0x460d9e4e101fed99, 0x460d9e4e101fed99,
		      0x460d9e4e101fed99, 0x460d9e4e101fed99 } },
	{ MODEL_OP("gates", GATES, INT8, INT16), .in = { 1, 1, 40, 60 }, .out = { 1, 1, 40, 200 },
	  .digest = { 0x56d80d614babe6b3, 0x91f267adc96f56c4,
		      0x56d80d614babe6b3, 0x91f267adc96f56c4 } },
	{ MODEL_OP("cells", LSTM_CELL, INT16, INT16), .in = { 1, 3, 20, 200 },
	  .out = { 1, 3, 20, 50 }, .option = 12,
	  .digest = { 0x59cfababcada81e8, 0x59cfababcada81e8,
		      0x59cfababcada81e8, 0x59cfababcada81e8 } },
	{ MODEL_OP("hidden state", LSTM_HIDDEN, INT16, INT8), .in = { 1, 3, 20, 200 },
	  .out = { 1, 3, 20, 50 }, .option = 11, .shift = -22,
	  .digest = { 0x5ee5d30e71be4200, 0x5ee5d30e71be4200,
		      0x5ee5d30e71be4200, 0x5ee5d30e71be4200 } },
	{ MODEL_OP("memories of 16 bits", SVDF_TIME, INT16, INT8), .in = { 1, 40, 50, 60 },
	  .out = { 1, 1, 40, 50 },
	  .digest = { 0x1463da623c5bdd2e, 0x1463da623c5bdd2e,
		      0x1463da623c5bdd2e, 0x1463da623c5bdd2e } },
	{ MODEL_OP("memories of 8 bits", SVDF_TIME, INT8, UINT8), .in = { 1, 7, 131, 16 },
	  .out = { 1, 1, 7, 131 },
	  .digest = { 0xa29c436cf8b9acfd, 0xa4b5acf1ce331854,
		      0xa29c436cf8b9acfd, 0xa4b5acf1ce331854 } },
	{ MODEL_OP("look-up of pairs", LUT_PAIR, INT8, UINT8), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0x2379078a00709693, 0x2379078a00709693,
		      0x2379078a00709693, 0x2379078a00709693 } },
	{ MODEL_OP("conv 16x8", CONV2D_I16, INT16, INT16), .in = { 1, 24, 24, 32 },
	  .out = { 1, 24, 24, 40 }, MODEL_WINDOW(3, 1, 1, 1), .weights = VNPU_DTYPE_INT8,
	  .digest = { 0x8a17c3fd4dd9da72, 0x8a17c3fd4dd9da72,
		      0x8a17c3fd4dd9da72, 0x8a17c3fd4dd9da72 } },
	{ MODEL_OP("conv 16x16, dilated, odd channels", CONV2D_I16, INT16, INT16),
	  .in = { 1, 23, 21, 3 }, .out = { 1, 12, 11, 17 }, MODEL_WINDOW(5, 2, 2, 4),
	  .weights = VNPU_DTYPE_INT16,
	  .digest = { 0x913aa6f560e1b557, 0x913aa6f560e1b557,
		      0x913aa6f560e1b557, 0x913aa6f560e1b557 } },
	{ MODEL_OP("conv 16x8 with 32-bit biases", CONV2D_I16, INT16, INT16), .in = { 1, 9, 9, 16 },
	  .out = { 1, 9, 9, 33 }, MODEL_WINDOW(1, 1, 1, 0), .weights = VNPU_DTYPE_INT8,
	  .option = VNPU_PRODUCT_NARROW,
	  .digest = { 0xc297fe0c81b6e397, 0x3d5e24a28bad8d65,
		      0xa4b1353fd95ebee4, 0xbb82c2a7704a054f } },
	{ MODEL_OP("depthwise 16x8", DEPTHWISE_I16, INT16, INT16), .in = { 1, 40, 40, 48 },
	  .out = { 1, 40, 40, 48 }, MODEL_WINDOW(3, 1, 1, 1), .weights = VNPU_DTYPE_INT8,
	  .digest = { 0xe2d8cdcc7b1f2b75, 0xe2d8cdcc7b1f2b75,
		      0xe2d8cdcc7b1f2b75, 0xe2d8cdcc7b1f2b75 } },
	{ MODEL_OP("depthwise 16x16, two per channel", DEPTHWISE_I16, INT16, INT16),
	  .in = { 1, 15, 15, 9 }, .out = { 1, 8, 8, 18 }, MODEL_WINDOW(5, 2, 1, 2),
	  .weights = VNPU_DTYPE_INT16,
	  .digest = { 0x4714c7cb1a5edc43, 0x4714c7cb1a5edc43,
		      0x4714c7cb1a5edc43, 0x4714c7cb1a5edc43 } },
	{ MODEL_OP("fully connected 16x8", FULLY_CONNECTED_I16, INT16, INT16),
	  .in = { 1, 1, 40, 300 }, .out = { 1, 1, 40, 200 }, .weights = VNPU_DTYPE_INT8,
	  .digest = { 0x18f4404330e88143, 0x18f4404330e88143,
		      0x18f4404330e88143, 0x18f4404330e88143 } },
	{ MODEL_OP("add, int16", ADD_I16, INT16, INT16), MODEL_SAME(1, 30, 30, 40), .shift = -14,
	  .digest = { 0x2118683a122a9854, 0x2118683a122a9854,
		      0x2118683a122a9854, 0x2118683a122a9854 } },
	{ MODEL_OP("sub, int16", SUB_I16, INT16, INT16), MODEL_SAME(1, 30, 30, 40), .shift = -14,
	  .digest = { 0x8dc56af5ddd930fe, 0x8e9243466c8ee849,
		      0x8dc56af5ddd930fe, 0x8e9243466c8ee849 } },
	{ MODEL_OP("mul, int16", MUL_I16, INT16, INT16), MODEL_SAME(1, 30, 30, 40), .shift = -13,
	  .digest = { 0x5e9497b58df02cc2, 0x8798b02cac67a05a,
		      0x5e9497b58df02cc2, 0x34ebbec874bddad4 } },
	{ MODEL_OP("mul, int16 to int8", MUL_I16, INT16, INT8),
	  MODEL_SAME(1, 3, 5, 7), .shift = -22,
	  .digest = { 0x011080dff65ca39e, 0x011080dff65ca39e,
		      0x011080dff65ca39e, 0x011080dff65ca39e } },
	{ MODEL_OP("requantize, int16 to int32", REQUANTIZE_I16, INT16, INT32),
	  MODEL_SAME(1, 30, 30, 40), .shift = 1,
	  .digest = { 0x27a9dd5cc230c2ad, 0x27a9dd5cc230c2ad,
		      0x27a9dd5cc230c2ad, 0x27a9dd5cc230c2ad } },
	{ MODEL_OP("requantize, int16 to int8", REQUANTIZE_I16, INT16, INT8),
	  MODEL_SAME(1, 30, 30, 40), .shift = -7,
	  .digest = { 0x07259d526f211f3b, 0x02eaa0e82fe0bf6a,
		      0x07259d526f211f3b, 0x02eaa0e82fe0bf6a } },
	{ MODEL_OP("requantize, uint8 to int16", REQUANTIZE_I16, UINT8, INT16),
	  MODEL_SAME(1, 3, 5, 7), .shift = 7,
	  .digest = { 0x211141096a54f1ee, 0x211141096a54f1ee,
		      0x211141096a54f1ee, 0x211141096a54f1ee } },
	{ MODEL_OP("average pool, int16", AVG_POOL_I16, INT16, INT16), .in = { 1, 48, 48, 24 },
	  .out = { 1, 48, 48, 24 }, MODEL_WINDOW(3, 1, 1, 1),
	  .digest = { 0x1409da6ac4f6bef1, 0x1409da6ac4f6bef1,
		      0x1409da6ac4f6bef1, 0x1409da6ac4f6bef1 } },
	{ MODEL_OP("max pool, int16", MAX_POOL_I16, INT16, INT16), .in = { 1, 64, 64, 24 },
	  .out = { 1, 32, 32, 24 }, MODEL_WINDOW(3, 2, 1, 1),
	  .digest = { 0xbee3d54c6370776c, 0xbee3d54c6370776c,
		      0xbee3d54c6370776c, 0xbee3d54c6370776c } },
	{ MODEL_OP("mean of an image, int16", MEAN_I16, INT16, INT16), .in = { 1, 40, 40, 128 },
	  .out = { 1, 1, 1, 128 }, .shift = -10, .option = VNPU_AXIS_H | VNPU_AXIS_W,
	  .digest = { 0xc733ff1915acb3ff, 0xc733ff1915acb3ff,
		      0xc733ff1915acb3ff, 0xc733ff1915acb3ff } },
	{ MODEL_OP("look-up, int16", LUT_I16, INT16, INT16), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0x79d364642abd508a, 0x79d364642abd508a,
		      0x79d364642abd508a, 0x79d364642abd508a } },
	{ MODEL_OP("softmax, int16", SOFTMAX_I16, INT16, INT16), MODEL_SAME(1, 40, 40, 21),
	  .digest = { 0x8189ff1a6ddbfbc0, 0x8189ff1a6ddbfbc0,
		      0x8189ff1a6ddbfbc0, 0x8189ff1a6ddbfbc0 } },
	{ MODEL_OP("leaky relu, int16", LEAKY_RELU_I16, INT16, INT16), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0x75cdf979b9bbd65b, 0x75cdf979b9bbd65b,
		      0x75cdf979b9bbd65b, 0x75cdf979b9bbd65b } },
	{ MODEL_OP("logistic, int16", LOGISTIC_I16, INT16, INT16), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0x019b36ae84ebeac7, 0x019b36ae84ebeac7,
		      0x019b36ae84ebeac7, 0x019b36ae84ebeac7 } },
	{ MODEL_OP("tanh, int16", TANH_I16, INT16, INT16), MODEL_SAME(1, 30, 30, 40),
	  .digest = { 0xc141b17359343dda, 0xc141b17359343dda,
		      0xc141b17359343dda, 0xc141b17359343dda } },
	{ MODEL_OP("quantize to int16", QUANTIZE, FLOAT32, INT16), MODEL_SAME(1, 3, 5, 7),
	  .digest = { 0x2f30ece8858f9891, 0x2f30ece8858f9891,
		      0x2f30ece8858f9891, 0x2f30ece8858f9891 } },
	{ MODEL_OP("dequantize int16", DEQUANTIZE, INT16, FLOAT32), MODEL_SAME(1, 3, 5, 7),
	  .digest = { 0x6de5bb08034534a8, 0x6de5bb08034534a8,
		      0x6de5bb08034534a8, 0x6de5bb08034534a8 } },
};

#endif /* MODEL_CASES_H */
