/* SPDX-License-Identifier: MIT */
/*
 * The core dump of a vnpu device: what is left of a job that went wrong.
 *
 * Linux offers it as /sys/class/devcoredump/devcdN/data; `npu coredump` explains it.
 *
 *	text for people, zeros behind it	VNPU_COREDUMP_TEXT_BYTES
 *	struct vnpu_coredump_header
 *	struct vnpu_coredump_section		[section_count]
 *	the sections, each at a multiple of 8
 *
 * All numbers are little-endian.  The text tells the most important in lines of
 * "key: value" and may change; the rest may only grow:
 *  1. Section kinds are only ever appended; a reader skips those it does not know.
 *  2. Records grow at their end.  A section says how long its records are: a reader takes
 *     what both it and the file have, and zero for what the file has not.
 *  3. A reader of major version 1 reads every 1.x.
 *
 * Memory of buffers is not in it, unless root asked for that; nor are addresses of the
 * kernel.
 */
#ifndef VNPU_COREDUMP_H
#define VNPU_COREDUMP_H

#include <linux/types.h>

#if defined(__cplusplus)
extern "C" {
#endif

/** VNPU_COREDUMP_TEXT_BYTES - bytes of the text, zeros among them */
#define VNPU_COREDUMP_TEXT_BYTES 4096u
/** VNPU_COREDUMP_FIRST_LINE - what the text begins with, up to the minor version */
#define VNPU_COREDUMP_FIRST_LINE "vnpu coredump 1."
/** VNPU_COREDUMP_MAGIC - "VNPD" read as a little-endian word */
#define VNPU_COREDUMP_MAGIC 0x44504e56u
#define VNPU_COREDUMP_MAJOR 1
#define VNPU_COREDUMP_MINOR 0
/** VNPU_COREDUMP_MAX_SECTIONS - more than that no file has */
#define VNPU_COREDUMP_MAX_SECTIONS 128u
/** VNPU_COREDUMP_MAX_PROGRAM - bytes of a program that are kept */
#define VNPU_COREDUMP_MAX_PROGRAM (1u << 20)
/** VNPU_COREDUMP_MAX_CONTENTS - bytes of a buffer's memory that are kept at the most */
#define VNPU_COREDUMP_MAX_CONTENTS (1u << 16)
/** VNPU_COREDUMP_NONE - in an index: there is none */
#define VNPU_COREDUMP_NONE (~0u)

/**
 * struct vnpu_coredump_header - behind the text
 * @magic: VNPU_COREDUMP_MAGIC
 * @major: VNPU_COREDUMP_MAJOR
 * @minor: version of what follows
 * @section_count: &struct vnpu_coredump_section behind this
 * @bytes: of the whole file
 */
struct vnpu_coredump_header {
	__u32 magic;
	__u32 major;
	__u32 minor;
	__u32 section_count;
	__u64 bytes;
};

/**
 * enum vnpu_coredump_kind - what a section holds
 * @VNPU_COREDUMP_FAULT: one &struct vnpu_coredump_fault
 * @VNPU_COREDUMP_DEVICE: one &struct vnpu_coredump_device
 * @VNPU_COREDUMP_FIRMWARE: one &struct vnpu_coredump_firmware
 * @VNPU_COREDUMP_CONTEXT: one &struct vnpu_coredump_context
 * @VNPU_COREDUMP_PROGRAM: the program, as vnpu_program.h has it, or its beginning
 * @VNPU_COREDUMP_BINDINGS: &struct vnpu_coredump_binding, one for each bound slot
 * @VNPU_COREDUMP_JOBS: &struct vnpu_coredump_job, the last ones of the core, oldest first
 * @VNPU_COREDUMP_EVENTS: &struct vnpu_coredump_event, the last ones of the device, oldest
 *	first
 * @VNPU_COREDUMP_CONTENTS: the first bytes bound to the slot
 *	vnpu_coredump_section.index; only when asked for
 */
enum vnpu_coredump_kind {
	VNPU_COREDUMP_FAULT = 1,
	VNPU_COREDUMP_DEVICE = 2,
	VNPU_COREDUMP_FIRMWARE = 3,
	VNPU_COREDUMP_CONTEXT = 4,
	VNPU_COREDUMP_PROGRAM = 5,
	VNPU_COREDUMP_BINDINGS = 6,
	VNPU_COREDUMP_JOBS = 7,
	VNPU_COREDUMP_EVENTS = 8,
	VNPU_COREDUMP_CONTENTS = 9,
};

/**
 * struct vnpu_coredump_section - where a section is
 * @kind: &enum vnpu_coredump_kind
 * @stride: bytes of each of its records; 0: it has none
 * @offset: first byte in the file, a multiple of 8
 * @size: bytes that are there
 * @whole: bytes that there would be; more than @size: it was cut
 * @index: CONTENTS: the slot.  Otherwise 0
 * @pad: zero
 */
struct vnpu_coredump_section {
	__u32 kind;
	__u32 stride;
	__u64 offset;
	__u64 size;
	__u64 whole;
	__u32 index;
	__u32 pad;
};

/**
 * struct vnpu_coredump_fault - what went wrong
 * @fault: &enum drm_vnpu_fault
 * @error: what the job's fence got, a negative errno
 * @core: where it ran
 * @op: record it was in; VNPU_COREDUMP_NONE: none
 * @op_count: records of the program
 * @progress: tiles that were done, modulo 2^32
 * @timeout_ms: how long its context lets a job make no progress
 * @pad: zero
 * @job: number of the job
 * @queued_ns: when it was submitted; all times are CLOCK_MONOTONIC
 * @started_ns: when the core began with it
 * @progress_ns: when it was last seen to make progress, or its start; looked at some times
 *	a second
 * @time_ns: when the fault was noticed
 * @realtime_ns: CLOCK_REALTIME at that time
 */
struct vnpu_coredump_fault {
	__u32 fault;
	__s32 error;
	__u32 core;
	__u32 op;
	__u32 op_count;
	__u32 progress;
	__u32 timeout_ms;
	__u32 pad;
	__u64 job;
	__u64 queued_ns;
	__u64 started_ns;
	__u64 progress_ns;
	__u64 time_ns;
	__u64 realtime_ns;
};

/**
 * struct vnpu_coredump_device - which device
 * @cores: NPU cores
 * @workers: host threads of each
 * @isa: bit n: kernels of &enum drm_vnpu_isa n are in use
 * @dead_cores: cores that do not answer
 * @driver: version of the driver; all texts end with a zero
 * @kernel: version of the kernel
 * @device: name of the device
 */
struct vnpu_coredump_device {
	__u32 cores;
	__u32 workers;
	__u32 isa;
	__u32 dead_cores;
	char driver[32];
	char kernel[64];
	char device[32];
};

/**
 * struct vnpu_coredump_firmware - what the program was validated with
 * @crc: of the image; 0: built-in
 * @generation: which one of the device's it was
 * @personality: id of the program's default personality
 * @pad: zero
 * @digest: of that personality
 * @version: what the image says of itself
 * @file: where it came from; "": built-in
 * @target: what the device is called
 * @name: of that personality
 */
struct vnpu_coredump_firmware {
	__u32 crc;
	__u32 generation;
	__u32 personality;
	__u32 pad;
	__u64 digest;
	char version[64];
	char file[64];
	char target[32];
	char name[32];
};

/**
 * struct vnpu_coredump_context - whose job it was
 * @handle: of the context
 * @priority: &enum drm_vnpu_priority
 * @state: &enum drm_vnpu_ctx_state
 * @pid: of the process that opened the device
 * @client: id of the DRM client, as in fdinfo
 * @submitted: jobs that the context took
 * @completed: of these, ended without an error
 * @failed: of these, ended with one
 * @busy_ns: time spent on them
 * @process: name of the process
 */
struct vnpu_coredump_context {
	__u32 handle;
	__u32 priority;
	__u32 state;
	__u32 pid;
	__u64 client;
	__u64 submitted;
	__u64 completed;
	__u64 failed;
	__u64 busy_ns;
	char process[16];
};

/**
 * struct vnpu_coredump_binding - memory of a slot
 * @slot: index of the slot
 * @kind: &enum vnpu_slot_kind
 * @access: DRM_VNPU_SLOT_READ and/or WRITE
 * @handle: GEM handle that was bound
 * @offset: first byte within the buffer
 * @size: bytes that were bound
 * @needed: bytes that the program needs
 * @bo_size: bytes of the buffer
 */
struct vnpu_coredump_binding {
	__u32 slot;
	__u32 kind;
	__u32 access;
	__u32 handle;
	__u64 offset;
	__u64 size;
	__u64 needed;
	__u64 bo_size;
};

/**
 * struct vnpu_coredump_job - a job that ended
 * @job: its number
 * @client: DRM client that it came from
 * @started_ns: CLOCK_MONOTONIC
 * @ended_ns: CLOCK_MONOTONIC
 * @ctx: handle of its context
 * @error: what its fence got
 * @op_count: records of its program
 * @pad: zero
 */
struct vnpu_coredump_job {
	__u64 job;
	__u64 client;
	__u64 started_ns;
	__u64 ended_ns;
	__u32 ctx;
	__s32 error;
	__u32 op_count;
	__u32 pad;
};

/**
 * enum vnpu_coredump_event_type - kinds of events
 * @VNPU_COREDUMP_EVENT_FAULT: something was wrong with a job
 * @VNPU_COREDUMP_EVENT_WEDGED: a core died
 * @VNPU_COREDUMP_EVENT_RESET: the device was reset
 * @VNPU_COREDUMP_EVENT_FIRMWARE: a firmware was loaded, or refused
 * @VNPU_COREDUMP_EVENT_ADDED: the device came
 * @VNPU_COREDUMP_EVENT_REMOVED: the device went
 */
enum vnpu_coredump_event_type {
	VNPU_COREDUMP_EVENT_FAULT = 1,
	VNPU_COREDUMP_EVENT_WEDGED = 2,
	VNPU_COREDUMP_EVENT_RESET = 3,
	VNPU_COREDUMP_EVENT_FIRMWARE = 4,
	VNPU_COREDUMP_EVENT_ADDED = 5,
	VNPU_COREDUMP_EVENT_REMOVED = 6,
};

/**
 * struct vnpu_coredump_event - something that happened to the device
 * @time_ns: CLOCK_MONOTONIC
 * @type: &enum vnpu_coredump_event_type
 * @fault: FAULT: &enum drm_vnpu_fault
 * @error: of the job's fence, or of the action
 * @core: which; VNPU_COREDUMP_NONE: none
 * @op: FAULT: record; VNPU_COREDUMP_NONE: none
 * @ctx: FAULT: handle of the context
 * @client: FAULT: DRM client
 * @job: FAULT: number of the job
 */
struct vnpu_coredump_event {
	__u64 time_ns;
	__u32 type;
	__u32 fault;
	__s32 error;
	__u32 core;
	__u32 op;
	__u32 ctx;
	__u64 client;
	__u64 job;
};

#if defined(__cplusplus)
}
#endif

#endif /* VNPU_COREDUMP_H */
