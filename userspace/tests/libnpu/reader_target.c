// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "reader_target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "npu.h"
#include "npu_file.h"

/* Sums what it reads into a place the compiler must keep. */
static volatile uint64_t sink;

static void touch(const void *data, size_t size)
{
	sink += XXH64(data, size, 0);
}

static void require(bool promise)
{
	if (!promise)
		abort();
}

static void touch_tensor(const struct npu_model *model, const struct npu_tensor_info *tensor)
{
	uint64_t elements = 1;

	require(tensor && tensor == npu_model_tensor(model, tensor->id));
	touch(tensor->name, strlen(tensor->name));
	require(tensor->rank <= NPU_MAX_RANK && tensor->bytes);
	for (uint32_t i = 0; i < tensor->rank; i++)
		elements *= tensor->shape[i];
	require(tensor->bytes % elements == 0 && strcmp(tensor->dtype_name, "?") != 0);
}

static void touch_layer(const struct npu_model *model, const struct npu_layer_info *layer)
{
	touch(layer->type, strlen(layer->type));
	touch(layer->name, strlen(layer->name));
	require((uint64_t)layer->first_op + layer->op_count <= npu_model_info(model)->op_count);
	require(layer->partition < npu_model_info(model)->partition_count);
	require(layer->output == NPU_NO_TENSOR || npu_model_tensor(model, layer->output));
}

/* Every op is in one segment, and partitions take turns. */
static void touch_segments(const struct npu_model *model)
{
	const struct npu_model_info *info = npu_model_info(model);
	const struct npu_segment_info *s;
	uint64_t ops = 0;
	uint32_t last = 0;

	for (size_t i = 0; (s = npu_model_segment(model, i)); i++) {
		require(s->place == NPU_PLACE_DEVICE || s->place == NPU_PLACE_HOST);
		require(s->op_count && s->partition >= last && s->partition - last <= 1);
		ops += s->op_count;
		last = s->partition;
	}
	require(ops == info->op_count && last + 1 == info->partition_count);
	require(info->device_partition_count <= info->partition_count);
}

static void touch_model(const struct npu_model *model)
{
	const struct npu_model_info *info = npu_model_info(model);
	const void *bytes;
	size_t size;

	touch(info->name, strlen(info->name));
	touch(info->compiler, strlen(info->compiler));
	touch(info->personality, strlen(info->personality));
	bytes = npu_model_program(model, &size);
	touch(bytes, size);
	bytes = npu_model_const(model, &size);
	touch(bytes, size);
	for (size_t i = 0; i < info->input_count; i++)
		touch_tensor(model, npu_model_input(model, i));
	for (size_t i = 0; i < info->output_count; i++)
		touch_tensor(model, npu_model_output(model, i));
	for (size_t i = 0; i < info->tensor_count; i++)
		touch_tensor(model, npu_model_tensor(model, i));
	for (size_t i = 0; i < info->layer_count; i++)
		touch_layer(model, npu_model_layer(model, i));
	touch_segments(model);
}

bool reader_try(const uint8_t *data, size_t size)
{
	struct npu_error error = { 0 };
	struct npu_model *model = NULL;
	int rc = npu_model_load("fuzz.npu", data, size, &model, &error);

	if (rc) {
		require(rc == -EINVAL || rc == -EOPNOTSUPP || rc == -ENOEXEC);
		require(!model && !strncmp(error.text, "fuzz.npu: ", 10));
		return false;
	}
	touch_model(model);
	npu_model_free(model);
	return true;
}

void reader_seal(uint8_t *data, size_t size)
{
	struct npu_file_header header;
	size_t room = size / sizeof(struct npu_file_section);

	if (size < sizeof(header))
		return;
	memcpy(&header, data, sizeof(header));
	header.size = size;
	memcpy(data, &header, sizeof(header));
	for (uint32_t i = 0; i < header.section_count && i + 1 < room; i++) {
		uint8_t *at = data + sizeof(header) + i * sizeof(struct npu_file_section);
		struct npu_file_section s;

		memcpy(&s, at, sizeof(s));
		if (s.offset > size || s.size > size - s.offset)
			continue;
		s.digest = XXH64(data + s.offset, s.size, 0);
		memcpy(at, &s, sizeof(s));
	}
}
