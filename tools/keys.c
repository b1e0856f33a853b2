// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "keys.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"

/* Words that are told all together when one is mistyped beyond recognition. */
#define FEW 10

static int fail_at(struct keys *keys, const yaml_mark_t *mark, const char *format, va_list args)
{
	int n = snprintf(keys->error, sizeof(keys->error), "%zu: ", mark->line + 1);

	if (keys->columns)
		n = snprintf(keys->error, sizeof(keys->error), "%zu:%zu: %s%s", mark->line + 1,
			     mark->column + 1, keys->path, *keys->path ? ": " : "");

	vsnprintf(keys->error + n, sizeof(keys->error) - (size_t)n, format, args);
	return -EINVAL;
}

static int fail_mark(struct keys *keys, const yaml_mark_t *mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail_mark(struct keys *keys, const yaml_mark_t *mark, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = fail_at(keys, mark, format, args);
	va_end(args);
	return rc;
}

int keys_fail(struct keys *keys, const yaml_node_t *node, const char *format, ...)
{
	static const yaml_mark_t start;
	va_list args;
	int rc;

	va_start(args, format);
	rc = fail_at(keys, node ? &node->start_mark : &start, format, args);
	va_end(args);
	return rc;
}

static int parser_failed(struct keys *keys, const yaml_parser_t *parser)
{
	return fail_mark(keys, &parser->problem_mark, "this is not YAML: %s",
			 parser->problem ? parser->problem : "out of memory");
}

/* What is behind the first document must be nothing. */
static int check_end(struct keys *keys, yaml_parser_t *parser)
{
	yaml_document_t next;
	const yaml_node_t *root;
	int rc = 0;

	if (!yaml_parser_load(parser, &next))
		return parser_failed(keys, parser);
	root = yaml_document_get_root_node(&next);
	if (root)
		rc = keys_fail(keys, root, "a second document: give it a file of its own");
	yaml_document_delete(&next);
	return rc;
}

int keys_read(struct keys *keys, const void *data, size_t size)
{
	yaml_parser_t parser;
	int rc;

	*keys = (struct keys){ .columns = keys->columns };
	if (!yaml_parser_initialize(&parser))
		return keys_fail(keys, NULL, "out of memory");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, data, size);
	if (!yaml_parser_load(&parser, &keys->document)) {
		rc = parser_failed(keys, &parser);
	} else {
		keys->root = yaml_document_get_root_node(&keys->document);
		if (!keys->root)
			rc = keys_fail(keys, NULL, "the file describes nothing");
		else if (keys->root->type != YAML_MAPPING_NODE)
			rc = keys_fail(keys, keys->root, "\"key: value\" lines must be here");
		else
			rc = check_end(keys, &parser);
	}
	yaml_parser_delete(&parser);
	return rc;
}

void keys_free(struct keys *keys)
{
	yaml_document_delete(&keys->document);
	keys->root = NULL;
}

static bool is_scalar(const yaml_node_t *node)
{
	return node && node->type == YAML_SCALAR_NODE &&
	       strlen((const char *)node->data.scalar.value) == node->data.scalar.length;
}

