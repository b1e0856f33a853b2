// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "transposes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "term.h"

int transposes_list(const struct cli *cli, const struct model_source *source,
		    const struct npuc_options *options, struct transposes *left)
{
	struct npuc_error error = { 0 };

	*left = (struct transposes){ 0 };
	if (npuc_transposes(source->model, options, &left->at, &left->count, &error))
		return cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	return CLI_OK;
}

void transposes_print(const struct transposes *left)
{
	for (size_t i = 0; i < left->count; i++) {
		const struct npuc_transpose *t = &left->at[i];
		char number[16];

		snprintf(number, sizeof(number), "%u", t->op);
		term_printf("op %s TRANSPOSE %s stays, %" PRIu64 " bytes, for %s %s: %s\n",
			    t->op == NPUC_ADDED ? "added" : number, t->name, t->bytes, t->by_type,
			    t->by_name, t->why);
	}
}

json_t *transposes_report(const struct transposes *left)
{
	json_t *array = json_array();

	for (size_t i = 0; i < left->count; i++) {
		const struct npuc_transpose *t = &left->at[i];
		json_t *op = t->op == NPUC_ADDED ? json_null() : json_integer(t->op);

		json_array_append_new(array, json_pack("{s:o, s:o, s:I, s:{s:o, s:o}, s:s}", "op",
						       op, "name", report_string(t->name), "bytes",
						       (json_int_t)t->bytes, "needed_by", "type",
						       report_string(t->by_type), "name",
						       report_string(t->by_name), "why", t->why));
	}
	return array;
}

void transposes_free(struct transposes *left)
{
	free(left->at);
	*left = (struct transposes){ 0 };
}
