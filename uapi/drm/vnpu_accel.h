/* SPDX-License-Identifier: MIT */
/*
 * User-space interface of the vnpu DRM accel driver.
 *
 * Rules of this interface (each is tested by selftests/):
 *  1. Every struct is a multiple of 8 bytes, every u64 lies at a multiple of 8,
 *     all padding is a named field.  Sizes are asserted, also for 32-bit.
 *  2. Reserved fields, pads and unknown flags must be zero, else -EINVAL.
 *  3. Structs grow at the end; zero in a new field means the old behaviour.
 *  4. Arrays are passed as &struct drm_vnpu_array with the caller's stride, so
 *     that elements can grow the same way; an element tail that the kernel does
 *     not know must be zero, else -E2BIG.
 *  5. Handles and ids are never 0.  An unknown one is -ENOENT.
 *  6. Timeouts are absolute CLOCK_MONOTONIC nanoseconds; one in the past polls.
 *  7. Pointers travel as __u64.  No unions, bit fields, enums as members, or
 *     types whose size depends on the ABI.
 *  8. A failing ioctl changes nothing: no job runs, no handle stays, no syncobj
 *     is touched.
 */
#ifndef VNPU_ACCEL_H
#define VNPU_ACCEL_H

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * enum drm_vnpu_ioctl_id - numbers of the driver's ioctls
 * @DRM_VNPU_DEV_QUERY: see &struct drm_vnpu_dev_query
 * @DRM_VNPU_BO_CREATE: see &struct drm_vnpu_bo_create
 * @DRM_VNPU_BO_INFO: see &struct drm_vnpu_bo_info
 * @DRM_VNPU_BO_WAIT: see &struct drm_vnpu_bo_wait
 * @DRM_VNPU_PROGRAM_CREATE: see &struct drm_vnpu_program_create
 * @DRM_VNPU_PROGRAM_QUERY: see &struct drm_vnpu_program_query
 * @DRM_VNPU_PROGRAM_DESTROY: see &struct drm_vnpu_program_destroy
 * @DRM_VNPU_CTX_CREATE: see &struct drm_vnpu_ctx_create
 * @DRM_VNPU_CTX_QUERY: see &struct drm_vnpu_ctx_query
 * @DRM_VNPU_CTX_DESTROY: see &struct drm_vnpu_ctx_destroy
 * @DRM_VNPU_SUBMIT: see &struct drm_vnpu_submit
 * @DRM_VNPU_BO_SET_LABEL: see &struct drm_vnpu_bo_set_label; since 1.2
 * @DRM_VNPU_SYNC_WAIT: see &struct drm_vnpu_sync_wait; since 1.3
 */
enum drm_vnpu_ioctl_id {
	DRM_VNPU_DEV_QUERY = 0,
	DRM_VNPU_BO_CREATE,
	DRM_VNPU_BO_INFO,
	DRM_VNPU_BO_WAIT,
	DRM_VNPU_PROGRAM_CREATE,
	DRM_VNPU_PROGRAM_QUERY,
	DRM_VNPU_PROGRAM_DESTROY,
	DRM_VNPU_CTX_CREATE,
	DRM_VNPU_CTX_QUERY,
	DRM_VNPU_CTX_DESTROY,
	DRM_VNPU_SUBMIT,
	DRM_VNPU_BO_SET_LABEL,
	DRM_VNPU_SYNC_WAIT,
};

/**
 * struct drm_vnpu_array - an array in user memory
 * @stride: bytes from one element to the next
 * @count: number of elements
 * @array: address of the first; ignored when @count is 0
 */
struct drm_vnpu_array {
	__u32 stride;
	__u32 count;
	__u64 array;
};

