/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How much memory a model needs, for what, and when. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdio.h>

#include "cli.h"
#include "npu.h"
#include "report.h"

/** OPTION_MEMORY() - row for a bool @member of struct @args */
#define OPTION_MEMORY(args, member)                                                  \
	{                                                                            \
		.name = "show-memory-summary", .type = CLI_FLAG,                     \
		.offset = offsetof(struct args, member),                             \
		.help = "print how much memory the model needs, for what, and where" \
	}

/** OPTION_L1() - row for a uint32_t @member of struct @args, in kB of 1024 bytes */
#define OPTION_L1(args, member)                                                                      \
	{                                                                                            \
		.name = "l1-size-kb", .type = CLI_UINT, .offset = offsetof(struct args, member),     \
		.arg = "N",                                                                          \
		.help = "kilobytes of the target's on-chip memory to use, 1024 bytes each; 0: none", \
		.value = "0", .max = 2097151                                                         \
	}

/**
 * struct memory_layer - working memory while a layer runs
 * @temp: bytes of TEMP that are wanted at the busiest of its records
 * @l1: likewise of L1
 */
struct memory_layer {
	uint64_t temp;
	uint64_t l1;
};

/** memory_layers() - one entry for each layer; release with free(); NULL: no memory */
struct memory_layer *memory_layers(const struct npu_model *model);

/** memory_slot_kind() - &enum vnpu_slot_kind of a slot of the model's program */
uint32_t memory_slot_kind(const struct npu_model *model, uint32_t slot);

/**
 * memory_print() - the summary as a table
 * @model: the model
 * @allocated: bytes that a session has on its device; 0: there is none
 *
 * Return: 0, -ENOMEM.
 */
int memory_print(const struct npu_model *model, uint64_t allocated);

/** memory_report() - the summary as a JSON object */
json_t *memory_report(const struct npu_model *model, uint64_t allocated);

/** memory_svg() - a picture: records to the right, places in memory upwards, an area for each value */
void memory_svg(const struct npu_model *model, FILE *stream);

#endif /* MEMORY_H */
