// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* One description, which people edit: its keys, their values, and what is wrong with them. */
#include "firmware_parse.h"

#include <stdlib.h>
#include <string.h>

/* Rows of the larger of the two tables of fields, and opcodes. */
#define MAX_FIELDS 128

static const char *personality_field(size_t i)
{
	const struct npum_field *f = npum_field_at((u32)i);

	return f ? f->name : NULL;
}

static const char *target_field(size_t i)
{
	const struct npum_field *f = npum_target_field_at((u32)i);

	return f ? f->name : NULL;
}

static const char *field_word(const void *arg, uint32_t i)
{
	const struct npum_field *f = arg;

	return i <= f->most ? f->words[i] : NULL;
}

static const char *evidence_word(const void *arg, uint32_t i)
{
	(void)arg;
	return npum_evidence_name(i);
}

static const char *dtype_word(const void *arg, uint32_t i)
{
	(void)arg;
	return npum_dtype_size(i + 1) ? npum_dtype_name(i + 1) : NULL;
}

/* The i-th op that there is: opcodes have gaps. */
static const struct npum_op_info *op_at(uint32_t i)
{
	for (u32 opcode = 0; opcode < NPUM_TARGET_OPCODES; opcode++)
		if (npum_op_info(opcode) && !i--)
			return npum_op_info(opcode);
	return NULL;
}

static const char *op_word(const void *arg, uint32_t i)
{
	const struct npum_op_info *info = op_at(i);

	(void)arg;
	return info ? info->name : NULL;
}

static const char *op_key(size_t i)
{
	return op_word(NULL, (uint32_t)i);
}

static int read_fields(struct keys *keys, const yaml_node_t *map,
		       const struct npum_field *(*row)(u32 i), const char *(*name)(size_t i),
		       void *to)
{
	const yaml_node_t *values[MAX_FIELDS];
	const struct npum_field *f;
	int rc = keys_map(keys, map, name, values, MAX_FIELDS);

	for (u32 i = 0; !rc && (f = row(i)); i++) {
		u32 value;

		if (!values[i])
			continue;
		if (f->words)
			rc = keys_word(keys, values[i], field_word, f, &value);
		else
			rc = keys_number(keys, values[i], f->least, f->most, &value);
		if (!rc)
			npum_field_set(f, to, value);
	}
	return rc;
}

/* A list of lines, or one line. */
static int read_sources(struct keys *keys, const yaml_node_t *node, char **sources)
{
	size_t length = 0;
	const char *line;
	FILE *stream;
	int rc = 0;

	if (!keys_is_list(node))
		return keys_fail(keys, node, "a list of sources must be here: \"- where from\"");
	stream = open_memstream(sources, &length);
	if (!stream)
		return keys_fail(keys, node, "out of memory");
	for (size_t i = 0; keys_at(keys, node, i); i++) {
		rc = keys_text(keys, keys_at(keys, node, i), &line, 1024);
		if (rc)
			break;
		fprintf(stream, "%s%s", i ? "\n" : "", line);
	}
	if (fclose(stream) && !rc)
		rc = keys_fail(keys, node, "out of memory");
	return rc;
}

static int copy_text(struct keys *keys, const yaml_node_t *node, char *to, size_t room)
{
	const char *text;
	int rc = keys_text(keys, node, &text, room - 1);

	if (!rc)
		strcpy(to, text);
	return rc;
}

/* Start as another one that is known already. */
static int read_like(struct describing *d, const yaml_node_t *node, struct npum_personality *p)
{
	const struct npum_personality_set *set = &d->fw->set;
	const struct npum_personality *like;
	const struct npum_field *f;
	const char *name;
	int rc = keys_text(&d->keys, node, &name, NPUM_NAME_BYTES - 1);

	if (rc)
		return rc;
	like = npum_personality_named(set, name);
	if (!like)
		like = npum_personality_named(npum_builtin_set(), name);
	if (!like)
		return keys_fail(&d->keys, node,
				 "%s: no personality that is built in or described before", name);
	for (u32 i = 0; (f = npum_field_at(i)); i++)
		npum_field_set(f, p, npum_field_get(f, like));
	/* What it leaves goes to one of the same name, wherever that is described. */
	if (like->set && like->rest)
		strcpy(d->rest[set->count], npum_personality_find(like->set, like->rest)->name);
	else if (!like->set)
		strcpy(d->rest[set->count], d->rest[like - set->at]);
	d->rest_line[set->count] = node->start_mark.line;
	return 0;
}

