/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What npu fw says of images: one by itself, and two beside each other. */
#ifndef FIRMWARE_SHOW_H
#define FIRMWARE_SHOW_H

#include <jansson.h>

#include "firmware.h"

/**
 * firmware_summary_report() - the facts of an image without its contents, as JSON
 * @type: kind of the report
 * @path: the image's file
 * @fw: its contents
 * @image: its bytes
 * @size: their number
 */
json_t *firmware_summary_report(const char *type, const char *path, const struct firmware *fw,
				const void *image, size_t size);

/** firmware_summary_print() - the same as a line */
void firmware_summary_print(const char *path, const struct firmware *fw, const void *image,
			    size_t size);

/** firmware_show() - all that an image holds, as text or JSON; &enum cli_exit */
int firmware_show(const struct cli *cli, const struct file *file, const struct firmware *fw);

/**
 * firmware_diff() - what two images hold differently, as text or JSON
 * @cli: the command line
 * @paths: the images' files
 * @fw: their contents
 *
 * Return: &enum cli_exit; CLI_NO when anything differs.
 */
int firmware_diff(const struct cli *cli, const char *const *paths,
		  const struct firmware *const fw[2]);

/**
 * firmware_field_text() - the value of a field as in a description
 * @f: the field
 * @of: what has it
 * @room: for the text of a number
 */
const char *firmware_field_text(const struct npum_field *f, const void *of, char room[16]);

#endif /* FIRMWARE_SHOW_H */
