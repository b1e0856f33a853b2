// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A firmware as C: what the model is built with, so that a device without an image has one. */
#include "firmware.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
	"// SPDX-License-Identifier: GPL-2.0-only OR MIT\n"
	"/* Made of firmware/vnpu.yaml by `make firmware`: edit the descriptions, not this. */\n"
	"#include \"npum_target.h\"\n\n/* clang-format off */\n";

static void put_text(FILE *to, const char *member, const char *text)
{
	fprintf(to, "\t\t\t.%s = \"", member);
	for (; *text; text++)
		fprintf(to, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
	fputs("\",\n", to);
}

/* What is 0 needs no saying. */
static void put_fields(FILE *to, const char *indent, const struct npum_field *(*row)(u32 i),
		       const void *from)
{
	const struct npum_field *f;

	for (u32 i = 0; (f = row(i)); i++) {
		u32 value = npum_field_get(f, from);

		if (value && f->words)
			fprintf(to, "%s.%s = %u, /* %s */\n", indent, f->name, value,
				f->words[value]);
		else if (value)
			fprintf(to, "%s.%s = %u,\n", indent, f->name, value);
	}
}

static void put_personality(FILE *to, const struct npum_personality *p)
{
	fprintf(to, "\t\t{\n\t\t\t.set = &builtin,\n\t\t\t.digest = 0x%016" PRIx64 ",\n",
		p->digest);
	fprintf(to, "\t\t\t.id = %u,\n", p->id);
	put_text(to, "name", p->name);
	put_text(to, "summary", p->summary);
	if (p->evidence)
		fprintf(to, "\t\t\t.evidence = %u, /* %s */\n", p->evidence,
			npum_evidence_name(p->evidence));
	if (p->rest)
		fprintf(to, "\t\t\t.rest = %u, /* %s */\n", p->rest,
			npum_personality_find(p->set, p->rest)->name);
	put_fields(to, "\t\t\t", npum_field_at, p);
	fputs("\t\t},\n", to);
}

/* Every op, whatever there will be: one more of them is no change to the firmware. */
static void put_every_op(FILE *to)
{
	fputs("\t.runs = {\n", to);
	for (u32 word = 0; word < NPUM_TARGET_OPCODES / 64; word++)
		fprintf(to,
			"#define NPUM_OP(name, ...) | (VNPU_OP_##name / 64 == %u ? "
			"1ull << VNPU_OP_##name %% 64 : 0)\n"
			"\t\t0\n#include \"npum_ops.def\"\n\t\t,\n",
			word);
	fputs("\t},\n", to);
}

static void put_target(FILE *to, const struct firmware *fw)
{
	const struct npum_target *t = &fw->target;

	fprintf(to, "static const struct npum_target target = {\n\t.name = \"%s\",\n", t->name);
	fprintf(to, "\t.dtypes = 0x%x,\n", t->dtypes);
	if (fw->every_op)
		put_every_op(to);
	else
		fprintf(to, "\t.runs = { 0x%016" PRIx64 ", 0x%016" PRIx64 " },\n", t->runs[0],
			t->runs[1]);
	for (u32 opcode = 0; opcode < NPUM_TARGET_OPCODES; opcode++)
		if (t->cycles[opcode])
			fprintf(to, "\t.cycles[VNPU_OP_%s] = %u,\n", npum_op_info(opcode)->name,
				t->cycles[opcode]);
	put_fields(to, "\t", npum_target_field_at, t);
	fputs("};\n\n/* clang-format on */\n", to);
}

char *firmware_source(const struct firmware *fw)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	fputs(head, to);
	fprintf(to, "static const struct npum_personality_set builtin = {\n\t.count = %u,\n",
		fw->set.count);
	fputs("\t.at = {\n", to);
	for (u32 i = 0; i < fw->set.count; i++)
		put_personality(to, &fw->set.at[i]);
	fputs("\t},\n};\n\n", to);
	put_target(to, fw);
	fputs("const struct npum_personality_set *npum_builtin_set(void)\n"
	      "{\n\treturn &builtin;\n}\n\n"
	      "const struct npum_target *npum_builtin_target(void)\n"
	      "{\n\treturn &target;\n}\n",
	      to);
	if (fclose(to)) {
		free(text);
		return NULL;
	}
	return text;
}