enum {
	P_PERSONALITY,
	P_ID,
	P_SUMMARY,
	P_EVIDENCE,
	P_SOURCES,
	P_LIKE,
	P_REST,
	P_ARITHMETIC,
	P_KEYS,
};

static const char *personality_key(size_t i)
{
	static const char *const names[P_KEYS + 1] = {
		"!personality", "!id",	"!summary", "!evidence",
		"!sources",	"like", "rest",	    "arithmetic",
	};

	return names[i];
}

/* Appended to the set only at the end: what it is like must be another. */
static int read_personality(struct describing *d)
{
	const yaml_node_t *value[P_KEYS];
	struct npum_personality p = { 0 };
	struct firmware *fw = d->fw;
	struct keys *keys = &d->keys;
	u32 i = fw->set.count;
	const struct npum_field *f;
	int rc = keys_map(keys, keys->root, personality_key, value, P_KEYS);

	if (!rc && i == NPUM_MAX_PERSONALITIES)
		rc = keys_fail(keys, keys->root, "one personality too many: %u fit in an image",
			       NPUM_MAX_PERSONALITIES);
	if (rc)
		return rc;
	for (u32 n = 0; (f = npum_field_at(n)); n++)
		npum_field_set(f, &p, f->usual);
	rc = copy_text(keys, value[P_PERSONALITY], p.name, sizeof(p.name));
	if (!rc)
		rc = keys_number(keys, value[P_ID], 1, UINT32_MAX, &p.id);
	if (!rc)
		rc = copy_text(keys, value[P_SUMMARY], p.summary, sizeof(p.summary));
	if (!rc)
		rc = keys_word(keys, value[P_EVIDENCE], evidence_word, NULL, &p.evidence);
	if (!rc && value[P_LIKE])
		rc = read_like(d, value[P_LIKE], &p);
	if (!rc && value[P_REST]) {
		rc = copy_text(keys, value[P_REST], d->rest[i], sizeof(d->rest[i]));
		d->rest_line[i] = value[P_REST]->start_mark.line;
	}
	if (!rc && value[P_ARITHMETIC])
		rc = read_fields(keys, value[P_ARITHMETIC], npum_field_at, personality_field, &p);
	if (!rc)
		rc = read_sources(keys, value[P_SOURCES], &fw->sources[i]);
	if (rc)
		return rc;
	fw->set.at[i] = p;
	fw->set.count++;
	return 0;
}

static int read_dtypes(struct keys *keys, const yaml_node_t *node, u32 *dtypes)
{
	u32 value;
	int rc;

	*dtypes = 0;
	if (!keys_is_list(node))
		return keys_fail(keys, node, "a list of element types must be here");
	for (size_t i = 0; keys_at(keys, node, i); i++) {
		rc = keys_word(keys, keys_at(keys, node, i), dtype_word, NULL, &value);
		if (rc)
			return rc;
		if (*dtypes >> (value + 1) & 1)
			return keys_fail(keys, keys_at(keys, node, i), "%s is listed already",
					 npum_dtype_name(value + 1));
		*dtypes |= 1u << (value + 1);
	}
	return 0;
}

static int set_op(struct keys *keys, const yaml_node_t *node, struct npum_target *t, u32 i)
{
	u32 opcode = op_at(i)->opcode;

	if (node && npum_target_runs(t, opcode))
		return keys_fail(keys, node, "%s is listed already", op_at(i)->name);
	t->runs[opcode / 64] |= 1ull << opcode % 64;
	return 0;
}

static int read_ops(struct keys *keys, const yaml_node_t *node, struct firmware *fw)
{
	u32 value;
	int rc = 0;

	memset(fw->target.runs, 0, sizeof(fw->target.runs));
	fw->every_op = node->type == YAML_SCALAR_NODE &&
		       !strcmp((const char *)node->data.scalar.value, "all");
	for (u32 i = 0; fw->every_op && op_at(i); i++)
		set_op(keys, NULL, &fw->target, i);
	if (!fw->every_op && !keys_is_list(node))
		return keys_fail(keys, node, "\"all\" or a list of ops must be here");
	for (size_t i = 0; !rc && keys_at(keys, node, i); i++) {
		rc = keys_word(keys, keys_at(keys, node, i), op_word, NULL, &value);
		if (!rc)
			rc = set_op(keys, keys_at(keys, node, i), &fw->target, value);
	}
	return rc;
}

