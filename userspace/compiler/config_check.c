// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What contradicts itself in a configuration, whatever the model. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "npuc.h"

/* Coefficients and constants of a matrix, as wide as camera pipelines have them. */
#define CSC_MOST 524288.0f

static int wrong(struct npuc_error *error, const char *list, size_t i, const char *member,
		 const char *format, ...) __attribute__((format(printf, 5, 6)));

static int wrong(struct npuc_error *error, const char *list, size_t i, const char *member,
		 const char *format, ...)
{
	va_list args;
	int n;

	snprintf(error->key, sizeof(error->key), "%s[%zu].%s", list, i, member);
	n = snprintf(error->text, sizeof(error->text), "%s: ", error->key);
	va_start(args, format);
	vsnprintf(error->text + n, sizeof(error->text) - (size_t)n, format, args);
	va_end(args);
	return -EINVAL;
}

#define INPUTS "input_processors"
#define OUTPUTS "output_processors"
#define LAYERS "layer_configs"

static bool is_yuv(uint32_t format)
{
	return format >= NPUC_FORMAT_YUYV422 && format <= NPUC_FORMAT_YVU420SP;
}

static int check_colours(const struct npuc_input_processor *p, size_t i, struct npuc_error *error)
{
	const char *mode = npuc_csc_words[p->csc_mode], *src = npuc_format_words[p->src_format];

	if (p->tensor_format > NPUC_FORMAT_RGB)
		return wrong(error, INPUTS, i, "tensor_format",
			     "%s: what the model takes is one of AutoColorSpace, GRAY, BGR, RGB",
			     npuc_format_words[p->tensor_format]);
	if (p->csc_mode && !is_yuv(p->src_format))
		return wrong(error, INPUTS, i, "csc_mode",
			     "%s contradicts src_format %s: it converts from YUV", mode, src);
	if (p->csc_mode == NPUC_CSC_MATRIX && p->csc_mat.count != 12)
		return wrong(error, INPUTS, i, "csc_mode",
			     "Matrix needs csc_mat of 12 numbers, there are %u", p->csc_mat.count);
	if (p->csc_mode != NPUC_CSC_MATRIX && p->csc_mat.count)
		return wrong(error, INPUTS, i, "csc_mat",
			     "contradicts csc_mode %s: only Matrix has a matrix", mode);
	for (uint32_t k = 0; k < p->csc_mat.count; k++)
		if (!(fabsf(p->csc_mat.at[k]) <= CSC_MOST))
			return wrong(error, INPUTS, i, "csc_mat", "number %u is %g, beyond 524288",
				     k, (double)p->csc_mat.at[k]);
	if (is_yuv(p->src_format) && p->src_layout == NPUC_LAYOUT_NCHW)
		return wrong(error, INPUTS, i, "src_layout",
			     "NCHW contradicts src_format %s, which is NHWC", src);
	if (is_yuv(p->src_format) && p->tensor_format == NPUC_FORMAT_GRAY)
		return wrong(error, INPUTS, i, "tensor_format",
			     "GRAY contradicts src_format %s, of three channels", src);
	if (is_yuv(p->src_format) && !p->csc_mode && p->tensor_format)
		return wrong(error, INPUTS, i, "tensor_format",
			     "%s contradicts csc_mode NoCSC: the model would get YUV",
			     npuc_format_words[p->tensor_format]);
	return 0;
}

static int check_numbers(const struct npuc_input_processor *p, size_t i, struct npuc_error *error)
{
	for (uint32_t k = 0; k < p->std.count; k++)
		if (!isnormal(p->std.at[k]))
			return wrong(error, INPUTS, i, "std", "number %u is %g; it is divided by",
				     k, (double)p->std.at[k]);
	for (uint32_t k = 0; k < p->mean.count; k++)
		if (!isfinite(p->mean.at[k]))
			return wrong(error, INPUTS, i, "mean", "number %u is no number", k);
	if (p->mean.count > 1 && p->std.count > 1 && p->mean.count != p->std.count)
		return wrong(error, INPUTS, i, "std", "%u numbers contradict mean, which has %u",
			     p->std.count, p->mean.count);
	for (uint32_t k = 0; k < p->padding.count; k++)
		if (p->padding.at[k] < 0)
			return wrong(error, INPUTS, i, "padding", "%d: to cut is what slicing does",
				     p->padding.at[k]);
	for (uint32_t k = 0; k < p->slicing.count; k++)
		if (p->slicing.at[k] < 0)
			return wrong(error, INPUTS, i, "slicing", "%d: to add is what padding does",
				     p->slicing.at[k]);
	if (p->padding_constant_value && !p->padding.count)
		return wrong(error, INPUTS, i, "padding_constant_value",
			     "there is no padding to fill");
	return 0;
}

