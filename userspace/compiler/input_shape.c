// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "input_shape.h"

#include <errno.h>
#include <string.h>

#include "error.h"

/* Names may have any character: the last '=' ends them. */
static bool parse(const char *text, size_t *name_size, struct npuc_shape *shape)
{
	const char *at = strrchr(text, '=');

	*shape = (struct npuc_shape){ 0 };
	if (!at || at == text)
		return false;
	*name_size = (size_t)(at - text);
	if (!at[1])
		return true;
	do {
		uint64_t number = 0;

		at++;
		if (*at < '0' || *at > '9' || shape->rank == NPUC_MAX_RANK)
			return false;
		for (; *at >= '0' && *at <= '9'; at++)
			if ((number = 10 * number + (uint64_t)(*at - '0')) > NPUC_MAX_ELEMENTS)
				return false;
		if (!number)
			return false;
		shape->dim[shape->rank++] = (uint32_t)number;
	} while (*at == 'x');
	return !*at && npuc_shape_elements(shape);
}

bool npuc_input_shape(const struct npuc_scope *scope, const char *name, size_t size,
		      struct npuc_shape *shape)
{
	for (size_t i = scope->input_shape_count; i-- > 0;) {
		size_t its;

		if (parse(scope->input_shapes[i], &its, shape) && its == size &&
		    !memcmp(scope->input_shapes[i], name, size))
			return true;
	}
	return false;
}

static const struct npuc_tensor *input_named(const struct npuc_graph *g, const char *name,
					     size_t size)
{
	for (uint32_t i = 0; i < g->input_count; i++) {
		const struct npuc_tensor *t = &g->tensors[g->inputs[i]];

		if (strlen(t->name) == size && !memcmp(t->name, name, size))
			return t;
	}
	return NULL;
}

int npuc_input_shapes_fit(const struct npuc_scope *scope, const char *file,
			  const struct npuc_graph *g, struct npuc_error *error)
{
	for (size_t i = 0; i < scope->input_shape_count; i++) {
		const char *text = scope->input_shapes[i];
		const struct npuc_tensor *t;
		struct npuc_shape shape;
		char its[NPUC_SHAPE_TEXT];
		size_t size;

		if (!parse(text, &size, &shape))
			return npuc_fail(error, -EINVAL,
					 "input shape '%.80s': NAME=1x2x3 must be here, of at most "
					 "%u dimensions and %u elements",
					 text, NPUC_MAX_RANK, NPUC_MAX_ELEMENTS);
		t = input_named(g, text, size);
		if (!t)
			return npuc_fail(error, -EINVAL, "%s: there is no input '%.*s'", file,
					 (int)(size < 80 ? size : 80), text);
		if (!npuc_shape_equal(&t->shape, &shape))
			return npuc_fail(error, -EINVAL, "%s: input '%.*s' has shape %s, not %.80s",
					 file, (int)(size < 80 ? size : 80), text,
					 npuc_shape_text(&t->shape, its), text + size + 1);
	}
	return 0;
}
