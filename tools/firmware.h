/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What is in a firmware image, on its way from descriptions or to the screen. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include "cli.h"
#include "file.h"
#include "npum_firmware.h"

/**
 * struct firmware - the contents of an image
 * @version: what people call it
 * @set: personalities
 * @target: the rest
 * @every_op: descriptions: the target runs whatever op there is
 * @sources: where each personality's facts come from, lines; from malloc(), may be NULL
 */
struct firmware {
	char version[VNPU_FW_MAX_VERSION + 1];
	struct npum_personality_set set;
	struct npum_target target;
	bool every_op;
	char *sources[NPUM_MAX_PERSONALITIES];
};

/** firmware_new() - the built-in one, without sources; NULL: no memory */
struct firmware *firmware_new(void);

/** firmware_free() - release; NULL is allowed */
void firmware_free(struct firmware *fw);

/**
 * firmware_read() - read an image
 * @cli: the command line, for error texts
 * @path: file
 * @file: its bytes, release with file_free(); NULL: of no interest
 * @fw: its contents, release with firmware_free()
 *
 * Return: &enum cli_exit; a refused image is CLI_INPUT.
 */
int firmware_read(const struct cli *cli, const char *path, struct file *file, struct firmware **fw);

/**
 * firmware_describe() - read descriptions
 * @cli: the command line, for error texts
 * @paths: files: personalities, and at most one device, which comes first
 * @count: their number
 * @fw: what they describe, complete; release with firmware_free()
 *
 * Without a device, personalities are put behind the built-in ones.
 *
 * Return: &enum cli_exit.
 */
int firmware_describe(const struct cli *cli, const char *const *paths, size_t count,
		      struct firmware **fw);

/**
 * firmware_shipped() - read a description that the tool carries with it
 * @cli: the command line, for error texts
 * @name: a device, as shipped_target_at() names it
 * @fw: what it describes, complete; release with firmware_free()
 *
 * Return: &enum cli_exit.
 */
int firmware_shipped(const struct cli *cli, const char *name, struct firmware **fw);

/**
 * firmware_image() - make the image
 * @fw: complete
 * @size: its bytes
 *
 * Return: the image, release with free(); NULL: no memory.
 */
void *firmware_image(const struct firmware *fw, size_t *size);

/** firmware_source() - the same as C for the model to be built with; release with free() */
char *firmware_source(const struct firmware *fw);

#endif /* FIRMWARE_H */
