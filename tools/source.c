// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "source.h"

const char *source_given(const struct npuc_scope *scope)
{
	if (scope->input_shape_count)
		return "--input-shape";
	if (scope->start_count)
		return "--start-tensor";
	return scope->end_count ? "--end-tensor" : NULL;
}

struct npuc_options source_options(const struct source_args *args)
{
	return (struct npuc_options){
		.personality = args->personality,
		.scope = { .input_shapes = args->input_shapes.items,
			   .input_shape_count = args->input_shapes.count,
			   .starts = args->starts.items,
			   .start_count = args->starts.count,
			   .ends = args->ends.items,
			   .end_count = args->ends.count },
		.l1_bytes = args->l1_kb << 10,
	};
}
