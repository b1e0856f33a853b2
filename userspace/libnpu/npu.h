/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * libnpu: run compiled neural-network graphs on a vnpu device.
 *
 * Two levels.  Most programs need the upper one:
 *
 *	device		npu_device_open("auto", ...)
 *	model		npu_model_load() of a .npu artefact
 *	session		npu_session_create(device, model); fill the inputs,
 *			npu_session_run(), read the outputs
 *
 * The lower one is what a session is made of: buffer objects, programs,
 * contexts, fences and npu_submit(), one to one the objects of the driver.
 *
 * Conventions:
 *  - Functions return 0 (or what they say) or a negative errno; errno itself
 *    means nothing.  Where they take a &struct npu_error it is filled on
 *    failure, left alone on success, and may be NULL.
 *  - There is no global state.  A device and a model may be used by several
 *    threads at once; every other object by one thread at a time.
 *  - An object must be released before the device it was made on, a session
 *    before its model.  Releasing NULL does nothing.
 *  - Options are structs: zero-initialise them, NULL means all defaults.
 *  - Strings and structs handed out are owned by the object they come from.
 */
#ifndef NPU_H
#define NPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vnpu_program.h"

#if defined(__cplusplus)
extern "C" {
#endif

#define NPU_API __attribute__((__visibility__("default")))

/** struct npu_device - an open device; opaque */
struct npu_device;
/** struct npum_personality_set - arithmetics, for compilers; see npum_personality.h */
struct npum_personality_set;
/** struct npum_target - capabilities and costs, for compilers; see npum_target.h */
struct npum_target;
/** struct npu_bo - memory that a device can use; opaque */
struct npu_bo;
/** struct npu_program - a validated program on a device; opaque */
struct npu_program;
/** struct npu_context - a queue of jobs with a priority and a health of its own; opaque */
struct npu_context;
/** struct npu_fence - the end of a job, to wait for; opaque */
struct npu_fence;
/** struct npu_model - a .npu artefact, read and checked; opaque */
struct npu_model;
/** struct npu_session - a model with all the memory it needs on a device; opaque */
struct npu_session;

/**
 * struct npu_error - why a call failed
 * @text: one line "WHAT: where, why; what to do", NUL-ended, without newline
 */
struct npu_error {
	char text[512];
};

/** NPU_WAIT_FOREVER - a timeout that never ends */
#define NPU_WAIT_FOREVER (-1)

/** npu_version() - version of the library, e.g. "0.1.0" */
NPU_API const char *npu_version(void);

/**
 * enum npu_device_kind - what computes
 * @NPU_DEVICE_SIM: the math model inside this process
 * @NPU_DEVICE_KERNEL: a device node driven by vnpu.ko
 */
enum npu_device_kind {
	NPU_DEVICE_SIM = 1,
	NPU_DEVICE_KERNEL = 2,
};

/**
 * struct npu_device_options - how to open a device
 * @threads: sim: worker threads, 1..64; 0: one for each CPU this process may
 *	use.  Other devices do not read it.
 * @firmware: sim: a firmware image (vnpu_fw.h) instead of what the library is built
 *	with; not needed after the call.  Other devices have their own: only "auto" and
 *	"sim" take it, and "auto" is sim then.
 * @firmware_size: its bytes
 * @firmware_name: what to call it, e.g. its path; may be NULL
 */
struct npu_device_options {
	uint32_t threads;
	const void *firmware;
	size_t firmware_size;
	const char *firmware_name;
};

/**
 * struct npu_personality_info - an arithmetic that a device can compute with
 * @id: what programs name, see &enum vnpu_personality_id
 * @name: e.g. "tflite-ref"
 * @digest: of everything that decides results; what programs name, too
 * @evidence: how sure its maker is that it is what it names: 0 exact, 1 documented,
 *	2 open-driver, 3 guess
 * @rest: id of the personality that takes over what this one leaves; 0: none
 * @known: this library understands all of it, so that models can be compiled for it
 * @summary: one line
 */
struct npu_personality_info {
	uint32_t id;
	char name[32];
	uint64_t digest;
	uint32_t evidence;
	uint32_t rest;
	bool known;
	char summary[128];
};

/**
 * struct npu_firmware_info - what a device was loaded with when it was opened
 * @built_in: with what driver or library are built with, not with an image
 * @major: version of the image's format, see vnpu_fw.h
 * @minor: version of the image's format
 * @crc: of the image; 0 when built-in
 * @generation: how often the device was given firmware; 0: it does not tell
 * @version: what the image says of itself
 * @file: where it came from; "" when built-in
 * @target: what the device is called
 */
struct npu_firmware_info {
	bool built_in;
	uint32_t major;
	uint32_t minor;
	uint32_t crc;
	uint32_t generation;
	char version[64];
	char file[64];
	char target[32];
};

/**
 * struct npu_device_info - facts about an open device
 * @kind: &enum npu_device_kind
 * @name: what to give npu_device_open() to get this one again, e.g.
 *	"/dev/accel/accel0" or "sim:avx2"
 * @driver: "vnpu 0.1.0" for a kernel device, "libnpu 0.1.0" for sim
 * @isa: names of the instruction sets in use, comma-separated, e.g. "generic,avx2"
 * @choice: why this device, when "auto" had the choice; else ""
 * @program_major: program format it runs
 * @program_minor: newest minor version of it
 * @cores: NPU cores, each with a queue of its own
 * @workers: host threads that share the tiles of one core's job
 * @priorities: bit n set: this caller may create contexts of &enum npu_priority n
 * @max_slots: bindings of one job
 * @max_contexts: contexts at one time
 * @max_programs: programs at one time
 * @max_program_bytes: bytes of one program
 * @default_timeout_ms: timeout of a context that asked for 0; 0: jobs never time out
 * @max_timeout_ms: longest timeout a context may ask for
 * @max_bo_bytes: bytes of one buffer object
 * @personality_count: number of @personalities
 * @personalities: the arithmetics it offers, the first is its default
 * @firmware: what it was loaded with
 */
struct npu_device_info {
	enum npu_device_kind kind;
	char name[64];
	char driver[64];
	char isa[64];
	char choice[256];
	uint32_t program_major;
	uint32_t program_minor;
	uint32_t cores;
	uint32_t workers;
	uint32_t priorities;
	uint32_t max_slots;
	uint32_t max_contexts;
	uint32_t max_programs;
	uint32_t max_program_bytes;
	uint32_t default_timeout_ms;
	uint32_t max_timeout_ms;
	uint64_t max_bo_bytes;
	size_t personality_count;
	const struct npu_personality_info *personalities;
	struct npu_firmware_info firmware;
};

/**
 * npu_device_open() - open a device
 * @spec: "auto" or NULL: the first accel node driven by vnpu that can be
 *	opened, else sim (npu_device_info.choice tells why); "sim": the math
 *	model in this process with the fastest instruction set; "sim:generic",
 *	"sim:avx2", "sim:avx512vnni": with that one; "/dev/accel/accelN": that node
 * @options: NULL for the defaults
 * @dev: the new device; release with npu_device_close()
 * @error: filled on failure
 *
 * Return: 0; -EINVAL for an unknown @spec or option; -ENOEXEC when the firmware image
 * is refused (@error names byte and reason); -EOPNOTSUPP when the CPU
 * lacks the instruction set; -ENOENT, -EACCES, -ENODEV when the node is not
 * there, not ours to open or not driven by vnpu; -ENOMEM.
 */
NPU_API int npu_device_open(const char *spec, const struct npu_device_options *options,
			    struct npu_device **dev, struct npu_error *error);

/** npu_device_close() - wait for the jobs in flight and release a device; NULL is allowed */
NPU_API void npu_device_close(struct npu_device *dev);

/** npu_device_info() - facts about a device; never NULL, lives as long as @dev */
NPU_API const struct npu_device_info *npu_device_info(const struct npu_device *dev);

/**
 * npu_device_personalities() - the arithmetics to compile for when a model shall run on a device
 * @dev: device
 *
 * Those of npu_device_info.personalities that are known, in the same order.  They are
 * those of the time when the device was opened: a device whose firmware is loaded
 * again meanwhile refuses programs of arithmetics that it no longer has.
 *
 * Return: the set; never NULL, lives as long as @dev.
 */
NPU_API const struct npum_personality_set *npu_device_personalities(const struct npu_device *dev);

/** npu_device_target() - what a device takes and what it costs; never NULL, lives as long as @dev */
NPU_API const struct npum_target *npu_device_target(const struct npu_device *dev);

/**
 * struct npu_limit - what a user has of something
 * @used: held now
 * @max: the most that it can hold
 */
struct npu_limit {
	uint64_t used;
	uint64_t max;
};

/**
 * struct npu_limits - what the user who opened a device can hold of it, over all processes
 * @exempt: this process may go beyond (CAP_SYS_RESOURCE)
 * @queue_depth: jobs of one context that are queued or running
 * @contexts: contexts
 * @programs: programs
 * @memory: bytes of buffers and of programs
 */
struct npu_limits {
	bool exempt;
	uint32_t queue_depth;
	struct npu_limit contexts;
	struct npu_limit programs;
	struct npu_limit memory;
};

/**
 * npu_device_limits() - what is left of a device for this user
 * @dev: device
 * @limits: filled
 * @error: filled on failure
 *
 * Return: 0; -EOPNOTSUPP on sim, which has no limits but memory, and on drivers before
 * interface 1.2.
 */
NPU_API int npu_device_limits(struct npu_device *dev, struct npu_limits *limits,
			      struct npu_error *error);

/**
 * struct npu_device_entry - an accel node driven by vnpu
 * @path: e.g. "/dev/accel/accel0"
 * @status: 0 when this process can open it, else a negative errno
 * @problem: what hinders and what to do; "" when @status is 0
 */
struct npu_device_entry {
	char path[64];
	int status;
	char problem[256];
};

/**
 * npu_device_list() - find the accel nodes driven by vnpu
 * @entries: array of @count entries ordered by number, release with free();
 *	NULL when there are none
 * @count: number of entries
 * @error: filled on failure; also when @count is 0, with the reason (module not
 *	loaded, no accel subsystem) and what to do
 *
 * Return: 0, or -ENOMEM.
 */
NPU_API int npu_device_list(struct npu_device_entry **entries, size_t *count,
			    struct npu_error *error);

/**
 * npu_bo_create() - make a zeroed buffer object
 * @dev: device to make it on
 * @size: bytes, rounded up to pages
 * @bo: the new buffer object; release with npu_bo_free()
 * @error: filled on failure
 *
 * Return: 0; -EINVAL for 0 or more than npu_device_info.max_bo_bytes; -EDQUOT when this
 * user has all it may hold (npu_device_limits()); -ENOMEM.
 */
NPU_API int npu_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **bo,
			  struct npu_error *error);

