// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Text in aligned columns. */
#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"

struct table {
	const struct table_column *columns;
	size_t column_count;
	char **cells;
	size_t cell_count;
	size_t capacity;
	bool lost;
};

struct table *table_new(const struct table_column *columns)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->columns = columns;
	while (columns[table->column_count].title)
		table->column_count++;
	return table;
}

/* A long name is told apart by its ends: keep both. */
static void shorten(char *text, size_t max)
{
	size_t length = strlen(text);
	size_t head = (max - 2) / 2;
	size_t tail = max - 2 - head;

	if (length <= max)
		return;
	memcpy(text + head, "..", 2);
	memmove(text + head + 2, text + length - tail, tail + 1);
}

void table_cell(struct table *table, const char *format, ...)
{
	const struct table_column *column;
	va_list args;
	char *text;
	int n;

	if (!table || table->lost)
		return;
	if (table->cell_count == table->capacity) {
		size_t capacity = table->capacity ? 2 * table->capacity : 64;
		char **cells = realloc(table->cells, capacity * sizeof(*cells));

		if (!cells) {
			table->lost = true;
			return;
		}
		table->cells = cells;
		table->capacity = capacity;
	}
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		table->lost = true;
		return;
	}
	term_plain(text, "");
	column = &table->columns[table->cell_count % table->column_count];
	if (column->max_width)
		shorten(text, column->max_width);
	table->cells[table->cell_count++] = text;
}

static size_t column_width(const struct table *table, size_t column)
{
	size_t width = strlen(table->columns[column].title);

	for (size_t i = column; i < table->cell_count; i += table->column_count)
		if (strlen(table->cells[i]) > width)
			width = strlen(table->cells[i]);
	return width;
}

static void print_cell(const struct table *table, FILE *stream, size_t column, size_t width,
		       const char *text)
{
	bool last = column + 1 == table->column_count;

	if (table->columns[column].right)
		fprintf(stream, "%*s", (int)width, text);
	else if (last)
		fputs(text, stream);
	else
		fprintf(stream, "%-*s", (int)width, text);
	fputs(last ? "\n" : "  ", stream);
}

int table_print(const struct table *table, FILE *stream)
{
	size_t *width;

	if (!table || table->lost)
		return -ENOMEM;
	width = calloc(table->column_count, sizeof(*width));
	if (!width)
		return -ENOMEM;
	for (size_t c = 0; c < table->column_count; c++)
		width[c] = column_width(table, c);
	fputs(term_style(stream, TERM_BOLD), stream);
	for (size_t c = 0; c < table->column_count; c++)
		print_cell(table, stream, c, width[c], table->columns[c].title);
	fputs(term_style(stream, TERM_PLAIN), stream);
	for (size_t i = 0; i < table->cell_count; i++) {
		size_t c = i % table->column_count;

		print_cell(table, stream, c, width[c], table->cells[i]);
	}
	free(width);
	return 0;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->cell_count; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}
