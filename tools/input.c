// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "file.h"
#include "image.h"
#include "npum_half.h"
#include "npy.h"
#include "values.h"
#include "vnpu_program.h"

static int fill_raw(const struct cli *cli, const struct file *file,
		    const struct npu_tensor_info *tensor, void *to)
{
	char text[DESCRIBE_TENSOR_BYTES];

	if (file->size != tensor->bytes)
		return cli_error(cli, CLI_INPUT, file->path,
				 "has %zu bytes, but input %u (%s) takes %u: %s", file->size,
				 tensor->index, tensor->name, tensor->bytes,
				 describe_tensor(tensor, text));
	memcpy(to, file->data, tensor->bytes);
	return CLI_OK;
}

/* Shapes are the same if they are so without axes of length 1 in front. */
static bool same_shape(const struct npy *npy, const struct npu_tensor_info *tensor)
{
	uint32_t a = 0;
	uint32_t b = 0;

	while (a < npy->rank && npy->shape[a] == 1)
		a++;
	while (b < tensor->rank && tensor->shape[b] == 1)
		b++;
	return npy->rank - a == tensor->rank - b &&
	       !memcmp(npy->shape + a, tensor->shape + b, (npy->rank - a) * sizeof(npy->shape[0]));
}

static int fill_npy(const struct cli *cli, const struct file *file,
		    const struct npu_tensor_info *tensor, void *to)
{
	char text[DESCRIBE_TENSOR_BYTES];
	const char *wrong;
	struct npy npy;

	wrong = npy_parse(file->data, file->size, &npy);
	if (wrong)
		return cli_error(cli, CLI_INPUT, file->path, "%s", wrong);
	if (npy.dtype != tensor->dtype)
		wrong = "has another dtype";
	else if (!same_shape(&npy, tensor))
		wrong = "has another shape";
	if (wrong)
		return cli_error(cli, CLI_INPUT, file->path, "%s than input %u (%s) takes: %s",
				 wrong, tensor->index, tensor->name, describe_tensor(tensor, text));
	memcpy(to, npy.data, tensor->bytes);
	return CLI_OK;
}

static void store_pixels(const struct image *image, uint32_t dtype, void *to)
{
	const size_t count = (size_t)image->width * image->height * image->channels;

	for (size_t i = 0; i < count; i++) {
		uint8_t pixel = image->pixels[i];

		if (dtype == VNPU_DTYPE_FLOAT32)
			((float *)to)[i] = (float)pixel / 255.0f;
		else if (dtype == VNPU_DTYPE_INT8)
			((int8_t *)to)[i] = (int8_t)(pixel - 128);
		else
			((uint8_t *)to)[i] = pixel;
	}
}

/* Height, width and channels that an image input has; false when it is none. */
static bool image_shape(const struct npu_tensor_info *tensor, uint32_t shape[3])
{
	const uint32_t *last = tensor->shape + tensor->rank;

	if (tensor->dtype != VNPU_DTYPE_FLOAT32 && lab_element_size(tensor->dtype) != 1)
		return false;
	if (tensor->rank == 4 && tensor->shape[0] == 1 && (last[-1] == 1 || last[-1] == 3)) {
		memcpy(shape, last - 3, 3 * sizeof(*shape));
		return true;
	}
	/* [1, height, width] and [height, width] are grey. */
	if (tensor->rank == 2 || (tensor->rank == 3 && tensor->shape[0] == 1)) {
		memcpy(shape, last - 2, 2 * sizeof(*shape));
		shape[2] = 1;
		return true;
	}
	return false;
}

static int fit_image(const struct cli *cli, const struct file *file, const uint32_t shape[3],
		     bool resize, struct image *image)
{
	if (image->height == shape[0] && image->width == shape[1])
		return CLI_OK;
	if (!resize)
		return cli_error(cli, CLI_INPUT, file->path,
				 "is %u x %u pixels, but the input is %u wide and %u high; "
				 "--resize scales it",
				 image->width, image->height, shape[1], shape[0]);
	if (image_resize(image, shape[1], shape[0]))
		return cli_error(cli, CLI_DEVICE, file->path, "out of memory");
	return CLI_OK;
}

