// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int npu_fail(struct npu_error *error, int code, const char *format, ...)
{
	va_list args;

	if (!error)
		return code;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	for (char *c = error->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return code;
}

int npu_fail_refused(struct npu_error *error, const char *what, const struct npum_refusal *why)
{
	static const char *const fields[] = {
		"input 0", "input 1", "input 2", "output", "parameters",
	};
	const char *field = why->field < ARRAY_SIZE(fields) ? fields[why->field] : "record";
	const char *text = npum_refusal_text(why->reason);

	if (why->op == NPUM_NO_INDEX)
		return npu_fail(error, -ENOEXEC, "%s: program refused: header: %s", what, text);
	return npu_fail(error, -ENOEXEC, "%s: program refused: %s %u, %s: %s", what,
			why->reason == VNPU_REFUSAL_SLOT_KIND ||
					why->reason == VNPU_REFUSAL_SLOT_BYTES ?
				"slot" :
				"op",
			why->op, field, text);
}
