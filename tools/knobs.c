// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "knobs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"
#include "table.h"

#define NPUC_FLAG(member, option, help_)                \
	{ .name = option,                               \
	  .type = CLI_FLAG,                             \
	  .offset = offsetof(struct knob_args, member), \
	  .help = help_ },
#define NPUC_UINT(member, option, letter_, most, value_, help_) \
	{ .name = option,                                       \
	  .letter = letter_,                                    \
	  .type = CLI_UINT,                                     \
	  .offset = offsetof(struct knob_args, member),         \
	  .arg = "N",                                           \
	  .help = help_,                                        \
	  .value = #value_,                                     \
	  .max = most },
#define NPUC_TEXTS(member, option, arg_, help_)         \
	{ .name = option,                               \
	  .type = CLI_LIST,                             \
	  .offset = offsetof(struct knob_args, member), \
	  .arg = arg_,                                  \
	  .help = help_ },

const struct cli_option knob_options[] = {
	{ .name = "config",
	  .type = CLI_STRING,
	  .offset = offsetof(struct knob_args, config),
	  .arg = "FILE",
	  .help = "file with these options as keys, and with processors of inputs and outputs; "
		  "what the command line says counts more" },
	{ .name = "show-config",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct knob_args, show),
	  .help = "print every option and key: applied, or why not" },
	{ .name = "dump-graph",
	  .type = CLI_STRING,
	  .offset = offsetof(struct knob_args, dump_graph),
	  .arg = "DIR",
	  .help = "write the graph there before and after each step, as .dot and .json" },
#include "knobs.def"
	CLI_END,
};

static int wrong_pass(const struct knobs *k, const char *name)
{
	const struct config_entry *entry = config_entry(&k->file, "disable_pass");
	bool typed = k->args->disable_pass.count;
	const struct npuc_pass_info *pass;
	struct suggest s = { .word = name };
	char where[96];

	for (uint32_t i = 0; (pass = npuc_pass_at(i)); i++)
		if (pass->level)
			suggest_offer(&s, pass->name);
	snprintf(where, sizeof(where), "--disable-pass");
	if (!typed && entry)
		snprintf(where, sizeof(where), "%.60s:%zu:%zu: disable_pass", k->args->config,
			 entry->line, entry->column);
	return cli_error(k->cli, typed ? CLI_USAGE : CLI_INPUT, where, "%.40s: unknown pass%s%s%s",
			 name, s.best ? ", did you mean " : "",
			 s.best ? s.best : "; 'npu help compile' lists them", s.best ? "?" : "");
}

static int check_passes(const struct knobs *k)
{
	const struct npuc_texts *list = &k->config.disable_pass;

	for (size_t i = 0; i < list->count; i++) {
		const struct npuc_pass_info *pass;
		uint32_t p = 0;

		while ((pass = npuc_pass_at(p)) &&
		       (!pass->level || strcmp(pass->name, list->at[i])))
			p++;
		if (!pass)
			return wrong_pass(k, list->at[i]);
	}
	return CLI_OK;
}

int knobs_read(const struct cli *cli, const struct knob_args *args, const char **personality,
	       struct knobs *k)
{
	struct npuc_error error = { 0 };
	int rc;

	*k = (struct knobs){ .cli = cli, .args = args };
	rc = config_read(cli, args->config, &k->file);
	if (rc)
		return rc;
	k->config = k->file.npuc;
#define NPUC_FLAG(member, option, help) k->config.member |= args->member;
#define NPUC_UINT(member, option, letter, most, value, help) \
	if (cli_given(cli, option))                          \
		k->config.member = args->member;
#define NPUC_TEXTS(member, option, arg, help) \
	if (args->member.count)               \
		k->config.member = (struct npuc_texts){ args->member.items, args->member.count };
#include "knobs.def"
	if (!*personality)
		*personality = k->file.personality;
	if (npuc_config_check(&k->config, &error))
		return knobs_error(k, &error);
	return check_passes(k);
}

/* Says nothing itself: the compiler ends with an error that names the file. */
static int dump(void *arg, const char *name, const void *text, size_t size)
{
	const struct knobs *k = arg;
	char *path;
	FILE *to;
	int err;

	if (asprintf(&path, "%s/%s", k->args->dump_graph, name) < 0)
		return -ENOMEM;
	to = fopen(path, "w");
	err = !to || fwrite(text, 1, size, to) != size ? -EIO : 0;
	if (to && fclose(to))
		err = -EIO;
	free(path);
	return err;
}

int knobs_apply(struct knobs *k, struct npuc_options *options)
{
	options->config = &k->config;
	options->answers = &k->answers;
	if (!k->args->dump_graph)
		return CLI_OK;
	options->dump = dump;
	options->dump_arg = k;
	return file_make_dir(k->cli, k->args->dump_graph);
}

/* The key in the file that is, or lies in the same object as, one of the compiler's. */
static const struct config_entry *near_entry(const struct config *file, const char *key)
{
	static const char *const prefixes[] = { "", "quant." };
	size_t object = strcspn(key, "]");

	for (size_t p = 0; p < 2; p++) {
		char path[96];
		const struct config_entry *entry;

		snprintf(path, sizeof(path), "%s%s", prefixes[p], key);
		entry = config_entry(file, path);
		if (entry)
			return entry;
		path[strlen(prefixes[p]) + object] = 0;
		for (size_t i = 0; i < file->entry_count; i++)
			if (!strncmp(file->entries[i].key, path, strlen(path)))
				return &file->entries[i];
	}
	return NULL;
}

