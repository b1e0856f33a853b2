// SPDX-License-Identifier: GPL-2.0-only
/* Programs: what the device tells about them, and which ones it refuses. */
#include <errno.h>
#include <stdint.h>

#include "refusal_cases.h"

#include "fixture.h"

static int create(int fd, const void *data, __u32 size, struct drm_vnpu_program_create *args)
{
	*args = (struct drm_vnpu_program_create){ .data = (uintptr_t)data, .size = size };
	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, args);
}

/* Asks for @count elements of @stride bytes at @slots. */
static int query(int fd, __u32 program, void *slots, __u32 stride, __u32 count,
		 struct drm_vnpu_program_query *args)
{
	*args = (struct drm_vnpu_program_query){
		.handle = program,
		.slots = { stride, count, (uintptr_t)slots },
	};
	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_QUERY, args);
}

TEST_F(npu, query_tells_what_every_slot_needs)
{
	struct drm_vnpu_slot_info slot[REFUSAL_SLOTS] = {};
	struct drm_vnpu_program_create created;
	struct drm_vnpu_program_query args;

	ASSERT_EQ(0, create(self->fd, &refusal_valid, sizeof(refusal_valid), &created));
	EXPECT_NE(0, created.handle);
	EXPECT_EQ(VNPU_REFUSAL_NONE, created.refusal);
	ASSERT_EQ(0, query(self->fd, created.handle, slot, sizeof(*slot), REFUSAL_SLOTS, &args));
	EXPECT_EQ(REFUSAL_OPS, args.op_count);
	EXPECT_EQ(REFUSAL_SLOTS, args.slot_count);
	/* 16 x 20 outputs of 27 terms, 64 x 8 of 9, 2 x 10 of 40; in 8 and in 16 bits */
	EXPECT_EQ(2 * (16 * 20 * 27 + 64 * 8 * 9 + 2 * 10 * 40), args.macs);
	EXPECT_EQ(DRM_VNPU_SLOT_READ, slot[SLOT_CONST].access);
	EXPECT_EQ(DRM_VNPU_SLOT_READ | DRM_VNPU_SLOT_WRITE, slot[SLOT_TEMP].access);
	EXPECT_EQ(DRM_VNPU_SLOT_READ, slot[SLOT_IN].access);
	EXPECT_EQ(DRM_VNPU_SLOT_WRITE, slot[SLOT_OUT].access);
	EXPECT_EQ(DRM_VNPU_SLOT_READ | DRM_VNPU_SLOT_WRITE, slot[SLOT_STATE].access);
	for (__u32 i = 0; i < REFUSAL_SLOTS; i++) {
		EXPECT_EQ(refusal_valid.slot[i].kind, slot[i].kind);
		EXPECT_EQ(REFUSAL_SLOT_BYTES, slot[i].bytes);
	}
}

TEST_F(npu, query_of_the_count_only)
{
	struct drm_vnpu_program_query args;
	__u32 program = program_load_copy(self->fd);

	ASSERT_EQ(0, query(self->fd, program, NULL, 0, 0, &args));
	EXPECT_EQ(1, args.op_count);
	EXPECT_EQ(PROGRAM_SLOTS, args.slot_count);
}

TEST_F(npu, query_with_room_for_less)
{
	struct drm_vnpu_slot_info slot[2] = { {}, { .kind = 99 } };
	struct drm_vnpu_program_query args;
	__u32 program = program_load_copy(self->fd);

	ASSERT_EQ(0, query(self->fd, program, slot, sizeof(*slot), 1, &args));
	EXPECT_EQ(PROGRAM_SLOTS, args.slot_count);
	EXPECT_EQ(VNPU_SLOT_INPUT, slot[0].kind);
	EXPECT_EQ(99, slot[1].kind);
}

TEST_F(npu, query_by_strides)
{
	struct {
		struct drm_vnpu_slot_info known;
		__u64 later;
	} longer[PROGRAM_SLOTS];
	struct drm_vnpu_program_query args;
	__u32 program = program_load_copy(self->fd);
	__u64 shorter[PROGRAM_SLOTS + 1];

	memset(longer, 0xcc, sizeof(longer));
	ASSERT_EQ(0, query(self->fd, program, longer, sizeof(*longer), PROGRAM_SLOTS, &args));
	EXPECT_EQ(VNPU_SLOT_OUTPUT, longer[SLOT_RESULT].known.kind);
	EXPECT_EQ(PROGRAM_BYTES, longer[SLOT_RESULT].known.bytes);
	EXPECT_EQ(0xcccccccccccccccc, longer[SLOT_RESULT].later);

	/* only kind and access */
	memset(shorter, 0xcc, sizeof(shorter));
	ASSERT_EQ(0, query(self->fd, program, shorter, sizeof(*shorter), PROGRAM_SLOTS, &args));
	EXPECT_EQ(VNPU_SLOT_OUTPUT | (__u64)DRM_VNPU_SLOT_WRITE << 32, shorter[SLOT_RESULT]);
	EXPECT_EQ(0xcccccccccccccccc, shorter[PROGRAM_SLOTS]);
}

TEST_F(npu, nobody_changes_a_program)
{
	__u32 program;
	struct program p;

	program_begin(&p);
	program_fill(&p, 5);
	program = program_load(self->fd, &p);
	ASSERT_NE(0, program);
	memset(&p, 0xff, sizeof(p));
	ASSERT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 5));
}

