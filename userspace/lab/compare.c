// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "compare.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static int refuse(struct npu_error *error, const char *format,
							...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return -EINVAL;
}

/* Elements of one type are equal when their bits are, others when they are one number. */
static bool equal_elements(const struct lab_values *a, const struct lab_values *b, size_t i)
{
	const size_t size = lab_element_size(a->dtype);

	if (a->dtype != b->dtype)
		return lab_code(a, i) == lab_code(b, i);
	return !memcmp((const char *)a->data + i * size, (const char *)b->data + i * size, size);
}

struct lab_difference lab_difference(const struct lab_values *a, const struct lab_values *b)
{
	struct lab_difference d = { .values = a->count, .first = a->count };
	double sum_abs = 0;
	double sum = 0;

	for (size_t i = 0; i < a->count; i++) {
		double delta;

		if (equal_elements(a, b, i))
			continue;
		if (!d.differing++)
			d.first = i;
		delta = lab_code(b, i) - lab_code(a, i);
		if (isnan(delta))
			delta = INFINITY;
		sum += delta;
		sum_abs += fabs(delta);
		if (fabs(delta) > d.max_abs)
			d.max_abs = fabs(delta);
	}
	if (a->count) {
		d.mean_abs = sum_abs / (double)a->count;
		d.mean = sum / (double)a->count;
	}
	return d;
}

static struct lab_values tensor_values(const struct lab_side *side,
				       const struct npu_tensor_info *tensor)
{
	const size_t size = lab_element_size(tensor->dtype);
	struct lab_values values = {
		.dtype = tensor->dtype,
		.count = size ? tensor->bytes / size : 0,
		.scale = tensor->scale,
		.zero_point = tensor->zero_point,
	};
	void *data = NULL;

	/* Cannot fail: the id comes from the session's own model. */
	npu_session_tensor(side->session, tensor->id, &data, NULL);
	values.data = data;
	return values;
}

/* Tensor @id of both sides; they were found to be of one kind. */
static struct lab_difference tensor_difference(const struct lab_side *a, const struct lab_side *b,
					       size_t id)
{
	const struct lab_values va = tensor_values(a, npu_model_tensor(a->model, id));
	const struct lab_values vb = tensor_values(b, npu_model_tensor(b->model, id));

	return lab_difference(&va, &vb);
}

static void copy_tensor(const struct lab_side *to, const struct lab_side *from, size_t id)
{
	void *dst = NULL;
	void *src = NULL;
	size_t bytes = 0;

	npu_session_tensor(from->session, id, &src, &bytes);
	npu_session_tensor(to->session, id, &dst, NULL);
	memcpy(dst, src, bytes);
}

/* Both sides must be one graph; only its arithmetic and device may differ. */
static int check_sides(const struct lab_side *a, const struct lab_side *b, struct npu_error *error)
{
	const struct npu_model_info *ia = npu_model_info(a->model);
	const struct npu_model_info *ib = npu_model_info(b->model);

	if (!ia->keep_all || !ib->keep_all)
		return refuse(error, "%s: tensors share memory, so layers cannot be compared",
			      ia->name);
	if (ia->digest != ib->digest)
		return refuse(error, "%s and %s come from different model files", ia->name,
			      ib->name);
	if (ia->layer_count != ib->layer_count || ia->tensor_count != ib->tensor_count)
		return refuse(error, "%s: the two compilations have different layers", ia->name);
	for (size_t i = 0; i < ia->tensor_count; i++) {
		const struct npu_tensor_info *ta = npu_model_tensor(a->model, i);
		const struct npu_tensor_info *tb = npu_model_tensor(b->model, i);

		if (ta->source != tb->source || ta->dtype != tb->dtype || ta->bytes != tb->bytes)
			return refuse(error, "%s: tensor %zu is not the same in both compilations",
				      ia->name, i);
	}
	for (size_t i = 0; i < ia->layer_count; i++) {
		const struct npu_layer_info *la = npu_model_layer(a->model, i);
		const struct npu_layer_info *lb = npu_model_layer(b->model, i);

		if (la->source != lb->source || la->output != lb->output)
			return refuse(error, "%s: layer %zu is not the same in both compilations",
				      ia->name, i);
	}
	return 0;
}

