/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The descriptions of firmware/, which the tool carries with it. */
#ifndef SHIPPED_H
#define SHIPPED_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct shipped - a description
 * @name: of the file in firmware/ without its .yaml: "vip8"
 * @text: what is in it, NUL-ended
 * @size: its bytes
 */
struct shipped {
	const char *name;
	const char *text;
	size_t size;
};

/** shipped_at() - the i-th description in order of names, NULL behind the last */
const struct shipped *shipped_at(uint32_t i);

/** shipped_named() - the description in a file, "vip8.yaml", NULL if there is none */
const struct shipped *shipped_named(const char *name);

/** shipped_target_at() - name of the i-th device that is described, NULL behind the last */
const char *shipped_target_at(uint32_t i);

#endif /* SHIPPED_H */
