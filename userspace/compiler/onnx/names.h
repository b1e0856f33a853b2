/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Numbers by name: an open-addressed hash table. */
#ifndef NPUC_ONNX_NAMES_H
#define NPUC_ONNX_NAMES_H

#include "onnx_model.h"

/**
 * struct npuc_names - the table
 * @entry: name and number, a power of two of them, at most half in use
 * @room: entries of @entry
 */
struct npuc_names {
	struct npuc_name {
		struct onnx_text text;
		uint32_t number;
	} * entry;
	uint32_t room;
};

/** npuc_names_open() - an empty table for at most @count names; false when memory is short */
bool npuc_names_open(struct npuc_names *names, uint32_t count);

/** npuc_names_find() - number of a name, NPUC_NONE when it is not there */
uint32_t npuc_names_find(const struct npuc_names *names, struct onnx_text text);

/** npuc_names_add() - give a name a number; the number it has already, if it is there */
uint32_t npuc_names_add(struct npuc_names *names, struct onnx_text text, uint32_t number);

/** npuc_names_free() - release the table */
void npuc_names_free(struct npuc_names *names);

#endif /* NPUC_ONNX_NAMES_H */
