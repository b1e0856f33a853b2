// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DATA_ALIGN 64u

static int read_stream(const struct cli *cli, FILE *stream, struct file *file)
{
	struct stat st;
	size_t room;

	if (fstat(fileno(stream), &st))
		return cli_error(cli, CLI_INPUT, file->path, "cannot be read: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return cli_error(cli, CLI_INPUT, file->path, "is not a regular file");
	if (st.st_size > (off_t)FILE_MAX_BYTES)
		return cli_error(cli, CLI_INPUT, file->path, "has %lld bytes, more than %u",
				 (long long)st.st_size, FILE_MAX_BYTES);
	file->size = (size_t)st.st_size;
	room = (file->size / DATA_ALIGN + 1) * DATA_ALIGN;
	file->data = aligned_alloc(DATA_ALIGN, room);
	if (!file->data)
		return cli_error(cli, CLI_DEVICE, file->path, "out of memory");
	if (fread(file->data, 1, file->size, stream) == file->size)
		return CLI_OK;
	return cli_error(cli, CLI_INPUT, file->path, "cannot be read: %s",
			 ferror(stream) ? strerror(errno) : "it became shorter meanwhile");
}

int file_read(const struct cli *cli, const char *path, struct file *file)
{
	FILE *stream = fopen(path, "rbe");
	int rc;

	*file = (struct file){ .path = path };
	if (!stream)
		return cli_error(cli, CLI_INPUT, path, "cannot be opened: %s", strerror(errno));
	rc = read_stream(cli, stream, file);
	fclose(stream);
	if (rc)
		file_free(file);
	return rc;
}

void file_free(struct file *file)
{
	free(file->data);
	file->data = NULL;
}

int file_write(const struct cli *cli, const char *path, const void *data, size_t size)
{
	FILE *stream = fopen(path, "wbe");
	bool bad;

	if (!stream)
		return cli_error(cli, CLI_INPUT, path, "cannot be created: %s", strerror(errno));
	bad = fwrite(data, 1, size, stream) != size;
	if (fclose(stream) || bad)
		return cli_error(cli, CLI_INPUT, path, "cannot be written: %s", strerror(errno));
	return CLI_OK;
}

int file_make_dir(const struct cli *cli, const char *path)
{
	struct stat st;

	if (!mkdir(path, 0777))
		return CLI_OK;
	if (errno != EEXIST)
		return cli_error(cli, CLI_INPUT, path, "cannot be created: %s", strerror(errno));
	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return cli_error(cli, CLI_INPUT, path, "is there and is not a directory");
	return CLI_OK;
}