/** npu_bo_free() - unmap and release; a job in flight still finds its memory */
NPU_API void npu_bo_free(struct npu_bo *bo);

/** npu_bo_size() - bytes, after rounding */
NPU_API uint64_t npu_bo_size(const struct npu_bo *bo);

/**
 * npu_bo_map() - address of the memory in this process
 * @bo: buffer object to map
 * @data: the address; the same at every call, valid until npu_bo_free()
 * @error: filled on failure
 *
 * Return: 0 or a negative errno.
 */
NPU_API int npu_bo_map(struct npu_bo *bo, void **data, struct npu_error *error);

/**
 * npu_bo_export() - a file descriptor that stands for the memory
 * @bo: buffer object to share
 * @fd: the caller closes it.  A dma-buf on kernel devices, a memfd on sim;
 *	both can be mapped and sent to other processes.
 * @error: filled on failure
 *
 * Return: 0 or a negative errno.
 */
NPU_API int npu_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error);

/**
 * npu_bo_import() - use memory that somebody else has made
 * @dev: device that shall use it
 * @fd: on kernel devices a dma-buf, of any driver, or of udmabuf for a memfd's pages; on
 *	sim whatever npu_bo_export() gave, or another memfd.  Not needed after the call
 * @bo: the buffer object; of kernel devices one that this process has already, when
 *	@fd is its own; release with npu_bo_free() as often as it was imported
 * @error: filled on failure
 *
 * Jobs wait for fences of the dma-buf, and it gets theirs.
 *
 * Return: 0; -EINVAL for what is no dma-buf, is empty, or cannot be used; -ENOMEM.
 */
