// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "config.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"

/**
 * enum kind - what a key's value must be
 * @FLAG: bool
 * @UINT: uint32_t up to the row's most
 * @TEXT: const char *
 * @TEXTS: &struct npuc_texts
 * @INTEGER: int32_t
 * @INTEGERS: &struct npuc_integers
 * @REALS: &struct npuc_reals
 * @WORD: uint32_t, number of one of the row's words
 * @OBJECTS: a list of objects
 * @OBJECT: an object whose keys belong to the same struct
 * @FOREIGN: anything
 */
enum kind { FLAG, UINT, TEXT, TEXTS, INTEGER, INTEGERS, REALS, WORD, OBJECTS, OBJECT, FOREIGN };

/** enum object - which keys may stand together */
enum object { TOP, QUANT, INPUT_PROCESSOR, OUTPUT_PROCESSOR, LAYER_CONFIG };

/**
 * struct row - a key
 * @object: &enum object that it is of
 * @kind: &enum kind
 * @name: the key, with KEYS_REQUIRED in front of one that must be there
 * @offset: where its value goes in the object's struct
 * @words: WORD: what may be said
 * @most: UINT: greatest value
 * @inner: OBJECTS, OBJECT: which keys are in it
 * @why: FOREIGN: why it has no effect
 * @help: what it asks for
 */
struct row {
	enum object object;
	enum kind kind;
	const char *name;
	size_t offset;
	const char *const *words;
	uint32_t most;
	enum object inner;
	const char *why;
	const char *help;
};

#define OF_input_processor INPUT_PROCESSOR
#define OF_output_processor OUTPUT_PROCESSOR
#define OF_layer_config LAYER_CONFIG
#define KIND_WORD_format WORD, .words = npuc_format_words
#define KIND_WORD_layout WORD, .words = npuc_layout_words
#define KIND_WORD_dtype WORD, .words = npuc_dtype_words
#define KIND_WORD_csc WORD, .words = npuc_csc_words
#define KIND_WORD_padding WORD, .words = npuc_padding_words
#define KIND_WORD_output WORD, .words = npuc_output_words
#define KIND_WORD_layer WORD, .words = npuc_layer_words
#define KIND_TEXT TEXT
#define KIND_TEXTS TEXTS
#define KIND_INTEGER INTEGER
#define KIND_INTEGERS INTEGERS
#define KIND_REALS REALS

