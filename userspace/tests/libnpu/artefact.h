/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Small .npu artefacts, made by hand, for tests of the library without the
 * compiler.  The model, on int8 tensors of shape 1,H,W,C:
 *
 *	input -LUT-> "mapped" -CONV_2D-> "convolved" -RESHAPE-> (free) -CONCATENATION-> output
 *
 * CONCATENATION copies "mapped" and "convolved" side by side: 1,H,W,2C.
 */
#ifndef ARTEFACT_H
#define ARTEFACT_H

#include <stddef.h>
#include <stdint.h>

#include "npu_file.h"
#include "vnpu_program.h"

/** enum artefact_tensor - ids of the model's tensors */
enum artefact_tensor { ARTEFACT_INPUT, ARTEFACT_MAPPED, ARTEFACT_CONVOLVED, ARTEFACT_OUTPUT };

/** enum artefact_layer - the model's layers */
enum artefact_layer { ARTEFACT_LUT, ARTEFACT_CONV, ARTEFACT_RESHAPE, ARTEFACT_CONCAT };

/** enum artefact_slot - slots of the model's program */
enum artefact_slot { SLOT_CONST, SLOT_TEMP, SLOT_IN, SLOT_OUT, SLOTS };

/** enum artefact_op - records of the model's program */
enum artefact_op { OP_LUT, OP_CONV, OP_COPY0, OP_COPY1, OPS };

/**
 * struct artefact - a .npu file in memory
 * @data: the file, from malloc()
 * @size: its bytes
 */
struct artefact {
	uint8_t *data;
	size_t size;
};

/**
 * struct artefact_program - the model's program
 * @header: as in uapi/vnpu_program.h
 * @slots: its slots
 * @ops: its records
 */
struct artefact_program {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slots[SLOTS];
	struct vnpu_op ops[OPS];
};

/** artefact_create() - the model of height @h, width @w and @c channels */
struct artefact artefact_create(uint32_t h, uint32_t w, uint32_t c);

/**
 * artefact_partition() - the same model in partitions
 * @a: the model; replaced
 * @segments: section PARTITIONS
 * @segment_count: entries of @segments
 * @host_ops: section HOST_OPS; NULL: none
 * @host_op_count: entries of @host_ops
 */
void artefact_partition(struct artefact *a, const struct npu_file_segment *segments,
			uint32_t segment_count, const struct npu_file_host_op *host_ops,
			uint32_t host_op_count);

/** ARTEFACT_KINDS - what artefact_kind() can make */
#define ARTEFACT_KINDS 3

/**
 * artefact_kind() - a small model for the device alone, in three partitions, or with
 * operators of the host
 */
struct artefact artefact_kind(unsigned int kind);

/** artefact_free() - release it */
void artefact_free(struct artefact *a);

/** artefact_section() - its section table's entry for @kind */
struct npu_file_section *artefact_section(const struct artefact *a, enum npu_section_kind kind);

/** artefact_contents() - contents of the section of @kind */
void *artefact_contents(const struct artefact *a, enum npu_section_kind kind);

/** artefact_seal() - write the digests anew */
void artefact_seal(const struct artefact *a);

/** artefact_keep() - let the model keep its internal tensors from run to run */
void artefact_keep(const struct artefact *a);

/** artefact_map() - what the LUT layer makes of @code */
uint8_t artefact_map(uint8_t code);

#endif /* ARTEFACT_H */
