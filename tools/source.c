// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "source.h"

struct npuc_options source_options(const struct source_args *args)
{
	return (struct npuc_options){
		.personality = args->personality,
		.input_shapes = args->input_shapes.items,
		.input_shape_count = args->input_shapes.count,
		.l1_bytes = args->l1_kb << 10,
	};
}
