// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* From descriptions, and the files they list, to the contents of a firmware image. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware_parse.h"
#include "shipped.h"

static int parse_shipped(struct describing *d, const char *name)
{
	const struct shipped *s = shipped_named(name);

	if (s)
		return firmware_parse(d, s->text, s->size);
	snprintf(d->keys.error, sizeof(d->keys.error), " is not among the descriptions shipped");
	return -ENOENT;
}

static int read_file(const struct cli *cli, struct describing *d, const char *path)
{
	u32 before = d->fw->set.count;
	struct file file = { 0 };
	int rc = d->shipped ? CLI_OK : file_read(cli, path, &file);

	if (rc)
		return rc;
	if (d->shipped ? parse_shipped(d, path) : firmware_parse(d, file.data, file.size))
		rc = cli_error(cli, CLI_INPUT, NULL, "%s:%s", path, d->keys.error);
	keys_free(&d->keys);
	file_free(&file);
	if (!rc && d->fw->set.count > before) {
		d->path[before] = strdup(path);
		if (!d->path[before])
			rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	}
	return rc;
}

/* Files that a device lists lie beside it. */
static int read_listed(const struct cli *cli, struct describing *d, const char *device)
{
	const char *slash = strrchr(device, '/');
	int folder = slash ? (int)(slash - device) + 1 : 0;
	char path[PATH_MAX];
	int rc = CLI_OK;

	for (size_t i = 0; !rc && i < d->file_count; i++) {
		snprintf(path, sizeof(path), "%.*s%s", *d->files[i] == '/' ? 0 : folder, device,
			 d->files[i]);
		rc = read_file(cli, d, path);
	}
	return rc;
}

static int resolve_rest(const struct cli *cli, struct describing *d)
{
	struct npum_personality_set *set = &d->fw->set;

	for (u32 i = 0; i < set->count; i++) {
		const struct npum_personality *rest;

		if (!*d->rest[i])
			continue;
		rest = npum_personality_named(set, d->rest[i]);
		if (!rest)
			return cli_error(cli, CLI_INPUT, NULL,
					 "%s:%zu: %s: no personality of that name is described",
					 d->path[i], d->rest_line[i] + 1, d->rest[i]);
		set->at[i].rest = rest->id;
	}
	return CLI_OK;
}

static int complete(const struct cli *cli, struct describing *d)
{
	const char *why;
	u32 which;
	int rc = resolve_rest(cli, d);

	if (rc)
		return rc;
	why = npum_set_complete(&d->fw->set, &which);
	if (!why)
		return CLI_OK;
	return cli_error(cli, CLI_INPUT, d->path[which] ? d->path[which] : "built-in", "%s: %s",
			 d->fw->set.at[which].name, why);
}

/* What is put behind the built-in ones becomes part of the version, as far as it fits. */
static void name_additions(struct describing *d)
{
	struct firmware *fw = d->fw;
	size_t at = strlen(fw->version);

	for (u32 i = 0; i < fw->set.count && at < sizeof(fw->version) - 1; i++) {
		/* A copy: compilers cannot see that the list does not reach back into the text. */
		char name[NPUM_NAME_BYTES];

		if (!d->path[i])
			continue;
		memcpy(name, fw->set.at[i].name, sizeof(name));
		at += (size_t)snprintf(fw->version + at, sizeof(fw->version) - at, " + %s", name);
	}
}

static int describe(const struct cli *cli, struct describing *d, const char *const *paths,
		    size_t count)
{
	int rc = CLI_OK;

	for (size_t i = 0; !rc && i < count; i++) {
		bool device = d->device;

		rc = read_file(cli, d, paths[i]);
		if (rc || device == d->device)
			continue;
		if (i)
			rc = cli_error(cli, CLI_INPUT, paths[i], "a device must come first");
		else
			rc = read_listed(cli, d, paths[i]);
	}
	if (!d->device)
		name_additions(d);
	return rc ? rc : complete(cli, d);
}

static int describe_all(const struct cli *cli, bool shipped, const char *const *paths, size_t count,
			struct firmware **fw)
{
	struct describing *d = calloc(1, sizeof(*d));
	int rc;

	*fw = firmware_new();
	if (d && *fw) {
		d->fw = *fw;
		d->shipped = shipped;
		rc = describe(cli, d, paths, count);
	} else {
		rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	}
	for (u32 i = 0; d && i < NPUM_MAX_PERSONALITIES; i++) {
		free(d->path[i]);
		free(d->files[i]);
	}
	free(d);
	if (rc) {
		firmware_free(*fw);
		*fw = NULL;
	}
	return rc;
}

int firmware_describe(const struct cli *cli, const char *const *paths, size_t count,
		      struct firmware **fw)
{
	return describe_all(cli, false, paths, count, fw);
}

int firmware_shipped(const struct cli *cli, const char *name, struct firmware **fw)
{
	char file[PATH_MAX];
	const char *const path = file;

	snprintf(file, sizeof(file), "%s.yaml", name);
	return describe_all(cli, true, &path, 1, fw);
}