NPU_API int npu_bo_import(struct npu_device *dev, int fd, struct npu_bo **bo,
			  struct npu_error *error);

/**
 * npu_bo_wait() - wait until no job uses the memory any more
 * @bo: buffer object to wait for
 * @timeout_ms: milliseconds; 0 polls, NPU_WAIT_FOREVER
 * @error: filled on failure
 *
 * Return: 0; -ETIMEDOUT when jobs still use it.
 */
NPU_API int npu_bo_wait(struct npu_bo *bo, int64_t timeout_ms, struct npu_error *error);

/**
 * npu_program_create() - give a device a copy of a program to validate
 * @dev: device to make it on
 * @data: the program, see vnpu_program.h; not needed after the call
 * @size: its bytes
 * @program: the new program; release with npu_program_free()
 * @error: filled on failure
 *
 * Return: 0; -ENOEXEC when the device refuses it (@error names record, field
 * and reason); -ENOMEM; -ENOSPC when the device holds too many programs.
 */
NPU_API int npu_program_create(struct npu_device *dev, const void *data, size_t size,
			       struct npu_program **program, struct npu_error *error);

/** npu_program_free() - release; jobs in flight keep it alive */
NPU_API void npu_program_free(struct npu_program *program);

/**
 * struct npu_slot_info - what a program needs of one slot
 * @kind: &enum vnpu_slot_kind
 * @used: some op reads or writes it
 * @written: some op writes it
 * @bytes: bytes a binding must offer
 */
