// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "commands.h"

#include <jansson.h>
#include <stdio.h>

#include "config.h"
#include "report.h"
#include "suggest.h"

struct help_args {
	bool mdoc;
};

static json_t *text_or_null(const char *text)
{
	return text ? report_string(text) : json_null();
}

static json_t *words_report(const char *const *words)
{
	json_t *array = json_array();

	for (; words && *words; words++)
		json_array_append_new(array, report_string(*words));
	return array;
}

static void add_options(json_t *array, const struct cli_option *rows)
{
	static const char *const types[] = {
		[CLI_FLAG] = "flag", [CLI_BOOL] = "bool",   [CLI_STRING] = "text",
		[CLI_LIST] = "list", [CLI_UINT] = "number", [CLI_SECONDS] = "seconds",
		[CLI_WORD] = "word",
	};

	for (const struct cli_option *row = rows; row && row->name; row++) {
		const char letter[] = { row->letter, 0 };

		json_array_append_new(
			array, json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "name",
					 report_string(row->name), "letter",
					 text_or_null(row->letter ? letter : NULL), "type",
					 types[row->type], "arg", text_or_null(row->arg), "default",
					 text_or_null(row->value), "most",
					 row->type == CLI_UINT ?
						 json_integer(row->max ? row->max : UINT32_MAX) :
						 json_null(),
					 "words", words_report(row->words), "help",
					 report_string(row->help)));
	}
}

static json_t *command_report(const struct cli_command *command)
{
	json_t *options = json_array();

	add_options(options, command->options);
	add_options(options, command->shared);
	add_options(options, cli_common_options);
	return json_pack("{s:s, s:o, s:s, s:o}", "name", command->name, "operands",
			 text_or_null(command->operands), "summary", command->summary, "options",
			 options);
}

static int print_json(const struct cli *cli)
{
	json_t *report = report_new("npu-help");
	json_t *commands = json_array();

	for (const struct cli_command *const *c = cli_commands; *c; c++)
		json_array_append_new(commands, command_report(*c));
	json_object_set_new(report, "commands", commands);
	json_object_set_new(report, "config_keys", config_keys_report());
	return report_print(cli, report, CLI_OK);
}

static int help_run(const struct cli *cli, const void *args_)
{
	const struct help_args *args = args_;
	const struct cli_command *command;
	struct suggest s = { 0 };

	if (args->mdoc) {
		cli_mdoc();
		return CLI_OK;
	}
	if (cli->json)
		return print_json(cli);
	if (!cli->operand_count) {
		cli_help(NULL);
		return CLI_OK;
	}
	command = cli_command_find(cli->operands[0]);
	if (command) {
		cli_help(command);
		return CLI_OK;
	}
	s.word = cli->operands[0];
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		suggest_offer(&s, (*c)->name);
	return cli_error(cli, CLI_USAGE, cli->operands[0], "unknown command%s%s%s",
			 s.best ? ", did you mean " : "", s.best ? s.best : "", s.best ? "?" : "");
}

static const struct cli_option help_options[] = {
	{ .name = "mdoc",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct help_args, mdoc),
	  .help = "print all commands as a section of a manual page" },
	CLI_END,
};

const struct cli_command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "Explain a command, or list all.",
	.notes = "With --json all commands, options and keys of configuration files, as tables.",
	.max_operands = 1,
	.options = help_options,
	.args_size = sizeof(struct help_args),
	.run = help_run,
};

static int version_run(const struct cli *cli, const void *args)
{
	(void)args;
	if (cli->json)
		return report_print(cli, report_new("npu-version"), CLI_OK);
	puts("npu " NPU_VERSION);
	return CLI_OK;
}

const struct cli_command cmd_version = {
	.name = "version",
	.summary = "Print the version.",
	.run = version_run,
};
