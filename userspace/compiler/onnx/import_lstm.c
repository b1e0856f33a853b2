// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * LSTM: step by step, as the model gives the state at the begin and takes the one at
 * the end.  The products with the input are of all steps at once.
 *
 *	i, o, f = sigmoid(X W' + Wb + H R' + Rb)	in this order, behind them
 *	g       = tanh(...)
 *	C       = f C + i g
 *	H       = o tanh(C)
 *
 * With peepholes i and f also see P C of before, and o the new one.
 */
#include <errno.h>

#include "import.h"

/* More steps than these would make more ops than a model may have. */
#define MOST_STEPS 512u

enum { IN_X, IN_W, IN_R, IN_B, IN_LENGTHS, IN_H, IN_C, IN_PEEPHOLES };
enum { OUT_Y, OUT_H, OUT_C };

/**
 * struct lstm - a node
 * @steps: of the sequence
 * @batch: sequences
 * @inputs: elements of a step
 * @units: elements of the state
 * @directions: 1 or 2
 * @backward: the first direction begins with the last step
 * @batch_first: in the input, the outputs and the states batches come before steps and directions
 * @x: tensor, one row for each step and sequence
 * @y: states behind each step of each direction, as [1, 1, @batch, @units]
 * @h: state behind the last step of each direction, likewise without the first dimension
 * @c: its other half
 */
struct lstm {
	uint32_t steps;
	uint32_t batch;
	uint32_t inputs;
	uint32_t units;
	uint32_t directions;
	bool backward;
	bool batch_first;
	uint32_t x;
	uint32_t *y;
	uint32_t h[2];
	uint32_t c[2];
};

static uint32_t part(struct onnx_import *im, uint32_t x, uint32_t axis, uint32_t from,
		     uint32_t size)
{
	int32_t begin[NPUC_MAX_RANK] = { 0 }, count[NPUC_MAX_RANK] = { 0 };
	const struct npuc_attributes none = { 0 };
	struct npuc_shape shape;
	uint32_t inputs[3] = { x };

	if (x == NPUC_NONE)
		return NPUC_NONE;
	shape = im->b.g.tensors[x].shape;
	for (uint32_t i = 0; i < shape.rank; i++)
		count[i] = (int32_t)shape.dim[i];
	begin[axis] = (int32_t)from;
	count[axis] = (int32_t)size;
	inputs[1] = npuc_build_list(&im->b, begin, shape.rank);
	inputs[2] = npuc_build_list(&im->b, count, shape.rank);
	return onnx_step(im, TFLITE_SLICE, &none, inputs, 3, NPUC_NONE);
}

static uint32_t joined(struct onnx_import *im, const uint32_t *list, uint32_t count, uint32_t axis)
{
	const struct npuc_attributes a = { .axis = axis };

	return count == 1 ? list[0] :
			    onnx_step(im, TFLITE_CONCATENATION, &a, list, count, NPUC_NONE);
}

/* Row @d of an input with a dimension for directions, as a matrix; zeros for what is left out. */
static uint32_t of_direction(struct onnx_import *im, const struct onnx_node *n, uint32_t input,
			     uint32_t d, uint32_t rows, uint32_t columns)
{
	const int32_t shape[] = { (int32_t)rows, (int32_t)columns };
	const struct npuc_shape zeros = { .rank = 2, .dim = { rows, columns } };
	uint32_t value = onnx_input(im, n, input);
	void *data;

	if (value != NPUC_NONE)
		return onnx_as(im, part(im, onnx_stored(im, value, ONNX_PLAIN), 0, d, 1), shape, 2);
	data = npuc_build_memory(&im->b, 4 * (size_t)rows * columns);
	return npuc_build_constant(&im->b, "", NPUC_TYPE_FLOAT32, &zeros, data);
}

static uint32_t product(struct onnx_import *im, uint32_t x, uint32_t weights, uint32_t bias)
{
	const uint32_t inputs[] = { x, weights, bias };
	const struct npuc_attributes none = { 0 }, turned = { .adjoint_y = 1 };

	if (weights == NPUC_NONE || im->b.g.tensors[weights].data)
		return onnx_step(im, TFLITE_FULLY_CONNECTED, &none, inputs, 3, NPUC_NONE);
	x = onnx_step(im, TFLITE_BATCH_MATMUL, &turned, inputs, 2, NPUC_NONE);
	return onnx_binary(im, TFLITE_ADD, x, bias);
}

static uint32_t bias_of(struct onnx_import *im, uint32_t biases, uint32_t from, uint32_t size)
{
	return onnx_as(im, part(im, biases, 1, from, size), (const int32_t[]){ (int32_t)size }, 1);
}

/* One of the gates, which may also see a state. */
static uint32_t gate(struct onnx_import *im, uint32_t units, uint32_t sums, uint32_t which,
		     uint32_t peephole, uint32_t c)
{
	uint32_t x = part(im, sums, 1, which * units, units);

	if (peephole != NPUC_NONE)
		x = onnx_binary(im, TFLITE_ADD, x,
				onnx_binary(im, TFLITE_MUL,
					    part(im, peephole, 1, which * units, units), c));
	return onnx_unary(im, TFLITE_LOGISTIC, x);
}

