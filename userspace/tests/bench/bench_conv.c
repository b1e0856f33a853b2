// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Speed of the convolution kernels on the layers of MobileNetV2 1.0 224, int8:
 * GMAC/s of each layer and the net's total, for each variant the CPU has.
 *
 *	bench_conv [ISA...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../model/conv_case.h"

#define CONV(size, in, out, k, s)                                                     \
	{                                                                             \
		VNPU_OP_CONV2D, 1, size, size, in, out, { k, k }, { s, s }, { 1, 1 }, \
		{                                                                     \
			(k) / 2, (k) / 2                                              \
		}                                                                     \
	}
#define DEPTHWISE(size, c, s)                                                         \
	{                                                                             \
		VNPU_OP_DEPTHWISE, 1, size, size, c, c, { 3, 3 }, { s, s }, { 1, 1 }, \
		{                                                                     \
			1, 1                                                          \
		}                                                                     \
	}

/* Each layer and how often the net has it. */
static const struct {
	u32 times;
	struct conv_shape shape;
} layers[] = {
	{ 1, CONV(224, 3, 32, 3, 2) },
	{ 1, DEPTHWISE(112, 32, 1) },
	{ 1, CONV(112, 32, 16, 1, 1) },
	{ 1, CONV(112, 16, 96, 1, 1) },
	{ 1, DEPTHWISE(112, 96, 2) },
	{ 1, CONV(56, 96, 24, 1, 1) },
	{ 2, CONV(56, 24, 144, 1, 1) },
	{ 1, DEPTHWISE(56, 144, 1) },
	{ 1, CONV(56, 144, 24, 1, 1) },
	{ 1, DEPTHWISE(56, 144, 2) },
	{ 1, CONV(28, 144, 32, 1, 1) },
	{ 3, CONV(28, 32, 192, 1, 1) },
	{ 2, DEPTHWISE(28, 192, 1) },
	{ 2, CONV(28, 192, 32, 1, 1) },
	{ 1, DEPTHWISE(28, 192, 2) },
	{ 1, CONV(14, 192, 64, 1, 1) },
	{ 4, CONV(14, 64, 384, 1, 1) },
	{ 4, DEPTHWISE(14, 384, 1) },
	{ 3, CONV(14, 384, 64, 1, 1) },
	{ 1, CONV(14, 384, 96, 1, 1) },
	{ 3, CONV(14, 96, 576, 1, 1) },
	{ 2, DEPTHWISE(14, 576, 1) },
	{ 2, CONV(14, 576, 96, 1, 1) },
	{ 1, DEPTHWISE(14, 576, 2) },
	{ 1, CONV(7, 576, 160, 1, 1) },
	{ 3, CONV(7, 160, 960, 1, 1) },
	{ 3, DEPTHWISE(7, 960, 1) },
	{ 2, CONV(7, 960, 160, 1, 1) },
	{ 1, CONV(7, 960, 320, 1, 1) },
	{ 1, CONV(7, 320, 1280, 1, 1) },
	{ 1, { VNPU_OP_FULLY_CONNECTED, 1, 1, 1, 1280, 1001, { 1, 1 }, { 1, 1 }, { 1, 1 } } },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of one run of the op: the least of many, as others share the machine. */
static double measure(struct conv_case *c, void *scratch, const struct npum_op_plan *plan)
{
	double best = 1e9, start = now(), before, after = start;

	for (u32 round = 0; round < 3 || after - start < 0.05; round++) {
		before = now();
		for (u32 i = 0; i < plan->tiles; i++)
			npum_op_run(&c->x, &c->op, i, scratch);
		after = now();
		best = min(best, after - before);
	}
	return best;
}

static void bench(const struct npum_isa *isa)
{
	double total = 0, depthwise = 0;
	u64 random = 1;

	printf("%s\n%-10s %16s %6s %6s %6s %9s %9s\n", isa->name, "op", "input", "out", "times",
	       "tiles", "us", "GMAC/s");
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		struct conv_shape s = layers[i].shape;
		struct npum_op_plan plan;
		struct conv_case c;
		char input[32];
		void *scratch;
		double seconds;

		s.in_dtype = VNPU_DTYPE_INT8;
		s.out_dtype = VNPU_DTYPE_INT8;
		s.symmetric = true;
		s.personality = VNPU_PERSONALITY_TFLITE_REF;
		conv_case_init(&c, &s, &random);
		c.x.isa = isa;
		npum_op_plan(isa, c.x.personality, &c.op, &plan);
		scratch = aligned_alloc(NPUM_SCRATCH_ALIGN, plan.scratch_bytes);
		if (!scratch)
			abort();
		seconds = measure(&c, scratch, &plan);
		total += seconds * layers[i].times;
		if (s.opcode == VNPU_OP_DEPTHWISE)
			depthwise += seconds * layers[i].times;
		snprintf(input, sizeof(input), "%ux%ux%u", s.height, s.width, s.depth);
		printf("%-10s %16s %6u %6u %6u %9.1f %9.1f\n",
		       s.opcode == VNPU_OP_DEPTHWISE ? "depthwise" :
		       s.opcode == VNPU_OP_CONV2D    ? "conv" :
						       "dense",
		       input, s.channels, layers[i].times, plan.tiles, seconds * 1e6,
		       (double)npum_op_macs(&c.op) / seconds * 1e-9);
		free(scratch);
		conv_case_free(&c);
	}
	printf("%s: mobilenet_v2 1.0 224: %.3f ms, depthwise %.3f ms of it\n\n", isa->name,
	       total * 1e3, depthwise * 1e3);
}

int main(int argc, char **argv)
{
	static const char *const every[] = { "avx512vnni", "avx2", "generic" };
	u32 features = npum_cpu_features();

	for (size_t i = 0; i < ARRAY_SIZE(every); i++) {
		const struct npum_isa *isa = npum_isa_by_name(every[i], features);
		bool wanted = argc < 2;

		for (int a = 1; a < argc; a++)
			wanted |= !strcmp(argv[a], every[i]);
		if (isa && wanted)
			bench(isa);
	}
	return 0;
}