struct npu_slot_info {
	uint32_t kind;
	bool used;
	bool written;
	uint64_t bytes;
};

/**
 * struct npu_program_info - summary of a validated program
 * @op_count: op records
 * @slot_count: entries of @slots in use
 * @macs: multiply-accumulates of one run
 * @slots: what it needs of each slot
 */
struct npu_program_info {
	uint32_t op_count;
	uint32_t slot_count;
	uint64_t macs;
	struct npu_slot_info slots[VNPU_MAX_SLOTS];
};

/** npu_program_info() - summary; never NULL, lives as long as @program */
NPU_API const struct npu_program_info *npu_program_info(const struct npu_program *program);

/**
 * enum npu_priority - whose jobs go first
 * @NPU_PRIORITY_DEFAULT: NPU_PRIORITY_NORMAL
 * @NPU_PRIORITY_LOW: after everybody else
 * @NPU_PRIORITY_NORMAL: between the two
 * @NPU_PRIORITY_HIGH: before the others; needs CAP_SYS_NICE
 *
 * sim runs all jobs in the order of their submission.
 */
enum npu_priority {
	NPU_PRIORITY_DEFAULT = 0,
	NPU_PRIORITY_LOW = 1,
	NPU_PRIORITY_NORMAL = 2,
	NPU_PRIORITY_HIGH = 3,
};

/**
 * struct npu_context_options - how to make a context
 * @priority: of its jobs
 * @timeout_ms: a job that makes no progress for so long is cancelled; 0: the
 *	device's default.  Jobs on sim cannot hang and never time out.
 */
struct npu_context_options {
	enum npu_priority priority;
	uint32_t timeout_ms;
};

/**
 * struct npu_context_status - health and statistics of a context
 * @guilty: one of its jobs hung; it takes no more jobs (-EIO), make a new one
 * @fault_op: op record the guilty job hung in; UINT32_MAX: none
 * @submitted: jobs taken
 * @completed: jobs done without error
 * @failed: jobs ended with an error
 * @busy_ns: time spent on its jobs
 */
struct npu_context_status {
	bool guilty;
	uint32_t fault_op;
	uint64_t submitted;
	uint64_t completed;
	uint64_t failed;
	uint64_t busy_ns;
};

/**
 * npu_context_create() - make a context
 * @dev: device to make it on
 * @options: NULL for the defaults
 * @context: the new context; release with npu_context_free()
 * @error: filled on failure
 *
 * Return: 0; -EACCES for a priority that is not ours to ask for; -EINVAL for a
 * bad option; -ENOSPC when the device holds too many contexts, -EDQUOT when this user
 * does (npu_device_limits()); -ENOMEM.
 */
NPU_API int npu_context_create(struct npu_device *dev, const struct npu_context_options *options,
			       struct npu_context **context, struct npu_error *error);

/** npu_context_free() - release; queued jobs may end with -ECANCELED */
NPU_API void npu_context_free(struct npu_context *context);

/** npu_context_query() - health and statistics; Return: 0 or a negative errno */
NPU_API int npu_context_query(struct npu_context *context, struct npu_context_status *status,
			      struct npu_error *error);

/**
 * npu_fence_create() - make a fence that no job stands behind yet
 * @dev: device to make it on
 * @fence: the new fence; release with npu_fence_free()
 * @error: filled on failure
 *
 * A fence can be used for any number of jobs, one after the other.
 *
 * Return: 0 or a negative errno.
 */
NPU_API int npu_fence_create(struct npu_device *dev, struct npu_fence **fence,
			     struct npu_error *error);

/** npu_fence_free() - release; the job behind it goes on */
NPU_API void npu_fence_free(struct npu_fence *fence);

/**
 * npu_fence_wait() - wait for the end of the job behind a fence
 * @fence: fence with a job behind it
 * @timeout_ms: milliseconds; 0 polls, NPU_WAIT_FOREVER
 * @error: filled on failure
 *
 * Return: 0; -ETIMEDOUT when the job is not done yet; -EINVAL when there is no
 * job; else what became of the job: -ETIME it hung and was cancelled,
 * -ECANCELED its context died before it ran, -ENODEV the device went away.
 */
