// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A row for each thing that the compiler refuses, and what it says then. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "npuc.h"

typedef void change_fn(struct model *m);

/* Refused by the reader. */
static void two_subgraphs(struct model *m)
{
	m->subgraphs = 2;
}

static void no_such_tensor(struct model *m)
{
	m->ops[0].inputs[0] = 77;
}

static void read_before_written(struct model *m)
{
	m->ops[0].inputs[0] = 9;
}

static void written_twice(struct model *m)
{
	m->ops[1].outputs[0] = 3;
}

static void output_of_no_op(struct model *m)
{
	m->tensors[11] = m->tensors[10];
	m->outputs[0] = 11;
}

static void constant_input(struct model *m)
{
	m->inputs[0] = 1;
}

static void input_twice(struct model *m)
{
	m->inputs[1] = m->inputs[0];
	m->inputs[2] = MODEL_END;
}

static void negative_dimension(struct model *m)
{
	m->tensors[0].dim[1] = -1;
}

static void wrong_scale_axis(struct model *m)
{
	m->tensors[1].axis = 3;
}

/* Refused by a constraint. */
static void unknown_op(struct model *m)
{
	m->ops[4].builtin = TFLITE_TOPK_V2;
}

static void custom_op(struct model *m)
{
	m->ops[4].builtin = TFLITE_CUSTOM;
}

static void number_from_the_future(struct model *m)
{
	m->ops[4].builtin = 5000;
}

static void missing_weights(struct model *m)
{
	m->ops[0].inputs[1] = MODEL_END;
}

static void empty_dimension(struct model *m)
{
	m->tensors[3].dim[2] = 0;
}

static void variable_tensor(struct model *m)
{
	m->tensors[3].variable = 1;
}

static void short_constant(struct model *m)
{
	m->tensors[1].data_bytes = 100;
}

static void int64_input(struct model *m)
{
	m->tensors[0].type = NPUC_TYPE_INT64;
}

static void int16_input(struct model *m)
{
	m->tensors[0].type = NPUC_TYPE_INT16;
}

static void float_input(struct model *m)
{
	m->tensors[0].type = NPUC_TYPE_FLOAT32;
}

static void mixed_types(struct model *m)
{
	m->tensors[4].type = NPUC_TYPE_UINT8;
	m->tensors[4].zero = 0;
}

static void no_scale(struct model *m)
{
	m->tensors[3].scale = 0;
}

static void negative_scale(struct model *m)
{
	m->tensors[3].scale = -1;
}

static void nan_scale(struct model *m)
{
	m->tensors[3].scale = NAN;
}

static void wild_zero_point(struct model *m)
{
	m->tensors[3].zero = 1ll << 40;
}

static void wrong_shape(struct model *m)
{
	m->tensors[3].dim[1] = 5;
}

static void huge_tensor(struct model *m)
{
	m->tensors[0].dim[1] = 1 << 30;
}

static void tanh_activation(struct model *m)
{
	m->ops[0].options[3].value = 4;
}

static void computed_weights(struct model *m)
{
	m->tensors[1].data_bytes = 0;
	m->inputs[1] = 1;
	m->inputs[2] = MODEL_END;
}

static void uint8_weights(struct model *m)
{
	m->tensors[1].type = NPUC_TYPE_UINT8;
}

static void shuffled_weights(struct model *m)
{
	m->ops[3].options[1].value = 1;
}

static void infinite_weight_scale(struct model *m)
{
	m->tensors[1].scale = INFINITY;
}

static void asymmetric_weights(struct model *m)
{
	m->tensors[1].zero = 4;
}

static void float_bias(struct model *m)
{
	m->tensors[2].type = NPUC_TYPE_FLOAT32;
}

static void long_bias(struct model *m)
{
	m->tensors[2].dim[0] = 7;
	m->tensors[2].data_bytes = 28;
}

static void grouped(struct model *m)
{
	m->tensors[0].dim[3] = 6;
}

static void exploding_factor(struct model *m)
{
	m->tensors[1].scale = 1e30f;
}

static void huge_step(struct model *m)
{
	m->ops[0].options[1].value = 1 << 20;
	m->tensors[3].dim[2] = 1;
	m->tensors[4].dim[2] = 1;
}

static void no_step(struct model *m)
{
	m->ops[0].options[1].value = 0;
}

static void pool_rescales(struct model *m)
{
	m->tensors[4].scale = 0.3f;
}

static void softmax_scale(struct model *m)
{
	m->tensors[10].scale = 0.01f;
}

static void softmax_beta(struct model *m)
{
	m->ops[4].options[0].value = 0;
}

static void int8_concatenation(struct model *m)
{
	m->tensors[1].scale = 0.25f;
	m->tensors[0].scale = 0.25f;
}

static void fused_concatenation(struct model *m)
{
	m->ops[2].options[1].value = 1;
}

static void concatenation_axis(struct model *m)
{
	m->ops[2].options[0].value = 4;
}

static void left_out_branch(struct model *m)
{
	m->ops[2].inputs[1] = 0xfffffffe;
}

