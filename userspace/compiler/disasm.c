// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Programs as text.  What is printed of an op follows from the model's op table:
 * its operands, and the parameter groups that it reads.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npuc.h"
#include "npum.h"
#include "npum_personality.h"
#include "standin.h"

/**
 * struct listing - a text being written
 * @write: takes pieces of it
 * @arg: for @write
 * @result: what @write returned first that was not 0
 */
struct listing {
	int (*write)(void *arg, const char *text);
	void *arg;
	int result;
};

__attribute__((format(printf, 2, 3))) static void put(struct listing *l, const char *format, ...)
{
	char text[256];
	va_list args;

	if (l->result)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	l->result = l->write(l->arg, text);
}

static const char *const slot_kinds[] = {
	[VNPU_SLOT_CONST] = "const",   [VNPU_SLOT_TEMP] = "temp", [VNPU_SLOT_INPUT] = "input",
	[VNPU_SLOT_OUTPUT] = "output", [VNPU_SLOT_L1] = "l1",	  [VNPU_SLOT_STATE] = "state",
};

static const char *const layouts[] = {
	[VNPU_LAYOUT_NHWC] = "nhwc",
	[VNPU_LAYOUT_WEIGHTS] = "weights",
	[VNPU_LAYOUT_DEPTHWISE] = "depthwise",
	[VNPU_LAYOUT_REQUANT] = "requant",
	[VNPU_LAYOUT_LUT] = "lut",
	[VNPU_LAYOUT_LUT_PAIR] = "lut-pair",
};

static void put_window(struct listing *l, const struct vnpu_params *p)
{
	put(l, " kernel %ux%u stride %ux%u", p->kernel[0], p->kernel[1], p->stride[0],
	    p->stride[1]);
	put(l, " dilation %ux%u pad %u,%u", p->dilation[0], p->dilation[1], p->pad[0], p->pad[1]);
}

static void put_clamp(struct listing *l, const struct vnpu_params *p)
{
	put(l, " clamp %d..%d", p->clamp[0], p->clamp[1]);
}

static void put_rescale(struct listing *l, const struct vnpu_params *p, int i)
{
	put(l, " mult%d %d<<%d", i, p->mult[i], p->shift[i]);
}

static void put_rescale0(struct listing *l, const struct vnpu_params *p)
{
	put_rescale(l, p, 0);
}

static void put_rescale1(struct listing *l, const struct vnpu_params *p)
{
	put_rescale(l, p, 1);
}

static void put_rescale2(struct listing *l, const struct vnpu_params *p)
{
	put_rescale(l, p, 2);
}

static void put_left_shift(struct listing *l, const struct vnpu_params *p)
{
	put(l, " left_shift %u", p->left_shift);
}

static void put_diff_min(struct listing *l, const struct vnpu_params *p)
{
	put(l, " diff_min %d", p->diff_min);
}

static void put_axes(struct listing *l, const struct vnpu_params *p)
{
	put(l, " axes %s%s%s%s count %u", p->axes & VNPU_AXIS_N ? "n" : "",
	    p->axes & VNPU_AXIS_H ? "h" : "", p->axes & VNPU_AXIS_W ? "w" : "",
	    p->axes & VNPU_AXIS_C ? "c" : "", p->count);
}

static void put_mode(struct listing *l, const struct vnpu_params *p)
{
	put(l, " mode%s%s%s%s", p->mode ? "" : " plain",
	    p->mode & VNPU_RESIZE_ALIGN_CORNERS ? " align_corners" : "",
	    p->mode & VNPU_RESIZE_HALF_PIXEL ? " half_pixel" : "",
	    p->mode & VNPU_RESIZE_FLOAT ? " float" : "");
}

static void put_scale(struct listing *l, const struct vnpu_params *p)
{
	float scale;

	memcpy(&scale, &p->scale, sizeof(scale));
	put(l, " scale %.9g", (double)scale);
}

static void put_fill(struct listing *l, const struct vnpu_params *p)
{
	put(l, " fill %d", p->fill);
}

static void put_offset(struct listing *l, const struct vnpu_params *p)
{
	if (p->offset)
		put(l, " offset %d", p->offset);
}

