// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Firmware images: from descriptions, to the screen, beside each other. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "firmware.h"
#include "firmware_show.h"
#include "report.h"
#include "suggest.h"

struct fw_args {
	const char *output;
	const char *source;
};

static int out_of_memory(const struct cli *cli)
{
	return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
}

/* What was written is read back before anybody relies on it. */
static int check_image(const struct cli *cli, const void *image, size_t size)
{
	struct npum_personality_set *set = calloc(1, sizeof(*set));
	struct npum_target target;
	struct npum_fw_refusal why;
	int rc = CLI_OK;

	if (!set)
		return out_of_memory(cli);
	if (npum_firmware_parse(image, size, set, &target, &why))
		rc = cli_error(cli, CLI_INPUT, NULL, "what is described makes no image: %s",
			       why.sentence);
	free(set);
	return rc;
}

static int write_image(const struct cli *cli, const struct fw_args *args, const struct firmware *fw)
{
	size_t size = 0;
	void *image = firmware_image(fw, &size);
	int rc;

	if (!image)
		return out_of_memory(cli);
	rc = check_image(cli, image, size);
	if (!rc)
		rc = file_write(cli, args->output, image, size);
	if (!rc && cli->json)
		rc = report_print(
			cli, firmware_summary_report("npu-fw-build", args->output, fw, image, size),
			CLI_OK);
	else if (!rc && !cli->quiet)
		firmware_summary_print(args->output, fw, image, size);
	free(image);
	return rc;
}

static int write_source(const struct cli *cli, const struct fw_args *args,
			const struct firmware *fw)
{
	char *text = firmware_source(fw);
	int rc;

	if (!text)
		return out_of_memory(cli);
	rc = file_write(cli, args->source, text, strlen(text));
	free(text);
	return rc;
}

static int fw_build(const struct cli *cli, const struct fw_args *args, const char *const *files,
		    size_t count)
{
	struct firmware *fw;
	int rc;

	if (!args->output)
		return cli_error(cli, CLI_USAGE, "--output",
				 "is missing: where to write the image");
	rc = firmware_describe(cli, files, count, &fw);
	if (rc)
		return rc;
	rc = write_image(cli, args, fw);
	if (!rc && args->source)
		rc = write_source(cli, args, fw);
	firmware_free(fw);
	return rc;
}

static int fw_show(const struct cli *cli, const struct fw_args *args, const char *const *files,
		   size_t count)
{
	struct firmware *fw;
	struct file file;
	int rc = firmware_read(cli, files[0], &file, &fw);

	(void)args;
	(void)count;
	if (rc)
		return rc;
	rc = firmware_show(cli, &file, fw);
	firmware_free(fw);
	file_free(&file);
	return rc;
}

static int fw_verify(const struct cli *cli, const struct fw_args *args, const char *const *files,
		     size_t count)
{
	struct firmware *fw;
	struct file file;
	int rc = firmware_read(cli, files[0], &file, &fw);

	(void)args;
	(void)count;
	if (rc)
		return rc;
	if (cli->json)
		rc = report_print(cli,
				  firmware_summary_report("npu-fw-verify", file.path, fw, file.data,
							  file.size),
				  CLI_OK);
	else
		firmware_summary_print(file.path, fw, file.data, file.size);
	firmware_free(fw);
	file_free(&file);
	return rc;
}

static int fw_diff(const struct cli *cli, const struct fw_args *args, const char *const *files,
		   size_t count)
{
	struct firmware *fw[2] = { NULL };
	int rc = CLI_OK;

	(void)args;
	for (size_t i = 0; !rc && i < count; i++)
		rc = firmware_read(cli, files[i], NULL, &fw[i]);
	if (!rc)
		rc = firmware_diff(cli, files, (const struct firmware *const[]){ fw[0], fw[1] });
	firmware_free(fw[0]);
	firmware_free(fw[1]);
	return rc;
}

static const struct {
	const char *name;
	size_t least;
	size_t most;
	const char *wants;
	int (*run)(const struct cli *cli, const struct fw_args *args, const char *const *files,
		   size_t count);
} verbs[] = {
	{ "build", 1, SIZE_MAX, "one or more descriptions", fw_build },
	{ "show", 1, 1, "one image", fw_show },
	{ "diff", 2, 2, "two images", fw_diff },
	{ "verify", 1, 1, "one image", fw_verify },
};

const char *cmd_fw_verb(size_t i)
{
	return i < sizeof(verbs) / sizeof(verbs[0]) ? verbs[i].name : NULL;
}

static int fw_run(const struct cli *cli, const void *args_)
{
	const struct fw_args *args = args_;
	struct suggest s = { .word = cli->operands[0] };
	size_t files = cli->operand_count - 1;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		suggest_offer(&s, verbs[i].name);
		if (strcmp(verbs[i].name, cli->operands[0]))
			continue;
		if (files < verbs[i].least || files > verbs[i].most)
			return cli_error(cli, CLI_USAGE, verbs[i].name, "takes %s", verbs[i].wants);
		if (verbs[i].run != fw_build && (args->output || args->source))
			return cli_error(cli, CLI_USAGE, verbs[i].name, "writes no file");
		return verbs[i].run(cli, args, cli->operands + 1, files);
	}
	if (s.best)
		return cli_error(cli, CLI_USAGE, cli->operands[0],
				 "is nothing to do with firmware, did you mean %s?", s.best);
	return cli_error(cli, CLI_USAGE, cli->operands[0],
			 "is nothing to do with firmware; build, show, diff and verify are");
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .type = CLI_STRING,
	  .offset = offsetof(struct fw_args, output),
	  .arg = "FILE",
	  .help = "build: the image to write" },
	{ .name = "source",
	  .type = CLI_STRING,
	  .offset = offsetof(struct fw_args, source),
	  .arg = "FILE",
	  .help = "build: write the same as C, too, for the model to be built with" },
	CLI_END,
};

const struct cli_command cmd_fw = {
	.name = "fw",
	.operands = "build DESC... | show IMAGE | diff A B | verify IMAGE",
	.summary = "Build firmware images from descriptions, show, compare and check them.",
	.notes = "A description is a YAML file, of a personality or of a device that lists "
		 "personalities. Without a device, build puts the personalities behind the "
		 "built-in ones.\n"
		 "Exit code 1 when two images differ, 3 when an image or a description is refused.",
	.min_operands = 1,
	.max_operands = UINT32_MAX,
	.options = options,
	.args_size = sizeof(struct fw_args),
	.run = fw_run,
};
