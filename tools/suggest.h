/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

/**
 * struct suggest - search for the known word nearest to a mistyped one
 * @word: what was typed
 * @best: nearest word offered so far, NULL while none is near enough
 * @distance: edits between the two
 *
 * Initialise @word, offer every known word, then read @best.
 */
struct suggest {
	const char *word;
	const char *best;
	size_t distance;
};

/** suggest_offer() - consider a known word */
void suggest_offer(struct suggest *s, const char *known);

#endif /* SUGGEST_H */