/**
 * enum drm_vnpu_query_type - what DEV_QUERY can tell
 * @DRM_VNPU_QUERY_DEV_INFO: one &struct drm_vnpu_dev_info
 * @DRM_VNPU_QUERY_PERSONALITIES: an array of &struct drm_vnpu_personality_info
 * @DRM_VNPU_QUERY_FIRMWARE: one &struct drm_vnpu_firmware_info; since 1.1
 * @DRM_VNPU_QUERY_LIMITS: one &struct drm_vnpu_limits_info; since 1.2
 * @DRM_VNPU_QUERY_HEALTH: one &struct drm_vnpu_health_info; since 1.2
 * @DRM_VNPU_QUERY_CLOCK: one &struct drm_vnpu_clock_info; since 1.2
 */
enum drm_vnpu_query_type {
	DRM_VNPU_QUERY_DEV_INFO = 0,
	DRM_VNPU_QUERY_PERSONALITIES,
	DRM_VNPU_QUERY_FIRMWARE,
	DRM_VNPU_QUERY_LIMITS,
	DRM_VNPU_QUERY_HEALTH = 4,
	DRM_VNPU_QUERY_CLOCK = 5,
};

/**
 * struct drm_vnpu_dev_query - DEV_QUERY: ask for facts about the device
 * @type: in: &enum drm_vnpu_query_type
 * @size: in: bytes at @pointer; out: bytes the kernel has to tell
 * @pointer: in: where to write at most @size bytes; 0 asks for the size only
 * @stride: in: arrays: bytes from one element to the next, of which the kernel
 *	writes those it knows; 0: the first DRM_VNPU_ELEMENT_V1 bytes of each, as
 *	interface 1.0 did.  Otherwise: must be zero.  Since 1.1
 * @count: in: must be zero; out: elements of the array the kernel has to tell,
 *	whose @size follows from @stride; a kernel of 1.0, which does not know
 *	@stride either, leaves it at 0.  Since 1.1
 */
struct drm_vnpu_dev_query {
	__u32 type;
	__u32 size;
	__u64 pointer;
	__u32 stride;
	__u32 count;
};

/** DRM_VNPU_ELEMENT_V1 - bytes of &struct drm_vnpu_personality_info in interface 1.0 */
#define DRM_VNPU_ELEMENT_V1	40

/**
 * struct drm_vnpu_dev_info - facts about the device
 * @program_major: program format this device runs
 * @program_minor: newest minor version of it
 * @cores: NPU cores, each with a queue of its own
 * @workers: host threads that share the tiles of one core's job
 * @isa: bit n set: kernels of &enum drm_vnpu_isa n are in use
 * @priorities: bit n set: this caller may create contexts of priority n
 * @max_slots: bindings of one job
 * @max_jobs: jobs of one SUBMIT
 * @max_contexts: contexts of one open file
 * @max_programs: programs of one open file
 * @max_program_bytes: bytes of one program
 * @default_timeout_ms: timeout of a context that asked for 0
 * @max_timeout_ms: longest timeout a context may ask for
 * @pad: zero
 * @max_bo_bytes: bytes of one buffer object
 */
struct drm_vnpu_dev_info {
	__u32 program_major;
	__u32 program_minor;
	__u32 cores;
	__u32 workers;
	__u32 isa;
	__u32 priorities;
	__u32 max_slots;
	__u32 max_jobs;
	__u32 max_contexts;
	__u32 max_programs;
	__u32 max_program_bytes;
	__u32 default_timeout_ms;
	__u32 max_timeout_ms;
	__u32 pad;
	__u64 max_bo_bytes;
};

/**
 * enum drm_vnpu_isa - host instruction sets that op kernels exist for
 * @DRM_VNPU_ISA_GENERIC: plain C, the normative result
 * @DRM_VNPU_ISA_AVX2: AVX2
 * @DRM_VNPU_ISA_AVX512_VNNI: AVX-512 with VNNI
 */
enum drm_vnpu_isa {
	DRM_VNPU_ISA_GENERIC = 0,
	DRM_VNPU_ISA_AVX2,
	DRM_VNPU_ISA_AVX512_VNNI,
};

/** DRM_VNPU_MAX_FIELDS - room for the fields of a personality or a target */
#define DRM_VNPU_MAX_FIELDS	64

