// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Constants whose contents lie in another file: TensorProto's external_data, pairs of
 * a key and a text.  The file is named relative to the model's folder and must not
 * lead out of it; finding it is the caller's, see struct npuc_reading.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "onnx_model.h"

/* Field numbers of TensorProto and StringStringEntryProto. */
enum { EXTERNAL_DATA = 13 };
enum { KEY = 1, VALUE };

#define LOCATION_BYTES 256u

/**
 * struct place - where contents lie
 * @location: file, ended by a zero; "": not said
 * @offset: first byte of them
 * @length: their number; UINT64_MAX: up to the end of the file
 */
struct place {
	char location[LOCATION_BYTES];
	uint64_t offset;
	uint64_t length;
};

/* A decimal number and nothing else. */
static bool whole_number(struct onnx_text t, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < t.size; i++) {
		if (t.at[i] < '0' || t.at[i] > '9' || *number > UINT32_MAX * 1024ull)
			return false;
		*number = *number * 10 + (uint64_t)(t.at[i] - '0');
	}
	return t.size > 0;
}

/* Only names inside the folder: no root, no way up, nothing that other systems take for such. */
static const char *location_problem(struct onnx_text t)
{
	size_t begin = 0;

	if (!t.size || t.size >= LOCATION_BYTES || memchr(t.at, 0, t.size))
		return "its name is empty, too long or has a zero in it";
	if (memchr(t.at, '\\', t.size) || memchr(t.at, ':', t.size))
		return "its name has a backslash or a colon in it";
	for (size_t i = 0; i <= t.size; i++) {
		if (i < t.size && t.at[i] != '/')
			continue;
		if (i == begin || (i - begin == 2 && !memcmp(t.at + begin, "..", 2)))
			return "it must lie in the folder of the model";
		begin = i + 1;
	}
	return NULL;
}

static const char *read_entry(struct place *p, struct onnx_text key, struct onnx_text value)
{
	size_t shown = value.size < LOCATION_BYTES ? value.size : LOCATION_BYTES - 1;

	if (onnx_is(key, "location")) {
		snprintf(p->location, sizeof(p->location), "%.*s", (int)shown, value.at);
		return location_problem(value);
	}
	if (onnx_is(key, "offset") && !whole_number(value, &p->offset))
		return "its offset is not a number";
	if (onnx_is(key, "length") && !whole_number(value, &p->length))
		return "its length is not a number";
	return NULL;
}

/* Reads the pairs.  Return: what is wrong with them, NULL. */
static const char *read_place(const struct onnx_constant *c, struct place *p)
{
	struct npuc_pb m = c->list;
	struct npuc_pb_field f, inner;
	const char *problem = NULL;

	*p = (struct place){ .length = UINT64_MAX };
	while (!problem && npuc_pb_next(&m, &f)) {
		struct npuc_pb entry = npuc_pb_message(f.data, f.size);
		struct onnx_text text[2] = { 0 };

		if (f.number != EXTERNAL_DATA || f.wire != NPUC_PB_BYTES)
			continue;
		while (npuc_pb_next(&entry, &inner))
			if (inner.wire == NPUC_PB_BYTES &&
			    (inner.number == KEY || inner.number == VALUE))
				text[inner.number - KEY] =
					(struct onnx_text){ (const char *)inner.data, inner.size };
		problem = entry.broken || !text[0].at || !text[1].at ?
				  "its description is malformed" :
				  read_entry(p, text[0], text[1]);
	}
	return problem || p->location[0] ? problem : "it is not named";
}

/* The file of that name, opened once.  NULL with @why set. */
static const struct onnx_outside *find_file(struct onnx_model *m, const struct npuc_reading *how,
					    const char *location, const char **why)
{
	struct onnx_outside *f;

	for (uint32_t i = 0; i < m->file_count; i++)
		if (!strcmp(m->files[i].location, location))
			return &m->files[i];
	if (m->file_count == ONNX_MAX_FILES) {
		*why = "there are too many such files";
		return NULL;
	}
	f = realloc(m->files, (m->file_count + 1) * sizeof(*f));
	if (!f) {
		*why = "out of memory";
		return NULL;
	}
	m->files = f;
	f += m->file_count;
	*f = (struct onnx_outside){ 0 };
	snprintf(f->location, sizeof(f->location), "%s", location);
	f->data = how->open_file(how->arg, location, &f->size, why);
	if (!f->data)
		return NULL;
	m->file_bytes += f->size;
	m->file_count++;
	return f;
}

int onnx_external(const char *file, struct onnx_model *m, const struct npuc_reading *how,
		  struct onnx_constant *c, struct npuc_error *error)
{
	const struct onnx_outside *f = NULL;
	struct place p;
	const char *why = read_place(c, &p);

	if (!why && !how->open_file)
		why = "other files are not read here";
	if (!why)
		f = find_file(m, how, p.location, &why);
	if (f && p.offset <= f->size && p.length == UINT64_MAX)
		p.length = f->size - p.offset;
	if (f && (p.offset > f->size || p.length > f->size - p.offset))
		why = "it has fewer bytes than the constant needs";
	if (why)
		return npuc_fail(error, -EINVAL, "%s: constant '%.*s' is in another file, '%s': %s",
				 file, (int)(c->name.size & 0x7f), c->name.at ? c->name.at : "",
				 p.location, why);
	c->raw = f->data + p.offset;
	c->raw_size = (size_t)p.length;
	c->external = false;
	return 0;
}
