/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a user can ask of the compiler, as data; knobs.def has a row for each knob.
 *
 * Whoever fills it owns the texts, which live as long as the compilation.
 */
#ifndef NPUC_CONFIG_H
#define NPUC_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** NPUC_CONFIG_REALS - most numbers of a list of reals: a 3x4 matrix */
#define NPUC_CONFIG_REALS 12
/** NPUC_CONFIG_INTEGERS - most numbers of a list of integers: two for each axis */
#define NPUC_CONFIG_INTEGERS 16

/** struct npuc_reals - a list of numbers; @count of them are @at 0, 1, ... */
struct npuc_reals {
	uint32_t count;
	float at[NPUC_CONFIG_REALS];
};

/** struct npuc_integers - a list of whole numbers; @count of them are @at 0, 1, ... */
struct npuc_integers {
	uint32_t count;
	int32_t at[NPUC_CONFIG_INTEGERS];
};

/** struct npuc_texts - a list of texts; @count of them are @at 0, 1, ... */
struct npuc_texts {
	const char *const *at;
	size_t count;
};

/**
 * enum npuc_format - colours of a picture
 * @NPUC_FORMAT_AUTO: as the model has them
 * @NPUC_FORMAT_GRAY: one channel
 * @NPUC_FORMAT_BGR: three channels
 * @NPUC_FORMAT_RGB: three channels
 * @NPUC_FORMAT_YUYV422: one row holds Y U Y V for each two pixels; [1, H, W, 2]
 * @NPUC_FORMAT_UYVY422: the same in the order U Y V Y
 * @NPUC_FORMAT_YUV420SP: NV12: H rows of Y, H/2 rows of U V pairs; [1, H * 3/2, W, 1]
 * @NPUC_FORMAT_YVU420SP: NV21: the same with V U pairs
 * @NPUC_FORMAT_RAW: no picture
 */
enum npuc_format {
	NPUC_FORMAT_AUTO = 0,
	NPUC_FORMAT_GRAY,
	NPUC_FORMAT_BGR,
	NPUC_FORMAT_RGB,
	NPUC_FORMAT_YUYV422,
	NPUC_FORMAT_UYVY422,
	NPUC_FORMAT_YUV420SP,
	NPUC_FORMAT_YVU420SP,
	NPUC_FORMAT_RAW,
};

/**
 * enum npuc_layout - order of a picture's axes
 * @NPUC_LAYOUT_AUTO: tensor_layout: NHWC, or NCHW of an ONNX model; src_layout: the same
 * @NPUC_LAYOUT_NCHW: channels outside
 * @NPUC_LAYOUT_NHWC: channels innermost
 */
enum npuc_layout {
	NPUC_LAYOUT_AUTO = 0,
	NPUC_LAYOUT_NCHW,
	NPUC_LAYOUT_NHWC,
};

/**
 * enum npuc_number - types of numbers that are given or taken at run time
 * @NPUC_NUMBER_AUTO: the tensor's own type, and its codes as they are
 * @NPUC_NUMBER_U8: plain numbers of this type, and likewise below
 * @NPUC_NUMBER_S8: likewise
 * @NPUC_NUMBER_S16: likewise
 * @NPUC_NUMBER_S32: likewise
 * @NPUC_NUMBER_FP16: likewise
 * @NPUC_NUMBER_FP32: likewise
 */
enum npuc_number {
	NPUC_NUMBER_AUTO = 0,
	NPUC_NUMBER_U8,
	NPUC_NUMBER_S8,
	NPUC_NUMBER_S16,
	NPUC_NUMBER_S32,
	NPUC_NUMBER_FP16,
	NPUC_NUMBER_FP32,
};

/**
 * enum npuc_csc - conversion of YUV to RGB
 * @NPUC_CSC_NONE: none
 * @NPUC_CSC_MATRIX: by the matrix given
 * @NPUC_CSC_FULL: BT.601, all of Y, U and V from 0 to 255; rounded and clamped to 0..255
 * @NPUC_CSC_LIMITED: BT.601, Y from 16 to 235, U and V from 16 to 240; likewise
 */
enum npuc_csc {
	NPUC_CSC_NONE = 0,
	NPUC_CSC_MATRIX,
	NPUC_CSC_FULL,
	NPUC_CSC_LIMITED,
};

/**
 * enum npuc_output_number - types that an output is given in
 * @NPUC_OUTPUT_AUTO: the tensor's own
 * @NPUC_OUTPUT_FP32: plain numbers
 * @NPUC_OUTPUT_U8: 8-bit codes with the zero point raised by 128; other types as plain
 *	numbers, rounded and clamped to 0..255
 */
enum npuc_output_number {
	NPUC_OUTPUT_AUTO = 0,
	NPUC_OUTPUT_FP32,
	NPUC_OUTPUT_U8,
};

/**
 * enum npuc_layer_type - types that a layer computes in
 * @NPUC_LAYER_AUTO: the model's
 * @NPUC_LAYER_U8: codes, as the model is quantised
 * @NPUC_LAYER_S8: likewise
 * @NPUC_LAYER_U16: likewise
 * @NPUC_LAYER_S16: likewise
 * @NPUC_LAYER_FP16: binary16
 * @NPUC_LAYER_FP32: binary32
 */
enum npuc_layer_type {
	NPUC_LAYER_AUTO = 0,
	NPUC_LAYER_U8,
	NPUC_LAYER_S8,
	NPUC_LAYER_U16,
	NPUC_LAYER_S16,
	NPUC_LAYER_FP16,
	NPUC_LAYER_FP32,
};

/**
 * enum npuc_accuracy_step - what opt_accuracy does
 * @NPUC_ACCURACY_REAL: int16 in float16
 * @NPUC_ACCURACY_BIAS: biases apart
 * @NPUC_ACCURACY_POOL: average pooling in steps
 */
