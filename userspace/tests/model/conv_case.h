/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Convolution ops with random data, for tests and benchmarks of the model: a
 * shape in, an op record with its bound buffers out.
 */
#ifndef CONV_CASE_H
#define CONV_CASE_H

#include "npum.h"
#include "npum_isa.h"

/**
 * enum conv_table - what a requantisation table and its operands look like
 * @CONV_TABLE_REAL: what a compiler emits: multipliers below 1, small biases
 * @CONV_TABLE_TIES: powers of two, so that many products lie half way
 * @CONV_TABLE_LEFT: multipliers above 1
 * @CONV_TABLE_EDGE: the extremes that a tame table may hold, and just beyond
 * @CONV_TABLE_HOSTILE: any bits
 */
enum conv_table {
	CONV_TABLE_REAL,
	CONV_TABLE_TIES,
	CONV_TABLE_LEFT,
	CONV_TABLE_EDGE,
	CONV_TABLE_HOSTILE,
	CONV_TABLES,
};

/**
 * struct conv_shape - what to build
 * @opcode: VNPU_OP_CONV2D, VNPU_OP_DEPTHWISE or VNPU_OP_FULLY_CONNECTED
 * @batch: images
 * @height: of the input; FULLY_CONNECTED: 1
 * @width: of the input; FULLY_CONNECTED: rows
 * @depth: input channels
 * @channels: output channels; DEPTHWISE: a multiple of @depth
 * @kernel: window height and width
 * @stride: window step
 * @dilation: distance of taps
 * @pad: padding before and behind, both axes
 * @gap: bytes between the pixels of input and output, beyond their channels
 * @row_gap: bytes between rows, beyond their pixels
 * @in_dtype: VNPU_DTYPE_INT8 or VNPU_DTYPE_UINT8
 * @out_dtype: likewise
 * @symmetric: weights' zero point is 128
 * @extreme: data are only lowest and highest codes
 * @table: kind of requantisation table
 * @personality: whose rounding
 */
struct conv_shape {
	u32 opcode;
	u32 batch;
	u32 height;
	u32 width;
	u32 depth;
	u32 channels;
	u32 kernel[2];
	u32 stride[2];
	u32 dilation[2];
	u32 pad[2];
	u32 gap;
	u32 row_gap;
	u32 in_dtype;
	u32 out_dtype;
	bool symmetric;
	bool extreme;
	enum conv_table table;
	u32 personality;
};

/**
 * struct guarded - bytes with an inaccessible page on either side
 * @map: the mapping
 * @map_bytes: its length
 * @data: the bytes; they end at the rear guard page
 * @bytes: how many
 */
struct guarded {
	void *map;
	size_t map_bytes;
	u8 *data;
	size_t bytes;
};

/** guarded_alloc() - zeroed bytes; aborts when memory is short */
struct guarded guarded_alloc(size_t bytes);
/** guarded_free() - release */
void guarded_free(struct guarded *g);

/** CONV_SLOTS - input, weights, table, output */
#define CONV_SLOTS 4u

/**
 * struct conv_case - a built op
 * @op: its record
 * @x: what npum_op_run() wants; the isa is set by the caller
 * @slot: input, weights, table, output
 */
struct conv_case {
	struct vnpu_op op;
	struct npum_exec x;
	struct guarded slot[CONV_SLOTS];
};

/** conv_random() - next number of a generator; @state is its seed and never 0 */
u32 conv_random(u64 *state);

/** conv_case_init() - build @shape with data drawn from @random; release with conv_case_free() */
void conv_case_init(struct conv_case *c, const struct conv_shape *shape, u64 *random);
/** conv_case_free() - release */
void conv_case_free(struct conv_case *c);

#endif /* CONV_CASE_H */
