// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Entries of the table of common lines: texts of some thousand lines. */
#define TABLE_MOST ((size_t)4 << 20)

bool lines_of(char *text, size_t size, struct lines *lines)
{
	size_t room = 0;

	*lines = (struct lines){ .text = text };
	for (size_t i = 0; i < size; i++)
		room += text[i] == '\n';
	lines->at = calloc(room + 1, sizeof(*lines->at));
	if (!lines->at)
		return false;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		lines->at[lines->count++] = line;
	return true;
}

void lines_free(struct lines *lines)
{
	free(lines->at);
	free(lines->text);
}

/*
 * The usual table of longest common subsequences: entry [i][j] is how many lines the
 * texts from line i of A and line j of B on have in common.
 */
static uint32_t *common_lines(const struct lines lines[2], size_t front, const size_t end[2])
{
	size_t rows = end[0] - front, columns = end[1] - front;
	uint32_t *table;

	if ((rows + 1) * (columns + 1) > TABLE_MOST)
		return NULL;
	table = calloc((rows + 1) * (columns + 1), sizeof(*table));
	for (size_t i = rows; table && i-- > 0;) {
		for (size_t j = columns; j-- > 0;) {
			uint32_t *at = table + i * (columns + 1) + j;
			uint32_t below = at[columns + 1], right = at[1];

			*at = below > right ? below : right;
			if (!strcmp(lines[0].at[front + i], lines[1].at[front + j]))
				*at = at[columns + 2] + 1;
		}
	}
	return table;
}

/* Between what begins and ends alike; without a table all of it differs. */
static void walk(const struct lines lines[2], size_t front, const size_t end[2], lines_fn *only,
		 void *arg)
{
	uint32_t *table = common_lines(lines, front, end);
	size_t columns = end[1] - front, i = front, j = front;

	while (i < end[0] || j < end[1]) {
		const uint32_t *at = table ? table + (i - front) * (columns + 1) + (j - front) :
					     NULL;

		if (at && i < end[0] && j < end[1] && !strcmp(lines[0].at[i], lines[1].at[j])) {
			i++;
			j++;
		} else if (j == end[1] || (i < end[0] && (!at || at[columns + 1] >= at[1]))) {
			only(arg, 0, lines[0].at[i++]);
		} else {
			only(arg, 1, lines[1].at[j++]);
		}
	}
	free(table);
}

void lines_compare(const struct lines lines[2], lines_fn *only, void *arg)
{
	size_t least = lines[0].count < lines[1].count ? lines[0].count : lines[1].count;
	size_t front = 0, back = 0, end[2];

	while (front < least && !strcmp(lines[0].at[front], lines[1].at[front]))
		front++;
	while (back < least - front && !strcmp(lines[0].at[lines[0].count - 1 - back],
					       lines[1].at[lines[1].count - 1 - back]))
		back++;
	end[0] = lines[0].count - back;
	end[1] = lines[1].count - back;
	walk(lines, front, end, only, arg);
}
