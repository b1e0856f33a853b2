// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "image.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

/* A decoder must not be talked into allocating without limit. */
#define MAX_SIDE 16384u

/* Binary fractions of a pixel in resizing. */
#define FRACTION_BITS 11
#define FRACTION_ONE (1 << FRACTION_BITS)

static const uint8_t magic[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

bool image_is(const void *data, size_t size)
{
	return size >= sizeof(magic) && !memcmp(data, magic, sizeof(magic));
}

int image_decode(const void *data, size_t size, uint32_t channels, struct image *image,
		 const char **why)
{
	static char message[sizeof(((png_image *)0)->message)];
	png_image png = { .version = PNG_IMAGE_VERSION };
	/* Transparent pixels are laid on black, as a missing background is. */
	const png_color black = { 0 };

	*image = (struct image){ .channels = channels };
	*why = message;
	if (!png_image_begin_read_from_memory(&png, data, size))
		goto refused;
	if (png.width > MAX_SIDE || png.height > MAX_SIDE) {
		png_image_free(&png);
		*why = "is wider or higher than 16384 pixels";
		return -EINVAL;
	}
	png.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
	image->pixels = malloc(PNG_IMAGE_SIZE(png));
	if (!image->pixels) {
		png_image_free(&png);
		return -ENOMEM;
	}
	if (!png_image_finish_read(&png, &black, image->pixels, 0, NULL))
		goto refused;
	image->width = png.width;
	image->height = png.height;
	return 0;

refused:
	memcpy(message, png.message, sizeof(message));
	png_image_free(&png);
	image_free(image);
	return -EINVAL;
}

/**
 * struct tap - the two source pixels that one destination pixel lies between
 * @low: the one before
 * @high: the one behind, the same at the border
 * @weight: of @high, in 1 / FRACTION_ONE
 */
struct tap {
	uint32_t low;
	uint32_t high;
	int32_t weight;
};

/* Where pixel @i of @to lies among @from: (i + 0.5) * from / to - 0.5. */
static struct tap tap_at(uint32_t i, uint32_t from, uint32_t to)
{
	int64_t place = ((2 * (int64_t)i + 1) * from * FRACTION_ONE / to - FRACTION_ONE) / 2;
	struct tap tap;

	if (place < 0)
		place = 0;
	tap.low = (uint32_t)(place >> FRACTION_BITS);
	tap.weight = (int32_t)(place & (FRACTION_ONE - 1));
	tap.high = tap.low + 1 < from ? tap.low + 1 : tap.low;
	return tap;
}

static int32_t blend(int32_t low, int32_t high, int32_t weight)
{
	return low * FRACTION_ONE + (high - low) * weight;
}

static uint8_t sample(const struct image *image, struct tap y, struct tap x, uint32_t channel)
{
	const size_t c = image->channels;
	const uint8_t *top = image->pixels + (size_t)y.low * image->width * c + channel;
	const uint8_t *bottom = image->pixels + (size_t)y.high * image->width * c + channel;
	int64_t above = blend(top[x.low * c], top[x.high * c], x.weight);
	int64_t below = blend(bottom[x.low * c], bottom[x.high * c], x.weight);
	int64_t sum = above * FRACTION_ONE + (below - above) * y.weight;

	return (uint8_t)((sum + (1 << (2 * FRACTION_BITS - 1))) >> (2 * FRACTION_BITS));
}

int image_resize(struct image *image, uint32_t width, uint32_t height)
{
	uint8_t *pixels = calloc((size_t)width * height, image->channels);
	uint8_t *to = pixels;

	if (!pixels)
		return -ENOMEM;
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			for (uint32_t c = 0; c < image->channels; c++)
				*to++ = sample(image, tap_at(y, image->height, height),
					       tap_at(x, image->width, width), c);
	free(image->pixels);
	image->pixels = pixels;
	image->width = width;
	image->height = height;
	return 0;
}

void image_free(struct image *image)
{
	free(image->pixels);
	image->pixels = NULL;
}