NPU_API int npu_fence_wait(struct npu_fence *fence, int64_t timeout_ms, struct npu_error *error);

/**
 * npu_fence_export() - a file descriptor that polls readable when the job is done
 * @fence: fence with a job behind it
 * @fd: the caller closes it; it stands for the job now behind the fence and is
 *	undefined once another one was submitted with the same fence
 * @error: filled on failure
 *
 * Return: 0; -EINVAL when there is no job.
 */
NPU_API int npu_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error);

/**
 * struct npu_binding - memory of one slot
 * @bo: where; NULL for a slot that the program does not use, and for on-chip memory
 *	(VNPU_SLOT_L1), which is the device's
 * @offset: first byte within @bo; multiple of 64
 * @size: bytes the job may touch; at least npu_slot_info.bytes
 */
struct npu_binding {
	struct npu_bo *bo;
	uint64_t offset;
	uint64_t size;
};

/** NPU_MAX_WAITS - fences one job can wait for */
#define NPU_MAX_WAITS 16

/**
 * struct npu_op_profile - when an op ran
 * @start_ns: CLOCK_MONOTONIC when its first tile started
 * @end_ns: CLOCK_MONOTONIC when its last tile ended
 */
struct npu_op_profile {
	uint64_t start_ns;
	uint64_t end_ns;
};

/**
 * struct npu_op_counters - what an op's arithmetic met
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
 * Equal on every device, for any number of threads.
 */
struct npu_op_counters {
	uint64_t values;
	uint64_t clamped_low;
	uint64_t clamped_high;
	uint64_t ties;
	uint64_t overflows;
	uint64_t infs;
	uint64_t nans;
	uint64_t lut_low;
	uint64_t lut_high;
	uint32_t acc_bits;
	uint32_t pad;
};

/**
 * struct npu_job - one run of a program
 * @program: what to run
 * @bindings: memory, one entry for each slot, in order
 * @binding_count: entries of @bindings
 * @waits: fences whose jobs must be done before this one starts; each needs a
 *	job behind it
 * @wait_count: entries of @waits, at most NPU_MAX_WAITS
 * @signal: fence that stands for this job from now on; NULL: none
 * @profile: gets one &struct npu_op_profile per op record; NULL: none
 * @profile_offset: where in it; multiple of 64
 * @counters: also count, which takes several times as long; needs @profile
 * @counters_offset: where in @profile it gets one &struct npu_op_counters per op
 *	record; multiple of 64
 */
struct npu_job {
	struct npu_program *program;
	const struct npu_binding *bindings;
	size_t binding_count;
	struct npu_fence *const *waits;
	size_t wait_count;
	struct npu_fence *signal;
	struct npu_bo *profile;
	uint64_t profile_offset;
	bool counters;
	uint64_t counters_offset;
};

/**
 * npu_submit() - queue a job
 * @context: context to run it in
 * @job: not needed after the call; the objects it names must live until its end
 * @error: filled on failure
 *
 * Does not wait for the job (on sim for room in the queue) and allocates nothing.
 * A job that fails later tells so through its fence.
 *
 * Return: 0; -EINVAL for a bad binding or fence (@error names it); -EIO when
 * the context is guilty; -EBUSY when a kernel device has npu_limits.queue_depth jobs of
 * the context: wait for one of them.
 */
NPU_API int npu_submit(struct npu_context *context, const struct npu_job *job,
		       struct npu_error *error);

/** NPU_NO_TENSOR - "no such tensor" in an index field */
#define NPU_NO_TENSOR 0xffffffffu
/** NPU_MAX_RANK - dimensions of a tensor at the most */
#define NPU_MAX_RANK 8

/**
 * struct npu_model_info - facts about a compiled model
 * @name: file name of the source model without its folder
 * @compiler: name and version of the compiler
 * @personality: name of the arithmetic it was compiled for
 * @keep_all: no tensor shares memory with another: each can be read after a run
 * @digest: XXH64 of the source model's file
 * @static_bytes: weights and tables
 * @temp_bytes: working memory
 * @io_bytes: inputs and outputs
 * @temp_bound: greatest sum of temporaries alive at one time: no plan can need less
 * @l1_bytes: on-chip memory, which the device provides
 * @device_bytes: bytes of all buffers that a session makes for it, in whole pages
 * @macs: multiply-accumulates of one run
 * @input_count: model inputs
 * @output_count: model outputs
 * @tensor_count: tensors, inputs and outputs among them
 * @layer_count: ops of the source model
 * @op_count: ops: records of the program, then host operators
 * @record_count: those of @op_count that are records of the program
 * @partition_count: partitions; 1 when all runs on one side
 * @device_partition_count: those of @partition_count that the device runs
 * @area_count: areas of working memory; 0 also for files that tell nothing of them
 */