/**
 * struct drm_vnpu_personality_info - an arithmetic the device can compute with
 * @id: what programs name, see &enum vnpu_personality_id of vnpu_program.h
 * @pad: zero
 * @name: NUL-terminated, e.g. "tflite-ref"
 * @digest: of everything that decides results, @rest's included; what programs name,
 *	too.  This and the following since 1.1
 * @evidence: how sure its maker is that it is what it names: 0 exact, 1 documented,
 *	2 open-driver, 3 guess
 * @rest: id of the personality that takes over what this one leaves; 0: none
 * @field_count: entries of @field in use; the others are 0
 * @pad2: zero
 * @summary: NUL-terminated, one line
 * @field: the values of driver/model/npum_personality.def, in its order
 *
 * The first one is the device's default.
 */
struct drm_vnpu_personality_info {
	__u32 id;
	__u32 pad;
	char name[32];
	__u64 digest;
	__u32 evidence;
	__u32 rest;
	__u32 field_count;
	__u32 pad2;
	char summary[128];
	__u32 field[DRM_VNPU_MAX_FIELDS];
};

/** DRM_VNPU_FIRMWARE_BUILT_IN - what the driver is built with, not from a file */
#define DRM_VNPU_FIRMWARE_BUILT_IN	(1 << 0)

/**
 * struct drm_vnpu_firmware_info - what the device was loaded with
 * @major: version of the format, see vnpu_fw.h
 * @minor: version of the format
 * @crc: of the image; 0 when built-in
 * @generation: how often the device was given firmware: another number than before,
 *	and the personalities may be others
 * @flags: DRM_VNPU_FIRMWARE_*
 * @dtypes: bit n: the device takes operands of &enum vnpu_dtype n
 * @field_count: entries of @field in use; the others are 0
 * @pad: zero
 * @version: NUL-terminated, what the image says of itself
 * @file: NUL-terminated, where it came from below /lib/firmware; "" when built-in
 * @target: NUL-terminated, what the device is called
 * @runs: bit n % 64 of word n / 64: the device runs &enum vnpu_opcode n
 * @cycles: what each opcode costs before its first multiply-accumulate
 * @field: the values of driver/model/npum_target.def, in its order: limits, memory,
 *	costs
 */
struct drm_vnpu_firmware_info {
	__u32 major;
	__u32 minor;
	__u32 crc;
	__u32 generation;
	__u32 flags;
	__u32 dtypes;
	__u32 field_count;
	__u32 pad;
	char version[64];
	char file[64];
	char target[32];
	__u64 runs[2];
	__u32 cycles[128];
	__u32 field[DRM_VNPU_MAX_FIELDS];
};

/** DRM_VNPU_LIMITS_EXEMPT - the caller has CAP_SYS_RESOURCE and goes beyond the limits */
#define DRM_VNPU_LIMITS_EXEMPT	(1 << 0)

/**
 * struct drm_vnpu_limit - what a user has of something
 * @used: held now, by all files that the user has opened
 * @max: the most that it can hold: what would be more is -EDQUOT
 */
struct drm_vnpu_limit {
	__u64 used;
	__u64 max;
};

/**
 * struct drm_vnpu_limits_info - what the user who opened the file can hold of the device
 * @contexts: contexts, until their last job has ended
 * @programs: programs, until their last job has ended
 * @memory: bytes of buffer objects, in whole pages, and of programs; imported buffers
 *	are their exporter's
 * @queue_depth: jobs of one context that are queued or running; SUBMIT of more is -EBUSY
 * @flags: DRM_VNPU_LIMITS_*
 *
 * Since 1.2.  The numbers of handles of one file are limited besides, see
 * &struct drm_vnpu_dev_info; what would be more there is -ENOSPC.
 */
struct drm_vnpu_limits_info {
	struct drm_vnpu_limit contexts;
	struct drm_vnpu_limit programs;
	struct drm_vnpu_limit memory;
	__u32 queue_depth;
	__u32 flags;
};

