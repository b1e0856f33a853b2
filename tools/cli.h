/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Command lines as data: one table of options per subcommand drives parsing,
 * --help, the manual page and shell completion, so that they cannot tell
 * different things.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum cli_exit - exit codes, part of the tool's contract
 * @CLI_OK: done
 * @CLI_NO: the answer is no: outputs differ, an op is unsupported
 * @CLI_USAGE: the command line makes no sense
 * @CLI_INPUT: a file was refused
 * @CLI_DEVICE: the device or the runtime failed
 */
enum cli_exit {
	CLI_OK = 0,
	CLI_NO = 1,
	CLI_USAGE = 2,
	CLI_INPUT = 3,
	CLI_DEVICE = 4,
};

/**
 * enum cli_type - what an option stores at its offset
 * @CLI_FLAG: bool, takes no argument
 * @CLI_BOOL: bool, "--x", "--x=true" or "--x=false" (as benchmark_model has them)
 * @CLI_STRING: const char *
 * @CLI_LIST: &struct cli_list, one more item each time the option is given
 * @CLI_UINT: uint32_t, decimal, up to the row's @max
 * @CLI_SECONDS: double, not negative
 * @CLI_WORD: const char *, one of the row's @words
 */
enum cli_type {
	CLI_FLAG,
	CLI_BOOL,
	CLI_STRING,
	CLI_LIST,
	CLI_UINT,
	CLI_SECONDS,
	CLI_WORD,
};

/** struct cli_list - values of an option that may be repeated, in order given */
struct cli_list {
	const char **items;
	size_t count;
};

/**
 * struct cli_option - a row of an option table; a row without name ends it
 * @name: long name without dashes
 * @letter: short name, 0 for none
 * @type: &enum cli_type
 * @offset: where in the command's arguments the value goes
 * @arg: name of the argument for help; completion knows FILE, DIR, MODEL,
 *	DEVICE and PERSONALITY
 * @help: one sentence
 * @value: default, in the form a user would type; NULL for zero
 * @max: CLI_UINT: largest value taken, 0 for UINT32_MAX
 * @words: CLI_WORD: what may be given, NULL behind the last
 */
struct cli_option {
	const char *name;
	char letter;
	enum cli_type type;
	size_t offset;
	const char *arg;
	const char *help;
	const char *value;
	uint32_t max;
	const char *const *words;
};

/** CLI_END - last row of an option table */
#define CLI_END              \
	{                    \
		.name = NULL \
	}

/**
 * struct cli - a parsed command line, without the command's own arguments
 * @command: name of the subcommand, for error texts
 * @operands: arguments that are not options
 * @operand_count: their number, within the command's limits
 * @json: print one JSON object instead of text
 * @quiet: no progress on the terminal
 * @parser: which options were given, see cli_given()
 */
struct cli {
	const char *command;
	const char **operands;
	size_t operand_count;
	bool json;
	bool quiet;
	const struct cli_parser *parser;
};

/**
 * struct cli_command - a subcommand
 * @name: what users type
 * @operands: for the usage line, e.g. "MODEL"
 * @summary: one line for the list of subcommands
 * @notes: further help, paragraphs separated by newlines; may be NULL
 * @min_operands: fewest operands taken
 * @max_operands: most operands taken
 * @options: its own options, besides those that every command has; may be NULL
 * @shared: options that it shares with other commands; may be NULL
 * @shared_offset: where in its arguments the struct lies that they are stored in
 * @args_size: bytes of its arguments
 * @run: does the work and returns &enum cli_exit; @args is @args_size bytes
 */
struct cli_command {
	const char *name;
	const char *operands;
	const char *summary;
	const char *notes;
	unsigned int min_operands;
	unsigned int max_operands;
	const struct cli_option *options;
	const struct cli_option *shared;
	size_t shared_offset;
	size_t args_size;
	int (*run)(const struct cli *cli, const void *args);
};

/** cli_common_options - options that every command takes, stored in &struct cli */
extern const struct cli_option cli_common_options[];

/** cli_commands - the table of subcommands, ended by NULL */
extern const struct cli_command *const cli_commands[];

/** cli_given() - was the option of this name on the command line? */
bool cli_given(const struct cli *cli, const char *name);

/** cli_command_find() - row of a subcommand, NULL for an unknown one */
const struct cli_command *cli_command_find(const char *name);

/**
 * cli_main() - parse a command line and run its subcommand
 * @argc: number of words, the tool's name included
 * @argv: the words; getopt may change their order
 *
 * Return: &enum cli_exit.
 */
int cli_main(int argc, char **argv);

/**
 * cli_error() - tell on stderr why the command cannot go on, in one line
 * @cli: the command line, whose subcommand begins the line
 * @code: &enum cli_exit to return
 * @subject: file, device or option the error is about; NULL for none
 * @format: what, where, why
 *
 * Return: @code.
 */
int cli_error(const struct cli *cli, enum cli_exit code, const char *subject, const char *format,
	      ...) __attribute__((format(printf, 4, 5)));

/** cli_help() - print the help of one command, or the list of all for NULL */
void cli_help(const struct cli_command *command);

/** cli_mdoc() - print the commands as a section of an mdoc manual page */
void cli_mdoc(void);

#endif /* CLI_H */