enum npuc_accuracy_step {
	NPUC_ACCURACY_REAL = 1 << 0,
	NPUC_ACCURACY_BIAS = 1 << 1,
	NPUC_ACCURACY_POOL = 1 << 2,
};

/* The words of a set, in the order of its enum; NULL behind the last. */
extern const char *const npuc_format_words[];
extern const char *const npuc_layout_words[];
extern const char *const npuc_dtype_words[];
extern const char *const npuc_csc_words[];
extern const char *const npuc_padding_words[];
extern const char *const npuc_output_words[];
extern const char *const npuc_layer_words[];

/** NPUC_DEFAULT_NAME - in place of a tensor's name: all of them */
#define NPUC_DEFAULT_NAME "DEFAULT"

/**
 * struct npuc_input_processor - what is done to a model input ahead of the model
 * @tensor_name: input of the model, or NPUC_DEFAULT_NAME
 * @tensor_format: &enum npuc_format, what the model takes: AUTO, GRAY, BGR or RGB
 * @tensor_layout: &enum npuc_layout
 * @src_format: &enum npuc_format, what is given
 * @src_layout: &enum npuc_layout
 * @src_dtype: &enum npuc_number
 * @csc_mode: &enum npuc_csc
 * @csc_mat: of NPUC_CSC_MATRIX: rows of R, G, B, columns of Y, U, V and a constant
 * @mean: none, one, or one per channel
 * @std: likewise
 * @padding: two for each axis of the source, or none
 * @padding_mode: 0: constant, the only one
 * @padding_constant_value: the constant
 * @slicing: two for each axis of the source, or none
 */
struct npuc_input_processor {
	const char *tensor_name;
	uint32_t tensor_format;
	uint32_t tensor_layout;
	uint32_t src_format;
	uint32_t src_layout;
	uint32_t src_dtype;
	uint32_t csc_mode;
	struct npuc_reals csc_mat;
	struct npuc_reals mean;
	struct npuc_reals std;
	struct npuc_integers padding;
	uint32_t padding_mode;
	int32_t padding_constant_value;
	struct npuc_integers slicing;
};

/**
 * struct npuc_output_processor - what is done to a model output behind the model
 * @tensor_name: output of the model, or NPUC_DEFAULT_NAME
 * @dst_perm: axis of the model's output that each axis given is, or none
 * @output_dtype: &enum npuc_output_number
 */
struct npuc_output_processor {
	const char *tensor_name;
	struct npuc_integers dst_perm;
	uint32_t output_dtype;
};

/**
 * struct npuc_layer_config - in which type some ops compute
 * @layer_name: the op that writes this tensor, NULL
 * @layer_names: the ops that write these
 * @op_type: all ops of this type, NULL
 * @op_types: all ops of these
 * @start_tensor_names: with @end_tensor_names: the ops that read from these, and on
 * @end_tensor_names: up to those that write these
 * @data_type: &enum npuc_layer_type
 *
 * One of the first four is given, or the two tensor lists.
 */
struct npuc_layer_config {
	const char *layer_name;
	struct npuc_texts layer_names;
	const char *op_type;
	struct npuc_texts op_types;
	struct npuc_texts start_tensor_names;
	struct npuc_texts end_tensor_names;
	uint32_t data_type;
};

/**
 * struct npuc_config - all knobs; zero-initialise and take npuc_config_defaults()
 * @input_processors: @input_processor_count entries
 * @output_processors: @output_processor_count entries
 * @layer_configs: @layer_config_count entries
 * @input_processor_count: of them
 * @output_processor_count: of them
 * @layer_config_count: of them
 * @accuracy_steps: &enum npuc_accuracy_step of opt_accuracy; 0: all.  For measuring each
 *
 * The others are the rows of knobs.def: opt_level says which passes run, disable_pass those
 * that do not, l1_size_kb how much on-chip memory they may use, and the rest are flags.
 */
struct npuc_config {
	const struct npuc_input_processor *input_processors;
	const struct npuc_output_processor *output_processors;
	const struct npuc_layer_config *layer_configs;
	size_t input_processor_count;
	size_t output_processor_count;
	size_t layer_config_count;
	uint32_t accuracy_steps;
#define NPUC_FLAG(member, option, help) bool member;
#define NPUC_UINT(member, option, letter, most, value, help) uint32_t member;
#define NPUC_TEXTS(member, option, arg, help) struct npuc_texts member;
#include "knobs.def"
};

/** NPUC_CONFIG_DEFAULTS - initialiser with the default of every knob */
#define NPUC_CONFIG_DEFAULTS    \
	{                       \
		.opt_level = 2, \
	}

/** npuc_config_given() - the first knob that is not as by default, by its key; NULL: none */
const char *npuc_config_given(const struct npuc_config *config);

/**
 * enum npuc_applied - what became of a knob that was asked for
 * @NPUC_APPLIED: it changed the program, or what it asks for was so already
 * @NPUC_NOT_APPLIED: it did not; the answer's text says why
 */
enum npuc_applied {
	NPUC_APPLIED = 0,
	NPUC_NOT_APPLIED,
};

/**
 * struct npuc_answer - what became of one knob
 * @key: "relax_fp32", "input_processors[0].mean"
 * @applied: &enum npuc_applied
 * @text: what was done, or why not
 */
struct npuc_answer {
	char key[64];
	enum npuc_applied applied;
	char text[192];
};

/**
 * struct npuc_answers - what became of all that was asked for
 * @at: @count entries, release with free()
 * @count: entries
 */
struct npuc_answers {
	struct npuc_answer *at;
	size_t count;
};

#endif /* NPUC_CONFIG_H */