/**
 * enum drm_vnpu_fault - what can be wrong with a job; since 1.2
 * @DRM_VNPU_FAULT_NONE: nothing
 * @DRM_VNPU_FAULT_HANG: it made no progress for its context's timeout and was
 *	cancelled; its fence has -ETIME
 * @DRM_VNPU_FAULT_DEAD_CORE: nor did it answer to that: its core was given up, and the
 *	device takes no jobs until it is reset; its fence has -ETIME
 * @DRM_VNPU_FAULT_CONSTANTS: its constants are not those whose digest it named; its
 *	fence has -EBADMSG
 * @DRM_VNPU_FAULT_MACHINE: the machine ended it with another error
 */
enum drm_vnpu_fault {
	DRM_VNPU_FAULT_NONE = 0,
	DRM_VNPU_FAULT_HANG,
	DRM_VNPU_FAULT_DEAD_CORE,
	DRM_VNPU_FAULT_CONSTANTS,
	DRM_VNPU_FAULT_MACHINE,
};

/**
 * enum drm_vnpu_health - whether a device takes jobs; since 1.2
 * @DRM_VNPU_HEALTH_OK: it does
 * @DRM_VNPU_HEALTH_WEDGED: a core is dead: SUBMIT gives -ENODEV until root resets the
 *	device or binds the driver anew
 */
enum drm_vnpu_health {
	DRM_VNPU_HEALTH_OK = 0,
	DRM_VNPU_HEALTH_WEDGED,
};

/**
 * struct drm_vnpu_health_info - how a device has fared since it was probed; since 1.2
 * @state: &enum drm_vnpu_health
 * @dead_cores: cores that do not answer now
 * @completed: jobs that ended without an error
 * @failed: jobs that ended with one, those of all following kinds among them
 * @cancelled: jobs that were ended through no fault of theirs: their context was gone
 *	or banned, the device was reset or went away
 * @hangs: DRM_VNPU_FAULT_HANG
 * @deaths: DRM_VNPU_FAULT_DEAD_CORE
 * @corruptions: DRM_VNPU_FAULT_CONSTANTS
 * @errors: DRM_VNPU_FAULT_MACHINE
 * @resets: resets of the device
 * @dumps: core dumps that were offered to the system
 * @last_fault_ns: CLOCK_MONOTONIC of the last fault; 0: there was none
 * @last_fault: &enum drm_vnpu_fault of it
 * @pad: zero
 *
 * The counters are those of all clients together.
 */
struct drm_vnpu_health_info {
	__u32 state;
	__u32 dead_cores;
	__u64 completed;
	__u64 failed;
	__u64 cancelled;
	__u64 hangs;
	__u64 deaths;
	__u64 corruptions;
	__u64 errors;
	__u64 resets;
	__u64 dumps;
	__u64 last_fault_ns;
	__u32 last_fault;
	__u32 pad;
};

/**
 * struct drm_vnpu_clock_info - the device's clock beside the system's; since 1.2
 * @frequency_hz: ticks per second, nominally
 * @ticks: the device's clock, which starts with the device and is never set
 * @monotonic_ns: CLOCK_MONOTONIC at that instant
 * @uncertainty_ns: by how much @monotonic_ns may be off, either way
 *
 * Of two such pairs, taken some time apart, follows what the device's clock really runs
 * at, and with it the system's time of any reading of it.
 */
struct drm_vnpu_clock_info {
	__u64 frequency_hz;
	__u64 ticks;
	__u64 monotonic_ns;
	__u64 uncertainty_ns;
};

/**
 * struct drm_vnpu_bo_create - BO_CREATE: make a zeroed buffer object
 * @size: in: bytes, rounded up to pages; out: bytes allocated
 * @flags: in: must be zero
 * @handle: out: GEM handle
 *
 * All pages are allocated, and charged to the caller's memory cgroup, in this
 * call.  -ENOMEM when they cannot be had, -EDQUOT when the user has enough (see
 * &struct drm_vnpu_limits_info), -EINVAL for 0 or more than
 * drm_vnpu_dev_info.max_bo_bytes.
 */
struct drm_vnpu_bo_create {
	__u64 size;
	__u32 flags;
	__u32 handle;
};

