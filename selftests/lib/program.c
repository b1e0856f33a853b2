// SPDX-License-Identifier: GPL-2.0-only
#include "program.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct vnpu_tensor codes = {
	.dtype = VNPU_DTYPE_INT8,
	.shape = { 1, 1, 1, PROGRAM_BYTES },
	.stride = { PROGRAM_BYTES, PROGRAM_BYTES, PROGRAM_BYTES, 1 },
};

static struct vnpu_tensor codes_of(enum program_slot slot)
{
	struct vnpu_tensor t = codes;

	t.slot = slot;
	return t;
}

void program_begin(struct program *p)
{
	*p = (struct program){
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = offsetof(struct program, op),
			.personality = VNPU_PERSONALITY_TFLITE_REF,
			.slot_offset = offsetof(struct program, slot),
			.slot_count = PROGRAM_SLOTS,
			.slot_size = sizeof(struct vnpu_slot_desc),
			.op_offset = offsetof(struct program, op),
			.op_size = sizeof(struct vnpu_op),
		},
		.slot = {
			[SLOT_A] = { VNPU_SLOT_INPUT, PROGRAM_BYTES },
			[SLOT_B] = { VNPU_SLOT_INPUT, PROGRAM_BYTES },
			[SLOT_RESULT] = { VNPU_SLOT_OUTPUT, PROGRAM_BYTES },
		},
	};
}

static struct vnpu_op *append(struct program *p, enum vnpu_opcode opcode)
{
	struct vnpu_op *op = &p->op[p->header.op_count++];

	p->header.size += (__u32)sizeof(*op);
	op->opcode = opcode;
	op->out = codes_of(SLOT_RESULT);
	return op;
}

void program_fill(struct program *p, int code)
{
	append(p, VNPU_OP_FILL)->p.fill = code;
}

void program_copy(struct program *p)
{
	append(p, VNPU_OP_COPY)->in[0] = codes_of(SLOT_A);
}

/* A sum whose scales are all 1: 2^30 * 2^(1 - 31). */
static void append_sum(struct program *p, enum program_slot a, enum program_slot b)
{
	struct vnpu_op *op = append(p, VNPU_OP_ADD);

	op->in[0] = codes_of(a);
	op->in[1] = codes_of(b);
	op->p.clamp[0] = -128;
	op->p.clamp[1] = 127;
	for (int i = 0; i < 3; i++) {
		op->p.mult[i] = 1 << 30;
		op->p.shift[i] = 1;
	}
}

void program_add(struct program *p)
{
	append_sum(p, SLOT_A, SLOT_B);
}

void program_accumulate(struct program *p)
{
	append_sum(p, SLOT_RESULT, SLOT_A);
}

__u32 program_load(int fd, const struct program *p)
{
	struct drm_vnpu_program_create args = {
		.data = (uintptr_t)p,
		.size = p->header.size,
	};

	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args) ? 0 : args.handle;
}

int program_destroy(int fd, __u32 program)
{
	struct drm_vnpu_program_destroy args = { .handle = program };

	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_DESTROY, &args);
}

__u32 program_load_fill(int fd, unsigned int ops, int code)
{
	struct program p;

	program_begin(&p);
	while (ops--)
		program_fill(&p, code);
	return program_load(fd, &p);
}

__u32 program_load_copy(int fd)
{
	struct program p;

	program_begin(&p);
	program_copy(&p);
	return program_load(fd, &p);
}

__u32 program_load_accumulate(int fd)
{
	struct program p;

	program_begin(&p);
	program_accumulate(&p);
	return program_load(fd, &p);
}

int rig_open(struct rig *rig, int fd, __u32 timeout_ms)
{
	rig->fd = fd;
	rig->ctx = ctx_create(fd, timeout_ms);
	if (!rig->ctx)
		return -ENOSPC;
	for (int i = 0; i < PROGRAM_SLOTS; i++) {
		rig->bytes[i] = PROGRAM_BYTES;
		rig->bo[i] = bo_create(fd, PROGRAM_BYTES);
		rig->mem[i] = rig->bo[i] ? bo_map(fd, rig->bo[i], PROGRAM_BYTES) : NULL;
		if (!rig->mem[i])
			return -ENOMEM;
	}
	return 0;
}

void rig_close(struct rig *rig)
{
	for (int i = 0; i < PROGRAM_SLOTS; i++)
		munmap(rig->mem[i], rig->bytes[i]);
	close(rig->fd);
}

void run_init(struct run *run, const struct rig *rig, __u32 program)
{
	*run = (struct run){
		.submit = {
			.ctx = rig->ctx,
			.jobs = { sizeof(run->job), 1, (uintptr_t)&run->job },
		},
		.job = {
			.program = program,
			.bindings = {
				sizeof(*run->binding), PROGRAM_SLOTS, (uintptr_t)run->binding,
			},
			.syncs = { sizeof(*run->sync), 0, (uintptr_t)run->sync },
		},
	};
	for (int i = 0; i < PROGRAM_SLOTS; i++) {
		run->binding[i].handle = rig->bo[i];
		run->binding[i].size = rig->bytes[i];
	}
}

void run_sync(struct run *run, __u32 syncobj, __u32 flags, __u64 point)
{
	run->sync[run->job.syncs.count++] = (struct drm_vnpu_sync){ syncobj, flags, point };
}

int run_submit(struct run *run, int fd)
{
	return device_call(fd, DRM_IOCTL_VNPU_SUBMIT, &run->submit);
}

int rig_start(const struct rig *rig, __u32 program, __u32 syncobj)
{
	struct run run;

	run_init(&run, rig, program);
	if (syncobj)
		run_sync(&run, syncobj, DRM_VNPU_SYNC_SIGNAL, 0);
	return run_submit(&run, rig->fd);
}

int rig_run(const struct rig *rig, __u32 program)
{
	struct drm_syncobj_destroy args = { .handle = syncobj_create(rig->fd) };
	int ret = rig_start(rig, program, args.handle);

	if (!ret)
		ret = syncobj_wait(rig->fd, args.handle, 0, DEVICE_SOON_MS);
	if (!ret)
		ret = syncobj_error(rig->fd, args.handle);
	device_call(rig->fd, DRM_IOCTL_SYNCOBJ_DESTROY, &args);
	return ret == 1 ? 0 : ret;
}

void rig_fill(struct rig *rig, enum program_slot slot, int code)
{
	memset(rig->mem[slot], code, PROGRAM_BYTES);
}

bool rig_is(const struct rig *rig, int code)
{
	for (unsigned int i = 0; i < PROGRAM_BYTES; i++)
		if (rig->mem[SLOT_RESULT][i] != code)
			return false;
	return true;
}
