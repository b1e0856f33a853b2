/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Configuration files: what can be asked of the compiler, in JSON with comments or in YAML. */
#ifndef CONFIG_H
#define CONFIG_H

#include <jansson.h>
#include <stddef.h>

#include "file.h"
#include "keys.h"
#include "npuc.h"

/**
 * struct config_entry - a key that the file has
 * @key: its path, "input_processors[0].mean"
 * @value: what it says, shortened
 * @foreign: why it has no effect, NULL for one that has
 * @line: where, from 1
 * @column: where, from 1
 */
struct config_entry {
	char key[64];
	char value[48];
	const char *foreign;
	size_t line;
	size_t column;
};

/**
 * struct config - a configuration file, read
 * @npuc: what the compiler takes; points into the other members
 * @personality: name, NULL if the file has none
 * @file: its bytes
 * @text: the same with blanks for comments
 * @keys: what the parser made of it
 * @entries: all keys, in order
 * @entry_count: entries of @entries
 * @blocks: memory that lists of @npuc lie in
 * @block_count: entries of @blocks
 */
struct config {
	struct npuc_config npuc;
	const char *personality;
	struct file file;
	char *text;
	struct keys keys;
	struct config_entry *entries;
	size_t entry_count;
	void **blocks;
	size_t block_count;
};

/**
 * config_read() - read a configuration file
 * @cli: the command line, for error texts
 * @path: the file; NULL: none, all is as by default
 * @config: filled; release with config_free() whatever the outcome
 *
 * Return: &enum cli_exit; errors are printed as FILE:LINE:COLUMN: KEY: why.
 */
int config_read(const struct cli *cli, const char *path, struct config *config);

/**
 * config_parse() - the same from memory, without a check for contradictions
 * @config: zero but for file and npuc's defaults; filled, also keys.error
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int config_parse(struct config *config);

/** config_entry() - the file's entry of a key; NULL if it has none */
const struct config_entry *config_entry(const struct config *config, const char *key);

/** config_keys_report() - all keys of configuration files as a JSON array */
json_t *config_keys_report(void);

/** config_free() - release */
void config_free(struct config *config);

#endif /* CONFIG_H */
