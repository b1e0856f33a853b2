// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Help texts, printed from the same tables that drive parsing. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* Column that option sentences start in, and where lines are broken. */
#define HELP_COLUMN 34
#define HELP_WIDTH 96

/* Print @text broken at spaces; the cursor is in @column, further lines start at @indent. */
static void print_wrapped(const char *text, size_t column, size_t indent)
{
	const char *gap = "";

	while (*text) {
		size_t word = strcspn(text, " \n");

		if (*gap == '\n' || (*gap && column + 1 + word > HELP_WIDTH)) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			gap = "";
		}
		printf("%s%.*s", gap, (int)word, text);
		column += strlen(gap) + word;
		text += word;
		gap = *text == '\n' ? "\n" : " ";
		text += strspn(text, " \n");
	}
	putchar('\n');
}

static void print_option(const struct cli_option *row)
{
	char left[64];
	char text[512];
	const char *arg = row->arg ? row->arg : "BOOL";
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%c --%s", row->letter ? '-' : ' ',
		     row->letter ? row->letter : ' ', row->letter ? ',' : ' ', row->name);
	if (row->type == CLI_BOOL)
		snprintf(left + n, sizeof(left) - (size_t)n, "[=%s]", arg);
	else if (row->type != CLI_FLAG)
		snprintf(left + n, sizeof(left) - (size_t)n, " %s", arg);
	snprintf(text, sizeof(text), row->value ? "%s (default %s)" : "%s", row->help, row->value);
	if (strlen(left) + 2 > HELP_COLUMN)
		printf("%s\n%*s", left, HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, left);
	print_wrapped(text, HELP_COLUMN, HELP_COLUMN);
}

static void print_options(const struct cli_option *rows)
{
	for (const struct cli_option *row = rows; row && row->name; row++)
		print_option(row);
}

static void command_help(const struct cli_command *command)
{
	static const struct cli_option help[] = {
		{ .name = "help", .letter = 'h', .type = CLI_FLAG, .help = "print this text" },
		CLI_END
	};

	printf("usage: npu %s [OPTION]...%s%s\n\n", command->name, command->operands ? " " : "",
	       command->operands ? command->operands : "");
	print_wrapped(command->summary, 0, 0);
	if (command->notes) {
		putchar('\n');
		print_wrapped(command->notes, 0, 0);
	}
	puts("\nOptions:");
	print_options(command->options);
	print_options(command->shared);
	print_options(cli_common_options);
	print_options(help);
}

void cli_help(const struct cli_command *command)
{
	if (command) {
		command_help(command);
		return;
	}
	puts("usage: npu COMMAND [OPTION]... [ARGUMENT]...\n\n"
	     "Compile, run, measure and compare neural networks on a virtual NPU.\n\n"
	     "Commands:");
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		printf("  %-12s %s\n", (*c)->name, (*c)->summary);
	puts("\n'npu help COMMAND' says more about one of them.\n\n"
	     "Exit codes: 0 done, 1 the answer is no (outputs differ, an op is unsupported),\n"
	     "2 wrong command line, 3 a file was refused, 4 the device failed.");
}