/* From the products with the input to the next state. */
static void step(struct onnx_import *im, uint32_t units, uint32_t sums, uint32_t peephole,
		 uint32_t *h, uint32_t *c)
{
	uint32_t in = gate(im, units, sums, 0, peephole, *c);
	uint32_t forget = gate(im, units, sums, 2, peephole, *c);
	uint32_t news = onnx_unary(im, TFLITE_TANH, part(im, sums, 1, 3 * units, units)), out;

	*c = onnx_binary(im, TFLITE_ADD, onnx_binary(im, TFLITE_MUL, forget, *c),
			 onnx_binary(im, TFLITE_MUL, in, news));
	out = gate(im, units, sums, 1, peephole, *c);
	*h = onnx_binary(im, TFLITE_MUL, out, onnx_unary(im, TFLITE_TANH, *c));
}

/* A state that the model gives, as a matrix. */
static uint32_t state_of(struct onnx_import *im, const struct onnx_node *n, const struct lstm *l,
			 uint32_t input, uint32_t d)
{
	uint32_t value = onnx_input(im, n, input);

	if (!l->batch_first || value == NPUC_NONE)
		return of_direction(im, n, input, d, l->batch, l->units);
	return onnx_as(im, part(im, onnx_stored(im, value, ONNX_PLAIN), 1, d, 1),
		       (const int32_t[]){ (int32_t)l->batch, (int32_t)l->units }, 2);
}

/* All steps of direction @d. */
static int run_direction(struct onnx_import *im, const struct onnx_node *n, struct lstm *l,
			 uint32_t d)
{
	const int32_t batch = (int32_t)l->batch, units = (int32_t)l->units;
	const int32_t steps_first[] = { 1, 1, batch, units }, last[] = { 1, batch, units };
	const int32_t batch_first[] = { batch, 1, 1, units }, last_batch[] = { batch, 1, units };
	uint32_t rows = 4 * l->units, h, c, products, r, rb;
	uint32_t b = of_direction(im, n, IN_B, d, 1, 2 * rows), peephole = NPUC_NONE;
	bool backward = d || l->backward;

	products = product(im, l->x, of_direction(im, n, IN_W, d, rows, l->inputs),
			   bias_of(im, b, 0, rows));
	r = of_direction(im, n, IN_R, d, rows, l->units);
	rb = bias_of(im, b, rows, rows);
	h = state_of(im, n, l, IN_H, d);
	c = state_of(im, n, l, IN_C, d);
	if (onnx_input(im, n, IN_PEEPHOLES) != NPUC_NONE)
		peephole = of_direction(im, n, IN_PEEPHOLES, d, 1, 3 * l->units);
	for (uint32_t i = 0; i < l->steps; i++) {
		uint32_t t = backward ? l->steps - 1 - i : i;
		uint32_t sums = part(im, products, 0, t * l->batch, l->batch);

		step(im, l->units, onnx_binary(im, TFLITE_ADD, sums, product(im, h, r, rb)),
		     peephole, &h, &c);
		l->y[t * l->directions + d] =
			onnx_as(im, h, l->batch_first ? batch_first : steps_first, 4);
	}
	l->h[d] = onnx_as(im, h, l->batch_first ? last_batch : last, 3);
	l->c[d] = onnx_as(im, c, l->batch_first ? last_batch : last, 3);
	return l->h[d] == NPUC_NONE || l->c[d] == NPUC_NONE ? onnx_broken(im) : 0;
}

/* Only what is usual, which is what every framework writes. */
static bool usual_activations(const struct onnx_node *n, uint32_t directions)
{
	static const char *const usual[] = { "Sigmoid", "Tanh", "Tanh" };
	struct onnx_text list[6];
	uint32_t count = onnx_strings(n, "activations", list, 6);

	for (uint32_t i = 0; i < count && i < 6; i++)
		if (!onnx_is(list[i], usual[i % 3]))
			return false;
	return !count || count == 3 * directions;
}

/* Lengths that are all of the whole sequence say nothing. */
static bool whole_sequences(struct onnx_import *im, uint32_t value, const struct lstm *l)
{
	int64_t list[2 * NPUC_MAX_RANK];
	uint32_t count;

	if (value == NPUC_NONE)
		return true;
	count = onnx_integers(im, value, list, 2 * NPUC_MAX_RANK);
	for (uint32_t i = 0; count != NPUC_NONE && i < count; i++)
		if (list[i] != l->steps)
			return false;
	return count == l->batch;
}

static bool has_shape(struct onnx_import *im, uint32_t value, uint32_t a, uint32_t b, uint32_t c)
{
	struct npuc_shape shape;

	if (value == NPUC_NONE)
		return true;
	shape = onnx_shape(im, value);
	return shape.dim[0] == a && shape.dim[1] == b &&
	       (c ? shape.rank == 3 && shape.dim[2] == c : shape.rank == 2);
}

