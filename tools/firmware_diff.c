// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Two firmware images beside each other. */
#include <stdio.h>
#include <string.h>

#include "firmware_show.h"
#include "report.h"
#include "term.h"

/* struct differences - what was found, as lines or as JSON */
struct differences {
	json_t *list;
	bool json;
	u32 count;
};

static void differ(struct differences *d, const char *of, const char *what, const char *a,
		   const char *b)
{
	d->count++;
	if (d->json)
		json_array_append_new(d->list,
				      json_pack("{s:o, s:o, s:o, s:o}", "of", report_string(of),
						"what", report_string(what), "a", report_string(a),
						"b", report_string(b)));
	else
		term_printf("%s: %s: %s -> %s\n", of, what, a, b);
}

static void diff_text(struct differences *d, const char *of, const char *what, const char *a,
		      const char *b)
{
	if (strcmp(a, b))
		differ(d, of, what, a, b);
}

static void diff_number(struct differences *d, const char *of, const char *what, u32 a, u32 b)
{
	char text[2][16];

	snprintf(text[0], sizeof(text[0]), "%u", a);
	snprintf(text[1], sizeof(text[1]), "%u", b);
	diff_text(d, of, what, text[0], text[1]);
}

static void diff_fields(struct differences *d, const char *of,
			const struct npum_field *(*row)(u32 i), const void *a, const void *b)
{
	const struct npum_field *f;
	char room[2][16];

	for (u32 i = 0; (f = row(i)); i++)
		diff_text(d, of, f->name, firmware_field_text(f, a, room[0]),
			  firmware_field_text(f, b, room[1]));
}

static const char *rest_name(const struct firmware *fw, const struct npum_personality *p)
{
	return p->rest ? npum_personality_find(&fw->set, p->rest)->name : "none";
}

static void diff_personality(struct differences *d, const struct firmware *const fw[2],
			     const struct npum_personality *a, const struct npum_personality *b)
{
	const char *sources[2] = {
		fw[0]->sources[a - fw[0]->set.at],
		fw[1]->sources[b - fw[1]->set.at],
	};

	diff_number(d, a->name, "id", a->id, b->id);
	diff_text(d, a->name, "evidence", npum_evidence_name(a->evidence),
		  npum_evidence_name(b->evidence));
	diff_text(d, a->name, "summary", a->summary, b->summary);
	diff_text(d, a->name, "rest", rest_name(fw[0], a), rest_name(fw[1], b));
	diff_fields(d, a->name, npum_field_at, a, b);
	diff_text(d, a->name, "sources", sources[0] ? sources[0] : "",
		  sources[1] ? sources[1] : "");
}

static void diff_sets(struct differences *d, const struct firmware *const fw[2])
{
	const struct npum_personality_set *a = &fw[0]->set, *b = &fw[1]->set;

	diff_text(d, "image", "default", a->at[0].name, b->at[0].name);
	for (u32 i = 0; i < a->count; i++) {
		const struct npum_personality *other = npum_personality_named(b, a->at[i].name);

		if (other)
			diff_personality(d, fw, &a->at[i], other);
		else
			differ(d, a->at[i].name, "personality", "there", "not there");
	}
	for (u32 i = 0; i < b->count; i++)
		if (!npum_personality_named(a, b->at[i].name))
			differ(d, b->at[i].name, "personality", "not there", "there");
}

static void diff_targets(struct differences *d, const struct npum_target *a,
			 const struct npum_target *b)
{
	diff_text(d, "target", "name", a->name, b->name);
	for (u32 i = 1; npum_dtype_size(i); i++)
		diff_text(d, "target", npum_dtype_name(i), a->dtypes >> i & 1 ? "yes" : "no",
			  b->dtypes >> i & 1 ? "yes" : "no");
	for (u32 i = 0; i < NPUM_TARGET_OPCODES; i++) {
		if (!npum_op_info(i))
			continue;
		diff_text(d, "target", npum_op_info(i)->name, npum_target_runs(a, i) ? "yes" : "no",
			  npum_target_runs(b, i) ? "yes" : "no");
		diff_number(d, "target's further cycles", npum_op_info(i)->name, a->cycles[i],
			    b->cycles[i]);
	}
	diff_fields(d, "target", npum_target_field_at, a, b);
}

int firmware_diff(const struct cli *cli, const char *const *paths,
		  const struct firmware *const fw[2])
{
	struct differences d = { .json = cli->json, .list = json_array() };
	json_t *report;
	int code;

	diff_text(&d, "image", "version", fw[0]->version, fw[1]->version);
	diff_sets(&d, fw);
	diff_targets(&d, &fw[0]->target, &fw[1]->target);
	code = d.count ? CLI_NO : CLI_OK;
	if (!cli->json) {
		json_decref(d.list);
		if (!d.count)
			term_printf("%s and %s hold the same\n", paths[0], paths[1]);
		return code;
	}
	report = report_new("npu-fw-diff");
	json_object_set_new(report, "a", report_string(paths[0]));
	json_object_set_new(report, "b", report_string(paths[1]));
	json_object_set_new(report, "equal", json_boolean(!d.count));
	json_object_set_new(report, "differences", d.list);
	return report_print(cli, report, code);
}
