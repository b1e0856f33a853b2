// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The npu tool: its table of subcommands, in the order of a first visit. */
#include "commands.h"

#include <stddef.h>

const struct cli_command *const cli_commands[] = {
	&cmd_info,     &cmd_doctor,  &cmd_check,      &cmd_compile, &cmd_run,
	&cmd_bench,    &cmd_compare, &cmd_objdump,    &cmd_diff,    &cmd_memory,
	&cmd_estimate, &cmd_fw,	     &cmd_coredump,   &cmd_replay,  &cmd_top,
	&cmd_events,   &cmd_help,    &cmd_completion, &cmd_version, NULL,
};

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
