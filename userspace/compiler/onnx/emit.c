// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops that nodes become. */
#include <errno.h>
#include <string.h>

#include "import.h"

#define TFLITE_OP(name) #name,

static const char *const names[] = {
#include "tflite_ops.def"
};

int onnx_emit(struct onnx_import *im, const struct onnx_target *t, uint32_t builtin,
	      const struct npuc_attributes *a, const uint32_t *inputs, uint32_t count,
	      enum onnx_layout layout)
{
	struct npuc_attributes attributes = *a;
	struct onnx_value *v = &im->values[t->value];
	uint32_t out;

	for (uint32_t i = 0; i < count; i++)
		if (inputs[i] == NPUC_NONE)
			return im->error->text[0] ? -EOPNOTSUPP : onnx_broken(im);
	out = npuc_build_tensor(&im->b, npuc_build_name(&im->b, v->name.at, v->name.size),
				t->type == NPUC_NONE ? im->b.g.tensors[inputs[0]].type : t->type,
				NULL);
	if (out == NPUC_NONE)
		return onnx_broken(im);
	im->b.g.tensors[out].quant = t->quant;
	attributes.activation = (uint8_t)t->activation;
	if (!npuc_build_op(&im->b, builtin, names[builtin], &attributes, inputs, count, &out, 1))
		return onnx_broken(im);
	v->stored[layout] = out;
	/* of less than rank 4 there is but one order */
	if (im->b.g.tensors[out].shape.rank != 4)
		v->stored[ONNX_PLAIN] = out;
	return 0;
}

uint32_t onnx_step(struct onnx_import *im, uint32_t builtin, const struct npuc_attributes *a,
		   const uint32_t *inputs, uint32_t count, uint32_t type)
{
	uint32_t out;

	for (uint32_t i = 0; i < count; i++) {
		if (inputs[i] == NPUC_NONE) {
			if (!im->error->text[0])
				onnx_broken(im);
			return NPUC_NONE;
		}
	}
	out = npuc_build_tensor(&im->b, "",
				type == NPUC_NONE ? im->b.g.tensors[inputs[0]].type : type, NULL);
	if (npuc_build_op(&im->b, builtin, names[builtin], a, inputs, count, &out, 1))
		return out;
	onnx_broken(im);
	return NPUC_NONE;
}

uint32_t onnx_real(struct onnx_import *im, float number)
{
	const struct npuc_shape scalar = { 0 };
	float *data = npuc_build_memory(&im->b, sizeof(*data));

	if (data)
		*data = number;
	return npuc_build_constant(&im->b, "", NPUC_TYPE_FLOAT32, &scalar, data);
}
