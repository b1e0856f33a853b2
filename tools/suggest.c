// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The known word that a mistyped one most likely stands for. */
#include "suggest.h"

#include <string.h>

/* Words of the tool are short; longer ones get no suggestion. */
#define WORD_MAX 48

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Optimal string alignment: insertions, deletions, substitutions and swaps of
 * neighbours, the four ways fingers slip.
 */
static size_t edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t row[3][WORD_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *now = row[i % 3];
		const size_t *above = row[(i - 1) % 3];
		const size_t *above2 = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t change = a[i - 1] != b[j - 1];

			now[j] = min3(above[j] + 1, now[j - 1] + 1, above[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    above2[j - 2] + 1 < now[j])
				now[j] = above2[j - 2] + 1;
		}
	}
	return row[na % 3][nb];
}

void suggest_offer(struct suggest *s, const char *known)
{
	size_t typed = strlen(s->word);
	size_t length = strlen(known);
	size_t distance;

	if (!typed || typed > WORD_MAX || length > WORD_MAX)
		return;
	/* Half of a word may be missing if what is there begins it. */
	if (length > typed && !strncmp(s->word, known, typed))
		distance = 1;
	else
		distance = edit_distance(s->word, typed, known, length);
	if (distance > 1 + typed / 4)
		return;
	if (!s->best || distance < s->distance) {
		s->best = known;
		s->distance = distance;
	}
}
