// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "supported_ops.h"

#include <stdio.h>
#include <string.h>

#include "constraints.h"
#include "lower.h"
#include "npum.h"
#include "npuc.h"
#include "report.h"
#include "rewrite.h"
#include "supported.h"

/* Room for a sentence with its numbers, and its underline. */
#define LINE 512

/* Types that a row is about, as far as the operator has them; "" when it is about all of them. */
static const char *about(const struct npuc_constraint *row, uint32_t families,
			 char text[NPUC_FAMILIES_TEXT])
{
	uint32_t both = row->families & families;

	text[0] = '\0';
	return row->builtin == NPUC_NONE || both == families ? text :
							       npuc_families_text(both, text);
}

static void print_title(const char *title, char line)
{
	printf("\n%s\n", title);
	for (size_t i = 0; title[i]; i++)
		putchar(line);
	printf("\n\n");
}

static void print_row(const struct npum_target *target, uint32_t i, uint32_t families)
{
	const struct npuc_constraint *row = npuc_constraint_at(i);
	const struct npuc_rewrite_info *rewrite = npuc_rewrite_for(row->builtin, i);
	char sentence[LINE], types[NPUC_FAMILIES_TEXT];

	npuc_sentence(row->sentence, target, sentence, sizeof(sentence));
	printf("- ");
	if (*about(row, families, types))
		printf("%s: ", types);
	printf("%s.", sentence);
	if (*row->advice)
		printf(" Else: %s.", row->advice);
	if (rewrite)
		printf(" ``--fix``: *%s*.", rewrite->name);
	printf("\n");
}

/* Rows of an operator, or those of all. */
static void print_rows(const struct npum_target *target, uint32_t builtin, uint32_t families)
{
	const struct npuc_constraint *row;

	for (uint32_t i = 0; (row = npuc_constraint_at(i)); i++)
		if (row->builtin == builtin && (builtin == NPUC_NONE || row->families & families))
			print_row(target, i, families);
}

static void print_rewrites(void)
{
	const struct npuc_rewrite_info *rewrite;

	print_title("Rewrites", '-');
	printf("``npu check MODEL --fix OUT.tflite`` does these, tells what each does to the "
	       "numbers,\nand leaves out those of ``--without``.\n\n");
	for (uint32_t i = 0; (rewrite = npuc_rewrite_at(i)); i++)
		printf("*%s*\n   %s\n\n", rewrite->name, rewrite->text);
}

static void print_limits(const struct npum_target *target)
{
	const struct npum_field *f;

	print_title("Numbers of the target", '-');
	printf("What stands in the sentences below; another target, other numbers.\n\n");
	/* Memory and costs refuse nothing. */
	for (u32 i = 0; (f = npum_target_field_at(i)); i++) {
		if (strstr(f->meaning, "cycle") || !strncmp(f->name, "l1_", 3) ||
		    !strncmp(f->name, "macs_", 5) || !strcmp(f->name, "clock_mhz"))
			continue;
		printf("``%s`` = %u\n   %s\n\n", f->name, npum_field_get(f, target), f->meaning);
	}
	printf("Element types:");
	for (u32 dtype = 1; npum_dtype_size(dtype); dtype++)
		if (target->dtypes >> dtype & 1)
			printf(" %s", npum_dtype_name(dtype));
	printf("\n");
}

static int print_page(const struct npum_target *target)
{
	struct npuc_supported op;
	char types[NPUC_FAMILIES_TEXT], title[LINE];

	printf(".. SPDX-License-Identifier: GPL-2.0-only OR MIT\n"
	       ".. Made by npu check --supported-ops; do not edit.\n");
	snprintf(title, sizeof(title), "Supported operators: %s", target->name);
	print_title(title, '=');
	printf("A model's op runs on the NPU when it holds every sentence about it. "
	       "``npu check MODEL`` names\nthe first one that it breaks, with the value that "
	       "broke it. The order is that of asking.\n");
	print_limits(target);
	print_title("Every operator", '-');
	print_rows(target, NPUC_NONE, 0);
	print_rewrites();
	for (uint32_t i = 0; npuc_supported_at(i, &op); i++) {
		print_title(op.name, '-');
		if (op.families)
			printf("Types: %s.\n\n", npuc_families_text(op.families, types));
		else
			printf("Only where the compiler can compute it.\n\n");
		print_rows(target, op.builtin, op.families);
	}
	return CLI_OK;
}

static json_t *row_report(const struct npum_target *target, uint32_t i, uint32_t families)
{
	const struct npuc_constraint *row = npuc_constraint_at(i);
	const struct npuc_rewrite_info *rewrite = npuc_rewrite_for(row->builtin, i);
	char sentence[LINE], types[NPUC_FAMILIES_TEXT];

	npuc_sentence(row->sentence, target, sentence, sizeof(sentence));
	return json_pack("{s:s, s:s, s:s, s:s, s:s?}", "name", row->predicate, "types",
			 about(row, families, types), "sentence", sentence, "advice", row->advice,
			 "rewrite", rewrite ? rewrite->name : NULL);
}

static json_t *rows_report(const struct npum_target *target, uint32_t builtin, uint32_t families)
{
	json_t *rows = json_array();
	const struct npuc_constraint *row;

	for (uint32_t i = 0; (row = npuc_constraint_at(i)); i++)
		if (row->builtin == builtin && (builtin == NPUC_NONE || row->families & families))
			json_array_append_new(rows, row_report(target, i, families));
	return rows;
}

static int print_json(const struct cli *cli, const struct npum_target *target)
{
	json_t *report = report_new("npu-supported-ops"), *list = json_array();
	char types[NPUC_FAMILIES_TEXT];
	struct npuc_supported op;

	for (uint32_t i = 0; npuc_supported_at(i, &op); i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:o}", "operator", op.name, "types",
					npuc_families_text(op.families, types), "constraints",
					rows_report(target, op.builtin, op.families)));
	json_object_set_new(report, "target", report_string(target->name));
	json_object_set_new(report, "every_operator", rows_report(target, NPUC_NONE, 0));
	json_object_set_new(report, "operators", list);
	return report_print(cli, report, CLI_OK);
}

int supported_print(const struct cli *cli, const struct npum_target *target)
{
	return cli->json ? print_json(cli, target) : print_page(target);
}
