/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the parts of input processing share. */
#ifndef NPUC_PROCESS_H
#define NPUC_PROCESS_H

#include "adapt.h"

/**
 * struct processing - one input on its way
 * @r: the adaptation
 * @e: the edit
 * @p: what is asked for
 * @index: number of the processor, for its keys
 * @number: of the model input
 * @tensor: what the model takes
 * @at: the newest tensor
 * @layout: order of its axes, &enum npuc_layout
 * @target: order of the model's
 * @format: colours that are given
 * @ops: names of the ops added for the key being served, for its answer
 */
struct processing {
	struct npuc_adapt *r;
	struct npuc_edit *e;
	const struct npuc_input_processor *p;
	size_t index;
	uint32_t number;
	uint32_t tensor;
	uint32_t at;
	uint32_t layout;
	uint32_t target;
	uint32_t format;
	char ops[128];
};

/** npuc_process_input() - all steps of one input; 0, -EINVAL with the error filled */
int npuc_process_input(struct processing *s);

/** npuc_processing_tensor() - a tensor of the new graph, until the next one is added */
struct npuc_tensor *npuc_processing_tensor(const struct processing *s, uint32_t t);

/**
 * npuc_processing_op() - add an op and note its name for the answer
 * @s: the processing
 * @builtin: &enum tflite_builtin
 * @attributes: NULL: all zero
 * @inputs: tensor numbers
 * @count: entries of @inputs
 * @type: of its output, which keeps the quantisation of an input of the same type
 *
 * Return: its output, NPUC_NONE on failure.
 */
uint32_t npuc_processing_op(struct processing *s, uint32_t builtin,
			    const struct npuc_attributes *attributes, const uint32_t *inputs,
			    uint32_t count, uint32_t type);

/** npuc_processing_type() - &enum npuc_type of the newest tensor */
uint32_t npuc_processing_type(const struct processing *s);

/** npuc_processing_list() - a constant of int32 numbers */
uint32_t npuc_processing_list(struct processing *s, const int32_t *values, uint32_t count);

/** npuc_processing_step() - an op from the newest tensor and, unless NPUC_NONE, a parameter */
void npuc_processing_step(struct processing *s, uint32_t builtin, uint32_t parameter);

/** npuc_processing_real() - bring the newest tensor to binary32 */
void npuc_processing_real(struct processing *s);

/** npuc_processing_answer() - tell that a key of the processor was applied, and how */
void npuc_processing_answer(struct processing *s, const char *member, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** npuc_processing_is_yuv() - is it a format of Y, U and V? */
bool npuc_processing_is_yuv(uint32_t format);

/** npuc_processing_is_420() - with one U and V for two by two pixels? */
bool npuc_processing_is_420(uint32_t format);

/** npuc_processing_axis() - axis @i of N, H, W, C in a layout */
uint32_t npuc_processing_axis(uint32_t layout, uint32_t i);

/** npuc_process_yuv() - planes and pairs apart, U and V spread over the pixels that share them */
void npuc_process_yuv(struct processing *s, const struct npuc_shape *picture);

/** npuc_process_csc() - csc_mode: a CONV_2D, and 8-bit pixels unless the matrix is the user's */
void npuc_process_csc(struct processing *s);

/** npuc_process_swap() - BGR to RGB or back */
void npuc_process_swap(struct processing *s);

#endif /* NPUC_PROCESS_H */
