/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A recording: jobs as a process gave them to its devices, with all they read and all
 * they wrote, so that they can be run again anywhere (`npu replay`).
 *
 *	struct npu_record_header
 *	struct npu_record_chunk, its contents, zeros up to a multiple of 8; and so on
 *
 * Little-endian throughout.  Chunks are only ever appended, each in one piece; a file that
 * ends within one was cut short, and what comes before it is whole.  A process stores
 * contents once, however many jobs use them; they are named by their digest.  A reader refuses a newer major
 * version, skips chunks it does not know, and checks every size and digest before use.
 */
#ifndef NPU_RECORD_H
#define NPU_RECORD_H

#include <stdint.h>

/** NPU_RECORD_MAGIC - "NPUR" read as a little-endian word */
#define NPU_RECORD_MAGIC 0x5255504eu
#define NPU_RECORD_MAJOR 1
#define NPU_RECORD_MINOR 0
#define NPU_RECORD_ALIGN 8u

/**
 * struct npu_record_header - first bytes of a recording
 * @magic: NPU_RECORD_MAGIC
 * @major: NPU_RECORD_MAJOR
 * @minor: NPU_RECORD_MINOR
 * @writer: version of libnpu that recorded, NUL-ended
 */
struct npu_record_header {
	uint32_t magic;
	uint16_t major;
	uint16_t minor;
	char writer[24];
};

/**
 * enum npu_record_kind - what a chunk holds
 * @NPU_RECORD_BLOB: &struct npu_record_digest of the bytes that follow it
 * @NPU_RECORD_JOB: one &struct npu_record_job and its slots
 */
enum npu_record_kind {
	NPU_RECORD_BLOB = 1,
	NPU_RECORD_JOB = 2,
};

/**
 * struct npu_record_chunk - begins a chunk
 * @kind: &enum npu_record_kind
 * @reserved: zero
 * @size: bytes that follow, without the zeros behind them
 */
struct npu_record_chunk {
	uint32_t kind;
	uint32_t reserved;
	uint64_t size;
};

/**
 * struct npu_record_digest - XXH3-128 of some contents; all zero: none are recorded
 * @low: its low 64 bits
 * @high: its high 64 bits
 */
struct npu_record_digest {
	uint64_t low;
	uint64_t high;
};

/**
 * struct npu_record_slot - a slot of a job
 * @kind: &enum vnpu_slot_kind
 * @reserved: zero
 * @bytes: what the program needs of it
 * @before: its contents when the job began; none where the program does not care
 * @after: its contents when the job was done; none where nothing was written for anyone
 */
struct npu_record_slot {
	uint32_t kind;
	uint32_t reserved;
	uint64_t bytes;
	struct npu_record_digest before;
	struct npu_record_digest after;
};

/**
 * struct npu_record_job - a job that was done
 * @program: the program, vnpu_program.h
 * @slot_count: entries of &struct npu_record_slot that follow
 * @error: 0 or the negative errno that the job ended with; its @after are none then
 */
struct npu_record_job {
	struct npu_record_digest program;
	uint32_t slot_count;
	int32_t error;
};

#endif /* NPU_RECORD_H */
