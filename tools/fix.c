// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "fix.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fix_measure.h"
#include "report.h"
#include "suggest.h"
#include "term.h"

/**
 * struct fixed - a model rewritten
 * @fixes: what was done
 * @effects: of each, and of all; NULL when nothing was done
 * @file: the new model
 * @size: its bytes
 * @ops: ops that it has
 * @refused: those of them that the device still refuses
 */
struct fixed {
	struct npuc_fixes fixes;
	struct fix_effect *effects;
	void *file;
	size_t size;
	size_t ops;
	size_t refused;
};

int fix_check_names(const struct cli *cli, const struct cli_list *names)
{
	const struct npuc_rewrite_info *known;

	for (size_t i = 0; i < names->count; i++) {
		struct suggest s = { .word = names->items[i] };
		bool found = false;

		for (uint32_t k = 0; (known = npuc_rewrite_at(k)) && !found; k++) {
			found = !strcmp(known->name, s.word);
			suggest_offer(&s, known->name);
		}
		if (!found && s.best)
			return cli_error(cli, CLI_USAGE, s.word,
					 "unknown rewrite, did you mean %s?", s.best);
		if (!found)
			return cli_error(cli, CLI_USAGE, s.word,
					 "unknown rewrite; 'npu help check' lists them");
	}
	return CLI_OK;
}

static json_t *difference_report(const struct lab_difference *d)
{
	return json_pack("{s:I, s:I, s:o, s:o}", "values", (json_int_t)d->values, "differing",
			 (json_int_t)d->differing, "max_abs", report_real(d->max_abs), "mean_abs",
			 report_real(d->mean_abs));
}

static int print_json(const struct cli *cli, const struct fix_args *args, const struct fixed *f,
		      int code)
{
	json_t *report = report_new("npu-fix");
	json_t *list = json_array();

	for (size_t i = 0; i < f->fixes.count; i++) {
		const struct npuc_fix_entry *fix = &f->fixes.list[i];

		json_array_append_new(
			list, json_pack("{s:I, s:o, s:o, s:s, s:o, s:o, s:s, s:o, s:o}", "op",
					(json_int_t)fix->op, "type", report_string(fix->type),
					"name", report_string(fix->name), "rewrite", fix->rewrite,
					"reason", report_string(fix->reason), "what",
					report_string(fix->what), "cause", fix->cause, "local",
					difference_report(&f->effects[i].local), "outputs",
					difference_report(&f->effects[i].outputs)));
	}
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "output", report_string(args->path));
	json_object_set_new(report, "rewrites", list);
	if (f->effects)
		json_object_set_new(report, "outputs",
				    difference_report(&f->effects[f->fixes.count].outputs));
	json_object_set_new(report, "op_count", json_integer((json_int_t)f->ops));
	json_object_set_new(report, "refused", json_integer((json_int_t)f->refused));
	return report_print(cli, report, code);
}

static void print_difference(const char *where, const struct lab_difference *d)
{
	printf("  %-14s %" PRIu64 " of %" PRIu64 " values differ", where, d->differing, d->values);
	if (d->differing)
		printf(" (%.3g %%), max |d| %.6g, mean |d| %.3g",
		       100.0 * (double)d->differing / (double)d->values, d->max_abs, d->mean_abs);
	printf("\n");
}

static int print_text(const struct cli *cli, const struct fix_args *args, const struct fixed *f,
		      int code)
{
	for (size_t i = 0; i < f->fixes.count; i++) {
		const struct npuc_fix_entry *fix = &f->fixes.list[i];

		term_printf("%s: op %u %s '%s'\n", fix->rewrite, fix->op, fix->type, fix->name);
		term_printf("  %-14s %s\n", "because", fix->reason);
		term_printf("  %-14s %s\n", "now", fix->what);
		print_difference("its output", &f->effects[i].local);
		print_difference("model outputs", &f->effects[i].outputs);
		term_printf("  %-14s %s\n", "why", fix->cause);
	}
	if (f->effects) {
		printf("all together\n");
		print_difference("model outputs", &f->effects[f->fixes.count].outputs);
	}
	term_printf("\n%s: %zu of %zu ops run on the NPU\n", args->path, f->ops - f->refused,
		    f->ops);
	return code;
}

/* What the file says to whoever reads it next. */
static int check_again(const struct cli *cli, const struct fix_args *args,
		       const struct npuc_options *options, struct fixed *f)
{
	struct npuc_error error = { 0 };
	struct npuc_verdict *verdicts = NULL;
	struct npuc_options strict = *options;
	struct npuc_model *model;
	int refused;

	/* What the CPU would run is not repaired. */
	strict.no_fallback = true;
	if (npuc_model_read(args->path, f->file, f->size, &model, &error))
		return cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	refused = npuc_check(model, &strict, &verdicts, &f->ops, &error);
	free(verdicts);
	npuc_model_free(model);
	if (refused < 0)
		return cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	f->refused = (size_t)refused;
	return CLI_OK;
}

int fix_run(const struct cli *cli, const struct fix_args *args, const struct model_source *source,
	    const struct npuc_options *options)
{
	const struct npuc_fix_options wanted = {
		.op = NPUC_EVERY_OP,
		.accepts = fix_accepts,
		.arg = (void *)(uintptr_t)args,
	};
	struct npuc_error error = { 0 };
	struct fixed f = { 0 };
	int rc;

	if (npuc_fix(source->model, options, &wanted, &f.fixes, &f.file, &f.size, &error))
		return cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	rc = check_again(cli, args, options, &f);
	if (!rc && f.fixes.count) {
		f.effects = calloc(f.fixes.count + 1, sizeof(*f.effects));
		rc = f.effects ? fix_measure(cli, args, source, options, &f.fixes, f.file, f.size,
					     f.effects) :
				 cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	}
	if (!rc)
		rc = file_write(cli, args->path, f.file, f.size);
	if (!rc) {
		rc = f.refused ? CLI_NO : CLI_OK;
		rc = cli->json ? print_json(cli, args, &f, rc) : print_text(cli, args, &f, rc);
	}
	npuc_fixes_free(&f.fixes);
	free(f.effects);
	free(f.file);
	return rc;
}
