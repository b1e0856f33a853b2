/* SPDX-License-Identifier: GPL-2.0-only */
/* Tiny programs over three slots, and what it takes to run them. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "device.h"
#include "vnpu_program.h"

/**
 * enum program_slot - slots of a tiny program
 * @SLOT_A: first input
 * @SLOT_B: second input
 * @SLOT_RESULT: output
 * @PROGRAM_SLOTS: number of them
 */
enum program_slot {
	SLOT_A = 0,
	SLOT_B,
	SLOT_RESULT,
	PROGRAM_SLOTS,
};

/** PROGRAM_BYTES - int8 codes in each slot; an op over them is one tile */
#define PROGRAM_BYTES	4096u
/** PROGRAM_MAX_OPS - ops a tiny program has room for */
#define PROGRAM_MAX_OPS	64u

/**
 * struct program - a program being written
 * @header: its size always fits the ops so far
 * @slot: the slots
 * @op: the ops
 */
struct program {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slot[PROGRAM_SLOTS];
	struct vnpu_op op[PROGRAM_MAX_OPS];
};

/** program_begin() - a program without ops, which the device would refuse */
void program_begin(struct program *p);

/** program_fill() - append: every code of the result is @code */
void program_fill(struct program *p, int code);

/** program_copy() - append: result = A */
void program_copy(struct program *p);

/** program_add() - append: result = A + B, saturated */
void program_add(struct program *p);

/** program_accumulate() - append: result += A, saturated */
void program_accumulate(struct program *p);

/** program_load() - give a program to the device; its handle, or 0 */
__u32 program_load(int fd, const struct program *p);

/** program_destroy() - drop a program handle */
int program_destroy(int fd, __u32 program);

/** program_load_fill() - load a program of @ops ops that fill the result with @code */
__u32 program_load_fill(int fd, unsigned int ops, int code);

/** program_load_copy() - load a program that copies A to the result */
__u32 program_load_copy(int fd);

/** program_load_accumulate() - load a program that adds A to the result */
__u32 program_load_accumulate(int fd);

/**
 * struct rig - an open device with a context and a buffer for each slot
 * @fd: the device
 * @ctx: the context
 * @bo: the buffers
 * @bytes: their sizes, PROGRAM_BYTES
 * @mem: their memory
 */
struct rig {
	int fd;
	__u32 ctx;
	__u32 bo[PROGRAM_SLOTS];
	__u32 bytes[PROGRAM_SLOTS];
	__s8 *mem[PROGRAM_SLOTS];
};

/** rig_open() - set up on the device @fd, with a context of timeout @timeout_ms; 0 or -errno */
int rig_open(struct rig *rig, int fd, __u32 timeout_ms);

/** rig_close() - close a rig's device, which its mappings would otherwise keep open */
void rig_close(struct rig *rig);

#define RUN_MAX_SYNCS	4u

/**
 * struct run - a SUBMIT of one job, to be changed by the test; points into itself
 * @submit: the ioctl's argument
 * @job: its only job
 * @binding: the job's bindings
 * @sync: the job's syncobjs; none until the test raises job.syncs.count
 */
struct run {
	struct drm_vnpu_submit submit;
	struct drm_vnpu_job job;
	struct drm_vnpu_binding binding[PROGRAM_SLOTS];
	struct drm_vnpu_sync sync[RUN_MAX_SYNCS];
};

/** run_init() - describe a run of @program on @rig */
void run_init(struct run *run, const struct rig *rig, __u32 program);

/** run_sync() - append a syncobj to wait for, or with DRM_VNPU_SYNC_SIGNAL to signal */
void run_sync(struct run *run, __u32 syncobj, __u32 flags, __u64 point);

/** run_submit() - queue a run on the device @fd */
int run_submit(struct run *run, int fd);

/** rig_run() - run @program on @rig to its end; 0, -errno of SUBMIT, or the job's error */
int rig_run(const struct rig *rig, __u32 program);

/** rig_start() - queue @program on @rig; @syncobj, unless 0, is signalled at its end */
int rig_start(const struct rig *rig, __u32 program, __u32 syncobj);

/** rig_fill() - set every code of a slot's buffer */
void rig_fill(struct rig *rig, enum program_slot slot, int code);

/** rig_is() - is every code of the result @code? */
bool rig_is(const struct rig *rig, int code);

#endif /* PROGRAM_H */
