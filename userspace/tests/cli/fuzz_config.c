// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * libFuzzer on configuration files: whatever is written, it is taken or told with its place, and
 * what is taken can be asked for contradictions.  The first byte says JSON or YAML.
 */
#include <stdlib.h>

#include "../../../tools/config.c"
#include "../../../tools/keys.c"
#include "../../../tools/suggest.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int cli_error(const struct cli *cli, enum cli_exit code, const char *subject, const char *format,
	      ...)
{
	(void)cli;
	(void)subject;
	(void)format;
	return (int)code;
}

int file_read(const struct cli *cli, const char *path, struct file *file)
{
	(void)path;
	(void)file;
	return cli_error(cli, CLI_INPUT, NULL, "not there");
}

/* The fuzzer's bytes are its own. */
void file_free(struct file *file)
{
	(void)file;
}

void term_plain(char *text, const char *keep)
{
	(void)keep;
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = '?';
}

/* "LINE:COLUMN: what" */
static void check_error(const char *error)
{
	char *end;

	if (!strtoul(error, &end, 10) || *end != ':' || !strtoul(end + 1, &end, 10) ||
	    strncmp(end, ": ", 2) || !end[2])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c = { .npuc = NPUC_CONFIG_DEFAULTS };
	struct npuc_error error = { 0 };
	uint8_t *copy;

	if (!size)
		return 0;
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	c.file = (struct file){
		.path = *data & 1 ? "c.json" : "c.yaml",
		.data = copy + 1,
		.size = size - 1,
	};
	if (config_parse(&c)) {
		check_error(c.keys.error);
	} else if (npuc_config_check(&c.npuc, &error)) {
		if (!*error.text || !*error.key)
			abort();
	}
	config_free(&c);
	free(copy);
	return 0;
}
