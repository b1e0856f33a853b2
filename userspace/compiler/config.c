// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "config.h"

#include <stddef.h>

const char *const npuc_format_words[] = {
	"AutoColorSpace", "GRAY",     "BGR",	  "RGB", "YUYV422",
	"UYVY422",	  "YUV420SP", "YVU420SP", "RAW", NULL
};
const char *const npuc_layout_words[] = { "Auto", "NCHW", "NHWC", NULL };
const char *const npuc_dtype_words[] = { "Auto", "U8", "S8", "S16", "S32", "FP16", "FP32", NULL };
const char *const npuc_csc_words[] = { "NoCSC", "Matrix", "FullRange", "LimitedRange", NULL };
const char *const npuc_padding_words[] = { "constant", NULL };
const char *const npuc_output_words[] = { "Auto", "FP32", "U8", NULL };
const char *const npuc_layer_words[] = { "Auto", "U8", "S8", "U16", "S16", "FP16", "FP32", NULL };

const char *npuc_config_given(const struct npuc_config *config)
{
	if (config->input_processor_count)
		return "input_processors";
	if (config->output_processor_count)
		return "output_processors";
	if (config->layer_config_count)
		return "layer_configs";
#define NPUC_FLAG(member, option, help) \
	if (config->member)             \
		return #member;
#define NPUC_UINT(member, option, letter, most, value, help) \
	if (config->member != (value))                       \
		return #member;
#define NPUC_TEXTS(member, option, arg, help) \
	if (config->member.count)             \
		return #member;
#include "knobs.def"
	return NULL;
}
