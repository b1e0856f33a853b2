// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Ops of five and six dimensions: the same numbers as by the definition, and codes that are
 * those of the op with the dimensions put together by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "one_op.h"

#define I8 NPUC_TYPE_INT8
#define RANK 6u
#define RUNS 60u

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 16) % below;
}

/**
 * struct shapes - an output and two inputs, of which either repeats along some dimensions
 * @rank: dimensions, 5 or 6
 * @out: their sizes
 * @in: those of the inputs
 * @first: input 0 repeats, even where there is one element
 * @groups: neighbours that are alike, 4 at most
 * @merged: the same with a dimension for each group: output and inputs
 */
struct shapes {
	uint32_t rank;
	int32_t out[RANK];
	int32_t in[2][RANK];
	bool first[RANK];
	uint32_t groups;
	int32_t merged[3][4];
};

/* Up to four groups of neighbours, in each of which both inputs are whole or one repeats. */
static struct shapes draw_shapes(void)
{
	struct shapes s = { .rank = 5 + draw(2), .groups = 1 + draw(4) };
	uint32_t group = 0, kind = draw(3);

	for (uint32_t g = 0; g < s.groups; g++)
		s.merged[0][g] = s.merged[1][g] = s.merged[2][g] = 1;
	for (uint32_t i = 0; i < s.rank; i++) {
		uint32_t left = s.rank - i;

		if (i && group + 1 < s.groups && (left < s.groups - group || draw(2))) {
			group++;
			kind = draw(3);
		}
		s.out[i] = 1 + (int32_t)draw(3);
		s.first[i] = kind == 1;
		s.in[0][i] = kind == 1 ? 1 : s.out[i];
		s.in[1][i] = kind == 2 ? 1 : s.out[i];
		s.merged[0][group] *= s.out[i];
		s.merged[1][group] *= s.in[0][i];
		s.merged[2][group] *= s.in[1][i];
	}
	s.groups = group + 1;
	return s;
}

/* Place of an output's element in an input that repeats where its size is 1. */
static uint32_t place(const int32_t *out, const int32_t *in, uint32_t rank, uint32_t element)
{
	uint32_t at = 0, step = 1;

	for (uint32_t i = rank; i-- > 0;) {
		uint32_t index = element % (uint32_t)out[i];

		element /= (uint32_t)out[i];
		at += (in[i] == 1 ? 0 : index) * step;
		step *= (uint32_t)in[i];
	}
	return at;
}

static void test_binary(void **state)
{
	for (uint32_t n = 0; n < RUNS; n++) {
		struct shapes s = draw_shapes();

		/* x > y is lowered with its inputs swapped. */
		one_begin(n % 2 ? TFLITE_GREATER : TFLITE_SUB, 2);
		for (uint32_t k = 0; k < 2; k++) {
			one_shape(&op.in[k], I32, s.rank, s.in[k]);
			one_op_random(&op.in[k], -99, 99, &seed);
		}
		one_shape(&op.out, n % 2 ? BOOL : I32, s.rank, s.out);
		for (uint32_t i = 0; i < one_op_elements(&op.out); i++) {
			double x = op.in[0].values[place(s.out, s.in[0], s.rank, i)];
			double y = op.in[1].values[place(s.out, s.in[1], s.rank, i)];

			want[i] = n % 2 ? x > y : x - y;
		}
		one_check("binary", n, 0);
	}
}

/* Conditions that repeat, and such for each row of the first dimension. */
static void test_select(void **state)
{
	for (uint32_t n = 0; n < RUNS; n++) {
		struct shapes s = draw_shapes();
		bool rows = n % 2;

		one_begin(rows ? TFLITE_SELECT : TFLITE_SELECT_V2, 3);
		one_shape(&op.in[0], BOOL, rows ? 1 : s.rank, rows ? s.out : s.in[0]);
		one_shape(&op.in[1], I32, s.rank, rows ? s.out : s.in[1]);
		one_shape(&op.in[2], I32, s.rank, s.out);
		one_shape(&op.out, I32, s.rank, s.out);
		one_op_random(&op.in[0], 0, 2, &seed);
		one_op_random(&op.in[1], 0, 99, &seed);
		one_op_random(&op.in[2], 0, 99, &seed);
		for (uint32_t i = 0; i < one_op_elements(&op.out); i++) {
			uint32_t row = i * (uint32_t)s.out[0] / one_op_elements(&op.out);
			uint32_t c = rows ? row : place(s.out, s.in[0], s.rank, i);
			uint32_t x = rows ? i : place(s.out, s.in[1], s.rank, i);

			want[i] = op.in[0].values[c] != 0 ? op.in[1].values[x] : op.in[2].values[i];
		}
		one_check("select", n, 0);
	}
}

