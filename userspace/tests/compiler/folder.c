// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "folder.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const char *folder_models(void)
{
	const char *folder = getenv("NPU_MODELS");

	return folder ? folder : "../shared/models";
}

uint8_t *folder_read(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long end = 0;

	if (!f || fseek(f, 0, SEEK_END) || (end = ftell(f)) < 0)
		fail_msg("cannot read %s", path);
	rewind(f);
	*size = (size_t)end;
	data = malloc(*size ? *size : 1);
	if (!data || fread(data, 1, *size, f) != *size)
		fail_msg("cannot read %s", path);
	fclose(f);
	return data;
}

bool folder_each_model(void (*visit)(const char *path, void *arg), void *arg)
{
	char pattern[512];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/*/*.tflite", folder_models());
	if (glob(pattern, 0, NULL, &found))
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++)
		visit(found.gl_pathv[i], arg);
	globfree(&found);
	return true;
}

bool folder_find_model(const char *name, char *path, size_t size)
{
	char pattern[512];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/%s/*.tflite", folder_models(), name);
	if (glob(pattern, 0, NULL, &found))
		return false;
	snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return true;
}
