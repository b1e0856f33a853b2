// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * RESIZE without align_corners.
 *
 * With align_corners pixel d of the output lies at d * (in - 1) / (out - 1) of the input,
 * without at d * in / out.  Let p / q be (in - 1) / (out - 1) in lowest terms.  Resized to
 * in * q, pixel e lies at e / q, so that e = d * p is where d was meant to be: every p-th
 * pixel is the answer.  The last one needed is (out - 1) * p = (in - 1) * q, inside.
 * The device's weights have 10 bits: where q divides 1024 the two have the same ones.
 */
#include <string.h>

#include "rewrite.h"
#include "predicates.h"
#include "tflite.h"

/* The larger image may have this many times the elements of the output, or this many. */
#define MOST_TIMES 8
#define MOST_ELEMENTS (1u << 20)

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Size to resize to, and which pixels of that to take; one pixel is the same wherever it is. */
static void plan_axis(uint32_t in, uint32_t out, uint32_t *size, uint32_t *step)
{
	uint32_t divisor;

	*size = out;
	*step = 1;
	if (in == 1 || out == 1 || in == out)
		return;
	divisor = common_divisor(in - 1, out - 1);
	*step = (in - 1) / divisor;
	*size = (out - 1) / divisor;
	*size = *size > UINT32_MAX / in ? UINT32_MAX : *size * in;
}

static uint32_t resized(struct npuc_rewriting *r, const uint32_t size[2],
			const struct npuc_attributes *a)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *out = npuc_output(r->from, op);
	struct npuc_shape shape = out->shape;
	const int32_t list[] = { (int32_t)size[0], (int32_t)size[1] };
	uint32_t inputs[] = { op->inputs[0], npuc_build_list(&r->b, list, 2) };
	uint32_t large;

	shape.dim[1] = size[0];
	shape.dim[2] = size[1];
	large = npuc_rewrite_tensor(r, out, "resized", &shape);
	if (inputs[1] == NPUC_NONE ||
	    !npuc_rewrite_emit(r, op->builtin, op->type, a, inputs, 2, large))
		return NPUC_NONE;
	r->b.g.ops[r->b.g.op_count - 1].source.version = op->source.version;
	return large;
}

static bool take_pixels(struct npuc_rewriting *r, uint32_t large, const uint32_t step[2])
{
	static const struct npuc_attributes none;
	const struct npuc_shape *out = &npuc_output(r->from, npuc_rewrite_op(r))->shape;
	const int32_t begin[4] = { 0 }, steps[4] = { 1, (int32_t)step[0], (int32_t)step[1], 1 };
	bool strided = step[0] > 1 || step[1] > 1;
	uint32_t inputs[4] = { large, npuc_build_list(&r->b, begin, 4) };
	int32_t ends[4];

	for (int i = 0; i < 4; i++)
		ends[i] = ((int32_t)out->dim[i] - 1) * steps[i] + 1;
	inputs[2] = npuc_build_list(&r->b, ends, 4);
	inputs[3] = npuc_build_list(&r->b, steps, 4);
	/* From the origin on, the size of a SLICE is the end of a STRIDED_SLICE. */
	return npuc_rewrite_emit(r, strided ? TFLITE_STRIDED_SLICE : TFLITE_SLICE,
				 strided ? "STRIDED_SLICE" : "SLICE", &none, inputs,
				 strided ? 4 : 3, npuc_rewrite_op(r)->outputs[0]);
}

static bool affordable(const struct npuc_rewriting *r, const uint32_t size[2])
{
	const struct npuc_tensor *out = npuc_output(r->from, npuc_rewrite_op(r));
	uint32_t most = npuc_rewrite_limit(r, max_resize), axis = npuc_rewrite_limit(r, max_dim);
	uint64_t pixels = (uint64_t)size[0] * size[1];

	if (size[0] > most || size[1] > most || size[0] > axis || size[1] > axis)
		return false;
	return pixels <= (uint64_t)MOST_TIMES * out->shape.dim[1] * out->shape.dim[2] ||
	       pixels <= MOST_ELEMENTS / out->shape.dim[3];
}

static bool divides_weights(uint32_t in, uint32_t out)
{
	uint32_t q = in == 1 || out == 1 ? 1 : (out - 1) / common_divisor(in - 1, out - 1);

	return 1024 % q == 0;
}

bool npuc_rewrite_corners(struct npuc_rewriting *r)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *in = npuc_input(r->from, op, 0), *out = npuc_output(r->from, op);
	struct npuc_attributes a = op->attributes;
	static const char same[] = "the same positions and the same weights of 10 bits";
	static const char rounded[] =
		"the same positions, but weights of 10 bits are rounded otherwise";
	uint32_t size[2], step[2], large;
	bool exact = true;

	for (int i = 0; i < 2; i++) {
		plan_axis(in->shape.dim[1 + i], out->shape.dim[1 + i], &size[i], &step[i]);
		exact &= divides_weights(in->shape.dim[1 + i], out->shape.dim[1 + i]);
	}
	if (!affordable(r, size))
		return npuc_rewrite_closest_resize(r);
	a.align_corners = 0;
	if (size[0] == out->shape.dim[1] && size[1] == out->shape.dim[2])
		return npuc_rewrite_copy(r, &a, op->inputs) &&
		       npuc_rewrite_done(
			       r, "one pixel, or as many as before: the positions are the same",
			       "%u x %u to %u x %u needs no align_corners", in->shape.dim[1],
			       in->shape.dim[2], out->shape.dim[1], out->shape.dim[2]);
	large = resized(r, size, &a);
	if (large == NPUC_NONE || !take_pixels(r, large, step))
		return false;
	if (step[0] == 1 && step[1] == 1)
		return npuc_rewrite_done(
			r, exact ? same : rounded,
			"%u x %u to %u x %u: resized to %u x %u, of which the first %u x %u pixels "
			"are taken",
			in->shape.dim[1], in->shape.dim[2], out->shape.dim[1], out->shape.dim[2],
			size[0], size[1], out->shape.dim[1], out->shape.dim[2]);
	return npuc_rewrite_done(
		r, exact ? same : rounded,
		"%u x %u to %u x %u: resized to %u x %u, of which every %u. row and %u. "
		"column is taken",
		in->shape.dim[1], in->shape.dim[2], out->shape.dim[1], out->shape.dim[2], size[0],
		size[1], step[0], step[1]);
}

/* Centres at halves spread the error over both ends: closest to aligned corners. */
bool npuc_rewrite_closest_resize(struct npuc_rewriting *r)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *in = npuc_input(r->from, op, 0), *out = npuc_output(r->from, op);
	struct npuc_attributes a = op->attributes;
	bool halves = a.align_corners && npuc_rewrite_limit(r, half_pixel);

	a.align_corners = 0;
	a.half_pixel = halves;
	return npuc_rewrite_copy(r, &a, op->inputs) &&
	       npuc_rewrite_done(r, "pixels of the output lie elsewhere between those of the input",
				 "%u x %u to %u x %u: %s", in->shape.dim[1], in->shape.dim[2],
				 out->shape.dim[1], out->shape.dim[2],
				 halves ? "half_pixel_centers instead of align_corners" :
					  "neither align_corners nor half_pixel_centers");
}
