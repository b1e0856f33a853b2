// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "model_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A path may lead through links; the kernel sees to it that none leads out of the folder. */
static int open_beneath(const char *model, const char *location)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	const char *slash = strrchr(model, '/');
	char *folder = slash ? strndup(model, (size_t)(slash - model) + 1) : strdup(".");
	int dir, fd = -1;

	if (!folder)
		return -1;
	dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (dir < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, dir, location, &how, sizeof(how));
	close(dir);
	return fd;
}

static const char *read_all(int fd, struct file *file)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)FILE_MAX_BYTES)
		return "it is not a regular file, or a very large one";
	file->size = (size_t)st.st_size;
	file->data = malloc(file->size + 1);
	if (!file->data)
		return "out of memory";
	while (at < file->size) {
		ssize_t got = read(fd, file->data + at, file->size - at);

		if (got <= 0)
			return got ? strerror(errno) : "it became shorter meanwhile";
		at += (size_t)got;
	}
	return NULL;
}

const void *model_files_open(void *arg, const char *location, size_t *size, const char **why)
{
	struct model_files *files = arg;
	struct file *grown = realloc(files->at, (files->count + 1) * sizeof(*grown));
	const char *problem;
	int fd;

	if (!grown) {
		*why = "out of memory";
		return NULL;
	}
	files->at = grown;
	grown += files->count;
	*grown = (struct file){ 0 };
	fd = open_beneath(files->model, location);
	problem = fd < 0 ? errno == EXDEV ? "it must lie in the folder of the model" :
					    strerror(errno) :
			   read_all(fd, grown);
	if (fd >= 0)
		close(fd);
	if (problem) {
		file_free(grown);
		snprintf(files->why, sizeof(files->why), "%s", problem);
		*why = files->why;
		return NULL;
	}
	files->count++;
	*size = grown->size;
	return grown->data;
}

void model_files_free(struct model_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		file_free(&files->at[i]);
	free(files->at);
	*files = (struct model_files){ 0 };
}