static int check_inputs(const struct npuc_config *c, struct npuc_error *error)
{
	int err = 0;

	for (size_t i = 0; i < c->input_processor_count && !err; i++) {
		const struct npuc_input_processor *p = &c->input_processors[i];

		for (size_t k = 0; k < i; k++)
			if (!strcmp(c->input_processors[k].tensor_name, p->tensor_name))
				return wrong(error, INPUTS, i, "tensor_name",
					     "'%.60s' has entry " INPUTS "[%zu] already",
					     p->tensor_name, k);
		err = check_colours(p, i, error);
		if (!err)
			err = check_numbers(p, i, error);
	}
	return err;
}

static int check_outputs(const struct npuc_config *c, struct npuc_error *error)
{
	for (size_t i = 0; i < c->output_processor_count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(c->output_processors[k].tensor_name,
				    c->output_processors[i].tensor_name))
				return wrong(error, OUTPUTS, i, "tensor_name",
					     "'%.60s' has entry " OUTPUTS "[%zu] already",
					     c->output_processors[i].tensor_name, k);
	return 0;
}

static int check_layers(const struct npuc_config *c, struct npuc_error *error)
{
	for (size_t i = 0; i < c->layer_config_count; i++) {
		const struct npuc_layer_config *l = &c->layer_configs[i];
		const struct {
			const char *name;
			bool given;
		} by[] = {
			{ "layer_name", l->layer_name },
			{ "layer_names", l->layer_names.count },
			{ "op_type", l->op_type },
			{ "op_types", l->op_types.count },
			{ "start_tensor_names", l->start_tensor_names.count },
		};
		const char *first = NULL;

		for (size_t k = 0; k < sizeof(by) / sizeof(by[0]); k++) {
			if (by[k].given && first)
				return wrong(error, LAYERS, i, by[k].name,
					     "contradicts %s: one of them says which ops", first);
			if (by[k].given)
				first = by[k].name;
		}
		if (!l->start_tensor_names.count != !l->end_tensor_names.count)
			return wrong(error, LAYERS, i,
				     l->end_tensor_names.count ? "end_tensor_names" :
								 "start_tensor_names",
				     "needs %s_tensor_names, too",
				     l->end_tensor_names.count ? "start" : "end");
		if (!first)
			return wrong(error, LAYERS, i, "data_type",
				     "which ops? layer_name, layer_names, op_type, op_types or "
				     "start_tensor_names with end_tensor_names say it");
	}
	return 0;
}

static bool asked(const struct npuc_config *c, const char *knob)
{
#define NPUC_FLAG(member, option, help) \
	if (!strcmp(knob, #member))     \
		return c->member;
#include "knobs.def"
	if (!strcmp(knob, "input_processors"))
		return c->input_processor_count;
	return !strcmp(knob, "output_processors") && c->output_processor_count;
}

static int check_knobs(const struct npuc_config *c, struct npuc_error *error)
{
	static const struct {
		const char *one;
		const char *other;
		const char *why;
	} contradictions[] = {
#define NPUC_CONTRADICTION(one, other, why) { #one, #other, why },
#include "knobs.def"
	};

	for (size_t i = 0; i < sizeof(contradictions) / sizeof(contradictions[0]); i++) {
		const char *one = contradictions[i].one, *other = contradictions[i].other;

		if (!asked(c, one) || !asked(c, other))
			continue;
		snprintf(error->key, sizeof(error->key), "%s", one);
		snprintf(error->text, sizeof(error->text), "%s: contradicts %s: %s", one, other,
			 contradictions[i].why);
		return -EINVAL;
	}
	return 0;
}

int npuc_config_check(const struct npuc_config *config, struct npuc_error *error)
{
	int err = check_knobs(config, error);

	if (!err)
		err = check_inputs(config, error);
	if (!err)
		err = check_outputs(config, error);
	return err ? err : check_layers(config, error);
}