/**
 * struct drm_vnpu_bo_info - BO_INFO: size and mmap offset of a buffer object
 * @handle: in: GEM handle
 * @pad: in: must be zero
 * @size: out: bytes
 * @mmap_offset: out: offset for mmap() on the device's file
 */
struct drm_vnpu_bo_info {
	__u32 handle;
	__u32 pad;
	__u64 size;
	__u64 mmap_offset;
};

/** DRM_VNPU_MAX_LABEL - characters of a label at the most */
#define DRM_VNPU_MAX_LABEL	63

/**
 * struct drm_vnpu_bo_set_label - BO_SET_LABEL: say what a buffer object is for
 * @handle: in: GEM handle
 * @size: in: characters of the label, without a final zero, at most
 *	DRM_VNPU_MAX_LABEL; 0: none from now on
 * @label: in: address of the characters, printable ASCII
 *
 * It is shown to root in debugfs.  All handles of the object have it, also those of other
 * files.  -EINVAL for what is longer or not printable.  Since 1.2.
 */
struct drm_vnpu_bo_set_label {
	__u32 handle;
	__u32 size;
	__u64 label;
};

/** DRM_VNPU_BO_WAIT_READ - wait for writers only: what is wanted before reading */
#define DRM_VNPU_BO_WAIT_READ	(1 << 0)

/**
 * struct drm_vnpu_bo_wait - BO_WAIT: wait until jobs are done with a BO
 * @handle: in: GEM handle
 * @flags: in: DRM_VNPU_BO_WAIT_*; without READ also waits for readers
 * @timeout_ns: in: absolute CLOCK_MONOTONIC
 *
 * -ETIMEDOUT when jobs still use the BO; -EBUSY instead if @timeout_ns is 0.
 */
struct drm_vnpu_bo_wait {
	__u32 handle;
	__u32 flags;
	__s64 timeout_ns;
};

/**
 * struct drm_vnpu_program_create - PROGRAM_CREATE: copy and validate a program
 * @data: in: address of the program, see vnpu_program.h
 * @size: in: its bytes
 * @flags: in: must be zero
 * @handle: out: program handle
 * @refusal: out: &enum vnpu_refusal, when refused with -ENOEXEC
 * @refused_op: out: index of the offending op record or slot; ~0: the header
 * @refused_field: out: operand (0..2 inputs, 3 output, 4 parameters); ~0: none
 *
 * The kernel keeps its own copy, which nobody can change afterwards.  On
 * -ENOEXEC the out fields are written although the ioctl fails.
 */
struct drm_vnpu_program_create {
	__u64 data;
	__u32 size;
	__u32 flags;
	__u32 handle;
	__u32 refusal;
	__u32 refused_op;
	__u32 refused_field;
};

#define DRM_VNPU_SLOT_READ	(1 << 0)
#define DRM_VNPU_SLOT_WRITE	(1 << 1)

/**
 * struct drm_vnpu_slot_info - what a program needs of one slot
 * @kind: &enum vnpu_slot_kind
 * @access: DRM_VNPU_SLOT_READ and/or WRITE; 0: the slot is not used
 * @bytes: bytes a binding must offer
 */
struct drm_vnpu_slot_info {
	__u32 kind;
	__u32 access;
	__u64 bytes;
};

/**
 * struct drm_vnpu_program_query - PROGRAM_QUERY: summary of a program
 * @handle: in: program handle
 * @pad: in: must be zero
 * @op_count: out: op records
 * @slot_count: out: slots
 * @macs: out: multiply-accumulates of one run
 * @slots: in: array of &struct drm_vnpu_slot_info to fill, count elements at
 *	the most; count 0 asks for @slot_count only
 */
struct drm_vnpu_program_query {
	__u32 handle;
	__u32 pad;
	__u32 op_count;
	__u32 slot_count;
	__u64 macs;
	struct drm_vnpu_array slots;
};

/**
 * struct drm_vnpu_program_destroy - PROGRAM_DESTROY: drop a program handle
 * @handle: in: program handle; jobs in flight keep the program alive
 * @pad: in: must be zero
 */