static const char *scalar(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

/* Typed text in an error: no control characters, no end. */
static const char *shown(const yaml_node_t *node, char *room, size_t size)
{
	snprintf(room, size, "%.40s", scalar(node));
	for (char *c = room; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return room;
}

static int unknown_key(struct keys *keys, const yaml_node_t *key, const char *(*name)(size_t i))
{
	struct suggest s = { .word = scalar(key) };
	char text[48];

	for (size_t i = 0; name(i); i++)
		suggest_offer(&s, name(i) + (*name(i) == KEYS_REQUIRED));
	if (s.best)
		return keys_fail(keys, key, "%s: unknown key, did you mean %s?",
				 shown(key, text, sizeof(text)), s.best);
	return keys_fail(keys, key, "%s: unknown key", shown(key, text, sizeof(text)));
}

static int take_pair(struct keys *keys, const yaml_node_t *key, const yaml_node_t *value,
		     const char *(*name)(size_t i), const yaml_node_t **values)
{
	if (!is_scalar(key))
		return keys_fail(keys, key, "a key must be one word");
	for (size_t i = 0; name(i); i++) {
		if (strcmp(name(i) + (*name(i) == KEYS_REQUIRED), scalar(key)))
			continue;
		if (values[i])
			return keys_fail(keys, key, "%s: given already in line %zu", scalar(key),
					 values[i]->start_mark.line + 1);
		values[i] = value;
		return 0;
	}
	return unknown_key(keys, key, name);
}

int keys_map(struct keys *keys, const yaml_node_t *node, const char *(*name)(size_t i),
	     const yaml_node_t **values, size_t count)
{
	int rc;

	memset(values, 0, count * sizeof(*values));
	if (node->type != YAML_MAPPING_NODE)
		return keys_fail(keys, node, "\"key: value\" lines must be here");
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		rc = take_pair(keys, yaml_document_get_node(&keys->document, p->key),
			       yaml_document_get_node(&keys->document, p->value), name, values);
		if (rc)
			return rc;
	}
	for (size_t i = 0; name(i); i++)
		if (*name(i) == KEYS_REQUIRED && !values[i])
			return keys_fail(keys, node, "%s is missing", name(i) + 1);
	return 0;
}

const yaml_node_t *keys_at(struct keys *keys, const yaml_node_t *node, size_t i)
{
	const yaml_node_item_t *item;

	if (node->type != YAML_SEQUENCE_NODE)
		return NULL;
	item = node->data.sequence.items.start + i;
	if (item >= node->data.sequence.items.top)
		return NULL;
	return yaml_document_get_node(&keys->document, *item);
}

bool keys_is_list(const yaml_node_t *node)
{
	return node->type == YAML_SEQUENCE_NODE &&
	       node->data.sequence.items.top > node->data.sequence.items.start;
}

int keys_text(struct keys *keys, const yaml_node_t *node, const char **text, size_t most)
{
	if (!is_scalar(node) || !*scalar(node))
		return keys_fail(keys, node, "text must be here");
	for (const char *c = scalar(node); *c; c++)
		if (*c < ' ' || *c > '~')
			return keys_fail(keys, node, "only printable ASCII characters");
	if (strlen(scalar(node)) > most)
		return keys_fail(keys, node, "%zu characters, at most %zu fit",
				 strlen(scalar(node)), most);
	*text = scalar(node);
	return 0;
}

/* A scalar that is no quoted text. */
static bool is_plain(const yaml_node_t *node)
{
	return is_scalar(node) && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

int keys_flag(struct keys *keys, const yaml_node_t *node, bool *value)
{
	if (!is_plain(node) || (strcmp(scalar(node), "true") && strcmp(scalar(node), "false")))
		return keys_fail(keys, node, "true or false must be here");
	*value = !strcmp(scalar(node), "true");
	return 0;
}

int keys_integer(struct keys *keys, const yaml_node_t *node, int32_t *value)
{
	long long number;
	char text[48], *end;

	if (!is_plain(node))
		return keys_fail(keys, node, "a whole number must be here");
	errno = 0;
	number = strtoll(scalar(node), &end, 10);
	if (errno || *end || end == scalar(node) || number < INT32_MIN || number > INT32_MAX)
		return keys_fail(keys, node, "%s: a whole number of 32 bits must be here",
				 shown(node, text, sizeof(text)));
	*value = (int32_t)number;
	return 0;
}

int keys_real(struct keys *keys, const yaml_node_t *node, float *value)
{
	char text[48], *end;
	double number;

	if (!is_plain(node))
		return keys_fail(keys, node, "a number must be here");
	number = strtod(scalar(node), &end);
	if (*end || end == scalar(node) || !isfinite((float)number))
		return keys_fail(keys, node, "%s: a number must be here",
				 shown(node, text, sizeof(text)));
	*value = (float)number;
	return 0;
}

int keys_number(struct keys *keys, const yaml_node_t *node, uint32_t least, uint32_t most,
		uint32_t *value)
{
	uint64_t number = 0;
	const char *c;
	char text[48];

	if (!is_scalar(node))
		return keys_fail(keys, node, "a number must be here");
	for (c = scalar(node); *c >= '0' && *c <= '9' && number <= UINT32_MAX; c++)
		number = number * 10 + (uint64_t)(*c - '0');
	if (*c || c == scalar(node) || number < least || number > most)
		return keys_fail(keys, node, "%s: a number from %u to %u must be here",
				 shown(node, text, sizeof(text)), least, most);
	*value = (uint32_t)number;
	return 0;
}

int keys_word(struct keys *keys, const yaml_node_t *node,
	      const char *(*word)(const void *arg, uint32_t i), const void *arg, uint32_t *value)
{
	struct suggest s = { 0 };
	char text[48], all[256] = "";
	size_t length = 0;
	uint32_t count;

	if (!is_scalar(node))
		return keys_fail(keys, node, "one word must be here");
	s.word = scalar(node);
	for (count = 0; word(arg, count); count++) {
		if (!strcmp(word(arg, count), s.word)) {
			*value = count;
			return 0;
		}
		suggest_offer(&s, word(arg, count));
		if (count < FEW && length < sizeof(all) - 1)
			length += (size_t)snprintf(all + length, sizeof(all) - length, "%s%s",
						   count ? ", " : "", word(arg, count));
	}
	shown(node, text, sizeof(text));
	if (s.best)
		return keys_fail(keys, node, "%s: unknown, did you mean %s?", text, s.best);
	if (count <= FEW)
		return keys_fail(keys, node, "%s: unknown; %s are possible", text, all);
	return keys_fail(keys, node, "%s: unknown", text);
}
