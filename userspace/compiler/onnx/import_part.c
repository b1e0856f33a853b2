// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Slice, Split, Gather, Pad, Expand, Tile: parts and repetitions of tensors. */
#include <errno.h>
#include <string.h>

#include "import.h"

/* Lists that were attributes once and are inputs in newer files. */
static uint32_t list_of(const struct onnx_import *im, const struct onnx_node *n, uint32_t input,
			const char *name, int64_t *list)
{
	uint32_t value = onnx_input(im, n, input), count;

	if (value != NPUC_NONE)
		return onnx_integers(im, value, list, 2 * NPUC_MAX_RANK);
	count = onnx_ints(n, name, list, 2 * NPUC_MAX_RANK);
	return count > 2 * NPUC_MAX_RANK ? NPUC_NONE : count;
}

/* One op on the input as the file orders it, with a list of whole numbers behind it. */
static int emit_listed(struct onnx_import *im, const struct onnx_node *n, uint32_t builtin,
		       const struct npuc_attributes *a, const int32_t *list, uint32_t count)
{
	struct onnx_target t;
	uint32_t inputs[2];

	onnx_target(im, n, false, false, &t);
	inputs[0] = onnx_stored(im, onnx_input(im, n, 0), ONNX_PLAIN);
	inputs[1] = npuc_build_list(&im->b, list, count);
	return inputs[0] == NPUC_NONE ? -EOPNOTSUPP :
					onnx_emit(im, &t, builtin, a, inputs, 2, ONNX_PLAIN);
}

static int64_t limit(int64_t x, int64_t low, int64_t high)
{
	return x < low ? low : x > high ? high : x;
}

/* Starts and ends count from the end when negative, and stop at the borders. */
int onnx_import_slice(struct onnx_import *im, const struct onnx_node *n)
{
	int64_t starts[16], ends[16], axes[16], steps[16];
	int32_t begin[NPUC_MAX_RANK], end[NPUC_MAX_RANK], step[NPUC_MAX_RANK];
	uint32_t value = onnx_input(im, n, 0), count, axis_count, step_count, inputs[4];
	struct npuc_attributes a = { 0 };
	struct npuc_shape shape;
	struct onnx_target t;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	shape = onnx_shape(im, value);
	count = list_of(im, n, 1, "starts", starts);
	axis_count = list_of(im, n, 3, "axes", axes);
	step_count = list_of(im, n, 4, "steps", steps);
	if (count > shape.rank || list_of(im, n, 2, "ends", ends) != count ||
	    (axis_count && axis_count != count) || (step_count && step_count != count))
		return onnx_refuse(im, "starts, ends, axes and steps must be constant");
	for (uint32_t i = 0; i < shape.rank; i++) {
		begin[i] = 0;
		end[i] = (int32_t)shape.dim[i];
		step[i] = 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t axis = onnx_axis(im, value, axis_count ? axes[i] : i);
		int64_t by = step_count ? steps[i] : 1, size;

		if (axis == NPUC_NONE || !by || by != (int32_t)by)
			return onnx_refuse(im, "axis or step %u is out of range", i);
		size = shape.dim[axis];
		starts[i] += starts[i] < 0 ? size : 0;
		ends[i] += ends[i] < 0 ? size : 0;
		begin[axis] = (int32_t)limit(starts[i], 0, by < 0 ? size - 1 : size);
		end[axis] = (int32_t)limit(ends[i], by < 0 ? -1 : 0, size);
		step[axis] = (int32_t)by;
		/* in front of the first element is only said by leaving the end open */
		if (end[axis] < 0)
			a.end_mask |= 1u << axis;
	}
	onnx_target(im, n, false, false, &t);
	inputs[0] = onnx_stored(im, value, ONNX_PLAIN);
	inputs[1] = npuc_build_list(&im->b, begin, shape.rank);
	inputs[2] = npuc_build_list(&im->b, end, shape.rank);
	inputs[3] = npuc_build_list(&im->b, step, shape.rank);
	return inputs[0] == NPUC_NONE ?
		       -EOPNOTSUPP :
		       onnx_emit(im, &t, TFLITE_STRIDED_SLICE, &a, inputs, 4, ONNX_PLAIN);
}