struct npu_model_info {
	const char *name;
	const char *compiler;
	const char *personality;
	bool keep_all;
	uint64_t digest;
	uint64_t static_bytes;
	uint64_t temp_bytes;
	uint64_t io_bytes;
	uint64_t temp_bound;
	uint64_t l1_bytes;
	uint64_t device_bytes;
	uint64_t macs;
	uint32_t input_count;
	uint32_t output_count;
	uint32_t tensor_count;
	uint32_t layer_count;
	uint32_t op_count;
	uint32_t record_count;
	uint32_t partition_count;
	uint32_t device_partition_count;
	uint32_t area_count;
};

/**
 * enum npu_place - which side computes
 * @NPU_PLACE_DEVICE: the device of the session
 * @NPU_PLACE_HOST: the library, in this process
 */
enum npu_place {
	NPU_PLACE_DEVICE = 1,
	NPU_PLACE_HOST = 2,
};

/**
 * enum npu_role - what a tensor is to the model
 * @NPU_ROLE_INPUT: a model input
 * @NPU_ROLE_OUTPUT: a model output
 * @NPU_ROLE_INTERNAL: a value between two layers
 * @NPU_ROLE_STATE: a value that the model keeps from run to run, see npu_session_reset_state()
 */
enum npu_role {
	NPU_ROLE_INPUT = 1,
	NPU_ROLE_OUTPUT = 2,
	NPU_ROLE_INTERNAL = 3,
	NPU_ROLE_STATE = 4,
};

/**
 * struct npu_tensor_info - a tensor of a model
 * @id: its number, for npu_model_tensor() and npu_session_tensor()
 * @name: as the source model has it
 * @role: &enum npu_role
 * @index: number among the inputs or outputs
 * @dtype: &enum vnpu_dtype
 * @dtype_name: "int8", "uint8", "int32" or "float32"
 * @rank: entries of @shape in use
 * @shape: elements along each axis, outermost first
 * @scale: quantisation: value = scale * (code - zero_point); 0: not quantised
 * @zero_point: quantisation zero point
 * @slot: program slot it lies in
 * @offset: bytes from the start of the slot
 * @bytes: its size; contiguous
 * @source: tensor number in the source model
 */
struct npu_tensor_info {
	uint32_t id;
	const char *name;
	enum npu_role role;
	uint32_t index;
	uint32_t dtype;
	const char *dtype_name;
	uint32_t rank;
	uint32_t shape[NPU_MAX_RANK];
	float scale;
	int32_t zero_point;
	uint32_t slot;
	uint32_t offset;
	uint32_t bytes;
	uint32_t source;
};

/**
 * struct npu_layer_info - an op of the source model and what became of it
 * @type: e.g. "CONV_2D"
 * @name: name of its output tensor
 * @source: op number in the source model
 * @first_op: first op that computes it: a record of the program, or behind these a host
 *	operator
 * @op_count: number of ops, consecutive and of one kind; 0: folded into another layer or free
 * @output: id of its output tensor, NPU_NO_TENSOR if that does not exist in memory
 * @macs: multiply-accumulates
 * @place: which side computes it; of a layer without ops, the side of the one before it
 * @partition: number of the partition
 */
struct npu_layer_info {
	const char *type;
	const char *name;
	uint32_t source;
	uint32_t first_op;
	uint32_t op_count;
	uint32_t output;
	uint64_t macs;
	enum npu_place place;
	uint32_t partition;
};

/**
 * struct npu_area_info - working memory that a value has for some time
 * @name: the tensor's name; "" for what an op needs beside its tensors
 * @slot: program slot it lies in, TEMP or L1
 * @offset: bytes from the start of the slot
 * @bytes: its size
 * @first_op: first record of the program that needs it
 * @last_op: last record that needs it
 */
struct npu_area_info {
	const char *name;
	uint32_t slot;
	uint32_t offset;
	uint32_t bytes;
	uint32_t first_op;
	uint32_t last_op;
};