TEST_F(npu, destroyed_once)
{
	struct drm_vnpu_program_query args;
	__u32 program = program_load_copy(self->fd);

	ASSERT_EQ(0, program_destroy(self->fd, program));
	EXPECT_EQ(-ENOENT, program_destroy(self->fd, program));
	EXPECT_EQ(-ENOENT, query(self->fd, program, NULL, 0, 0, &args));
	EXPECT_EQ(-ENOENT, rig_start(&self->rig, program, 0));
}

/* One row for each program that must be refused: the table that user space has, too. */
TEST_F(npu, refused_programs)
{
	ASSERT_LT(50, COUNT(refusal_cases));
	for (int i = 0; i < COUNT(refusal_cases); i++) {
		const struct refusal_case *c = &refusal_cases[i];
		struct refusal_program p = refusal_valid;
		struct drm_vnpu_program_create args;

		refusal_apply(c, &p);
		EXPECT_EQ(-ENOEXEC, create(self->fd, &p, (__u32)sizeof(p) - c->cut, &args))
		{
			TH_LOG("%s", c->name);
		}
		EXPECT_EQ(c->why.reason, args.refusal)
		{
			TH_LOG("%s", c->name);
		}
		EXPECT_EQ(c->why.op, args.refused_op)
		{
			TH_LOG("%s", c->name);
		}
		EXPECT_EQ(c->why.field, args.refused_field)
		{
			TH_LOG("%s", c->name);
		}
		EXPECT_EQ(0, args.handle);
	}
}

#define VALID	((uintptr_t)&refusal_valid)
#define BYTES	((__u32)sizeof(refusal_valid))

static const struct {
	const char *name;
	struct drm_vnpu_program_create args;
	int want;
} create_refused[] = {
	{ "a flag", { .data = VALID, .size = BYTES, .flags = 1 }, -EINVAL },
	{ "the last flag", { .data = VALID, .size = BYTES, .flags = 1u << 31 }, -EINVAL },
	{ "no bytes", { .data = VALID, .size = 0 }, -EINVAL },
	{ "over the limit", { .data = VALID, .size = VNPU_MAX_PROGRAM_BYTES + 1 }, -EINVAL },
	{ "largest size", { .data = VALID, .size = ~0u }, -EINVAL },
	{ "from nowhere", { .data = 8, .size = BYTES }, -EFAULT },
	{ "null", { .data = 0, .size = BYTES }, -EFAULT },
	{ "kernel address", { .data = 0xffffffff80000000, .size = BYTES }, -EFAULT },
};

TEST_F(npu, create_refused)
{
	for (int i = 0; i < COUNT(create_refused); i++) {
		struct drm_vnpu_program_create args = create_refused[i].args;

		EXPECT_EQ(create_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args))
		{
			TH_LOG("%s", create_refused[i].name);
		}
		EXPECT_EQ(0, args.handle);
	}
}

/* The first program of a file has handle 1. */
static const struct {
	const char *name;
	struct drm_vnpu_program_query args;
	int want;
} query_refused[] = {
	{ "pad", { .handle = 1, .pad = 1 }, -EINVAL },
	{ "handle 0", { .handle = 0 }, -ENOENT },
	{ "unknown handle", { .handle = 2 }, -ENOENT },
	{ "largest handle", { .handle = ~0u }, -ENOENT },
	{ "slots of no bytes", { .handle = 1, .slots = { 0, 1, VALID } }, -EINVAL },
	{ "slots to nowhere", { .handle = 1, .slots = { 16, 1, 8 } }, -EFAULT },
};

TEST_F(npu, query_refused)
{
	ASSERT_EQ(1, program_load_copy(self->fd));
	for (int i = 0; i < COUNT(query_refused); i++) {
		struct drm_vnpu_program_query args = query_refused[i].args;

		EXPECT_EQ(query_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_PROGRAM_QUERY, &args))
		{
			TH_LOG("%s", query_refused[i].name);
		}
	}
}

static const struct {
	const char *name;
	struct drm_vnpu_program_destroy args;
	int want;
} destroy_refused[] = {
	{ "pad", { .handle = 1, .pad = 1 }, -EINVAL },
	{ "handle 0", { .handle = 0 }, -ENOENT },
	{ "unknown handle", { .handle = 2 }, -ENOENT },
	{ "largest handle", { .handle = ~0u }, -ENOENT },
};

TEST_F(npu, destroy_refused)
{
	struct drm_vnpu_program_query args;

	ASSERT_EQ(1, program_load_copy(self->fd));
	for (int i = 0; i < COUNT(destroy_refused); i++) {
		struct drm_vnpu_program_destroy destroy = destroy_refused[i].args;

		EXPECT_EQ(destroy_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_PROGRAM_DESTROY, &destroy))
		{
			TH_LOG("%s", destroy_refused[i].name);
		}
	}
	EXPECT_EQ(0, query(self->fd, 1, NULL, 0, 0, &args));
}

TEST_F(npu, as_many_as_promised)
{
	struct drm_vnpu_dev_info info = {};
	struct drm_vnpu_dev_query ask = { .size = sizeof(info), .pointer = (uintptr_t)&info };
	struct drm_vnpu_program_create args;

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &ask));
	for (__u32 i = 0; i < info.max_programs; i++)
		ASSERT_NE(0, program_load_copy(self->fd));
	EXPECT_EQ(-ENOSPC, create(self->fd, &refusal_valid, sizeof(refusal_valid), &args));
	EXPECT_EQ(0, args.handle);
	EXPECT_EQ(0, program_destroy(self->fd, 7));
	EXPECT_EQ(7, program_load_copy(self->fd));
}

TEST_HARNESS_MAIN
