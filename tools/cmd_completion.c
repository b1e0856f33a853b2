// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Completion asks the tool: the script that shells load passes on the words
 * typed so far, and the option tables give the candidates.
 */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu.h"
#include "npuc.h"
#include "npum_personality.h"

static const char bash_script[] =
	"# bash completion for npu; load with: source <(npu completion bash)\n"
	"_npu()\n"
	"{\n"
	"\tlocal word candidates\n"
	"\tCOMPREPLY=()\n"
	"\tcandidates=$(\"${COMP_WORDS[0]}\" completion words -- \\\n"
	"\t\t\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null) || return 0\n"
	"\twhile IFS= read -r word; do\n"
	"\t\tif [ \"$word\" = '<file>' ]; then\n"
	"\t\t\tcompopt -o default\n"
	"\t\telif [ -n \"$word\" ]; then\n"
	"\t\t\tCOMPREPLY+=(\"$word\")\n"
	"\t\tfi\n"
	"\tdone <<< \"$candidates\"\n"
	"}\n"
	"complete -F _npu npu\n";

/** offer() - print @candidate if it goes on where @typed ends */
static void offer(const char *typed, const char *candidate)
{
	if (!strncmp(candidate, typed, strlen(typed)))
		puts(candidate);
}

static void offer_commands(const char *typed)
{
	for (const struct cli_command *const *c = cli_commands; *c; c++)
		offer(typed, (*c)->name);
}

static void offer_options(const char *typed, const struct cli_option *rows)
{
	char text[64];

	for (const struct cli_option *row = rows; row && row->name; row++) {
		snprintf(text, sizeof(text), "--%s", row->name);
		offer(typed, text);
	}
}

static void offer_personalities(const char *typed)
{
	const struct npum_personality *p;

	for (uint32_t i = 0; (p = npum_personality_at(npum_builtin_set(), i)); i++)
		offer(typed, p->name);
}

static void offer_devices(const char *typed)
{
	struct npu_device_entry *entries = NULL;
	struct npu_error error;
	size_t count = 0;

	offer(typed, "auto");
	offer(typed, "sim");
	if (npu_device_list(&entries, &count, &error))
		return;
	for (size_t i = 0; i < count; i++)
		offer(typed, entries[i].path);
	free(entries);
}

static void offer_passes(const char *typed)
{
	const struct npuc_pass_info *pass;

	for (uint32_t i = 0; (pass = npuc_pass_at(i)); i++)
		if (pass->level)
			offer(typed, pass->name);
}

static void offer_argument(const char *typed, const struct cli_option *row)
{
	for (const char *const *word = row->words; word && *word; word++)
		offer(typed, *word);
	if (!strcmp(row->name, "disable-pass"))
		offer_passes(typed);
	else if (!strcmp(row->name, "device"))
		offer_devices(typed);
	else if (!strcmp(row->name, "personality"))
		offer_personalities(typed);
	else if (row->type == CLI_STRING || row->type == CLI_LIST)
		puts("<file>");
}

/* The option that @word is, if it is one that wants an argument in the next word. */
static const struct cli_option *wants_argument(const struct cli_option *rows, const char *word)
{
	for (const struct cli_option *row = rows; row && row->name; row++) {
		const char letter[] = { '-', row->letter, 0 };
		bool is = (row->letter && !strcmp(word, letter)) ||
			  (!strncmp(word, "--", 2) && !strcmp(word + 2, row->name));

		if (is && row->type != CLI_FLAG && row->type != CLI_BOOL)
			return row;
	}
	return NULL;
}

static void offer_words(const char *const *words, size_t count)
{
	const char *typed = words[count - 1];
	const struct cli_command *command;
	const struct cli_option *row;
	size_t before = count - 2;

	if (count == 1) {
		offer_commands(typed);
		return;
	}
	command = cli_command_find(words[0]);
	if (!command)
		return;
	/* Shells make three words of --option=argument. */
	if (!strcmp(typed, "="))
		typed = "";
	else if (before && !strcmp(words[before], "="))
		before--;
	row = wants_argument(command->options, words[before]);
	if (!row)
		row = wants_argument(command->shared, words[before]);
	if (row) {
		offer_argument(typed, row);
	} else if (*typed == '-') {
		offer_options(typed, command->options);
		offer_options(typed, command->shared);
		offer_options(typed, cli_common_options);
		offer(typed, "--help");
	} else if (command == &cmd_help) {
		offer_commands(typed);
	} else if (command == &cmd_fw && count == 2) {
		for (size_t i = 0; cmd_fw_verb(i); i++)
			offer(typed, cmd_fw_verb(i));
	} else if (command->max_operands) {
		puts("<file>");
	}
}

static int completion_run(const struct cli *cli, const void *args)
{
	(void)args;
	if (!strcmp(cli->operands[0], "bash") && cli->operand_count == 1) {
		fputs(bash_script, stdout);
		return CLI_OK;
	}
	if (!strcmp(cli->operands[0], "words") && cli->operand_count > 1) {
		offer_words(cli->operands + 1, cli->operand_count - 1);
		return CLI_OK;
	}
	return cli_error(cli, CLI_USAGE, cli->operands[0], "is no shell we complete for; bash is");
}

const struct cli_command cmd_completion = {
	.name = "completion",
	.operands = "bash | words WORD...",
	.summary = "Print a completion script for bash, or what may follow the words typed.",
	.notes = "Load it with: source <(npu completion bash)",
	.min_operands = 1,
	.max_operands = UINT32_MAX,
	.run = completion_run,
};