struct drm_vnpu_program_destroy {
	__u32 handle;
	__u32 pad;
};

/**
 * enum drm_vnpu_priority - priority of a context's jobs
 * @DRM_VNPU_PRIORITY_LOW: after everybody else
 * @DRM_VNPU_PRIORITY_NORMAL: the default
 * @DRM_VNPU_PRIORITY_HIGH: before NORMAL; needs CAP_SYS_NICE, else -EACCES
 */
enum drm_vnpu_priority {
	DRM_VNPU_PRIORITY_LOW = 0,
	DRM_VNPU_PRIORITY_NORMAL,
	DRM_VNPU_PRIORITY_HIGH,
};

/**
 * struct drm_vnpu_ctx_create - CTX_CREATE: make a context
 * @priority: in: &enum drm_vnpu_priority
 * @flags: in: must be zero
 * @timeout_ms: in: a job that makes no progress for so long is cancelled;
 *	0: the device's default; more than max_timeout_ms is -EINVAL
 * @handle: out: context handle
 */
struct drm_vnpu_ctx_create {
	__u32 priority;
	__u32 flags;
	__u32 timeout_ms;
	__u32 handle;
};

/**
 * enum drm_vnpu_ctx_state - health of a context
 * @DRM_VNPU_CTX_OK: takes jobs
 * @DRM_VNPU_CTX_GUILTY: one of its jobs hung; queued jobs end with -ECANCELED,
 *	SUBMIT gives -EIO for ever.  Make a new context.
 */
enum drm_vnpu_ctx_state {
	DRM_VNPU_CTX_OK = 0,
	DRM_VNPU_CTX_GUILTY,
};

/**
 * struct drm_vnpu_ctx_query - CTX_QUERY: state and statistics of a context
 * @handle: in: context handle
 * @pad: in: must be zero
 * @state: out: &enum drm_vnpu_ctx_state
 * @priority: out: &enum drm_vnpu_priority
 * @timeout_ms: out: the timeout in force
 * @fault_op: out: op index that the guilty job hung in; ~0: none
 * @submitted: out: jobs taken
 * @completed: out: jobs done without error
 * @failed: out: jobs ended with an error
 * @busy_ns: out: time spent on this context's jobs
 */
struct drm_vnpu_ctx_query {
	__u32 handle;
	__u32 pad;
	__u32 state;
	__u32 priority;
	__u32 timeout_ms;
	__u32 fault_op;
	__u64 submitted;
	__u64 completed;
	__u64 failed;
	__u64 busy_ns;
};

/**
 * struct drm_vnpu_ctx_destroy - CTX_DESTROY: drop a context
 * @handle: in: context handle; its queued jobs end with -ECANCELED
 * @pad: in: must be zero
 */
struct drm_vnpu_ctx_destroy {
	__u32 handle;
	__u32 pad;
};

/** DRM_VNPU_SYNC_SIGNAL - signal the syncobj when the job is done; else wait for it first */
#define DRM_VNPU_SYNC_SIGNAL	(1 << 0)

/**
 * struct drm_vnpu_sync - a syncobj to wait for or to signal
 * @handle: in: DRM syncobj handle
 * @flags: in: DRM_VNPU_SYNC_*
 * @point: in: timeline point; 0: a binary syncobj
 */
struct drm_vnpu_sync {
	__u32 handle;
	__u32 flags;
	__u64 point;
};

/**
 * struct drm_vnpu_sync_wait - SYNC_WAIT: wait for a job and learn how it ended
 * @handle: in: handle of a binary DRM syncobj that a job signals
 * @flags: in: must be zero
 * @timeout_ns: in: absolute CLOCK_MONOTONIC
 * @result: out: 0 the job ended well, or what its fence says: see &struct drm_vnpu_submit
 * @pad: in: must be zero
 *
 * The same as DRM's SYNCOBJ_WAIT and the status of the syncobj's fence as a sync_file, in
 * one call.  When the call fails, nobody knows of the job: -ETIMEDOUT it has not ended
 * (-EBUSY instead if @timeout_ns is 0), -EINVAL the syncobj has no fence.
 *
 * Points of a timeline have no result that lasts: links of jobs that ended are dropped.  Of a
 * syncobj that is used as a timeline it is the result of the last point.  Since 1.3.
 */
