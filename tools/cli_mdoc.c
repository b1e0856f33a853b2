// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The manual page's section on commands, printed from the option tables. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* mandoc finds fault with longer lines. */
#define MDOC_WIDTH 78

/* One word, with what mdoc would take for markup escaped; returns its width. */
static size_t print_word(const char *word, size_t length, bool starts_line)
{
	size_t width = length;

	if (starts_line && (*word == '.' || *word == '\'')) {
		fputs("\\&", stdout);
		width += 2;
	}
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '\\' || word[i] == '-') {
			putchar('\\');
			width++;
		}
		putchar(word[i] == '\\' ? 'e' : word[i]);
	}
	return width;
}

/* Running text; sentences start on lines of their own, as mdoc wants them. */
static void print_text(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " \n");
		bool sentence_ends = word && text[word - 1] == '.' && text[word];

		if (column && column + 1 + word > MDOC_WIDTH) {
			putchar('\n');
			column = 0;
		}
		if (column) {
			putchar(' ');
			column++;
		}
		column += print_word(text, word, column == 0);
		text += word;
		if (*text == '\n')
			fputs("\n.Pp", stdout);
		if (*text == '\n' || sentence_ends) {
			putchar('\n');
			column = 0;
		}
		text += strspn(text, " \n");
	}
	if (column)
		putchar('\n');
}

static void print_options(const struct cli_option *rows)
{
	for (const struct cli_option *row = rows; row && row->name; row++) {
		fputs(".It ", stdout);
		if (row->letter)
			printf("Fl %c , ", row->letter);
		printf("Fl \\-%s", row->name);
		if (row->type == CLI_BOOL)
			fputs(" Ns Op = Ns Ar BOOL", stdout);
		else if (row->type != CLI_FLAG)
			printf(" Ar %s", row->arg);
		putchar('\n');
		print_text(row->help);
		if (row->value)
			printf("(default %s)\n", row->value);
	}
}

static void print_command(const struct cli_command *command)
{
	printf(".Ss npu %s\n.Nm npu %s\n.Op Ar options\n", command->name, command->name);
	if (command->operands)
		printf(".Ar %s\n", command->operands);
	fputs(".Pp\n", stdout);
	print_text(command->summary);
	if (command->notes) {
		fputs(".Pp\n", stdout);
		print_text(command->notes);
	}
	if (!command->options && !command->shared)
		return;
	fputs(".Bl -tag -width Ds\n", stdout);
	print_options(command->options);
	print_options(command->shared);
	fputs(".El\n", stdout);
}

void cli_mdoc(void)
{
	puts(".Sh COMMANDS\nAll commands take\n.Bl -tag -width Ds");
	print_options(cli_common_options);
	puts(".It Fl h , Fl \\-help\nprint the help of the command\n.El");
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		print_command(*c);
}
