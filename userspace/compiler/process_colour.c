// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Colours of input processors: YUV apart, to RGB or BGR, and between those. */
#include <string.h>

#include "process.h"
#include "tflite.h"

/* BT.601, rows R, G, B of factors of Y, U, V and a constant. */
static const float full_range[12] = {
	1.0f, 0.0f,	  1.402f,     -179.456f, /* R */
	1.0f, -0.344136f, -0.714136f, 135.458816f, /* G */
	1.0f, 1.772f,	  0.0f,	      -226.816f, /* B */
};
static const float limited_range[12] = {
	1.164384f, 0.0f,       1.596027f,  -222.921600f, /* R */
	1.164384f, -0.391762f, -0.812968f, 135.575296f, /* G */
	1.164384f, 2.017232f,  0.0f,	   -276.835840f, /* B */
};

static uint32_t slice(struct processing *s, uint32_t from, const int32_t begin[4],
		      const int32_t size[4])
{
	const uint32_t inputs[] = { from, npuc_processing_list(s, begin, 4),
				    npuc_processing_list(s, size, 4) };

	return npuc_processing_op(s, TFLITE_SLICE, NULL, inputs, 3,
				  npuc_processing_tensor(s, from)->type);
}

/* Planes and pairs apart, U and V spread over the pixels that share them: N, H, W, (Y, U, V). */
void npuc_process_yuv(struct processing *s, const struct npuc_shape *picture)
{
	const int32_t n = (int32_t)picture->dim[0], h = (int32_t)picture->dim[1],
		      w = (int32_t)picture->dim[2];
	bool nv = npuc_processing_is_420(s->format);
	bool chroma_first = s->format == NPUC_FORMAT_UYVY422;
	const int32_t y_begin[] = { 0, 0, 0, !nv && chroma_first }, y_size[] = { n, h, w, 1 };
	const int32_t c_begin[] = { 0, nv ? h : 0, 0, !nv && !chroma_first };
	const int32_t c_size[] = { n, nv ? h / 2 : h, w, 1 };
	const int32_t pairs[] = { n, nv ? h / 2 : h, w / 2, 2 }, size[] = { h, w }, last[] = { 3 };
	const struct npuc_attributes concat = { .axis = 3 };
	uint32_t planes[2];

	planes[0] = slice(s, s->at, y_begin, y_size);
	s->at = slice(s, s->at, c_begin, c_size);
	npuc_processing_step(s, TFLITE_RESHAPE, npuc_processing_list(s, pairs, 4));
	if (s->format == NPUC_FORMAT_YVU420SP)
		npuc_processing_step(s, TFLITE_REVERSE_V2, npuc_processing_list(s, last, 1));
	npuc_processing_step(s, TFLITE_RESIZE_NEAREST_NEIGHBOR, npuc_processing_list(s, size, 2));
	planes[1] = s->at;
	s->at = npuc_processing_op(s, TFLITE_CONCATENATION, &concat, planes, 2, NPUC_TYPE_UINT8);
	npuc_processing_answer(s, "src_format", "%s is given, taken apart by %s",
			       npuc_format_words[s->format], s->ops);
}

void npuc_process_csc(struct processing *s)
{
	static const uint32_t order[2][3] = { { 0, 1, 2 }, { 2, 1, 0 } };
	const struct npuc_shape weights_shape = { .rank = 4, .dim = { 3, 1, 1, 3 } };
	const struct npuc_shape bias_shape = { .rank = 1, .dim = { 3 } };
	const struct npuc_attributes conv = {
		.padding = NPUC_PADDING_VALID,
		.stride = { 1, 1 },
		.dilation = { 1, 1 },
	};
	bool user = s->p->csc_mode == NPUC_CSC_MATRIX;
	const float *matrix = user			      ? s->p->csc_mat.at :
			      s->p->csc_mode == NPUC_CSC_FULL ? full_range :
								limited_range;
	bool swapped = !user && s->p->tensor_format == NPUC_FORMAT_BGR;
	float weights[9], bias[3];
	uint32_t inputs[3];

	s->ops[0] = 0;
	for (uint32_t i = 0; i < 3; i++) {
		const float *row = matrix + 4 * order[swapped][i];

		memcpy(weights + 3 * i, row, 3 * sizeof(*row));
		bias[i] = row[3];
	}
	npuc_processing_real(s);
	inputs[0] = s->at;
	inputs[1] = npuc_edit_reals(s->e, &weights_shape, weights);
	inputs[2] = npuc_edit_reals(s->e, &bias_shape, bias);
	s->at = npuc_processing_op(s, TFLITE_CONV_2D, &conv, inputs, 3, NPUC_TYPE_FLOAT32);
	/* The known conversions give pixels; what a matrix gives is its own affair. */
	if (!user) {
		uint32_t pixels = npuc_edit_tensor(s->e, npuc_processing_tensor(s, s->tensor)->name,
						   "pixels", NPUC_TYPE_UINT8);

		npuc_edit_quant(s->e, pixels, 1.0f, 0);
		s->at = npuc_edit_op(s->e, TFLITE_QUANTIZE, NULL, &s->at, 1, pixels);
		strncat(s->ops, ", QUANTIZE", sizeof(s->ops) - strlen(s->ops) - 1);
	}
	npuc_processing_answer(s, "csc_mode", "%s", s->ops);
	if (user)
		npuc_processing_answer(s, "csc_mat", "weights and bias of the CONV_2D");
}

void npuc_process_swap(struct processing *s)
{
	const int32_t axis[] = { (int32_t)npuc_processing_axis(s->layout, 3) };

	s->ops[0] = 0;
	npuc_processing_step(s, TFLITE_REVERSE_V2, npuc_processing_list(s, axis, 1));
	npuc_processing_answer(s, "src_format", "%s becomes %s by %s", npuc_format_words[s->format],
			       npuc_format_words[s->p->tensor_format], s->ops);
}