/**
 * npu_model_load() - read a .npu artefact from memory
 * @name: file name for error texts
 * @data: its bytes; copied, not needed after the call
 * @size: their number
 * @model: the new model; release with npu_model_free()
 * @error: filled on failure
 *
 * Everything is checked: digests, offsets, counts, strings, that tensors lie
 * in their slots and layers in the program, and the program itself.
 *
 * Return: 0; -EINVAL for a broken file (@error names place and reason);
 * -EOPNOTSUPP for a newer format; -ENOEXEC for an invalid program; -ENOMEM.
 */
NPU_API int npu_model_load(const char *name, const void *data, size_t size,
			   struct npu_model **model, struct npu_error *error);

/** npu_model_free() - release a model */
NPU_API void npu_model_free(struct npu_model *model);

/** npu_model_info() - facts about a model; never NULL */
NPU_API const struct npu_model_info *npu_model_info(const struct npu_model *model);

/** npu_model_input() - a model input, NULL behind the last */
NPU_API const struct npu_tensor_info *npu_model_input(const struct npu_model *model, size_t index);

/** npu_model_output() - a model output, NULL behind the last */
NPU_API const struct npu_tensor_info *npu_model_output(const struct npu_model *model, size_t index);

/** npu_model_tensor() - a tensor by its id, NULL behind the last */
NPU_API const struct npu_tensor_info *npu_model_tensor(const struct npu_model *model, size_t id);

/** npu_model_layer() - a layer in execution order, NULL behind the last */
NPU_API const struct npu_layer_info *npu_model_layer(const struct npu_model *model, size_t index);

/** npu_model_area() - an area of working memory, NULL behind the last */
NPU_API const struct npu_area_info *npu_model_area(const struct npu_model *model, size_t index);

/**
 * struct npu_segment_info - consecutive ops of one kind of a partition
 * @partition: number of the partition
 * @place: which side computes it
 * @first_op: first op
 * @op_count: number of ops, not 0
 */
struct npu_segment_info {
	uint32_t partition;
	enum npu_place place;
	uint32_t first_op;
	uint32_t op_count;
};

/** npu_model_segment() - a segment in execution order, NULL behind the last */
NPU_API const struct npu_segment_info *npu_model_segment(const struct npu_model *model,
							 size_t index);

/** npu_model_program() - the program's bytes, 8-byte aligned, and their number in @size */
NPU_API const void *npu_model_program(const struct npu_model *model, size_t *size);

/** npu_model_const() - the bytes of the CONST slot and their number in @size; NULL if it has none */
NPU_API const void *npu_model_const(const struct npu_model *model, size_t *size);

/**
 * struct npu_session_options - how to make a session
 * @priority: of its runs
 * @timeout_ms: a run that makes no progress for so long is cancelled; 0: the
 *	device's default
 * @profile: note when each op starts and ends, see npu_session_profile()
 * @counters: count what each op's arithmetic meets, see npu_session_counters(); runs
 *	take several times as long and give the same outputs
 */
struct npu_session_options {
	enum npu_priority priority;
	uint32_t timeout_ms;
	bool profile;
	bool counters;
};

/**
 * npu_session_create() - get all the memory a model needs on a device
 * @dev: must outlive the session
 * @model: must outlive the session; several sessions may share it
 * @options: NULL for the defaults
 * @session: the new session; release with npu_session_free()
 * @error: filled on failure
 *
 * Uploads weights, allocates working memory, inputs and outputs (all zeroed), and state,
 * as npu_session_reset_state() leaves it.  A model of several partitions gets a thread
 * that hands them on to both sides; what runs on the host works on the same memory.
 *
 * Return: 0; -ENOEXEC when the device refuses the program; else as the calls
 * it is made of.
 */
NPU_API int npu_session_create(struct npu_device *dev, const struct npu_model *model,
			       const struct npu_session_options *options,
			       struct npu_session **session, struct npu_error *error);

/** npu_session_free() - wait for a run in flight and release the session */
NPU_API void npu_session_free(struct npu_session *session);

/**
 * npu_session_input() - where to write a model input, npu_tensor_info.bytes of it
 * @session: session that owns the memory
 * @index: number of the input
 *
 * The address stays the same for the life of the session.  What is written
 * there during a run may or may not be seen by it.
 *
 * Return: the address, NULL behind the last input.
 */
NPU_API void *npu_session_input(struct npu_session *session, size_t index);

/** npu_session_output() - where to read a model output after a run, NULL behind the last */
NPU_API const void *npu_session_output(struct npu_session *session, size_t index);

