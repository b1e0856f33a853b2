/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What is read of descriptions on their way into a firmware. */
#ifndef FIRMWARE_PARSE_H
#define FIRMWARE_PARSE_H

#include "firmware.h"
#include "keys.h"

/**
 * struct describing - files on their way into a firmware
 * @fw: what they describe so far
 * @keys: the file being read
 * @path: where each personality was described; NULL: built in
 * @rest: name of the personality it leaves ops to; "": none
 * @rest_line: line of that
 * @files: personalities that the device lists, as it names them
 * @file_count: their number
 * @device: it was a device
 * @shipped: files are those that the tool carries with it
 */
struct describing {
	struct firmware *fw;
	struct keys keys;
	char *path[NPUM_MAX_PERSONALITIES];
	char rest[NPUM_MAX_PERSONALITIES][NPUM_NAME_BYTES];
	size_t rest_line[NPUM_MAX_PERSONALITIES];
	char *files[NPUM_MAX_PERSONALITIES];
	size_t file_count;
	bool device;
	bool shipped;
};

/**
 * firmware_parse() - read one description, of a personality or of a device
 * @d: what was described so far; .keys is of this description, release it with keys_free()
 * @data: its text
 * @size: bytes of it
 *
 * Return: 0, or what d->keys.error says is wrong with it.
 */
int firmware_parse(struct describing *d, const void *data, size_t size);

#endif /* FIRMWARE_PARSE_H */
