// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The header is a Python dictionary literal of three keys,
 *
 *	{'descr': '<f4', 'fortran_order': False, 'shape': (1, 28, 28), }
 *
 * of which numpy writes exactly this form; nothing wider is accepted.
 */
#include "npy.h"

#include <string.h>

#include "vnpu_program.h"

static const char magic[] = "\x93NUMPY";

#define MAGIC_BYTES (sizeof(magic) - 1)

static const struct {
	const char *descr;
	uint32_t dtype;
	uint32_t bytes;
} dtypes[] = {
	{ "|i1", VNPU_DTYPE_INT8, 1 },	  { "|u1", VNPU_DTYPE_UINT8, 1 },
	{ "|b1", VNPU_DTYPE_UINT8, 1 },	  { "<i2", VNPU_DTYPE_INT16, 2 },
	{ "<i4", VNPU_DTYPE_INT32, 4 },	  { "<i8", VNPU_DTYPE_INT64, 8 },
	{ "<f2", VNPU_DTYPE_FLOAT16, 2 }, { "<f4", VNPU_DTYPE_FLOAT32, 4 },
};

/** struct text - what is left of the header */
struct text {
	const char *at;
	const char *end;
};

bool npy_is(const void *data, size_t size)
{
	return size >= MAGIC_BYTES && !memcmp(data, magic, MAGIC_BYTES);
}

static void skip_blanks(struct text *t)
{
	while (t->at < t->end && (*t->at == ' ' || *t->at == '\n'))
		t->at++;
}

/* Step over @word, blanks before it ignored; false when something else is there. */
static bool take(struct text *t, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(t);
	if ((size_t)(t->end - t->at) < length || memcmp(t->at, word, length))
		return false;
	t->at += length;
	return true;
}

static bool take_number(struct text *t, uint32_t *value)
{
	uint64_t v = 0;
	const char *start;

	skip_blanks(t);
	start = t->at;
	for (; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++) {
		v = 10 * v + (uint64_t)(*t->at - '0');
		if (v > UINT32_MAX)
			return false;
	}
	*value = (uint32_t)v;
	return t->at > start;
}

static const char *parse_descr(struct text *t, struct npy *npy, size_t *element)
{
	for (size_t i = 0; i < sizeof(dtypes) / sizeof(dtypes[0]); i++) {
		struct text after = *t;

		if (take(&after, "'") && take(&after, dtypes[i].descr) && take(&after, "'")) {
			*t = after;
			npy->dtype = dtypes[i].dtype;
			*element = dtypes[i].bytes;
			return NULL;
		}
	}
	return "its dtype is none of int8, uint8, int32, float32 (little-endian)";
}

static const char *parse_shape(struct text *t, struct npy *npy)
{
	if (!take(t, "("))
		return "its shape is no tuple";
	while (!take(t, ")")) {
		if (npy->rank == NPY_MAX_RANK)
			return "it has more than 8 dimensions";
		if (!take_number(t, &npy->shape[npy->rank++]))
			return "its shape is no tuple of numbers";
		if (!take(t, ",") && npy->rank == 1)
			return "its shape is no tuple";
	}
	return NULL;
}

static const char *parse_header(struct text *t, struct npy *npy, size_t *element)
{
	const char *wrong;

	if (!take(t, "{") || !take(t, "'descr':"))
		return "its header does not begin with 'descr'";
	wrong = parse_descr(t, npy, element);
	if (wrong)
		return wrong;
	if (!take(t, ",") || !take(t, "'fortran_order':"))
		return "its header has no 'fortran_order' after 'descr'";
	if (take(t, "True"))
		return "it is in Fortran order; save numpy.ascontiguousarray(x) instead";
	if (!take(t, "False") || !take(t, ",") || !take(t, "'shape':"))
		return "its header has no 'shape' after 'fortran_order'";
	wrong = parse_shape(t, npy);
	if (wrong)
		return wrong;
	take(t, ",");
	return take(t, "}") ? NULL : "its header does not end with }";
}

const char *npy_parse(const void *data, size_t size, struct npy *npy)
{
	const unsigned char *bytes = data;
	size_t start = MAGIC_BYTES + 4;
	size_t element = 0;
	size_t length;
	size_t wanted;
	struct text t;
	const char *wrong;

	*npy = (struct npy){ 0 };
	if (size < start + 2 || !npy_is(data, size))
		return "is no .npy file";
	length = bytes[MAGIC_BYTES + 2] | (size_t)bytes[MAGIC_BYTES + 3] << 8;
	if (bytes[MAGIC_BYTES] == 2 || bytes[MAGIC_BYTES] == 3) {
		length |= (size_t)bytes[start] << 16 | (size_t)bytes[start + 1] << 24;
		start += 2;
	} else if (bytes[MAGIC_BYTES] != 1) {
		return "is of an unknown .npy version";
	}
	if (length > size - start)
		return "is cut off in its header";
	t.at = (const char *)bytes + start;
	t.end = t.at + length;
	wrong = parse_header(&t, npy, &element);
	if (wrong)
		return wrong;
	npy->data = bytes + start + length;
	npy->bytes = size - start - length;
	wanted = element;
	for (uint32_t i = 0; i < npy->rank; i++)
		if (__builtin_mul_overflow(wanted, npy->shape[i], &wanted))
			return "its shape is too large";
	return wanted == npy->bytes ? NULL : "its data is not as long as its shape says";
}