/**
 * npu_session_tensor() - memory of any tensor
 * @session: session that owns the memory
 * @id: npu_tensor_info.id
 * @data: its address; readable and writable, npu_tensor_info.bytes long
 * @bytes: its size; may be NULL
 *
 * Internal tensors hold their value after a run only if the model was compiled
 * to keep all (npu_model_info.keep_all); else their memory is reused.
 *
 * Return: 0; -EINVAL for an unknown @id; -EOPNOTSUPP for one in on-chip memory.
 */
NPU_API int npu_session_tensor(struct npu_session *session, size_t id, void **data, size_t *bytes);

/**
 * npu_session_run() - run the model once and wait for its end
 * @session: session without a run in flight
 * @error: filled on failure
 *
 * Allocates nothing.
 *
 * Return: as npu_session_submit() and npu_session_wait().
 */
NPU_API int npu_session_run(struct npu_session *session, struct npu_error *error);

/**
 * npu_session_submit() - start a run
 * @session: session without a run in flight
 * @error: filled on failure
 *
 * Return: 0; -EBUSY when a run is in flight; else as npu_submit().
 */
NPU_API int npu_session_submit(struct npu_session *session, struct npu_error *error);

/**
 * npu_session_wait() - wait for the end of the run in flight
 * @session: session with or without a run in flight
 * @timeout_ms: milliseconds; 0 polls, NPU_WAIT_FOREVER
 * @error: filled on failure
 *
 * Return: as npu_fence_wait(), or what a host operator says of its inputs (-EINVAL);
 * 0 when nothing is in flight.
 */
NPU_API int npu_session_wait(struct npu_session *session, int64_t timeout_ms,
			     struct npu_error *error);

/**
 * npu_session_reset_state() - let the model forget all earlier runs
 * @session: session; a run in flight is waited for
 * @error: filled on failure
 *
 * Sets every tensor of role NPU_ROLE_STATE to the number zero: int8 codes to their zero
 * point, all else to zero bytes, as TensorFlow Lite resets variable tensors.  To keep and
 * bring back a state, copy these tensors' memory, npu_session_tensor(), between runs.
 *
 * Return: 0, also where the model keeps nothing; else as npu_session_wait().
 */
NPU_API int npu_session_reset_state(struct npu_session *session, struct npu_error *error);

/**
 * npu_session_poll_fd() - a file descriptor that polls readable when the run in flight is done
 * @session: session that has been submitted
 * @fd: the caller closes it
 * @error: filled on failure
 *
 * Return: as npu_fence_export().
 */
NPU_API int npu_session_poll_fd(struct npu_session *session, int *fd, struct npu_error *error);

/**
 * npu_session_run_layer() - run only the records of one layer on what memory holds now
 * @session: session without a run in flight
 * @layer: index, as for npu_model_layer()
 * @error: filled on failure
 *
 * Meant for comparing layers one by one: write the layer's inputs through
 * npu_session_tensor(), run it, read its output.  Does nothing for a layer
 * without records.  The first call for a layer gives the device a program of
 * its own for it; later ones allocate nothing.
 *
 * Return: 0; -EINVAL for an unknown @layer; -EOPNOTSUPP for a model with values in
 * on-chip memory, which no run leaves behind; else as npu_session_run().
 */
NPU_API int npu_session_run_layer(struct npu_session *session, size_t layer,
				  struct npu_error *error);

/**
 * npu_session_bytes() - memory that a session has on its device
 * @session: a session
 *
 * Return: the sizes of its buffers, as the device made them: one for each slot of the
 * program that has bytes (together npu_model_info.device_bytes), and one for profile and
 * counters where these were asked for.
 */
NPU_API uint64_t npu_session_bytes(const struct npu_session *session);

/**
 * npu_session_profile() - when each op of the last run started and ended
 * @session: session made with npu_session_options.profile or .counters
 * @count: number of entries: npu_model_info.op_count
 *
 * Return: the entries, NULL when the session does not profile.
 */
NPU_API const struct npu_op_profile *npu_session_profile(const struct npu_session *session,
							 size_t *count);

/**
 * npu_session_counters() - what the arithmetic of each op of the last run met
 * @session: session made with npu_session_options.counters
 * @count: number of entries: npu_model_info.op_count
 *
 * Return: the entries, NULL when the session does not count.
 */
NPU_API const struct npu_op_counters *npu_session_counters(const struct npu_session *session,
							   size_t *count);

#if defined(__cplusplus)
}
#endif

#include "npu_monitor.h"

#endif /* NPU_H */