static bool is_state(struct onnx_import *im, uint32_t value, const struct lstm *l)
{
	return l->batch_first ? has_shape(im, value, l->batch, l->directions, l->units) :
				has_shape(im, value, l->directions, l->batch, l->units);
}

static int read_lstm(struct onnx_import *im, const struct onnx_node *n, struct lstm *l)
{
	uint32_t x = onnx_input(im, n, IN_X), w = onnx_input(im, n, IN_W);
	uint32_t r = onnx_input(im, n, IN_R);
	struct onnx_text direction = onnx_string(n, "direction");
	struct npuc_shape shape;

	if (x == NPUC_NONE || w == NPUC_NONE || r == NPUC_NONE || onnx_rank(im, x) != 3 ||
	    onnx_rank(im, w) != 3 || onnx_rank(im, r) != 3)
		return onnx_refuse(im, "X, W and R must be there and of rank 3");
	shape = onnx_shape(im, x);
	l->batch_first = onnx_int(n, "layout", 0);
	l->steps = shape.dim[l->batch_first];
	l->batch = shape.dim[!l->batch_first];
	l->inputs = shape.dim[2];
	l->units = onnx_shape(im, r).dim[2];
	l->backward = direction.at && onnx_is(direction, "reverse");
	l->directions = direction.at && onnx_is(direction, "bidirectional") ? 2 : 1;
	if (l->units > INT32_MAX / 8 || !has_shape(im, w, l->directions, 4 * l->units, l->inputs) ||
	    !has_shape(im, r, l->directions, 4 * l->units, l->units) ||
	    !has_shape(im, onnx_input(im, n, IN_B), l->directions, 8 * l->units, 0) ||
	    !has_shape(im, onnx_input(im, n, IN_PEEPHOLES), l->directions, 3 * l->units, 0) ||
	    !is_state(im, onnx_input(im, n, IN_H), l) || !is_state(im, onnx_input(im, n, IN_C), l))
		return onnx_broken(im);
	if (l->steps > MOST_STEPS)
		return onnx_refuse(im, "%u steps are too many, at most %u are supported", l->steps,
				   MOST_STEPS);
	if (onnx_int(n, "input_forget", 0) || onnx_float(n, "clip", 0) != 0 ||
	    !usual_activations(n, l->directions) ||
	    !whole_sequences(im, onnx_input(im, n, IN_LENGTHS), l))
		return onnx_refuse(im, "input_forget, clip, other activations than the usual and "
				       "sequence_lens are not supported");
	return 0;
}

static int give_output(struct onnx_import *im, const struct onnx_node *n, uint32_t i,
		       const uint32_t *list, uint32_t count, uint32_t axis)
{
	uint32_t value = i < n->output_count ? onnx_value(im, n->outputs[i]) : NPUC_NONE;

	return value == NPUC_NONE ? 0 :
				    onnx_give(im, value, joined(im, list, count, axis), ONNX_PLAIN);
}

/* Y has [steps, directions, batch, units], or [batch, steps, directions, units]. */
static int give_sequence(struct onnx_import *im, const struct onnx_node *n, const struct lstm *l)
{
	uint32_t *rows = npuc_build_memory(&im->b, l->steps * sizeof(*rows));

	if (onnx_value(im, n->outputs[OUT_Y]) == NPUC_NONE)
		return 0;
	if (!rows)
		return onnx_broken(im);
	for (uint32_t t = 0; t < l->steps; t++)
		rows[t] =
			joined(im, l->y + t * l->directions, l->directions, l->batch_first ? 2 : 1);
	return give_output(im, n, OUT_Y, rows, l->steps, l->batch_first);
}

/* The input as one row for each step and sequence, steps first. */
static uint32_t rows_of(struct onnx_import *im, const struct onnx_node *n, const struct lstm *l)
{
	const int32_t shape[] = { (int32_t)(l->steps * l->batch), (int32_t)l->inputs };
	uint32_t x = onnx_stored(im, onnx_input(im, n, IN_X), ONNX_PLAIN);

	if (l->batch_first)
		x = onnx_turned(im, x, (const int32_t[]){ 1, 0, 2 }, 3);
	return onnx_as(im, x, shape, 2);
}

int onnx_import_lstm(struct onnx_import *im, const struct onnx_node *n)
{
	struct lstm l = { 0 };
	int err = read_lstm(im, n, &l);

	if (err)
		return err;
	l.y = npuc_build_memory(&im->b, 2 * (size_t)l.steps * sizeof(*l.y));
	l.x = rows_of(im, n, &l);
	if (!l.y || l.x == NPUC_NONE)
		return im->error->text[0] ? -EOPNOTSUPP : onnx_broken(im);
	for (uint32_t d = 0; d < l.directions && !err; d++)
		err = run_direction(im, n, &l, d);
	if (!err)
		err = give_sequence(im, n, &l);
	if (!err)
		err = give_output(im, n, OUT_H, l.h, l.directions, l.batch_first);
	return err ? err : give_output(im, n, OUT_C, l.c, l.directions, l.batch_first);
}
