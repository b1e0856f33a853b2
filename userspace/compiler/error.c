// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int npuc_fail(struct npuc_error *error, int code, const char *format, ...)
{
	va_list args;
	char *c;

	if (!error)
		return code;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	/* Names come from the model file: keep the promise of one printable line. */
	for (c = error->text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	return code;
}
