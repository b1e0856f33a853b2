// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * How a difference of one code in a thousand becomes one in two: twenty random 3x3
 * convolutions of 16 channels under tflite-ref and under vip8, through compiler,
 * simulator and the lab's comparison.
 *
 * Documentation/guides/propagation.rst explains what comes out; its plot is drawn from
 * this test's output by Documentation/guides/propagation.py.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../lab/compare.c"
#include "../../lab/values.c"

#include "model.h"
#include "npuc.h"

#define LAYERS 20u
#define SIZE 24
#define CHANNELS 16
#define CODES (SIZE * SIZE * CHANNELS)
#define TERMS (9 * CHANNELS)
/* spread of outputs before the ReLU, in codes: some saturate, most do not */
#define SPREAD 70.0

static uint64_t random_state = 0x5eed0000020ull;

/* Irwin-Hall: twelve uniform numbers make a normal one. */
static double normal(void)
{
	double sum = -6;

	for (int i = 0; i < 12; i++) {
		random_state = random_state * 0x5851f42d4c957f2dull + 0x14057b7ef767814full;
		sum += (double)(random_state >> 32) * 0x1p-32;
	}
	return sum;
}

static int8_t code(double v, int lowest)
{
	return (int8_t)fmin(fmax(nearbyint(v), lowest), 127);
}

/**
 * struct layer - a convolution
 * @weights: O x 3 x 3 x I
 * @bias: of each output channel
 */
struct layer {
	int8_t weights[CHANNELS * TERMS];
	int32_t bias[CHANNELS];
};

static struct layer layers[LAYERS];
static int8_t input[CODES];

static int32_t accumulate(const struct layer *l, const int8_t *in, int zero, int i)
{
	int y = i / CHANNELS / SIZE, x = i / CHANNELS % SIZE, o = i % CHANNELS;
	int32_t acc = l->bias[o];

	for (int k = 0; k < 9; k++) {
		int yy = y + k / 3 - 1, xx = x + k % 3 - 1;

		if (yy < 0 || xx < 0 || yy >= SIZE || xx >= SIZE)
			continue;
		for (int c = 0; c < CHANNELS; c++)
			acc += (in[(yy * SIZE + xx) * CHANNELS + c] - zero) *
			       l->weights[o * TERMS + k * CHANNELS + c];
	}
	return acc;
}

/* Draws a layer; returns the factor that gives its outputs the wanted spread, and computes them. */
static double draw_layer(struct layer *l, int8_t *codes, int zero)
{
	static int32_t acc[CODES];
	double squares = 0, factor;

	for (int i = 0; i < CHANNELS * TERMS; i++)
		l->weights[i] = code(normal() * 40, -127);
	for (int o = 0; o < CHANNELS; o++)
		l->bias[o] = (int32_t)lround(normal() * 2000);
	for (int i = 0; i < CODES; i++) {
		acc[i] = accumulate(l, codes, zero, i);
		squares += (double)acc[i] * acc[i];
	}
	factor = SPREAD / sqrt(squares / CODES);
	for (int i = 0; i < CODES; i++)
		codes[i] = code(fmax(acc[i] * factor, 0) - 128, -128);
	return factor;
}

static void activation(struct model_tensor *t, double scale, int64_t zero)
{
	*t = (struct model_tensor){
		.type = NPUC_TYPE_INT8,
		.rank = 4,
		.dim = { 1, SIZE, SIZE, CHANNELS },
		.scale = (float)scale,
		.zero = zero,
	};
}

