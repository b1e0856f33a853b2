/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Whole files in memory. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

#include "cli.h"

/** FILE_MAX_BYTES - larger files are refused instead of eating all memory */
#define FILE_MAX_BYTES (1024u << 20)

/**
 * struct file - contents of a file
 * @path: as the user named it; owned by the caller of file_read()
 * @data: its bytes, 64-byte aligned; release with file_free()
 * @size: their number
 */
struct file {
	const char *path;
	unsigned char *data;
	size_t size;
};

/** file_read() - read a regular file; &enum cli_exit, errors are printed */
int file_read(const struct cli *cli, const char *path, struct file *file);

/** file_free() - release the contents */
void file_free(struct file *file);

/** file_write() - create or replace a file; &enum cli_exit, errors are printed */
int file_write(const struct cli *cli, const char *path, const void *data, size_t size);

/** file_make_dir() - make a directory if it is not there; &enum cli_exit */
int file_make_dir(const struct cli *cli, const char *path);

#endif /* FILE_H */
