/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * YAML files that a person edits, read strictly: every key is known and given
 * once, and whatever is wrong is told with its line.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <yaml.h>

/**
 * struct keys - a YAML file
 * @document: its only document
 * @root: its mapping
 * @error: what is wrong: "LINE: what", filled by whatever fails
 * @columns: "LINE:COLUMN: PATH: what" instead
 * @path: where in the file the reader is, "input_processors[0].mean"; ""
 */
struct keys {
	yaml_document_t document;
	const yaml_node_t *root;
	char error[512];
	bool columns;
	char path[96];
};

/**
 * keys_read() - parse a file
 * @keys: filled but for @columns; release with keys_free() also when it fails
 * @data: the file's bytes
 * @size: their number
 *
 * Return: 0, or -EINVAL with @error written: no YAML, not one document, no mapping.
 */
int keys_read(struct keys *keys, const void *data, size_t size);

/** keys_free() - release what keys_read() made */
void keys_free(struct keys *keys);

/** keys_fail() - write keys->error about @node: "LINE: what"; Return: -EINVAL */
int keys_fail(struct keys *keys, const yaml_node_t *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** KEYS_REQUIRED - in a table of known keys: the first letter of one that must be there */
#define KEYS_REQUIRED '!'

/**
 * keys_map() - take a mapping apart
 * @keys: the file
 * @node: of it
 * @name: i-th known key, NULL behind the last; with KEYS_REQUIRED in front it must be there
 * @values: filled by number: value of the known key, NULL where it is not there
 * @count: room of @values, at least the number of known keys
 *
 * Return: 0, or -EINVAL: no mapping, unknown key (the nearest known one is told),
 * the same key twice, or one is missing.
 */
int keys_map(struct keys *keys, const yaml_node_t *node, const char *(*name)(size_t i),
	     const yaml_node_t **values, size_t count);

/** keys_at() - i-th element of a sequence, NULL behind the last; NULL also if it is none */
const yaml_node_t *keys_at(struct keys *keys, const yaml_node_t *node, size_t i);

/** keys_is_list() - is it a sequence of at least one element? */
bool keys_is_list(const yaml_node_t *node);

/**
 * keys_text() - a scalar as text
 * @keys: the file
 * @node: of it
 * @text: the text, in the document
 * @most: bytes it may have
 *
 * Return: 0, or -EINVAL: no scalar, empty, too long, other than printable ASCII.
 */
int keys_text(struct keys *keys, const yaml_node_t *node, const char **text, size_t most);

/** keys_flag() - a scalar as true or false; 0 or -EINVAL */
int keys_flag(struct keys *keys, const yaml_node_t *node, bool *value);

/** keys_integer() - a scalar as a decimal number, which may be negative; 0 or -EINVAL */
int keys_integer(struct keys *keys, const yaml_node_t *node, int32_t *value);

/** keys_real() - a scalar as a finite decimal number; 0 or -EINVAL */
int keys_real(struct keys *keys, const yaml_node_t *node, float *value);

/** keys_number() - a scalar as a decimal number from @least to @most; 0 or -EINVAL */
int keys_number(struct keys *keys, const yaml_node_t *node, uint32_t least, uint32_t most,
		uint32_t *value);

/**
 * keys_word() - a scalar as one of some words
 * @keys: the file
 * @node: of it
 * @word: i-th known word, NULL behind the last
 * @arg: passed on to @word
 * @value: number of the word
 *
 * Return: 0, or -EINVAL: the nearest known word is told, or all when they are few.
 */
int keys_word(struct keys *keys, const yaml_node_t *node,
	      const char *(*word)(const void *arg, uint32_t i), const void *arg, uint32_t *value);

#endif /* KEYS_H */
