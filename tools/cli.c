// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Parsing by option table, on top of getopt_long. */
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"
#include "term.h"

/* Rows of the largest table, common options included. */
#define MAX_ROWS 64
/* Numbers of long options start above every letter. */
#define FIRST_NUMBER 256

const struct cli_option cli_common_options[] = {
	{ .name = "json",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct cli, json),
	  .help = "print one JSON object instead of text" },
	{ .name = "quiet",
	  .letter = 'q',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct cli, quiet),
	  .help = "show no progress on the terminal" },
	CLI_END,
};

/**
 * struct cli_parser - option rows of one command, as getopt_long wants them
 * @count: rows in use
 * @rows: row of option number FIRST_NUMBER + i
 * @base: struct that the row's offset is in
 * @given: the option was on the command line
 * @longs: for getopt_long, ended by a zero entry
 * @shorts: for getopt_long
 */
struct cli_parser {
	size_t count;
	const struct cli_option *rows[MAX_ROWS];
	char *base[MAX_ROWS];
	bool given[MAX_ROWS];
	struct option longs[MAX_ROWS + 2];
	char shorts[2 * MAX_ROWS + 3];
};

int cli_error(const struct cli *cli, enum cli_exit code, const char *subject, const char *format,
	      ...)
{
	char text[1024];
	va_list args;
	int n = snprintf(text, sizeof(text), "npu%s%s: %s%s", cli->command ? " " : "",
			 cli->command ? cli->command : "", subject ? subject : "",
			 subject ? ": " : "");

	va_start(args, format);
	if (n >= 0 && n < (int)sizeof(text))
		vsnprintf(text + n, sizeof(text) - (size_t)n, format, args);
	va_end(args);
	term_plain(text, "");
	fflush(stdout);
	fprintf(stderr, "%s\n", text);
	return (int)code;
}

const struct cli_command *cli_command_find(const char *name)
{
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static void parser_add(struct cli_parser *p, const struct cli_option *rows, void *base)
{
	size_t at = strlen(p->shorts);

	for (const struct cli_option *row = rows; row && row->name; row++) {
		int has = row->type == CLI_FLAG ? no_argument :
			  row->type == CLI_BOOL ? optional_argument :
						  required_argument;

		if (p->count == MAX_ROWS)
			abort();
		p->rows[p->count] = row;
		p->base[p->count] = base;
		p->longs[p->count] = (struct option){ .name = row->name,
						      .has_arg = has,
						      .val = FIRST_NUMBER + (int)p->count };
		p->count++;
		if (row->letter) {
			p->shorts[at++] = row->letter;
			if (has == required_argument)
				p->shorts[at++] = ':';
		}
	}
	p->shorts[at] = 0;
}

static size_t parser_row(const struct cli_parser *p, int number)
{
	if (number >= FIRST_NUMBER)
		return (size_t)(number - FIRST_NUMBER);
	for (size_t i = 0; i < p->count; i++)
		if (p->rows[i]->letter == number)
			return i;
	return p->count;
}

bool cli_given(const struct cli *cli, const char *name)
{
	const struct cli_parser *p = cli->parser;

	for (size_t i = 0; p && i < p->count; i++)
		if (p->given[i] && !strcmp(p->rows[i]->name, name))
			return true;
	return false;
}

static bool parse_uint(const char *text, uint32_t max, uint32_t *value)
{
	char *end;
	unsigned long long v;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno || *end || v > (max ? max : UINT32_MAX))
		return false;
	*value = (uint32_t)v;
	return true;
}

static bool parse_seconds(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && !*end && isfinite(*value) && *value >= 0;
}

static bool parse_word(const struct cli_option *row, const char *text, const char **value)
{
	for (const char *const *word = row->words; *word; word++)
		if (!strcmp(*word, text)) {
			*value = *word;
			return true;
		}
	return false;
}

static bool parse_bool(const char *text, bool *value)
{
	bool yes = !text || !strcmp(text, "true") || !strcmp(text, "1");

	*value = yes;
	return yes || !strcmp(text, "false") || !strcmp(text, "0");
}

static bool list_append(struct cli_list *list, const char *text)
{
	const char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

	if (!items)
		return false;
	items[list->count++] = text;
	list->items = items;
	return true;
}

static bool store(const struct cli_option *row, void *where, const char *text)
{
	switch (row->type) {
	case CLI_FLAG:
		*(bool *)where = true;
		return true;
	case CLI_BOOL:
		return parse_bool(text, where);
	case CLI_STRING:
		*(const char **)where = text;
		return true;
	case CLI_LIST:
		return list_append(where, text);
	case CLI_UINT:
		return parse_uint(text, row->max, where);
	case CLI_SECONDS:
		return parse_seconds(text, where);
	case CLI_WORD:
		return parse_word(row, text, where);
	}
	return false;
}

static int bad_word(const struct cli *cli, const struct cli_option *row, const char *option,
		    const char *text)
{
	struct suggest s = { .word = text };
	char all[256] = "";
	size_t length = 0;

	for (const char *const *word = row->words; *word; word++) {
		suggest_offer(&s, *word);
		if (length < sizeof(all))
			length += (size_t)snprintf(all + length, sizeof(all) - length, "%s%s",
						   length ? ", " : "", *word);
	}
	if (s.best)
		return cli_error(cli, CLI_USAGE, option, "%s is none of %s; did you mean %s?", text,
				 all, s.best);
	return cli_error(cli, CLI_USAGE, option, "%s is none of %s", text, all);
}

