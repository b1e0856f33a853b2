/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Texts compared line by line. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct lines - a text taken apart
 * @text: with a NUL in place of each newline
 * @at: its lines; empty ones are left out
 * @count: entries of @at
 */
struct lines {
	char *text;
	char **at;
	size_t count;
};

/** lines_of() - take a text apart, which becomes @lines' own; false: memory is short */
bool lines_of(char *text, size_t size, struct lines *lines);

/** lines_fn - called for a line that only one of two texts has: @side 0 or 1 */
typedef void lines_fn(void *arg, int side, const char *line);

/** lines_compare() - go through two texts in order and tell of each line that one alone has */
void lines_compare(const struct lines lines[2], lines_fn *only, void *arg);

/** lines_free() - release */
void lines_free(struct lines *lines);

#endif /* LINES_H */
