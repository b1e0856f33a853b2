/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Images as model inputs: PNG, 8 bits a channel, grey or RGB. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct image - pixels in rows from the top, channels interleaved
 * @width: pixels in a row
 * @height: rows
 * @channels: 1 grey, 3 red green blue
 * @pixels: height * width * channels bytes; release with image_free()
 */
struct image {
	uint32_t width;
	uint32_t height;
	uint32_t channels;
	uint8_t *pixels;
};

/** image_is() - do these bytes begin as a PNG does? */
bool image_is(const void *data, size_t size);

/**
 * image_decode() - decode a PNG
 * @data: the whole file
 * @size: its bytes
 * @channels: 1 or 3: colour is turned into luminance or grey repeated
 * @image: filled on success
 * @why: set on failure to what is wrong; valid until the next call
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int image_decode(const void *data, size_t size, uint32_t channels, struct image *image,
		 const char **why);

/**
 * image_resize() - scale to another size, bilinear, pixel centres at .5
 * @image: its pixels are replaced
 * @width: pixels in a row, not 0
 * @height: rows, not 0
 *
 * Return: 0, -ENOMEM.
 */
int image_resize(struct image *image, uint32_t width, uint32_t height);

/** image_free() - release the pixels */
void image_free(struct image *image);

#endif /* IMAGE_H */