/* Why store() would not take @text. */
static int bad_value(const struct cli *cli, const struct cli_option *row, const char *text)
{
	char option[64];

	snprintf(option, sizeof(option), "--%s", row->name);
	switch (row->type) {
	case CLI_BOOL:
		return cli_error(cli, CLI_USAGE, option, "%s is neither true nor false", text);
	case CLI_UINT:
		return cli_error(cli, CLI_USAGE, option, "%s is no whole number from 0 to %u", text,
				 row->max ? row->max : UINT32_MAX);
	case CLI_SECONDS:
		return cli_error(cli, CLI_USAGE, option, "%s is no number of seconds", text);
	case CLI_WORD:
		return bad_word(cli, row, option, text);
	default:
		return cli_error(cli, CLI_DEVICE, option, "out of memory");
	}
}

static int unknown_option(const struct cli *cli, const struct cli_parser *p, const char *typed)
{
	char name[64];
	struct suggest s = { .word = name };

	if (typed[0] != '-' || typed[1] != '-')
		return cli_error(cli, CLI_USAGE, typed,
				 "unknown option; 'npu help %s' lists those it takes",
				 cli->command);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
	for (size_t i = 0; i < p->count; i++)
		suggest_offer(&s, p->rows[i]->name);
	if (s.best)
		return cli_error(cli, CLI_USAGE, typed, "unknown option, did you mean --%s?",
				 s.best);
	return cli_error(cli, CLI_USAGE, typed,
			 "unknown option; 'npu help %s' lists those it takes", cli->command);
}

/* What getopt_long refused: a letter in @optopt, else the whole word. */
static int bad_option(const struct cli *cli, const struct cli_parser *p, char **argv, int result)
{
	char letter[3] = { '-', (char)optopt, 0 };
	const char *typed = argv[optind - 1];

	if (result == ':')
		return cli_error(cli, CLI_USAGE, typed, "needs an argument");
	if (optopt >= FIRST_NUMBER)
		return cli_error(cli, CLI_USAGE, typed, "takes no argument");
	return unknown_option(cli, p, optopt ? letter : typed);
}

static int store_defaults(const struct cli *cli, struct cli_parser *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct cli_option *row = p->rows[i];

		if (!p->given[i] && row->value && !store(row, p->base[i] + row->offset, row->value))
			return bad_value(cli, row, row->value);
	}
	return CLI_OK;
}

static int parse(struct cli *cli, struct cli_parser *p, int argc, char **argv, bool *help)
{
	int c;

	p->longs[p->count] = (struct option){ .name = "help", .val = 'h' };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, p->shorts, p->longs, NULL)) != -1) {
		const struct cli_option *row;
		size_t i;

		if (c == 'h') {
			*help = true;
			return CLI_OK;
		}
		if (c == '?' || c == ':')
			return bad_option(cli, p, argv, c);
		i = parser_row(p, c);
		row = p->rows[i];
		p->given[i] = true;
		if (!store(row, p->base[i] + row->offset, optarg))
			return bad_value(cli, row, optarg);
	}
	cli->operands = (const char **)argv + optind;
	cli->operand_count = (size_t)(argc - optind);
	return store_defaults(cli, p);
}

static int check_operands(const struct cli *cli, const struct cli_command *command)
{
	if (cli->operand_count < command->min_operands)
		return cli_error(cli, CLI_USAGE, NULL, "%s is missing; 'npu help %s' says more",
				 command->operands, command->name);
	if (cli->operand_count > command->max_operands)
		return cli_error(cli, CLI_USAGE, cli->operands[command->max_operands],
				 "one argument too many; 'npu help %s' says more", command->name);
	return CLI_OK;
}

static void free_lists(const struct cli_parser *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->rows[i]->type == CLI_LIST)
			free(((struct cli_list *)(void *)(p->base[i] + p->rows[i]->offset))->items);
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
	struct cli cli = { .command = command->name };
	struct cli_parser parser = { .shorts = ":h" };
	void *args = calloc(1, command->args_size + 1);
	bool help = false;
	int rc;

	if (!args)
		return cli_error(&cli, CLI_DEVICE, NULL, "out of memory");
	cli.parser = &parser;
	parser_add(&parser, command->options, args);
	parser_add(&parser, command->shared, (char *)args + command->shared_offset);
	parser_add(&parser, cli_common_options, &cli);
	rc = parse(&cli, &parser, argc, argv, &help);
	if (!rc && help)
		cli_help(command);
	else if (!rc)
		rc = check_operands(&cli, command);
	if (!rc && !help)
		rc = command->run(&cli, args);
	free_lists(&parser);
	free(args);
	return rc;
}

/* "npu --help" and "npu --version" are what people try first. */
static const char *as_command(const char *word)
{
	static const struct {
		const char *option;
		const char *command;
	} aliases[] = {
		{ "--help", "help" },
		{ "-h", "help" },
		{ "--version", "version" },
		{ "-V", "version" },
	};

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(word, aliases[i].option))
			return aliases[i].command;
	return word;
}

int cli_main(int argc, char **argv)
{
	const struct cli none = { 0 };
	const struct cli_command *command;
	struct suggest s = { 0 };
	int rc;

	if (argc < 2)
		return cli_error(&none, CLI_USAGE, NULL,
				 "a command is missing; 'npu help' lists them");
	command = cli_command_find(as_command(argv[1]));
	if (command) {
		rc = run_command(command, argc - 1, argv + 1);
		if (fflush(stdout) || ferror(stdout))
			return cli_error(&none, CLI_DEVICE, "standard output", "%s",
					 strerror(errno));
		return rc;
	}
	s.word = argv[1];
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		suggest_offer(&s, (*c)->name);
	if (s.best)
		return cli_error(&none, CLI_USAGE, argv[1], "unknown command, did you mean %s?",
				 s.best);
	return cli_error(&none, CLI_USAGE, argv[1], "unknown command; 'npu help' lists them");
}
