/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * struct table_column - a column; an array of them ends with a NULL title
 * @title: printed above
 * @right: numbers are aligned to the right
 * @max_width: longer cells lose their middle ("abc..xyz"); 0: never
 */
struct table_column {
	const char *title;
	bool right;
	size_t max_width;
};

/** struct table - text in aligned columns; opaque */
struct table;

/** table_new() - an empty table; @columns must outlive it; NULL: no memory */
struct table *table_new(const struct table_column *columns);

/**
 * table_cell() - fill the next cell, row by row
 * @table: NULL is allowed
 * @format: text of the cell; control characters become '?'
 *
 * A lack of memory is remembered and told by table_print().
 */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** table_print() - print with titles; 0, or -ENOMEM when cells were lost */
int table_print(const struct table *table, FILE *stream);

/** table_free() - release; NULL is allowed */
void table_free(struct table *table);

#endif /* TABLE_H */