/* Two inputs joined along any dimension. */
static void test_concatenation(void **state)
{
	for (uint32_t n = 0; n < RUNS; n++) {
		struct shapes s = draw_shapes();
		uint32_t axis = draw(s.rank), inner = 1, both;

		one_begin(TFLITE_CONCATENATION, 2);
		op.options_type = 10;
		op.options[0] = (struct fb_field)WORD(axis);
		one_shape(&op.in[0], I32, s.rank, s.out);
		one_shape(&op.in[1], I32, s.rank, s.out);
		one_shape(&op.out, I32, s.rank, s.out);
		op.in[1].dim[axis] = 1 + (int32_t)draw(3);
		op.out.dim[axis] += op.in[1].dim[axis];
		one_op_random(&op.in[0], -99, 99, &seed);
		one_op_random(&op.in[1], -99, 99, &seed);
		for (uint32_t i = axis; i < s.rank; i++)
			inner *= (uint32_t)s.out[i];
		both = inner / (uint32_t)s.out[axis] * (uint32_t)op.out.dim[axis];
		for (uint32_t i = 0; i < one_op_elements(&op.out); i++) {
			uint32_t row = i / both, at = i % both;

			want[i] = at < inner ? op.in[0].values[row * inner + at] :
					       op.in[1].values[row * (both - inner) + at - inner];
		}
		one_check("concatenation", n, 0);
	}
}

/* Up to three dimensions are padded. */
static void test_pad(void **state)
{
	for (uint32_t n = 0; n < RUNS; n++) {
		struct shapes s = draw_shapes();
		int32_t amounts[2 * RANK] = { 0 };

		one_begin(TFLITE_PAD, 2);
		one_shape(&op.in[0], I32, s.rank, s.out);
		one_shape(&op.out, I32, s.rank, s.out);
		one_op_random(&op.in[0], 1, 99, &seed);
		for (uint32_t k = 0; k < 3; k++) {
			uint32_t axis = draw(s.rank);

			if (amounts[2 * axis] || amounts[2 * axis + 1])
				continue;
			amounts[2 * axis] = (int32_t)draw(3);
			amounts[2 * axis + 1] = (int32_t)draw(2);
			op.out.dim[axis] += amounts[2 * axis] + amounts[2 * axis + 1];
		}
		one_op_ints(&op, 1, 2 * s.rank, amounts);
		SHAPE(&op.in[1], I32, (int32_t)s.rank, 2);
		for (uint32_t i = 0; i < one_op_elements(&op.out); i++) {
			uint32_t rest = i, at = 0, step = 1;
			bool inside = true;

			for (uint32_t k = s.rank; k-- > 0;) {
				int32_t index = (int32_t)(rest % (uint32_t)op.out.dim[k]);

				rest /= (uint32_t)op.out.dim[k];
				index -= amounts[2 * k];
				inside &= index >= 0 && index < s.out[k];
				at += (uint32_t)index * step;
				step *= (uint32_t)s.out[k];
			}
			want[i] = inside ? op.in[0].values[at] : 0;
		}
		one_check("pad", n, 0);
	}
}