int onnx_import_split(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), axis, count, inputs[3], outputs[NPUC_MAX_OUTPUTS];
	uint32_t parts = n->output_count;
	int64_t sizes[16];
	int32_t list[16];
	const struct npuc_attributes a = { 0 };

	if (value == NPUC_NONE || parts > 16)
		return onnx_refuse(im, "an input is missing, or there are over 16 parts");
	axis = onnx_axis(im, value, onnx_int(n, "axis", 0));
	count = list_of(im, n, 1, "split", sizes);
	if (axis == NPUC_NONE || (count && count != parts))
		return onnx_refuse(im, "the sizes must be constant and one for each part");
	for (uint32_t i = 0; i < parts; i++) {
		uint32_t each = (onnx_shape(im, value).dim[axis] + parts - 1) / parts;

		if (count && (sizes[i] < 1 || sizes[i] > INT32_MAX))
			return onnx_refuse(im, "part %u has a size of %lld", i,
					   (long long)sizes[i]);
		list[i] = count ? (int32_t)sizes[i] : i + 1 < parts ? (int32_t)each : -1;
	}
	inputs[0] = onnx_stored(im, value, ONNX_PLAIN);
	inputs[1] = npuc_build_list(&im->b, list, parts);
	list[0] = (int32_t)axis;
	inputs[2] = npuc_build_list(&im->b, list, 1);
	if (inputs[0] == NPUC_NONE)
		return -EOPNOTSUPP;
	for (uint32_t i = 0; i < parts; i++) {
		uint32_t to = onnx_value(im, n->outputs[i]);

		outputs[i] = npuc_build_tensor(
			&im->b, npuc_build_name(&im->b, n->outputs[i].at, n->outputs[i].size),
			im->b.g.tensors[inputs[0]].type, NULL);
		if (to != NPUC_NONE)
			im->values[to].stored[ONNX_PLAIN] = outputs[i];
	}
	return npuc_build_op(&im->b, TFLITE_SPLIT_V, "SPLIT_V", &a, inputs, 3, outputs, parts) ?
		       0 :
		       onnx_broken(im);
}

/* Negative indices count from the end; constant ones are turned, others are left to the op. */
/* Constant indices below 0 count from the end, which TFLite's do not. */
static uint32_t wrapped_constant(struct onnx_import *im, uint32_t indices, uint32_t size)
{
	const struct npuc_tensor t = im->b.g.tensors[indices];
	uint8_t *data;
	bool any = false;

	if (t.type != NPUC_TYPE_INT32 && t.type != NPUC_TYPE_INT64)
		return indices;
	for (uint32_t i = 0; i < t.elements && !any; i++)
		any = npuc_constant_int(&t, i) < 0;
	if (!any)
		return indices;
	data = npuc_build_memory(&im->b, 4 * (size_t)t.elements);
	for (uint32_t i = 0; data && i < t.elements; i++) {
		int64_t index = npuc_constant_int(&t, i);

		/* what is out of range stays so */
		index += index < 0 ? size : 0;
		index = index < 0 || index > INT32_MAX ? INT32_MAX : index;
		for (uint32_t k = 0; k < 4; k++)
			data[4 * (size_t)i + k] = (uint8_t)((uint64_t)index >> 8 * k);
	}
	return npuc_build_constant(&im->b, "", NPUC_TYPE_INT32, &t.shape, data);
}

int onnx_import_gather(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), which = onnx_input(im, n, 1), axis, inputs[2];
	const struct npuc_tensor *indices;
	struct npuc_attributes a = { 0 };
	struct onnx_target t;

	if (value == NPUC_NONE || which == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	axis = onnx_axis(im, value, onnx_int(n, "axis", 0));
	if (axis == NPUC_NONE)
		return onnx_refuse(im, "axis is out of range");
	a.axis = axis;
	onnx_target(im, n, false, false, &t);
	inputs[0] = onnx_stored(im, value, ONNX_PLAIN);
	inputs[1] = onnx_stored(im, which, ONNX_PLAIN);
	if (inputs[0] == NPUC_NONE || inputs[1] == NPUC_NONE)
		return -EOPNOTSUPP;
	indices = &im->b.g.tensors[inputs[1]];
	if (!indices->data) {
		const struct npuc_attributes none = { 0 };
		int32_t size = (int32_t)onnx_shape(im, value).dim[axis];
		uint32_t wrap[2] = { inputs[1], npuc_build_list(&im->b, &size, 1) };

		/* whole numbers wrap: an index below 0 modulo the size is what it stands for */
		wrap[0] = onnx_step(im, TFLITE_CAST, &none, wrap, 1, NPUC_TYPE_INT32);
		if (wrap[0] == NPUC_NONE)
			return -EOPNOTSUPP;
		inputs[1] = onnx_step(im, TFLITE_FLOOR_MOD, &none, wrap, 2, NPUC_TYPE_INT32);
		if (inputs[1] == NPUC_NONE)
			return -EOPNOTSUPP;
	} else {
		inputs[1] = wrapped_constant(im, inputs[1], onnx_shape(im, value).dim[axis]);
	}
	return onnx_emit(im, &t, TFLITE_GATHER, &a, inputs, 2, ONNX_PLAIN);
}