static const struct {
	uint32_t group;
	void (*put)(struct listing *l, const struct vnpu_params *p);
} params[] = {
	{ NPUM_PARAM_WINDOW, put_window },
	{ NPUM_PARAM_RESCALE0, put_rescale0 },
	{ NPUM_PARAM_RESCALE1, put_rescale1 },
	{ NPUM_PARAM_RESCALE2, put_rescale2 },
	{ NPUM_PARAM_LEFT_SHIFT, put_left_shift },
	{ NPUM_PARAM_DIFF_MIN, put_diff_min },
	{ NPUM_PARAM_AXES, put_axes },
	{ NPUM_PARAM_MODE, put_mode },
	{ NPUM_PARAM_SCALE, put_scale },
	{ NPUM_PARAM_FILL, put_fill },
	{ NPUM_PARAM_OFFSET, put_offset },
	{ NPUM_PARAM_CLAMP, put_clamp },
};

static bool dense(const struct vnpu_tensor *t)
{
	uint32_t step = npum_dtype_size(t->dtype);

	for (int i = 3; i >= 0; i--) {
		if (t->shape[i] > 1 && t->stride[i] != step)
			return false;
		step *= t->shape[i];
	}
	return true;
}

static void put_operand(struct listing *l, const struct npum_program *p, const char *role,
			const struct vnpu_tensor *t)
{
	if (t->dtype == VNPU_DTYPE_NONE)
		return;
	put(l, "\t%-4s %s%u+0x%x %s [%u,%u,%u,%u]", role, slot_kinds[p->slot[t->slot].kind],
	    t->slot, t->offset, npum_dtype_name(t->dtype), t->shape[0], t->shape[1], t->shape[2],
	    t->shape[3]);
	if (t->layout != VNPU_LAYOUT_NHWC)
		put(l, " %s", layouts[t->layout]);
	else if (!dense(t))
		put(l, " stride [%u,%u,%u,%u]", t->stride[0], t->stride[1], t->stride[2],
		    t->stride[3]);
	if (t->zero_point)
		put(l, " zero %d", t->zero_point);
	put(l, "\n");
}

static void put_op(struct listing *l, const struct npum_program *p, uint32_t index)
{
	static const char *const roles[VNPU_OP_INPUTS] = { "in0", "in1", "in2" };
	const struct vnpu_op *op = &p->ops[index];
	const struct npum_op_info *info = npum_op_info(op->opcode);

	put(l, "%u: %s", index, info->name);
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		if (info->params & params[i].group)
			params[i].put(l, &op->p);
	if (op->personality != VNPU_PERSONALITY_INHERIT)
		put(l, " as %s", npum_personality_of(p->personality, op)->name);
	put(l, "  ; op %d\n", (int32_t)op->source);
	put_operand(l, p, "out", &op->out);
	for (int i = 0; i < VNPU_OP_INPUTS; i++)
		put_operand(l, p, roles[i], &op->in[i]);
}

static void put_program(struct listing *l, const struct npum_program *p)
{
	put(l, "program %u.%u as %s: %u slots, %u ops, %llu multiply-accumulates\n",
	    VNPU_PROGRAM_MAJOR, VNPU_PROGRAM_MINOR, p->personality->name, p->slot_count,
	    p->op_count, (unsigned long long)p->macs);
	for (uint32_t i = 0; i < p->slot_count; i++)
		put(l, "slot %s%u %u bytes%s%s\n", slot_kinds[p->slot[i].kind], i, p->slot[i].bytes,
		    p->slot[i].access & NPUM_SLOT_READ ? " read" : "",
		    p->slot[i].access & NPUM_SLOT_WRITE ? " written" : "");
	for (uint32_t i = 0; i < p->op_count && !l->result; i++)
		put_op(l, p, i);
}

int npuc_disassemble(const void *program, size_t size, int (*write)(void *arg, const char *text),
		     void *arg)
{
	struct listing l = { .write = write, .arg = arg };
	struct npum_personality_set *set;
	struct npum_refusal why;
	struct npum_program p;
	/* The caller's bytes may lie anywhere; the validator wants them aligned. */
	void *aligned = malloc(size ? size : 1);

	if (!aligned)
		return -ENOMEM;
	if (size)
		memcpy(aligned, program, size);
	set = malloc(sizeof(*set));
	if (!set)
		l.result = -ENOMEM;
	else if (npu_standin_validate(aligned, size, set, &p, &why))
		l.result = -EINVAL;
	else
		put_program(&l, &p);
	free(set);
	free(aligned);
	return l.result;
}