static void no_broadcast(struct model *m)
{
	m->tensors[4].dim[0] = 5;
	m->tensors[4].data_bytes = 5;
}

static void tiny_output_scale(struct model *m)
{
	m->tensors[6].scale = 1e-9f;
}

static void mean_axis(struct model *m)
{
	static const int32_t axes[] = { 1, 4 };

	m->tensors[8].ints = axes;
}

static void real_index(struct model *m)
{
	m->tensors[7].type = NPUC_TYPE_FLOAT32;
}

static void other_axis(struct model *m)
{
	static const int32_t axis[] = { 4 };

	/* The input is [1,9,7,6]. */
	m->tensors[6].ints = axis;
}

static void both_corners(struct model *m)
{
	m->ops[1].options[3].value = 1;
}

static void no_size(struct model *m)
{
	static const int32_t size[] = { 0, 7 };

	m->tensors[2].ints = size;
}

static void negative_padding(struct model *m)
{
	static const int32_t pads[] = { 0, 0, -1, 3, 1, 1, 0, 0 };

	m->tensors[1].ints = pads;
}

static void pad_rescales(struct model *m)
{
	m->tensors[8].scale = 0.5f;
}

static const struct {
	const char *model;
	change_fn *change;
	int error;
	const char *text;
} rows[] = {
	{ "classifier", two_subgraphs, -EOPNOTSUPP, "2 subgraphs" },
	{ "classifier", no_such_tensor, -EINVAL, "CONV_2D names tensor 77, but there are 11" },
	{ "classifier", read_before_written, -EINVAL, "op 0 CONV_2D reads tensor 9 'tensor j'" },
	{ "classifier", written_twice, -EINVAL, "writes tensor 3 'tensor d', which already" },
	{ "classifier", output_of_no_op, -EINVAL, "model output 0 'tensor l' is written by no op" },
	{ "classifier", constant_input, -EINVAL, "model input 0 'tensor b' is a constant" },
	{ "classifier", input_twice, -EINVAL, "model input 1 'tensor a' is listed twice" },
	{ "classifier", negative_dimension, -EINVAL, "'tensor a': dimension 1 is negative (-1)" },
	{ "classifier", wrong_scale_axis, -EINVAL, "has 6 scales, but not as many channels" },

	{ "classifier", unknown_op, -EOPNOTSUPP, "must be one the NPU has: TOPK_V2" },
	{ "classifier", custom_op, -EOPNOTSUPP, "must be one the NPU has: CUSTOM" },
	{ "classifier", number_from_the_future, -EOPNOTSUPP, "must be one the NPU has: UNKNOWN" },
	{ "classifier", missing_weights, -EOPNOTSUPP, "usual inputs and outputs" },
	{ "classifier", empty_dimension, -EOPNOTSUPP, "the output is [1,4,0,6]" },
	{ "classifier", variable_tensor, -EOPNOTSUPP, "'tensor d' is variable" },
	{ "classifier", short_constant, -EOPNOTSUPP, "input 1 has 100 bytes of int8 for 162" },
	{ "classifier", int64_input, -EOPNOTSUPP, "input 0 is int64; quantise the model" },
	{ "classifier", int16_input, -EOPNOTSUPP, "input 0 is int16, the output int8" },
	{ "classifier", float_input, -EOPNOTSUPP, "input 0 is float32" },
	{ "classifier", mixed_types, -EOPNOTSUPP, "input 0 is int8, the output uint8" },
	{ "classifier", no_scale, -EOPNOTSUPP, "'tensor d' has 0 scales" },
	{ "classifier", negative_scale, -EOPNOTSUPP, "'tensor d' has scale -1" },
	{ "classifier", nan_scale, -EOPNOTSUPP, "'tensor d' has scale nan" },
	{ "classifier", wild_zero_point, -EOPNOTSUPP, "has zero point 1099511627776" },
	{ "classifier", wrong_shape, -EOPNOTSUPP, "it is [1,5,4,6], computed [1,4,4,6]" },
	{ "classifier", huge_tensor, -EOPNOTSUPP, "op 0 CONV_2D" },
	{ "classifier", tanh_activation, -EOPNOTSUPP, "activation 4; use the activation as an op" },
	{ "classifier", computed_weights, -EOPNOTSUPP, "'tensor b' is computed" },
	{ "classifier", uint8_weights, -EOPNOTSUPP, "6 scales with uint8" },
	{ "classifier", shuffled_weights, -EOPNOTSUPP, "plain row-major format: format 1" },
	{ "classifier", infinite_weight_scale, -EOPNOTSUPP, "channel 0 has inf" },
	{ "classifier", asymmetric_weights, -EOPNOTSUPP, "channel 0 has 4" },
	{ "classifier", float_bias, -EOPNOTSUPP, "it is constant float32" },
	{ "classifier", long_bias, -EOPNOTSUPP, "7 for 6 channels" },
	{ "classifier", grouped, -EOPNOTSUPP, "not be grouped" },
	{ "classifier", exploding_factor, -EOPNOTSUPP, "factors must be below 2^30: 2e+30" },
	{ "classifier", huge_step, -EOPNOTSUPP, "step 1048576" },
	{ "classifier", no_step, -EOPNOTSUPP, "do not fit together" },
	{ "classifier", pool_rescales, -EOPNOTSUPP, "input 0 has 0.25 and -128" },
	{ "classifier", softmax_scale, -EOPNOTSUPP, "scale 1/256" },
	{ "classifier", softmax_beta, -EOPNOTSUPP, "beta times the input's scale" },
	{ "branches", int8_concatenation, -EOPNOTSUPP, "quantise the inputs alike" },
	{ "branches", fused_concatenation, -EOPNOTSUPP, "activation 1" },
	{ "branches", concatenation_axis, -EOPNOTSUPP, "do not fit together" },
	{ "branches", left_out_branch, -EINVAL, "CONCATENATION names tensor -2" },
	{ "branches", no_broadcast, -EOPNOTSUPP, "do not fit together" },
	{ "branches", tiny_output_scale, -EOPNOTSUPP, "tiny against the inputs'" },
	{ "branches", mean_axis, -EOPNOTSUPP, "op 5 MEAN" },
	{ "segmenter", real_index, -EOPNOTSUPP, "must be int32 or int64: the output is float32" },
	{ "segmenter", other_axis, -EOPNOTSUPP, "do not fit together" },
	{ "segmenter", both_corners, -EOPNOTSUPP, "both are" },
	{ "segmenter", no_size, -EOPNOTSUPP, "op 1 RESIZE_BILINEAR" },
	{ "pad-depthwise", negative_padding, -EOPNOTSUPP, "op 0 PAD" },
	{ "pad-depthwise", pad_rescales, -EOPNOTSUPP, "op 3 PAD" },
};

