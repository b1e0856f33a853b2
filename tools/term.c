// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "term.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *term_style(FILE *stream, enum term_style style)
{
	static const char *const sequences[] = {
		[TERM_PLAIN] = "\033[0m",
		[TERM_BOLD] = "\033[1m",
		[TERM_GOOD] = "\033[32m",
		[TERM_BAD] = "\033[31m",
	};
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !isatty(fileno(stream)))
		return "";
	return sequences[style];
}

void term_progress(const struct cli *cli, const char *what, size_t done, size_t total)
{
	if (cli->quiet || cli->json || !isatty(STDERR_FILENO))
		return;
	if (done >= total)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\r%s %zu/%zu\033[K", what, done, total);
	fflush(stderr);
}

void term_plain(char *text, const char *keep)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' || *text == 0x7f) && !strchr(keep, *text))
			*text = '?';
}

void term_printf(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	term_plain(text, "\n");
	fputs(text, stdout);
	free(text);
}
