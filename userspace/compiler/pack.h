/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Weights and requantisation tables as the MAC array eats them, see uapi/vnpu_program.h. */
#ifndef NPUC_PACK_H
#define NPUC_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quantise.h"
#include "vnpu_program.h"

/**
 * struct npuc_weights - weights of a convolution or fully connected layer
 * @data: codes as the model has them: O rows of K terms, or K rows of O channels
 * @is_signed: codes are int8, else uint8
 * @zero_point: code that stands for 0
 * @outputs: O, output channels
 * @terms: K, terms of the inner product
 * @output_step: bytes between the codes of neighbouring outputs
 * @term_step: bytes between the codes of neighbouring terms
 */
struct npuc_weights {
	const uint8_t *data;
	bool is_signed;
	int32_t zero_point;
	uint32_t outputs;
	uint32_t terms;
	size_t output_step;
	size_t term_step;
};

/** npuc_packed_bytes() - size of packed weights */
uint64_t npuc_packed_bytes(uint64_t outputs, uint64_t terms);

/** npuc_pack_blocked() - write VNPU_LAYOUT_WEIGHTS, npuc_packed_bytes() of them */
void npuc_pack_blocked(const struct npuc_weights *w, uint8_t *to);

/** npuc_pack_depthwise() - write VNPU_LAYOUT_DEPTHWISE, outputs * terms bytes */
void npuc_pack_depthwise(const struct npuc_weights *w, uint8_t *to);

/**
 * npuc_rows_bytes() - size of VNPU_LAYOUT_ROWS, ROWS_DEPTHWISE or VECTOR
 * @outputs: channels
 * @terms: terms of each, 1 for VECTOR
 * @element: bytes of an element
 */
size_t npuc_rows_bytes(uint32_t outputs, uint32_t terms, uint32_t element);

/**
 * npuc_pack_rows() - write VNPU_LAYOUT_ROWS, ROWS_DEPTHWISE or VECTOR: [ceil(O/16)][K][16]
 * @from: elements as the model has them
 * @element: bytes of an element
 * @outputs: O
 * @terms: K
 * @depthwise: elements run K x O, not O x K
 * @to: npuc_rows_bytes() zeroed bytes
 */
void npuc_pack_rows(const uint8_t *from, uint32_t element, uint32_t outputs, uint32_t terms,
		    bool depthwise, uint8_t *to);

/** npuc_requant_bytes() - size of the requantisation table of @outputs channels */
size_t npuc_requant_bytes(uint32_t outputs);

/**
 * npuc_fold_bias() - bias of one output with the input's zero point folded in
 * @w: the weights
 * @output: which output
 * @bias: the model's bias
 * @zero_point: of the input
 *
 * Return: bias - zero_point * sum of (w - zw), wrapping in 32 bits.
 */
int32_t npuc_fold_bias(const struct npuc_weights *w, uint32_t output, int32_t bias,
		       int32_t zero_point);

/** npuc_requant_row() - write the row of one output into a table */
void npuc_requant_row(struct vnpu_requant_block *table, uint32_t output, int32_t bias,
		      struct npuc_multiplier m);

/**
 * npuc_requant_row_float() - the same with the bias in binary32, NPUM_BIAS_FLOAT
 * @table: the table
 * @output: its row
 * @bias: folded bias, which together with @zero_point becomes the row's offset
 * @factor: of the product
 * @zero_point: of the output
 */
void npuc_requant_row_float(struct vnpu_requant_block *table, uint32_t output, int32_t bias,
			    float factor, int32_t zero_point);

#endif /* NPUC_PACK_H */
