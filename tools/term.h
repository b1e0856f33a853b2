/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The terminal: colour and progress, which pipes and files do not get, and
 * protection from names in files that would drive it.
 */
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
 * @stream: where it will be written
 * @style: the style
 *
 * Return: "" when @stream is no terminal or NO_COLOR is set to anything.
 */
const char *term_style(FILE *stream, enum term_style style);

/**
 * term_progress() - show on stderr how far a long command has come
 * @cli: the command line
 * @what: what is going on, one or two words
 * @done: steps done
 * @total: steps to do; @done equal to it clears the line
 *
 * Does nothing when stderr is no terminal, and under --quiet or --json.
 */
void term_progress(const struct cli *cli, const char *what, size_t done, size_t total);

/** term_plain() - replace control characters except those in @keep by '?', in place */
void term_plain(char *text, const char *keep);

/** term_printf() - print on stdout text that names from files are part of */
void term_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* TERM_H */