static int read_extra_cycles(struct keys *keys, const yaml_node_t *map, struct npum_target *t)
{
	const yaml_node_t *values[MAX_FIELDS];
	int rc = keys_map(keys, map, op_key, values, MAX_FIELDS);

	for (u32 i = 0; !rc && op_at(i); i++) {
		u32 opcode = op_at(i)->opcode;

		if (!values[i])
			continue;
		if (!npum_target_runs(t, opcode))
			return keys_fail(keys, values[i], "%s is not among the ops",
					 op_at(i)->name);
		rc = keys_number(keys, values[i], 0, 1u << 24, &t->cycles[opcode]);
	}
	return rc;
}

static int read_files(struct describing *d, const yaml_node_t *node)
{
	struct keys *keys = &d->keys;

	if (!keys_is_list(node))
		return keys_fail(keys, node, "a list of files must be here: \"- NAME.yaml\"");
	for (size_t i = 0; keys_at(keys, node, i); i++) {
		const char *name;
		int rc = keys_text(keys, keys_at(keys, node, i), &name, 255);

		if (rc)
			return rc;
		if (d->file_count == NPUM_MAX_PERSONALITIES)
			return keys_fail(keys, keys_at(keys, node, i),
					 "one personality too many: %u fit in an image",
					 NPUM_MAX_PERSONALITIES);
		d->files[d->file_count] = strdup(name);
		if (!d->files[d->file_count++])
			return keys_fail(keys, node, "out of memory");
	}
	return 0;
}

enum {
	D_DEVICE,
	D_VERSION,
	D_PERSONALITIES,
	D_DTYPES,
	D_OPS,
	D_EXTRA_CYCLES,
	D_TARGET,
	D_KEYS,
};

static const char *device_key(size_t i)
{
	static const char *const names[D_KEYS + 1] = {
		"!device", "!version",	   "!personalities", "!dtypes",
		"!ops",	   "extra_cycles", "target",
	};

	return names[i];
}

static int read_device(struct describing *d)
{
	struct npum_target t = { 0 };
	const yaml_node_t *value[D_KEYS];
	struct firmware *fw = d->fw;
	struct keys *keys = &d->keys;
	const struct npum_field *f;
	int rc = keys_map(keys, keys->root, device_key, value, D_KEYS);

	if (rc)
		return rc;
	d->device = true;
	fw->set.count = 0;
	for (u32 i = 0; (f = npum_target_field_at(i)); i++)
		npum_field_set(f, &t, f->usual);
	fw->target = t;
	rc = copy_text(keys, value[D_DEVICE], fw->target.name, sizeof(fw->target.name));
	if (!rc)
		rc = copy_text(keys, value[D_VERSION], fw->version, sizeof(fw->version));
	if (!rc)
		rc = read_files(d, value[D_PERSONALITIES]);
	if (!rc)
		rc = read_dtypes(keys, value[D_DTYPES], &fw->target.dtypes);
	if (!rc)
		rc = read_ops(keys, value[D_OPS], fw);
	if (!rc && value[D_EXTRA_CYCLES])
		rc = read_extra_cycles(keys, value[D_EXTRA_CYCLES], &fw->target);
	if (!rc && value[D_TARGET])
		rc = read_fields(keys, value[D_TARGET], npum_target_field_at, target_field,
				 &fw->target);
	return rc;
}

static bool has_key(struct keys *keys, const char *name)
{
	const yaml_node_pair_t *p = keys->root->data.mapping.pairs.start;

	for (; p < keys->root->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = yaml_document_get_node(&keys->document, p->key);

		if (key->type == YAML_SCALAR_NODE &&
		    !strcmp((const char *)key->data.scalar.value, name))
			return true;
	}
	return false;
}

int firmware_parse(struct describing *d, const void *data, size_t size)
{
	int rc = keys_read(&d->keys, data, size);

	if (rc)
		return rc;
	if (has_key(&d->keys, "personality"))
		return read_personality(d);
	if (!has_key(&d->keys, "device"))
		return keys_fail(&d->keys, d->keys.root,
				 "neither \"personality: NAME\" nor \"device: NAME\" is here");
	if (d->device)
		return keys_fail(&d->keys, d->keys.root, "an image describes one device");
	return read_device(d);
}