int knobs_error(const struct knobs *k, const struct npuc_error *error)
{
	const struct config_entry *entry = near_entry(&k->file, error->key);
	const char *text = strstr(error->text, error->key);
	char where[128];

	if (!*error->key || !text)
		return cli_error(k->cli, CLI_INPUT, NULL, "%s", error->text);
	if (entry) {
		snprintf(where, sizeof(where), "%.100s:%zu:%zu", k->args->config, entry->line,
			 entry->column);
		return cli_error(k->cli, CLI_INPUT, where, "%s", text);
	}
	return cli_error(k->cli, CLI_USAGE, NULL, "%s", text);
}

/**
 * struct line - a row of what was asked for
 * @key: of the compiler
 * @value: as asked for, or the default
 * @from: "command line", "file", "default"
 * @applied: it was
 * @text: what was done, or why not
 */
struct line {
	const char *key;
	const char *value;
	const char *from;
	bool applied;
	const char *text;
};

typedef void line_fn(void *arg, const struct line *line);

/* All that the compiler said of a key, and of its parts "KEY.x"; false: nothing. */
static bool answers_of(const struct knobs *k, const struct line *asked, line_fn *each, void *arg)
{
	size_t length = strlen(asked->key);
	bool found = false;

	for (size_t i = 0; i < k->answers.count; i++) {
		const struct npuc_answer *a = &k->answers.at[i];
		struct line line = *asked;

		if (strncmp(a->key, asked->key, length) ||
		    (a->key[length] && a->key[length] != '.'))
			continue;
		line.key = a->key;
		line.applied = a->applied == NPUC_APPLIED;
		line.text = a->text;
		each(arg, &line);
		found = true;
	}
	return found;
}

static void knob_line(const struct knobs *k, const char *key, bool typed, const char *value,
		      line_fn *each, void *arg)
{
	bool in_file = config_entry(&k->file, key);
	const struct line line = {
		.key = key,
		.value = value,
		.from = typed	? "command line" :
			in_file ? "file" :
				  "default",
		.applied = typed || in_file,
		.text = "",
	};

	if (!answers_of(k, &line, each, arg))
		each(arg, &line);
}

static const char *join(const struct npuc_texts *texts, char *room, size_t size)
{
	size_t length = 0;

	snprintf(room, size, "none");
	for (size_t i = 0; i < texts->count && length < size; i++)
		length += (size_t)snprintf(room + length, size - length, "%s%s", i ? ", " : "",
					   texts->at[i]);
	return room;
}

/* A key of a processor or a layer: the compiler's answer to it, or to its object. */
static void file_line(const struct knobs *k, const struct config_entry *entry, line_fn *each,
		      void *arg)
{
	const char *key = strncmp(entry->key, "quant.", 6) ? entry->key : entry->key + 6;
	struct line line = { .key = key, .value = entry->value, .from = "file", .text = "" };
	char object[64];

	if (entry->foreign) {
		line.key = entry->key;
		line.text = entry->foreign;
		each(arg, &line);
		return;
	}
	line.applied = true;
	if (!strchr(key, '[') || answers_of(k, &line, each, arg))
		return;
	snprintf(object, sizeof(object), "%.*s]", (int)strcspn(key, "]"), key);
	for (size_t i = 0; i < k->answers.count; i++) {
		if (strcmp(k->answers.at[i].key, object))
			continue;
		line.applied = k->answers.at[i].applied == NPUC_APPLIED;
		line.text = k->answers.at[i].text;
	}
	each(arg, &line);
}

static void each_line(const struct knobs *k, line_fn *each, void *arg)
{
	char room[96];

#define NPUC_FLAG(member, option, help)                                                         \
	knob_line(k, #member, cli_given(k->cli, option), k->config.member ? "yes" : "no", each, \
		  arg);
#define NPUC_UINT(member, option, letter, most, value, help)  \
	snprintf(room, sizeof(room), "%u", k->config.member); \
	knob_line(k, #member, cli_given(k->cli, option), room, each, arg);
#define NPUC_TEXTS(member, option, arg_, help)           \
	knob_line(k, #member, cli_given(k->cli, option), \
		  join(&k->config.member, room, sizeof(room)), each, arg);
#include "knobs.def"
	for (size_t i = 0; i < k->file.entry_count; i++)
		file_line(k, &k->file.entries[i], each, arg);
}

static void table_line(void *arg, const struct line *line)
{
	bool asked = strcmp(line->from, "default");

	table_cell(arg, "%s", line->key);
	table_cell(arg, "%s", line->value);
	table_cell(arg, "%s", line->from);
	table_cell(arg, "%s", line->applied ? "applied" : asked ? "not applied" : "");
	table_cell(arg, "%s", line->text);
}

int knobs_print(const struct knobs *k)
{
	static const struct table_column columns[] = {
		{ .title = "option" },	{ .title = "value", .max_width = 32 },
		{ .title = "from" },	{ .title = "effect" },
		{ .title = "because" }, { NULL },
	};
	struct table *table = table_new(columns);
	int rc = CLI_OK;

	each_line(k, table_line, table);
	if (table_print(table, stdout))
		rc = cli_error(k->cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
	return rc;
}

static void json_line(void *arg, const struct line *line)
{
	bool asked = strcmp(line->from, "default");

	json_array_append_new(
		arg, json_pack("{s:o, s:o, s:s, s:o, s:o}", "option", report_string(line->key),
			       "value", report_string(line->value), "from", line->from, "applied",
			       asked || line->applied ? json_boolean(line->applied) : json_null(),
			       "because", report_string(line->text)));
}

json_t *knobs_report(const struct knobs *k)
{
	json_t *array = json_array();

	each_line(k, json_line, array);
	return array;
}

void knobs_free(struct knobs *k)
{
	config_free(&k->file);
	free(k->answers.at);
}
