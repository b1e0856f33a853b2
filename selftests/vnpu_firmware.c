// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: loading it, and refusing it. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>

#include "firmware_fixture.h"

TEST_F(firmware, an_image_is_loaded)
{
	struct firmware_image image = firmware_valid;
	struct drm_vnpu_personality_info first;
	struct drm_vnpu_firmware_info info;
	char want[256];

	firmware_seal(&image);
	ASSERT_EQ(0, firmware_install(&image, sizeof(image)));
	ASSERT_EQ(0, firmware_load(FIRMWARE_FILE "\n"));
	ASSERT_EQ(0, firmware_query(self->fd, &info));
	EXPECT_EQ(0, info.flags);
	EXPECT_EQ(image.header.crc, info.crc);
	EXPECT_EQ(self->info.generation + 1, info.generation);
	EXPECT_STREQ("test 1.0!", info.version);
	EXPECT_STREQ(FIRMWARE_FILE, info.file);
	EXPECT_STREQ("small", info.target);
	EXPECT_EQ(1u << VNPU_DTYPE_INT8 | 1u << VNPU_DTYPE_FLOAT32, info.dtypes);
	EXPECT_EQ(1u << VNPU_OP_CONV2D | 1u << VNPU_OP_DEPTHWISE | 1u << VNPU_OP_ADD |
			  1u << VNPU_OP_SOFTMAX_TABLE, info.runs[0]);
	EXPECT_EQ(0, info.runs[1]);
	EXPECT_EQ(50, info.cycles[VNPU_OP_DEPTHWISE]);
	EXPECT_EQ(11, info.field[TARGET_max_kernel]);
	EXPECT_EQ(FIRMWARE_TARGET_FIELDS, info.field_count);

	EXPECT_EQ(FIRMWARE_PERSONALITIES, firmware_query_first(self->fd, &first));
	EXPECT_EQ(1000, first.id);
	EXPECT_STREQ("one", first.name);
	EXPECT_STREQ("Everything as usual", first.summary);
	EXPECT_EQ(31, first.field[FIELD_mult_bits]);

	snprintf(want, sizeof(want), "origin=%s version=%s crc=%08x generation=%u", FIRMWARE_FILE,
		 info.version, info.crc, info.generation);
	EXPECT_STREQ(want, firmware_attribute("firmware"));
	EXPECT_STREQ("", firmware_attribute("firmware_error"));

	ASSERT_EQ(0, firmware_load(FIRMWARE_BUILT_IN));
	ASSERT_EQ(0, firmware_query(self->fd, &info));
	EXPECT_EQ(DRM_VNPU_FIRMWARE_BUILT_IN, info.flags);
	EXPECT_EQ(0, info.crc);
	EXPECT_EQ(self->info.generation + 2, info.generation);
}

/* Does @text have @part, not followed by more digits? */
static bool number_stands(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	return at && !(at[strlen(part)] >= '0' && at[strlen(part)] <= '9');
}

/* Does the kernel name reason and place of a case? */
static bool says(const char *text, const struct firmware_case *c)
{
	const struct {
		const char *name;
		u32 number;
	} parts[] = {
		{ "reason", c->reason },
		{ "section", c->section },
		{ "record", c->record },
		{ "field", c->field },
	};
	char part[32];

	for (int i = 0; i < COUNT(parts); i++) {
		bool wanted = parts[i].number != NPUM_NO_INDEX;

		snprintf(part, sizeof(part), ", %s ", parts[i].name);
		if (wanted)
			snprintf(part, sizeof(part), ", %s %u", parts[i].name, parts[i].number);
		if (wanted != number_stands(text, part))
			return false;
	}
	return true;
}

/* One row for each image that must be refused: the table that user space has, too. */
TEST_F_TIMEOUT(firmware, damaged_images_are_refused, 300)
{
	struct drm_vnpu_firmware_info info;

	ASSERT_LT(100, COUNT(firmware_cases));
	for (int i = 0; i < COUNT(firmware_cases); i++) {
		const struct firmware_case *c = &firmware_cases[i];
		struct firmware_image image;
		size_t size = firmware_apply(c, &image);

		/* The kernel does not read empty files. */
		if (!size)
			continue;
		ASSERT_EQ(0, firmware_install(&image, size));
		EXPECT_EQ(-ENOEXEC, firmware_load(FIRMWARE_FILE))
		{
			TH_LOG("%s", c->name);
		}
		EXPECT_TRUE(says(firmware_attribute("firmware_error"), c))
		{
			TH_LOG("%s: %s", c->name, firmware_attribute("firmware_error"));
		}
	}
	ASSERT_EQ(0, firmware_query(self->fd, &info));
	EXPECT_EQ(self->info.generation, info.generation);
	EXPECT_EQ(0, memcmp(&self->info, &info, sizeof(info)));
}