#define NPUC_FLAG(member, option, help_) \
	{ TOP, FLAG, #member, offsetof(struct config, npuc.member), .help = help_ },
#define NPUC_UINT(member, option, letter, most_, value, help_) \
	{ TOP, UINT, #member, offsetof(struct config, npuc.member), .most = most_, .help = help_ },
#define NPUC_TEXTS(member, option, arg, help_) \
	{ TOP, TEXTS, #member, offsetof(struct config, npuc.member), .help = help_ },
#define NPUC_KEY(object_, member, kind_, help_)              \
	{ .object = OF_##object_,                            \
	  .name = #member,                                   \
	  .offset = offsetof(struct npuc_##object_, member), \
	  .help = help_,                                     \
	  .kind = KIND_##kind_ },
#define NPUC_FOREIGN(path, why_) { TOP, FOREIGN, path, .why = why_ },

static const struct row rows[] = {
	{ TOP, TEXT, "personality", offsetof(struct config, personality) },
	{ TOP, OBJECTS, "input_processors", .inner = INPUT_PROCESSOR },
	{ TOP, OBJECTS, "output_processors", .inner = OUTPUT_PROCESSOR },
	{ TOP, OBJECTS, "layer_configs", .inner = LAYER_CONFIG },
	{ TOP, OBJECT, "quant", .inner = QUANT },
	{ QUANT, OBJECTS, "layer_configs", .inner = LAYER_CONFIG },
#include "knobs.def"
};

/** struct list - where the objects of a list go */
struct list {
	size_t size;
	size_t items;
	size_t count;
};

static const struct list lists[] = {
	[INPUT_PROCESSOR] = { sizeof(struct npuc_input_processor),
			      offsetof(struct npuc_config, input_processors),
			      offsetof(struct npuc_config, input_processor_count) },
	[OUTPUT_PROCESSOR] = { sizeof(struct npuc_output_processor),
			       offsetof(struct npuc_config, output_processors),
			       offsetof(struct npuc_config, output_processor_count) },
	[LAYER_CONFIG] = { sizeof(struct npuc_layer_config),
			   offsetof(struct npuc_config, layer_configs),
			   offsetof(struct npuc_config, layer_config_count) },
};

/* Rows are asked for by the dozen, in files of a screen: a scan is fast enough. */
static const struct row *row_at(enum object object, size_t i)
{
	static const char quant[] = "quant.";

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		bool is_quant = rows[k].kind == FOREIGN &&
				!strncmp(rows[k].name, quant, sizeof(quant) - 1);

		if ((is_quant ? QUANT : rows[k].object) == object && !i--)
			return &rows[k];
	}
	return NULL;
}

static const char *name_at(enum object object, size_t i)
{
	const struct row *row = row_at(object, i);
	const char *dot = row && row->kind == FOREIGN ? strchr(row->name, '.') : NULL;

	if (!row)
		return NULL;
	if (!strcmp(row->name, "tensor_name"))
		return "!tensor_name";
	return dot ? dot + 1 : row->name;
}

static const char *top_name(size_t i)
{
	return name_at(TOP, i);
}

static const char *quant_name(size_t i)
{
	return name_at(QUANT, i);
}

static const char *input_name(size_t i)
{
	return name_at(INPUT_PROCESSOR, i);
}

static const char *output_name(size_t i)
{
	return name_at(OUTPUT_PROCESSOR, i);
}

static const char *layer_name(size_t i)
{
	return name_at(LAYER_CONFIG, i);
}

static const char *(*const names[])(size_t i) = {
	[TOP] = top_name,
	[QUANT] = quant_name,
	[INPUT_PROCESSOR] = input_name,
	[OUTPUT_PROCESSOR] = output_name,
	[LAYER_CONFIG] = layer_name,
};

/* Most keys of an object. */
#define MAX_KEYS 64

static void *block(struct config *c, size_t count, size_t size)
{
	void **blocks = realloc(c->blocks, (c->block_count + 1) * sizeof(*blocks));
	void *memory = NULL;

	if (blocks) {
		c->blocks = blocks;
		memory = calloc(count + 1, size);
	}
	if (memory)
		blocks[c->block_count++] = memory;
	else
		keys_fail(&c->keys, NULL, "out of memory");
	return memory;
}

static const char *word_at(const void *arg, uint32_t i)
{
	const char *const *words = arg;

	return words[i];
}

/* A value on one line, shortened. */
static size_t describe(struct config *c, const yaml_node_t *node, char *text, size_t room)
{
	const yaml_node_t *item;
	size_t length = 0;

	if (node->type == YAML_SCALAR_NODE)
		return (size_t)snprintf(text, room, "%s", (const char *)node->data.scalar.value);
	if (node->type != YAML_SEQUENCE_NODE)
		return (size_t)snprintf(text, room, "{...}");
	for (size_t i = 0; (item = keys_at(&c->keys, node, i)) && length + 2 < room; i++) {
		bool nested = item->type != YAML_SCALAR_NODE;

		length += (size_t)snprintf(text + length, room - length, "%s%s", i ? ", " : "",
					   nested ? "..." : (const char *)item->data.scalar.value);
	}
	return length;
}

static int note(struct config *c, const yaml_node_t *node, const char *why)
{
	struct config_entry *e = realloc(c->entries, (c->entry_count + 1) * sizeof(*e));
	size_t length;

	if (!e)
		return keys_fail(&c->keys, node, "out of memory");
	c->entries = e;
	e += c->entry_count++;
	*e = (struct config_entry){
		.foreign = why,
		.line = node->start_mark.line + 1,
		.column = node->start_mark.column + 1,
	};
	snprintf(e->key, sizeof(e->key), "%.63s", c->keys.path);
	length = describe(c, node, e->value, sizeof(e->value));
	if (length >= sizeof(e->value))
		memcpy(e->value + sizeof(e->value) - 4, "...", 4);
	term_plain(e->value, "");
	return 0;
}

static int read_texts(struct config *c, const yaml_node_t *node, struct npuc_texts *texts)
{
	const char **at;
	size_t count = 0;
	int rc = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return keys_fail(&c->keys, node, "a list of texts must be here: [\"...\"]");
	while (keys_at(&c->keys, node, count))
		count++;
	at = block(c, count, sizeof(*at));
	if (!at)
		return -ENOMEM;
	for (size_t i = 0; i < count && !rc; i++)
		rc = keys_text(&c->keys, keys_at(&c->keys, node, i), &at[i], 4096);
	*texts = (struct npuc_texts){ at, count };
	return rc;
}

static int list_length(struct config *c, const yaml_node_t *node, uint32_t most, uint32_t *count)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return keys_fail(&c->keys, node, "a list of numbers must be here: [1, 2]");
	for (*count = 0; keys_at(&c->keys, node, *count); ++*count)
		if (*count == most)
			return keys_fail(&c->keys, node, "more than %u numbers", most);
	return 0;
}

static int read_reals(struct config *c, const yaml_node_t *node, struct npuc_reals *reals)
{
	int rc = list_length(c, node, NPUC_CONFIG_REALS, &reals->count);

	for (uint32_t i = 0; i < reals->count && !rc; i++)
		rc = keys_real(&c->keys, keys_at(&c->keys, node, i), &reals->at[i]);
	return rc;
}

static int read_integers(struct config *c, const yaml_node_t *node, struct npuc_integers *integers)
{
	int rc = list_length(c, node, NPUC_CONFIG_INTEGERS, &integers->count);

	for (uint32_t i = 0; i < integers->count && !rc; i++)
		rc = keys_integer(&c->keys, keys_at(&c->keys, node, i), &integers->at[i]);
	return rc;
}

static int read_object(struct config *c, const yaml_node_t *node, enum object object, void *to);

static int read_objects(struct config *c, const yaml_node_t *node, enum object inner)
{
	const struct list *list = &lists[inner];
	size_t length = strlen(c->keys.path), count = 0;
	char *npuc = (char *)&c->npuc, *items;
	int rc = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return keys_fail(&c->keys, node, "a list of objects must be here: [{...}]");
	if (*(size_t *)(void *)(npuc + list->count))
		return keys_fail(&c->keys, node, "there is such a list elsewhere in the file");
	while (keys_at(&c->keys, node, count))
		count++;
	items = block(c, count, list->size);
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < count && !rc; i++) {
		snprintf(c->keys.path + length, sizeof(c->keys.path) - length, "[%zu]", i);
		rc = read_object(c, keys_at(&c->keys, node, i), inner, items + i * list->size);
	}
	c->keys.path[length] = 0;
	*(void **)(void *)(npuc + list->items) = items;
	*(size_t *)(void *)(npuc + list->count) = count;
	return rc;
}

static int read_value(struct config *c, const yaml_node_t *node, const struct row *row, char *to)
{
	void *value = to + row->offset;

	switch (row->kind) {
	case FLAG:
		return keys_flag(&c->keys, node, value);
	case UINT:
		return keys_number(&c->keys, node, 0, row->most, value);
	case TEXT:
		return keys_text(&c->keys, node, value, 4096);
	case TEXTS:
		return read_texts(c, node, value);
	case INTEGER:
		return keys_integer(&c->keys, node, value);
	case INTEGERS:
		return read_integers(c, node, value);
	case REALS:
		return read_reals(c, node, value);
	case WORD:
		return keys_word(&c->keys, node, word_at, row->words, value);
	case OBJECTS:
		return read_objects(c, node, row->inner);
	case OBJECT:
		return read_object(c, node, row->inner, to);
	case FOREIGN:
		break;
	}
	return 0;
}

static int read_object(struct config *c, const yaml_node_t *node, enum object object, void *to)
{
	const yaml_node_t *values[MAX_KEYS];
	size_t length = strlen(c->keys.path);
	int rc = keys_map(&c->keys, node, names[object], values, MAX_KEYS);

	for (size_t i = 0; !rc && name_at(object, i); i++) {
		const struct row *row = row_at(object, i);
		const char *name = name_at(object, i);

		if (!values[i])
			continue;
		snprintf(c->keys.path + length, sizeof(c->keys.path) - length, "%s%s",
			 length ? "." : "", name + (*name == KEYS_REQUIRED));
		if (row->kind != OBJECTS && row->kind != OBJECT)
			rc = note(c, values[i], row->why);
		if (!rc)
			rc = read_value(c, values[i], row, to);
		c->keys.path[length] = rc ? c->keys.path[length] : 0;
	}
	return rc;
}

/* Where the comment ends that begins at @at; @at if there is none. */
static size_t comment_end(const char *text, size_t at, size_t size)
{
	bool pair = text[at] == '/' && at + 1 < size;

	if (text[at] == '#' || (pair && text[at + 1] == '/')) {
		while (at < size && text[at] != '\n')
			at++;
		return at;
	}
	if (!pair || text[at + 1] != '*')
		return at;
	for (size_t i = at + 2; i + 1 < size; i++)
		if (text[i] == '*' && text[i + 1] == '/')
			return i + 2;
	return size;
}

/* Comments become blanks, so that lines and columns stay what they are. */
static void blank_comments(char *text, size_t size)
{
	bool string = false;

	for (size_t i = 0; i < size; i++) {
		size_t end = string ? i : comment_end(text, i, size);

		for (size_t k = i; k < end; k++)
			if (text[k] != '\n')
				text[k] = ' ';
		if (end > i)
			i = end - 1;
		else if (string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			string = !string;
	}
}

/* JSON's own parser is stricter than YAML's, which finds the places. */
static int check_json(struct config *c)
{
	const yaml_mark_t start = { 0 };
	yaml_node_t node = { .start_mark = start };
	json_error_t error;
	json_t *json = json_loadb(c->text, c->file.size, JSON_REJECT_DUPLICATES, &error);

	if (json) {
		json_decref(json);
		return 0;
	}
	node.start_mark.line = error.line > 0 ? (size_t)error.line - 1 : 0;
	node.start_mark.column = error.column > 0 ? (size_t)error.column - 1 : 0;
	term_plain(error.text, "");
	return keys_fail(&c->keys, &node, "this is not JSON: %s", error.text);
}

int config_parse(struct config *c)
{
	const char *suffix = strrchr(c->file.path, '.');
	int rc = 0;

	c->text = malloc(c->file.size + 1);
	c->keys.columns = true;
	if (!c->text)
		return -ENOMEM;
	if (c->file.size)
		memcpy(c->text, c->file.data, c->file.size);
	if (!suffix || (strcmp(suffix, ".yaml") && strcmp(suffix, ".yml"))) {
		blank_comments(c->text, c->file.size);
		rc = check_json(c);
	}
	if (rc)
		return rc;
	rc = keys_read(&c->keys, c->text, c->file.size);
	if (!rc)
		rc = read_object(c, c->keys.root, TOP, c);
	return rc;
}

json_t *config_keys_report(void)
{
	static const char *const objects[] = {
		[TOP] = "",
		[QUANT] = "quant",
		[INPUT_PROCESSOR] = "input_processors",
		[OUTPUT_PROCESSOR] = "output_processors",
		[LAYER_CONFIG] = "layer_configs",
	};
	static const char *const kinds[] = {
		[FLAG] = "flag",     [UINT] = "number",	    [TEXT] = "text",
		[TEXTS] = "texts",   [INTEGER] = "integer", [INTEGERS] = "integers",
		[REALS] = "reals",   [WORD] = "word",	    [OBJECTS] = "objects",
		[OBJECT] = "object", [FOREIGN] = "foreign",
	};
	json_t *array = json_array();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		json_t *words = json_array();

		for (const char *const *word = row->words; word && *word; word++)
			json_array_append_new(words, json_string(*word));
		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:s, s:o, s:s}", "object",
						objects[row->object], "key", row->name, "kind",
						kinds[row->kind], "words", words, "help",
						row->help ? row->help :
						row->why  ? row->why :
							    ""));
	}
	return array;
}

const struct config_entry *config_entry(const struct config *config, const char *key)
{
	for (size_t i = 0; i < config->entry_count; i++)
		if (!strcmp(config->entries[i].key, key))
			return &config->entries[i];
	return NULL;
}

int config_read(const struct cli *cli, const char *path, struct config *config)
{
	int rc;

	*config = (struct config){ .npuc = NPUC_CONFIG_DEFAULTS };
	if (!path)
		return CLI_OK;
	rc = file_read(cli, path, &config->file);
	if (rc)
		return rc;
	rc = config_parse(config);
	if (rc == -ENOMEM)
		return cli_error(cli, CLI_DEVICE, path, "out of memory");
	if (rc)
		return cli_error(cli, CLI_INPUT, NULL, "%s:%s", path, config->keys.error);
	return CLI_OK;
}

void config_free(struct config *config)
{
	if (config->keys.root || config->text)
		keys_free(&config->keys);
	for (size_t i = 0; i < config->block_count; i++)
		free(config->blocks[i]);
	free(config->blocks);
	free(config->entries);
	free(config->text);
	file_free(&config->file);
}