static int compile(const struct fb_writer *w, struct npuc_error *error)
{
	struct npuc_model *model;
	void *artefact = NULL;
	size_t size;
	int err;

	err = npuc_model_read("folder/model.tflite", w->data, w->size, &model, error);
	if (err)
		return err;
	err = npuc_compile(model, NULL, &artefact, &size, error);
	free(artefact);
	npuc_model_free(model);
	return err;
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct model m = *model_find(rows[i].model);
		struct npuc_error error = { "" };
		int err;

		rows[i].change(&m);
		err = compile(model_write(&m), &error);
		if (err != rows[i].error || !strstr(error.text, rows[i].text) ||
		    strncmp(error.text, "folder/model.tflite: ", 21))
			fail_msg("row %zu: %d, wanted %d '%s', got '%s'", i, err, rows[i].error,
				 rows[i].text, error.text);
	}
}

static void test_check_names_every_op(void **state)
{
	struct model m = *model_find("classifier");
	const struct fb_writer *w;
	struct npuc_verdict *verdicts;
	struct npuc_model *model;
	struct npuc_error error;
	size_t count;

	m.tensors[3].scale = 0;
	m.ops[4].builtin = TFLITE_TOPK_V2;
	w = model_write(&m);
	assert_int_equal(npuc_model_read("m", w->data, w->size, &model, &error), 0);
	/* CONV_2D writes the tensor without scale, AVERAGE_POOL_2D reads it. */
	assert_int_equal(npuc_check(model, NULL, &verdicts, &count, &error), 3);
	assert_int_equal(count, 5);
	assert_int_equal(verdicts[0].placement, NPUC_NOWHERE);
	assert_string_equal(verdicts[0].type, "CONV_2D");
	assert_string_equal(verdicts[0].name, "tensor d");
	assert_non_null(strstr(verdicts[0].reason, "'tensor d' has 0 scales"));
	assert_int_equal(verdicts[2].placement, NPUC_ON_NPU);
	assert_string_equal(verdicts[2].reason, "");
	assert_non_null(strstr(verdicts[4].reason, "TOPK_V2"));
	free(verdicts);
	npuc_model_free(model);
}

static void test_unknown_personality(void **state)
{
	const struct npuc_options options = { .personality = "tflite-reff" };
	const struct fb_writer *w = model_write(model_find("classifier"));
	struct npuc_model *model;
	struct npuc_error error;
	void *artefact;
	size_t size;

	assert_int_equal(npuc_model_read("m", w->data, w->size, &model, &error), 0);
	assert_int_equal(npuc_compile(model, &options, &artefact, &size, &error), -EINVAL);
	assert_string_equal(error.text, "m: unknown personality 'tflite-reff'");
	npuc_model_free(model);
}

static void test_not_a_model(void **state)
{
	struct npuc_model *model;
	struct npuc_error error;

	assert_int_equal(npuc_model_read("m", "", 0, &model, &error), -EINVAL);
	assert_null(model);
	assert_int_equal(npuc_model_read("m", "\x10\0\0\0TFL2....", 12, &model, &error), -EINVAL);
	assert_non_null(strstr(error.text, "the file identifier"));
	assert_int_equal(npuc_model_read("m", "\xff\xff\xff\xffTFL3", 8, &model, &error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_check_names_every_op),
		cmocka_unit_test(test_unknown_personality),
		cmocka_unit_test(test_not_a_model),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-refusals", tests, NULL, NULL);
}