TEST_F(firmware, an_older_one_stays_when_the_next_is_refused)
{
	struct firmware_image image = firmware_valid;
	struct drm_vnpu_firmware_info before, info;

	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_SINGLE));
	ASSERT_EQ(0, firmware_query(self->fd, &before));
	image.header.major++;
	firmware_seal(&image);
	ASSERT_EQ(0, firmware_install(&image, sizeof(image)));
	EXPECT_EQ(-ENOEXEC, firmware_load(FIRMWARE_FILE));
	ASSERT_EQ(0, firmware_query(self->fd, &info));
	EXPECT_EQ(0, memcmp(&before, &info, sizeof(info)));
	EXPECT_STRNE("", firmware_attribute("firmware_error"));

	/* The next success forgets the error. */
	ASSERT_EQ(0, firmware_load(FIRMWARE_BUILT_IN));
	EXPECT_STREQ("", firmware_attribute("firmware_error"));
}

#define TEN	"0123456789"

static const struct {
	const char *name;
	int want;
} bad_names[] = {
	{ "\n", -EINVAL },
	{ "/etc/passwd", -EINVAL },
	{ "../vnpu.fw", -EINVAL },
	{ "vnpu/../vnpu/selftest.fw", -EINVAL },
	{ "vnpu/..", -EINVAL },
	{ "./vnpu", -EINVAL },
	{ "vnpu//selftest.fw", -EINVAL },
	{ "vnpu/", -EINVAL },
	{ "vnpu/a b", -EINVAL },
	{ "vnpu/\x1b[2J", -EINVAL },
	{ "vnpu/\xc3\xa4", -EINVAL },
	{ TEN TEN TEN TEN TEN TEN "0123", -EINVAL },
	{ TEN TEN TEN TEN TEN TEN "012", -ENOENT },
	{ "vnpu/nothing.fw", -ENOENT },
	{ "vnpu/...", -ENOENT },
	{ "Built-In", -ENOENT },
};

TEST_F(firmware, bad_names_are_refused)
{
	struct drm_vnpu_firmware_info info;

	for (int i = 0; i < COUNT(bad_names); i++) {
		EXPECT_EQ(bad_names[i].want, firmware_load(bad_names[i].name))
		{
			TH_LOG("%s", bad_names[i].name);
		}
		EXPECT_STRNE("", firmware_attribute("firmware_error"));
	}
	/* a folder, and a file of no bytes */
	EXPECT_NE(0, firmware_load("vnpu"));
	ASSERT_EQ(0, firmware_install("", 0));
	EXPECT_NE(0, firmware_load(FIRMWARE_FILE));
	ASSERT_EQ(0, firmware_query(self->fd, &info));
	EXPECT_EQ(self->info.generation, info.generation);
}

TEST_F(firmware, only_root_loads)
{
	struct drm_vnpu_firmware_info info;
	char path[128];
	int opened;

	ASSERT_EQ(0, firmware_attribute_path("firmware", path, sizeof(path)));
	opened = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, opened);
	ASSERT_EQ(0, device_drop_privileges());
	EXPECT_EQ(-EACCES, firmware_load(FIRMWARE_BUILT_IN));
	/* a file that was opened by root */
	EXPECT_EQ(-1, write(opened, FIRMWARE_BUILT_IN, strlen(FIRMWARE_BUILT_IN)));
	EXPECT_EQ(EPERM, errno);
	EXPECT_NE(NULL, strstr(firmware_attribute("firmware"), "origin="));
	ASSERT_EQ(0, firmware_query(self->fd, &info));
	EXPECT_EQ(self->info.generation, info.generation);
	close(opened);
}

TEST_HARNESS_MAIN
