/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A tensor with one scale and one zero point, for what computes with those. */
#ifndef QUANTISED_H
#define QUANTISED_H

#include "graph.h"

/**
 * struct quantised - a tensor and what it points to: not to be copied
 * @scale: of @tensor, little-endian as in a file
 * @zero: of @tensor
 * @tensor: without shape or contents
 */
struct quantised {
	float scale;
	int64_t zero;
	struct npuc_tensor tensor;
};

static inline const struct npuc_tensor *quantised(struct quantised *q, uint32_t type, float scale,
						  int64_t zero)
{
	q->scale = scale;
	q->zero = zero;
	q->tensor = (struct npuc_tensor){
		.name = "x",
		.type = type,
		.quant = { (const uint8_t *)&q->scale, (const uint8_t *)&q->zero, 1, 1, 0, false },
	};
	return &q->tensor;
}

#endif /* QUANTISED_H */
