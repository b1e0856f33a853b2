// SPDX-License-Identifier: GPL-2.0-only
/* What root reads in debugfs about cores, contexts, programs and buffers. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

/* Does the file @name of the device's folder have a line with @text? */
static bool shows(const char *name, const char *text)
{
	char path[128], line[256];
	bool found = false;
	FILE *file;

	if (device_debugfs(name, path, sizeof(path)))
		return false;
	file = fopen(path, "r");
	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, text);
	if (file)
		fclose(file);
	return found;
}

TEST_F(npu, cores)
{
	EXPECT_TRUE(shows("cores", "idle"));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 10, 1), 0));
	device_sleep(150);
	EXPECT_TRUE(shows("cores", "busy"));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_FALSE(shows("cores", "dead"));
}

TEST_F(npu, contexts)
{
	struct rig hanger;

	EXPECT_TRUE(shows("contexts", " ok "));
	EXPECT_FALSE(shows("contexts", "guilty"));
	ASSERT_EQ(0, rig_open(&hanger, self->fd, 100));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(-ETIME, rig_run(&hanger, program_load_fill(self->fd, 1, 1)));
	EXPECT_TRUE(shows("contexts", "guilty"));
	ASSERT_EQ(0, ctx_destroy(self->fd, hanger.ctx));
	EXPECT_FALSE(shows("contexts", "guilty"));
}

TEST_F(npu, programs_and_buffers)
{
	/* operations of a program, bytes of a buffer: numbers nobody else has */
	__u32 program = program_load_fill(self->fd, 37, 1);
	__u32 bo = bo_create(self->fd, 123 * 4096);

	EXPECT_TRUE(shows("programs", " 37 "));
	EXPECT_TRUE(shows("gems", " 503808 "));
	ASSERT_EQ(0, program_destroy(self->fd, program));
	ASSERT_EQ(0, bo_close(self->fd, bo));
	EXPECT_FALSE(shows("programs", " 37 "));
	EXPECT_FALSE(shows("gems", " 503808 "));
}

static int set_label(int fd, __u32 handle, const char *label, __u32 size)
{
	struct drm_vnpu_bo_set_label args = {
		.handle = handle,
		.size = size,
		.label = (uintptr_t)label,
	};

	return device_call(fd, DRM_IOCTL_VNPU_BO_SET_LABEL, &args);
}

/* Of the object: whoever shares it shows it, too. */
TEST_F(npu, labels)
{
	static const char first[] = "weights of a test", second[] = "arena of a test";
	__u32 bo = bo_create(self->fd, 4096);
	int other = device_open();

	ASSERT_EQ(0, set_label(self->fd, bo, first, sizeof(first) - 1));
	EXPECT_TRUE(shows("gems", first));
	ASSERT_EQ(0, set_label(self->fd, bo, second, sizeof(second) - 1));
	EXPECT_FALSE(shows("gems", first));
	EXPECT_TRUE(shows("gems", second));
	ASSERT_NE(0, bo_import(other, bo_export(self->fd, bo)));
	ASSERT_EQ(0, bo_close(self->fd, bo));
	EXPECT_TRUE(shows("gems", second));
	close(other);
}

TEST_F(npu, labels_refused)
{
	static const char longest[DRM_VNPU_MAX_LABEL + 2] =
		"123456789.123456789.123456789.123456789.123456789.123456789.1234";
	__u32 bo = bo_create(self->fd, 4096);

	EXPECT_EQ(0, set_label(self->fd, bo, longest, DRM_VNPU_MAX_LABEL));
	EXPECT_EQ(-EINVAL, set_label(self->fd, bo, longest, DRM_VNPU_MAX_LABEL + 1));
	EXPECT_EQ(-EINVAL, set_label(self->fd, bo, "two\nlines", 9));
	EXPECT_EQ(-EINVAL, set_label(self->fd, bo, "\x1b[2J", 4));
	EXPECT_EQ(-EINVAL, set_label(self->fd, bo, "\xff", 1));
	EXPECT_EQ(-EINVAL, set_label(self->fd, bo, "zero", 5));
	EXPECT_EQ(-EFAULT, set_label(self->fd, bo, (const char *)8, 4));
	EXPECT_EQ(-ENOENT, set_label(self->fd, 4711, "none", 4));
	EXPECT_EQ(-ENOENT, set_label(self->fd, 0, "none", 4));
	/* What was refused changed nothing. */
	EXPECT_TRUE(shows("gems", "123456789.123456789."));
}

TEST_F(npu, injection_is_for_root)
{
	ASSERT_EQ(0, device_drop_privileges());
	EXPECT_GT(0, device_inject("hang_op", 0));
}

TEST_HARNESS_MAIN
