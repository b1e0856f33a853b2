// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* libFuzzer on descriptions of firmware: whatever is written, it is taken or told with its line. */
#include <stdlib.h>

#include "../../../tools/firmware_describe.c"
#include "../../../tools/firmware_parse.c"
#include "../../../tools/keys.c"
#include "../../../tools/suggest.c"

/* No description is shipped: what is read is what the fuzzer wrote. */
const struct shipped *shipped_named(const char *name)
{
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int cli_error(const struct cli *cli, enum cli_exit code, const char *subject, const char *format,
	      ...)
{
	(void)cli;
	(void)subject;
	(void)format;
	return (int)code;
}

/* A device lists files that are not there. */
int file_read(const struct cli *cli, const char *path, struct file *file)
{
	(void)path;
	(void)file;
	return cli_error(cli, CLI_INPUT, NULL, "not there");
}

void file_free(struct file *file)
{
	(void)file;
}

struct firmware *firmware_new(void)
{
	return calloc(1, sizeof(struct firmware));
}

void firmware_free(struct firmware *fw)
{
	for (u32 i = 0; i < NPUM_MAX_PERSONALITIES; i++)
		free(fw->sources[i]);
	free(fw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct describing *d = calloc(1, sizeof(*d));
	u32 which;

	if (!d)
		return 0;
	d->fw = firmware_new();
	if (!d->fw)
		abort();
	d->fw->set = *npum_builtin_set();
	if (firmware_parse(d, data, size)) {
		char *end;

		/* "LINE: what" */
		if (!strtoul(d->keys.error, &end, 10) || strncmp(end, ": ", 2) || !end[2])
			abort();
	} else if (d->fw->set.count) {
		resolve_rest(NULL, d);
		npum_set_complete(&d->fw->set, &which);
	}
	keys_free(&d->keys);
	for (u32 i = 0; i < NPUM_MAX_PERSONALITIES; i++)
		free(d->files[i]);
	firmware_free(d->fw);
	free(d);
	return 0;
}
