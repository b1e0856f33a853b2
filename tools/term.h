/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What is for people only: colour and progress.  Pipes and files get neither. */
#ifndef TERM_H
#define TERM_H

#include <stddef.h>
#include <stdio.h>

#include "cli.h"

/** enum term_style - how text looks on a terminal */
enum term_style {
	TERM_PLAIN = 0,
	TERM_BOLD,
	TERM_GOOD,
	TERM_BAD,
};

/**
 * term_style() - escape sequence that switches to a style
 *
 * Return: "" when @stream is no terminal or NO_COLOR is set to anything.
 */
const char *term_style(FILE *stream, enum term_style style);

/**
 * term_progress() - show on stderr how far a long command has come
 * @what: what is going on, one or two words
 * @done: steps done
 * @total: steps to do; @done equal to it clears the line
 *
 * Does nothing when stderr is no terminal, and under --quiet or --json.
 */
void term_progress(const struct cli *cli, const char *what, size_t done, size_t total);

#endif /* TERM_H */
