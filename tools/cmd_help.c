// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "commands.h"

#include <jansson.h>
#include <stdio.h>

#include "report.h"
#include "suggest.h"

struct help_args {
	bool mdoc;
};

static int help_run(const struct cli *cli, const void *args_)
{
	const struct help_args *args = args_;
	const struct cli_command *command;
	struct suggest s = { 0 };

	if (args->mdoc) {
		cli_mdoc();
		return CLI_OK;
	}
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