static int fill_image(const struct cli *cli, const struct file *file, bool resize,
		      const struct npu_tensor_info *tensor, void *to)
{
	char text[DESCRIBE_TENSOR_BYTES];
	struct image image;
	uint32_t shape[3];
	const char *why;
	int rc;

	if (!image_shape(tensor, shape))
		return cli_error(cli, CLI_INPUT, file->path,
				 "is an image, but input %u (%s) takes none: %s", tensor->index,
				 tensor->name, describe_tensor(tensor, text));
	rc = image_decode(file->data, file->size, shape[2], &image, &why);
	if (rc == -ENOMEM)
		return cli_error(cli, CLI_DEVICE, file->path, "out of memory");
	if (rc)
		return cli_error(cli, CLI_INPUT, file->path, "broken image: %s", why);
	rc = fit_image(cli, file, shape, resize, &image);
	if (!rc)
		store_pixels(&image, tensor->dtype, to);
	image_free(&image);
	return rc;
}

static int fill_file(const struct cli *cli, const char *path, bool resize,
		     const struct npu_tensor_info *tensor, void *to)
{
	struct file file;
	int rc = file_read(cli, path, &file);

	if (rc)
		return rc;
	if (npy_is(file.data, file.size))
		rc = fill_npy(cli, &file, tensor, to);
	else if (image_is(file.data, file.size))
		rc = fill_image(cli, &file, resize, tensor, to);
	else
		rc = fill_raw(cli, &file, tensor, to);
	file_free(&file);
	return rc;
}

/* splitmix64: every seed gives a good sequence, the same on every machine. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint16_t half_of(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return npum_half_narrow(bits);
}

/* Codes over the whole range of 8- and 16-bit inputs; 0..255 for wider ones, [0, 1) for floats. */
static void fill_pattern(uint64_t *state, const struct npu_tensor_info *tensor, void *to)
{
	const size_t count = tensor->bytes / lab_element_size(tensor->dtype);

	for (size_t i = 0; i < count; i++) {
		uint64_t random = next_random(state);

		switch (tensor->dtype) {
		case VNPU_DTYPE_FLOAT32:
			((float *)to)[i] = (float)(random >> 40) / 16777216.0f;
			break;
		case VNPU_DTYPE_FLOAT16:
			/* eleven bits make a half number below 1 without rounding */
			((uint16_t *)to)[i] = half_of((float)(random >> 53) / 2048.0f);
			break;
		case VNPU_DTYPE_INT16:
			((uint16_t *)to)[i] = (uint16_t)(random >> 48);
			break;
		case VNPU_DTYPE_INT32:
			((int32_t *)to)[i] = (int32_t)(random >> 56);
			break;
		case VNPU_DTYPE_INT64:
			((int64_t *)to)[i] = (int64_t)(random >> 56);
			break;
		default:
			((uint8_t *)to)[i] = (uint8_t)(random >> 56);
		}
	}
}

int input_fill(const struct cli *cli, const struct input_source *source,
	       const struct npu_model *model, struct npu_session *session)
{
	const struct npu_model_info *info = npu_model_info(model);
	uint64_t state = source->seed;

	if (source->files->count && source->files->count != info->input_count)
		return cli_error(cli, CLI_USAGE, "--input",
				 "%s has %u inputs, but %zu files were given", info->name,
				 info->input_count, source->files->count);
	for (uint32_t i = 0; i < info->input_count; i++) {
		const struct npu_tensor_info *tensor = npu_model_input(model, i);
		void *to = npu_session_input(session, i);
		int rc;

		if (!source->files->count) {
			fill_pattern(&state, tensor, to);
			continue;
		}
		rc = fill_file(cli, source->files->items[i], source->resize, tensor, to);
		if (rc)
			return rc;
	}
	return CLI_OK;
}