struct drm_vnpu_sync_wait {
	__u32 handle;
	__u32 flags;
	__s64 timeout_ns;
	__s32 result;
	__u32 pad;
};

/** DRM_VNPU_BIND_NO_IMPLICIT - neither wait for the BO's fences nor add the job's */
#define DRM_VNPU_BIND_NO_IMPLICIT	(1 << 0)

/**
 * struct drm_vnpu_binding - memory of one slot
 * @handle: in: GEM handle; 0 for a slot the program does not use, and always for one
 *	of on-chip memory, which the device provides
 * @flags: in: DRM_VNPU_BIND_*
 * @offset: in: first byte within the BO; multiple of 64
 * @size: in: bytes the job may touch; at least the slot's
 */
struct drm_vnpu_binding {
	__u32 handle;
	__u32 flags;
	__u64 offset;
	__u64 size;
};

/**
 * struct drm_vnpu_op_profile - what the device writes per op into a profile BO
 * @start_ns: CLOCK_MONOTONIC when the op's first tile started
 * @end_ns: CLOCK_MONOTONIC when its last tile ended
 */
struct drm_vnpu_op_profile {
	__u64 start_ns;
	__u64 end_ns;
};

/**
 * struct drm_vnpu_op_counters - what an op's arithmetic met, as the device counts it
 * @values: output elements that were counted over; 0: the op has nothing to count
 * @clamped_low: outputs raised by the op's clamp
 * @clamped_high: outputs lowered by it
 * @ties: roundings of a requantisation that had exactly one half to decide
 * @overflows: additions whose sum the accumulator could not hold
 * @infs: infinities among floating-point values
 * @nans: values among these that are not numbers
 * @lut_low: look-ups of a table's first entry, or before it
 * @lut_high: look-ups of its last entry, or behind it
 * @acc_bits: bits of the narrowest two's complement accumulator that would hold every
 *	sum; 0: nothing was accumulated
 * @pad: zero
 *
 * The same for any number of workers and cores.
 */
struct drm_vnpu_op_counters {
	__u64 values;
	__u64 clamped_low;
	__u64 clamped_high;
	__u64 ties;
	__u64 overflows;
	__u64 infs;
	__u64 nans;
	__u64 lut_low;
	__u64 lut_high;
	__u32 acc_bits;
	__u32 pad;
};

/**
 * DRM_VNPU_JOB_COUNTERS - count, too, which takes several times as long
 *
 * The outputs are the same.  Needs drm_vnpu_job.profile and .counters_stride.
 */
#define DRM_VNPU_JOB_COUNTERS	(1 << 0)
/**
 * DRM_VNPU_JOB_VERIFY - look at the constants before anything is computed with them
 *
 * Needs drm_vnpu_job.const_digest.  When they differ, the job computes nothing and ends
 * with -EBADMSG; its context is not to blame and goes on.  Since 1.2
 */
#define DRM_VNPU_JOB_VERIFY	(1 << 1)

/**
 * struct drm_vnpu_job - one run of a program
 * @program: in: program handle
 * @flags: in: DRM_VNPU_JOB_*
 * @bindings: in: array of &struct drm_vnpu_binding, one per slot, in order
 * @syncs: in: array of &struct drm_vnpu_sync
 * @profile: in: GEM handle that gets one &struct drm_vnpu_op_profile per op
 *	record; 0: none
 * @pad: in: must be zero
 * @profile_offset: in: where in it; multiple of 64
 * @counters_offset: in: with DRM_VNPU_JOB_COUNTERS: where in @profile it gets one
 *	&struct drm_vnpu_op_counters per op record; multiple of 64.  Otherwise 0
 * @counters_stride: in: with DRM_VNPU_JOB_COUNTERS: bytes from one of these to the
 *	next, a multiple of 8.  Of each the device writes as many bytes as it knows and
 *	@counters_stride has room for, and leaves the rest alone.  Otherwise 0
 * @pad2: in: must be zero
 * @const_digest: in: with DRM_VNPU_JOB_VERIFY: XXH64, seed 0, of the bytes that the
 *	program needs of its VNPU_SLOT_CONST slots, in the order of the slots.
 *	Otherwise 0.  Since 1.2
 */
