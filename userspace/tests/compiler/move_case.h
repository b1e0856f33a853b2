/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Ops that only move data, each with a reference that works on coordinates: it says which
 * element of the inputs belongs at each place of the outputs.
 */
#ifndef MOVE_CASE_H
#define MOVE_CASE_H

#include "model.h"

/** MOVE_RANK - most dimensions of a case */
#define MOVE_RANK 6
/** MOVE_BORDER - stands for the code of 0 or a pad value */
#define MOVE_BORDER (-1)
/** MOVE_PAD_VALUE - the pad value */
#define MOVE_PAD_VALUE 77

struct move;

/**
 * typedef source_fn - where an element comes from
 * @m: the case
 * @output: number of the output
 * @at: coordinates there
 * @from: filled with coordinates in the input
 *
 * Return: number of the input, MOVE_BORDER for none.
 */
typedef int source_fn(const struct move *m, uint32_t output, const int *at, int *from);

/**
 * struct move - a case
 * @name: for messages
 * @builtin: the op
 * @in_rank: dimensions of the inputs
 * @in: their sizes
 * @inputs: number of inputs, 0 for one
 * @outs: number of outputs, 0 for one
 * @out_rank: dimensions of the outputs
 * @out: their sizes
 * @axis: of split, pack, gather; outputs differ along it
 * @sizes: of the outputs along @axis when they differ
 * @params: constant parameters, by row: count, then numbers
 * @param_first: the parameters stand in front of the input
 * @pairs: the first parameter has two columns
 * @options_type: options of the op
 * @options: likewise
 * @source: reference
 */
struct move {
	const char *name;
	uint32_t builtin;
	uint32_t in_rank;
	int32_t in[MOVE_RANK];
	uint32_t inputs;
	uint32_t outs;
	uint32_t out_rank;
	int32_t out[MOVE_RANK];
	int axis;
	int sizes[4];
	int32_t params[3][9];
	bool param_first;
	int pairs;
	uint8_t options_type;
	struct fb_field options[FB_FIELDS];
	source_fn *source;
};

/** move_cases - all of them */
extern const struct move move_cases[];
/** move_case_count - entries of move_cases */
extern const size_t move_case_count;

#endif /* MOVE_CASE_H */