static void measure_accumulated(const struct lab_side *a, const struct lab_side *b,
				struct lab_comparison *c)
{
	for (size_t i = 0; i < c->layer_count; i++) {
		struct lab_layer *layer = &c->layers[i];

		layer->info = npu_model_layer(a->model, i);
		if (layer->info->output == NPU_NO_TENSOR)
			continue;
		layer->output = npu_model_tensor(a->model, layer->info->output);
		layer->accumulated = tensor_difference(a, b, layer->output->id);
		if (layer->accumulated.differing && c->first_accumulated == c->layer_count)
			c->first_accumulated = i;
	}
}

static void measure_answers(const struct lab_side *a, const struct lab_side *b,
			    struct lab_comparison *c)
{
	for (size_t i = 0; i < c->answer_count; i++) {
		struct lab_answer *answer = &c->answers[i];
		struct lab_values va;
		struct lab_values vb;

		answer->tensor = npu_model_output(a->model, i);
		va = tensor_values(a, answer->tensor);
		vb = tensor_values(b, npu_model_output(b->model, i));
		answer->difference = lab_difference(&va, &vb);
		lab_top(&va, &answer->top_a, 1);
		lab_top(&vb, &answer->top_b, 1);
	}
}

/*
 * Every tensor of B is given A's value.  A layer of B then changes its own
 * output only, which is put right again before the next layer runs.  State is what it was
 * before the run of A: that of no run.
 */
static int measure_local(const struct lab_side *a, const struct lab_side *b,
			 void (*progress)(void *arg, size_t layer), void *arg,
			 struct lab_comparison *c, struct npu_error *error)
{
	const struct npu_model_info *info = npu_model_info(a->model);

	for (size_t id = 0; id < info->tensor_count; id++)
		copy_tensor(b, a, id);
	for (size_t i = 0; i < c->layer_count; i++) {
		struct lab_layer *layer = &c->layers[i];
		int rc;

		if (layer->output && npu_model_layer(b->model, i)->op_count) {
			rc = npu_session_reset_state(b->session, error);
			if (!rc)
				rc = npu_session_run_layer(b->session, i, error);
			if (rc)
				return rc;
			layer->ran = true;
			layer->local = tensor_difference(a, b, layer->output->id);
			copy_tensor(b, a, layer->output->id);
			if (layer->local.differing && !c->differing_layers++)
				c->first_local = i;
		}
		if (progress)
			progress(arg, i);
	}
	return 0;
}

static bool all_equal(const struct lab_comparison *c)
{
	if (c->differing_layers || c->first_accumulated < c->layer_count)
		return false;
	for (size_t i = 0; i < c->answer_count; i++)
		if (c->answers[i].difference.differing)
			return false;
	return true;
}

int lab_compare(const struct lab_side *a, const struct lab_side *b,
		void (*progress)(void *arg, size_t layer), void *arg,
		struct lab_comparison *comparison, struct npu_error *error)
{
	const struct npu_model_info *info = npu_model_info(a->model);
	struct lab_comparison c = {
		.layer_count = info->layer_count,
		.answer_count = info->output_count,
		.first_local = info->layer_count,
		.first_accumulated = info->layer_count,
	};
	int rc = check_sides(a, b, error);

	if (!rc)
		rc = npu_session_reset_state(a->session, error);
	if (!rc)
		rc = npu_session_reset_state(b->session, error);
	if (!rc)
		rc = npu_session_run(a->session, error);
	if (!rc)
		rc = npu_session_run(b->session, error);
	if (rc)
		return rc;
	c.layers = calloc(c.layer_count + 1, sizeof(*c.layers));
	c.answers = calloc(c.answer_count + 1, sizeof(*c.answers));
	if (!c.layers || !c.answers) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		lab_comparison_free(&c);
		return -ENOMEM;
	}
	measure_accumulated(a, b, &c);
	measure_answers(a, b, &c);
	rc = measure_local(a, b, progress, arg, &c, error);
	if (rc) {
		lab_comparison_free(&c);
		return rc;
	}
	c.equal = all_equal(&c);
	*comparison = c;
	return 0;
}

void lab_comparison_free(struct lab_comparison *comparison)
{
	free(comparison->layers);
	free(comparison->answers);
}
