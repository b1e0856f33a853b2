// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *report_new(const char *type)
{
	return json_pack("{s:s, s:i, s:s}", "artifact_type", type, "schema_version",
			 REPORT_SCHEMA_VERSION, "tool_version", NPU_VERSION);
}

char *report_text(const json_t *report)
{
	/* Nine digits tell every binary32 apart. */
	char *json = json_dumps(report, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	char *text = NULL;

	if (!json || asprintf(&text, "%s\n", json) < 0)
		text = NULL;
	free(json);
	return text;
}

int report_print(const struct cli *cli, json_t *report, int code)
{
	char *text = report_text(report);

	json_decref(report);
	if (!text)
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	fputs(text, stdout);
	free(text);
	return code;
}

json_t *report_string(const char *text)
{
	json_t *string = json_string(text);
	char *copy;

	if (string)
		return string;
	copy = strdup(text);
	if (!copy)
		return NULL;
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c > 0x7f)
			*c = '?';
	string = json_string(copy);
	free(copy);
	return string;
}

json_t *report_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *report_shape(const uint32_t *shape, uint32_t rank)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < rank; i++)
		json_array_append_new(array, json_integer(shape[i]));
	return array;
}