struct drm_vnpu_job {
	__u32 program;
	__u32 flags;
	struct drm_vnpu_array bindings;
	struct drm_vnpu_array syncs;
	__u32 profile;
	__u32 pad;
	__u64 profile_offset;
	__u64 counters_offset;
	__u32 counters_stride;
	__u32 pad2;
	__u64 const_digest;
};

/**
 * struct drm_vnpu_submit - SUBMIT: queue jobs, all or none
 * @ctx: in: context handle
 * @flags: in: must be zero
 * @jobs: in: array of &struct drm_vnpu_job; they start in this order
 * @failed_job: out: index of the job that made the call fail; ~0: none did
 * @pad: in: must be zero
 *
 * -EBUSY when the context would have more than drm_vnpu_limits_info.queue_depth jobs
 * that have not ended: wait for one of them.
 *
 * A job that failed tells so through its fence: -ETIME it hung, -ECANCELED its
 * context died before it ran or the device was reset, -ENODEV the device went away or is
 * wedged, -EBADMSG its constants are not what it said they are.
 */
struct drm_vnpu_submit {
	__u32 ctx;
	__u32 flags;
	struct drm_vnpu_array jobs;
	__u32 failed_job;
	__u32 pad;
};

#define DRM_IOCTL_VNPU(dir, nr, type) \
	DRM_##dir(DRM_COMMAND_BASE + DRM_VNPU_##nr, struct drm_vnpu_##type)

#define DRM_IOCTL_VNPU_DEV_QUERY	DRM_IOCTL_VNPU(IOWR, DEV_QUERY, dev_query)
#define DRM_IOCTL_VNPU_BO_CREATE	DRM_IOCTL_VNPU(IOWR, BO_CREATE, bo_create)
#define DRM_IOCTL_VNPU_BO_INFO		DRM_IOCTL_VNPU(IOWR, BO_INFO, bo_info)
#define DRM_IOCTL_VNPU_BO_WAIT		DRM_IOCTL_VNPU(IOW, BO_WAIT, bo_wait)
#define DRM_IOCTL_VNPU_PROGRAM_CREATE	DRM_IOCTL_VNPU(IOWR, PROGRAM_CREATE, program_create)
#define DRM_IOCTL_VNPU_PROGRAM_QUERY	DRM_IOCTL_VNPU(IOWR, PROGRAM_QUERY, program_query)
#define DRM_IOCTL_VNPU_PROGRAM_DESTROY	DRM_IOCTL_VNPU(IOW, PROGRAM_DESTROY, program_destroy)
#define DRM_IOCTL_VNPU_CTX_CREATE	DRM_IOCTL_VNPU(IOWR, CTX_CREATE, ctx_create)
#define DRM_IOCTL_VNPU_CTX_QUERY	DRM_IOCTL_VNPU(IOWR, CTX_QUERY, ctx_query)
#define DRM_IOCTL_VNPU_CTX_DESTROY	DRM_IOCTL_VNPU(IOW, CTX_DESTROY, ctx_destroy)
#define DRM_IOCTL_VNPU_SUBMIT		DRM_IOCTL_VNPU(IOWR, SUBMIT, submit)
#define DRM_IOCTL_VNPU_BO_SET_LABEL	DRM_IOCTL_VNPU(IOW, BO_SET_LABEL, bo_set_label)
#define DRM_IOCTL_VNPU_SYNC_WAIT	DRM_IOCTL_VNPU(IOWR, SYNC_WAIT, sync_wait)

#if defined(__cplusplus)
}
#endif

#endif /* VNPU_ACCEL_H */