/* Tensor 0 is the input; weights, bias and output of layer l are 3l + 1 .. 3l + 3. */
static void build(struct model *m)
{
	static int8_t codes[CODES];
	double scale = 1.0 / 32;

	*m = (struct model){ .name = "twenty",
			     .inputs = { 0, MODEL_END },
			     .outputs = { 3 * LAYERS, MODEL_END } };
	for (int i = 0; i < CODES; i++)
		codes[i] = input[i] = code(normal() * 45, -128);
	activation(&m->tensors[0], scale, 0);
	for (uint32_t l = 0; l < LAYERS; l++) {
		struct model_tensor *t = &m->tensors[3 * l + 1];
		double factor = draw_layer(&layers[l], codes, l ? -128 : 0), unit = 1.0 / 128;
		uint32_t before = l ? 3 * l : 0;

		t[0] = (struct model_tensor){
			.type = NPUC_TYPE_INT8,
			.rank = 4,
			.dim = { CHANNELS, 3, 3, CHANNELS },
			.scale = (float)unit,
			.data_bytes = CHANNELS * TERMS,
			.ints = (const int32_t *)(const void *)layers[l].weights,
		};
		t[1] = (struct model_tensor){
			.type = NPUC_TYPE_INT32,
			.rank = 1,
			.dim = { CHANNELS },
			.scale = (float)(scale * unit),
			.data_bytes = sizeof(layers[l].bias),
			.ints = layers[l].bias,
		};
		scale *= unit / factor;
		activation(&t[2], scale, -128);
		m->ops[l] = (struct model_op){
			.builtin = TFLITE_CONV_2D,
			.inputs = { before, 3 * l + 1, 3 * l + 2, MODEL_END },
			.outputs = { 3 * l + 3, MODEL_END },
			.options_type = 1,
			.options = { { 1, 0 }, { 4, 1 }, { 4, 1 }, { 1, 0 }, { 4, 1 }, { 4, 1 } },
		};
	}
}

static void open_side(struct lab_side *side, struct npu_device *dev, struct npuc_model *model,
		      const char *personality)
{
	const struct npuc_options options = { .personality = personality, .keep_all = true };
	struct npuc_error why = { 0 };
	struct npu_model *compiled;
	struct npu_error error;
	void *artefact;
	size_t size;

	if (npuc_compile(model, &options, &artefact, &size, &why))
		fail_msg("%s", why.text);
	if (npu_model_load("twenty", artefact, size, &compiled, &error) ||
	    npu_session_create(dev, compiled, NULL, &side->session, &error))
		fail_msg("%s", error.text);
	side->model = compiled;
	memcpy(npu_session_input(side->session, 0), input, sizeof(input));
	free(artefact);
}

static double per_cent(const struct lab_difference *d)
{
	return 100.0 * (double)d->differing / (double)d->values;
}

static void report(const struct lab_comparison *c)
{
	double local = 0;

	print_message("# layer local %% accumulated %% max |d|\n");
	for (size_t i = 0; i < c->layer_count; i++) {
		const struct lab_layer *l = &c->layers[i];

		print_message("# %2zu %.4f %.3f %g\n", i + 1, per_cent(&l->local),
			      per_cent(&l->accumulated), l->accumulated.max_abs);
		local += per_cent(&l->local) / (double)c->layer_count;
	}
	print_message("# mean of local: %.3f %%\n", local);
	assert_true(local > 0.05 && local < 0.2);
}

static void test_twenty_convolutions(void **state)
{
	static struct model m;
	const struct fb_writer *file;
	struct npuc_error why = { 0 };
	struct npuc_model *model;
	struct lab_comparison c;
	struct lab_side side[2];
	struct npu_device *dev;
	struct npu_error error;

	build(&m);
	file = model_write(&m);
	assert_int_equal(npuc_model_read("twenty", file->data, file->size, &model, &why), 0);
	assert_int_equal(npu_device_open("sim", NULL, &dev, &error), 0);
	open_side(&side[0], dev, model, "tflite-ref");
	open_side(&side[1], dev, model, "vip8");
	if (lab_compare(&side[0], &side[1], NULL, NULL, &c, &error))
		fail_msg("%s", error.text);

	assert_int_equal(c.layer_count, LAYERS);
	report(&c);
	for (size_t i = 0; i < LAYERS; i++) {
		assert_true(per_cent(&c.layers[i].local) < 0.3);
		assert_true(c.layers[i].local.max_abs <= 1);
	}
	assert_int_equal(c.first_local, 0);
	assert_int_equal(c.first_accumulated, 0);
	assert_true(c.layers[0].accumulated.max_abs == 1);
	assert_true(per_cent(&c.layers[LAYERS - 1].accumulated) > 40);

	lab_comparison_free(&c);
	for (int i = 0; i < 2; i++) {
		npu_session_free(side[i].session);
		npu_model_free((struct npu_model *)side[i].model);
	}
	npu_device_close(dev);
	npuc_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twenty_convolutions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-propagation", tests, NULL, NULL);
}
