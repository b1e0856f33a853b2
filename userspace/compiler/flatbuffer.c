// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "flatbuffer.h"

#include <string.h>

static void broken(struct npuc_fb *fb, size_t pos, const char *what)
{
	if (!fb->broken) {
		fb->broken = what;
		fb->where = pos;
	}
}

static bool inside(struct npuc_fb *fb, size_t pos, size_t bytes, const char *what)
{
	if (pos && pos <= fb->size && bytes <= fb->size - pos)
		return true;
	broken(fb, pos, what);
	return false;
}

/* An offset field counts from itself; 0 would point at itself and is broken too. */
static size_t follow(struct npuc_fb *fb, size_t pos, const char *what)
{
	uint32_t offset;

	if (!inside(fb, pos, 4, what))
		return 0;
	offset = npuc_le32(fb->data + pos);
	if (!offset || !inside(fb, pos + offset, 4, what)) {
		broken(fb, pos, what);
		return 0;
	}
	return pos + offset;
}

static struct npuc_fb_table table_at(struct npuc_fb *fb, size_t pos)
{
	const struct npuc_fb_table absent = { 0 };
	struct npuc_fb_table t = { .pos = pos };
	int64_t vtable;
	uint32_t bytes;

	if (!pos || !inside(fb, pos, 4, "a table"))
		return absent;
	vtable = (int64_t)pos - (int32_t)npuc_le32(fb->data + pos);
	if (vtable <= 0 || !inside(fb, (size_t)vtable, 4, "a vtable")) {
		broken(fb, pos, "a vtable");
		return absent;
	}
	t.vtable = (size_t)vtable;
	bytes = (uint32_t)(fb->data[t.vtable] | fb->data[t.vtable + 1] << 8);
	t.bytes = (uint32_t)(fb->data[t.vtable + 2] | fb->data[t.vtable + 3] << 8);
	if (bytes < 4 || !inside(fb, t.vtable, bytes, "a vtable") || t.bytes < 4 ||
	    !inside(fb, pos, t.bytes, "a table")) {
		broken(fb, pos, "a table's size");
		return absent;
	}
	t.slots = (bytes - 4) / 2;
	return t;
}

struct npuc_fb_table npuc_fb_root(struct npuc_fb *fb, const char *identifier)
{
	if (fb->size < 8 || memcmp(fb->data + 4, identifier, 4)) {
		broken(fb, 4, "the file identifier");
		return (struct npuc_fb_table){ 0 };
	}
	return table_at(fb, npuc_le32(fb->data));
}

static size_t field(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id, size_t bytes)
{
	const uint8_t *entry;
	uint32_t offset;

	if (!t->pos || id >= t->slots)
		return 0;
	entry = fb->data + t->vtable + 4 + 2 * (size_t)id;
	offset = (uint32_t)(entry[0] | entry[1] << 8);
	if (!offset)
		return 0;
	if (offset < 4 || offset > t->bytes || bytes > t->bytes - offset) {
		broken(fb, t->pos, "a field outside its table");
		return 0;
	}
	return t->pos + offset;
}

uint8_t npuc_fb_u8(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id, uint8_t absent)
{
	size_t pos = field(fb, t, id, 1);

	return pos ? fb->data[pos] : absent;
}

uint32_t npuc_fb_u32(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id,
		     uint32_t absent)
{
	size_t pos = field(fb, t, id, 4);

	return pos ? npuc_le32(fb->data + pos) : absent;
}

uint64_t npuc_fb_u64(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id,
		     uint64_t absent)
{
	size_t pos = field(fb, t, id, 8);

	return pos ? npuc_le64(fb->data + pos) : absent;
}

struct npuc_fb_table npuc_fb_child(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id)
{
	size_t pos = field(fb, t, id, 4);

	return table_at(fb, pos ? follow(fb, pos, "an offset to a table") : 0);
}

struct npuc_fb_vector npuc_fb_vector(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id,
				     size_t size)
{
	struct npuc_fb_vector v = { 0 };
	size_t pos = field(fb, t, id, 4);
	uint32_t count;

	pos = pos ? follow(fb, pos, "an offset to a vector") : 0;
	if (!pos)
		return v;
	count = npuc_le32(fb->data + pos);
	if (count > fb->size / size || !inside(fb, pos + 4, count * size, "a vector")) {
		broken(fb, pos, "a vector longer than the file");
		return v;
	}
	v.pos = pos + 4;
	v.count = count;
	return v;
}

const char *npuc_fb_string(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id)
{
	struct npuc_fb_vector v = npuc_fb_vector(fb, t, id, 1);

	if (!v.pos)
		return NULL;
	if (!inside(fb, v.pos + v.count, 1, "a string's end"))
		return NULL;
	if (fb->data[v.pos + v.count]) {
		broken(fb, v.pos, "a string without end");
		return NULL;
	}
	return (const char *)fb->data + v.pos;
}

struct npuc_fb_table npuc_fb_element(struct npuc_fb *fb, const struct npuc_fb_vector *v, uint32_t i)
{
	if (i >= v->count) {
		broken(fb, v->pos, "an index outside a vector");
		return (struct npuc_fb_table){ 0 };
	}
	return table_at(fb, follow(fb, v->pos + 4 * (size_t)i, "an offset to a table"));
}