int onnx_import_expand(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), count;
	int64_t list[16];
	int32_t shape[NPUC_MAX_RANK];
	const struct npuc_attributes a = { 0 };
	struct npuc_shape was;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	was = onnx_shape(im, value);
	count = onnx_integers(im, onnx_input(im, n, 1), list, NPUC_MAX_RANK);
	if (count == NPUC_NONE)
		return onnx_refuse(im, "the new shape must be constant");
	/* numpy's rule: from the last dimension on, a 1 gives way */
	for (uint32_t i = 0; i < NPUC_MAX_RANK; i++) {
		int64_t a_dim = i < count ? list[count - 1 - i] : 1;
		int64_t b_dim = i < was.rank ? was.dim[was.rank - 1 - i] : 1;
		uint32_t rank = count > was.rank ? count : was.rank;

		if (a_dim < 1 || a_dim > INT32_MAX)
			return onnx_refuse(im, "the new shape is out of range");
		if (i < rank)
			shape[rank - 1 - i] = (int32_t)(a_dim > b_dim ? a_dim : b_dim);
	}
	return emit_listed(im, n, TFLITE_BROADCAST_TO, &a, shape,
			   count > was.rank ? count : was.rank);
}

int onnx_import_tile(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), count;
	const struct npuc_attributes a = { 0 };
	int32_t times[NPUC_MAX_RANK];
	int64_t list[16];

	count = onnx_integers(im, onnx_input(im, n, 1), list, NPUC_MAX_RANK);
	if (value == NPUC_NONE || count != onnx_rank(im, value))
		return onnx_refuse(im, "the repeats must be constant, one for each dimension");
	for (uint32_t i = 0; i < count; i++) {
		if (list[i] < 1 || list[i] > INT32_MAX)
			return onnx_refuse(im, "repeat %u is out of range", i);
		times[i] = (int32_t)list[i];
	}
	return emit_listed(im, n, TFLITE_TILE, &a, times, count);
}

int onnx_import_pad(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), rank, count, inputs[3], with = onnx_input(im, n, 2);
	struct onnx_text mode = onnx_string(n, "mode");
	const struct npuc_attributes a = { 0 };
	const struct npuc_shape scalar = { 0 };
	int32_t amounts[2 * NPUC_MAX_RANK];
	struct onnx_target t;
	int64_t list[16];
	float number = onnx_float(n, "value", 0);
	bool mirrors;
	float *fill;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	rank = onnx_rank(im, value);
	count = list_of(im, n, 1, "pads", list);
	mirrors = mode.at && onnx_is(mode, "reflect");
	if (count != 2 * rank || (mode.at && !mirrors && !onnx_is(mode, "constant")) ||
	    n->input_count > 3 || (with != NPUC_NONE && !onnx_number(im, with, &number)))
		return onnx_refuse(im, "only constant amounts and a constant float are supported");
	for (uint32_t i = 0; i < rank; i++) {
		if (list[i] < 0 || list[i] > INT32_MAX || list[rank + i] < 0 ||
		    list[rank + i] > INT32_MAX)
			return onnx_refuse(im, "amount %u is out of range", i);
		amounts[2 * i] = (int32_t)list[i];
		amounts[2 * i + 1] = (int32_t)list[rank + i];
	}
	onnx_target(im, n, false, false, &t);
	inputs[0] = onnx_stored(im, value, ONNX_PLAIN);
	inputs[1] = npuc_build_list(&im->b, amounts, count);
	fill = npuc_build_memory(&im->b, sizeof(*fill));
	if (inputs[0] == NPUC_NONE || inputs[1] == NPUC_NONE || !fill)
		return -EOPNOTSUPP;
	*fill = number;
	/* amounts come in pairs */
	im->b.g.tensors[inputs[1]].shape = (struct npuc_shape){ .rank = 2, .dim = { rank, 2 } };
	if (mirrors)
		return onnx_emit(im, &t, TFLITE_MIRROR_PAD, &a, inputs, 2, ONNX_PLAIN);
	inputs[2] = npuc_build_constant(&im->b, "", NPUC_TYPE_FLOAT32, &scalar, fill);
	if (im->b.g.tensors[inputs[0]].type != NPUC_TYPE_FLOAT32)
		return onnx_refuse(im, "only float tensors are padded");
	return onnx_emit(im, &t, TFLITE_PADV2, &a, inputs, 3, ONNX_PLAIN);
}
