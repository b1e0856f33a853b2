/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Models with ops that a device refuses, what becomes of them, and whether the numbers stay. */
#ifndef TEST_REWRITE_CASE_H
#define TEST_REWRITE_CASE_H

#include <stdbool.h>

#include "model.h"
#include "npuc.h"
#include "npum_target.h"

#define I8 NPUC_TYPE_INT8
#define U8 NPUC_TYPE_UINT8
#define I16 NPUC_TYPE_INT16
#define I32 NPUC_TYPE_INT32
#define I64 NPUC_TYPE_INT64
#define T4(t, s, z, ...)                                                            \
	{                                                                           \
		.type = t, .rank = 4, .dim = { __VA_ARGS__ }, .scale = s, .zero = z \
	}
#define INTS(name, n)                                                                     \
	{                                                                                 \
		.type = I32, .rank = 1, .dim = { n }, .data_bytes = 4 * (n), .ints = name \
	}
#define WORD(v)                  \
	{                        \
		4, (uint32_t)(v) \
	}
#define BYTE(v)      \
	{            \
		1, v \
	}
#define LIMIT(member, value) offsetof(struct npum_target, member), value
/**
 * struct rewrite_case - a model with an op that a device refuses
 * @m: the model
 * @member: number of the target that is lowered, by its offset
 * @value: to what
 * @rewrites: what is to be done, in order, NULL behind the last; of several ops that are
 *	refused any number of times, in any order
 * @without: a rewrite that is not to be used, or NULL
 * @distance: how far outputs may be off
 * @refused: ops that are refused, 0 for the one that there is
 */
struct rewrite_case {
	struct model m;
	size_t member;
	uint32_t value;
	const char *rewrites[4];
	const char *without;
	int32_t distance;
	int refused;
};

/** rewrite_refused() - check a model; Return: ops that are refused */
int rewrite_refused(const uint8_t *data, size_t size, const struct npuc_options *options);

/** rewrite_accepts() - for &npuc_fix_options.accepts: all but the one that @arg names */
bool rewrite_accepts(void *arg, const char *rewrite);

/**
 * rewrite_compare() - run two models on the same numbers
 * @name: for messages
 * @distance: how far outputs may be off
 * @before: a model file
 * @before_size: its bytes
 * @after: another one
 * @after_size: its bytes
 */
void rewrite_compare(const char *name, int32_t distance, const uint8_t *before, size_t before_size,
		     const uint8_t *after, size_t after_size);

/** rewrite_check() - rewrite a model and run it before and after */
void rewrite_check(const struct rewrite_case *k);

#endif /* TEST_REWRITE_CASE_H */