/* Dimensions that are reduced are those that input 0 of the drawn shapes repeats along. */
static void test_reduce(void **state)
{
	for (uint32_t n = 0; n < RUNS; n++) {
		bool most = n % 2, keep = n / 2 % 2;
		struct shapes s = draw_shapes();
		int32_t axes[RANK], kept[RANK];
		uint32_t count = 0, rank = 0;

		for (uint32_t i = 0; i < s.rank; i++) {
			bool reduced = s.first[i];

			if (reduced)
				axes[count++] = (int32_t)i;
			if (!reduced || keep)
				kept[rank++] = reduced ? 1 : s.out[i];
		}
		if (!count || !rank)
			continue;
		one_begin(most ? TFLITE_REDUCE_MAX : TFLITE_SUM, 2);
		op.options_type = 27;
		op.options[0] = (struct fb_field)BYTE(keep);
		one_shape(&op.in[0], I32, s.rank, s.out);
		one_op_random(&op.in[0], -99, 99, &seed);
		one_op_ints(&op, 1, count, axes);
		one_shape(&op.out, I32, rank, kept);
		for (uint32_t i = 0; i < one_op_elements(&op.out); i++)
			want[i] = most ? -99 : 0;
		for (uint32_t i = 0; i < one_op_elements(&op.in[0]); i++) {
			double *to, x = op.in[0].values[i];
			int32_t to_shape[RANK];

			for (uint32_t k = 0; k < s.rank; k++)
				to_shape[k] = s.in[0][k] == 1 ? 1 : s.out[k];
			to = &want[place(s.out, to_shape, s.rank, i)];
			*to = most ? (x > *to ? x : *to) : *to + x;
		}
		one_check("reduce", n, 0);
	}
}

/* Codes: the op on merged dimensions says what is wanted. */
static void codes(uint32_t builtin, const struct shapes *s, bool merged)
{
	uint32_t rank = merged ? s->groups : s->rank;

	one_begin(builtin, 2);
	for (uint32_t k = 0; k < 2; k++) {
		one_shape(&op.in[k], I8, rank, merged ? s->merged[1 + k] : s->in[k]);
		op.in[k].scale = 0.5f;
		one_op_random(&op.in[k], -128, 127, &seed);
	}
	one_shape(&op.out, I8, rank, merged ? s->merged[0] : s->out);
	op.out.scale = builtin == TFLITE_MAXIMUM ? 0.5f : 0.75f;
}

static void test_codes(void **state)
{
	static const uint32_t builtins[] = { TFLITE_ADD, TFLITE_SUB, TFLITE_MUL, TFLITE_MAXIMUM };

	for (uint32_t n = 0; n < RUNS; n++) {
		struct shapes s = draw_shapes();
		uint32_t begin = seed;

		codes(builtins[n % 4], &s, true);
		one_op_run(&op);
		memcpy(want, op.out.values, sizeof(want));
		seed = begin;
		codes(builtins[n % 4], &s, false);
		one_check("codes", n, 0);
	}
}

/* [2,3,1,4,2,3] x [2,1,5,4,3,2] of three dimensions of matrices, and turned. */
static void test_matrices(void **state)
{
	for (uint32_t n = 0; n < 2; n++) {
		const uint32_t rows = 2, depth = 3, columns = 2;

		one_begin(TFLITE_BATCH_MATMUL, 2);
		op.options_type = 101;
		op.options[0] = (struct fb_field)BYTE(n);
		if (n)
			SHAPE(&op.in[0], F32, 2, 3, 1, 3, 2);
		else
			SHAPE(&op.in[0], F32, 2, 3, 1, 2, 3);
		SHAPE(&op.in[1], F32, 2, 3, 4, 3, 2);
		SHAPE(&op.out, F32, 2, 3, 4, 2, 2);
		one_op_random(&op.in[0], -2, 2, &seed);
		one_op_random(&op.in[1], -2, 2, &seed);
		for (uint32_t i = 0; i < 24 * rows * columns; i++) {
			uint32_t matrix = i / (rows * columns), y = i / columns % rows;
			const double *a = &op.in[0].values[matrix / 4 * rows * depth];
			const double *b = &op.in[1].values[matrix * depth * columns];

			want[i] = 0;
			for (uint32_t k = 0; k < depth; k++)
				want[i] += (n ? a[k * rows + y] : a[y * depth + k]) *
					   b[k * columns + i % columns];
		}
		one_check("matrices", n, TOLERANCE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_binary),	      cmocka_unit_test(test_select),
		cmocka_unit_test(test_concatenation), cmocka_unit_test(test_pad),
		cmocka_unit_test(test_reduce),	      cmocka_unit_test(test_codes),
		cmocka_unit_test(test_matrices),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-merge", tests, NULL, NULL);
}
