// SPDX-License-Identifier: GPL-2.0-only
/* Firmware before any file is read: names, and what a device has without one. */
#include <kunit/device.h>
#include <kunit/test.h>

#include "../vnpu_device.h"
#include "../vnpu_firmware.h"
#include "mock_backend.h"

#define TEN	"0123456789"

static const struct {
	const char *name;
	bool ok;
} names[] = {
	{ "vnpu/default.fw", true },
	{ "a", true },
	{ "a/b/c", true },
	{ "...", true },
	{ "a/..b/c..", true },
	{ ".hidden", true },
	{ TEN TEN TEN TEN TEN TEN "012", true },
	{ TEN TEN TEN TEN TEN TEN "0123", false },
	{ "", false },
	{ "/", false },
	{ "/a", false },
	{ "a/", false },
	{ "a//b", false },
	{ ".", false },
	{ "..", false },
	{ "./a", false },
	{ "../a", false },
	{ "a/./b", false },
	{ "a/../b", false },
	{ "a/.", false },
	{ "a/..", false },
	{ "a b", false },
	{ "a\n", false },
	{ "a\x7f", false },
	{ "a\xff", false },
};

static void firmware_test_names(struct kunit *test)
{
	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ_MSG(test, vnpu_fw_name_ok(names[i].name), names[i].ok, "'%s'",
				    names[i].name);
}

/* What DEV_QUERY has room for. */
static void firmware_test_fields(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, npum_field_at(0));
	KUNIT_EXPECT_NULL(test, npum_field_at(DRM_VNPU_MAX_FIELDS));
	KUNIT_EXPECT_NOT_NULL(test, npum_target_field_at(0));
	KUNIT_EXPECT_NULL(test, npum_target_field_at(DRM_VNPU_MAX_FIELDS));
}

static void firmware_test_built_in(struct kunit *test)
{
	struct device *parent = kunit_device_register(test, "vnpu-mock");
	struct mock_backend *mock = mock_backend_create(1);
	struct vnpu_firmware *first, *second;
	struct vnpu_device *vdev;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	KUNIT_ASSERT_NOT_NULL(test, mock);
	vdev = vnpu_device_create(parent, &mock->base);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vdev);

	first = vnpu_fw_get(vdev);
	KUNIT_EXPECT_EQ(test, first->generation, 1);
	KUNIT_EXPECT_STREQ(test, first->file, "");
	KUNIT_EXPECT_EQ(test, first->set.count, npum_builtin_set()->count);
	for (u32 i = 0; i < first->set.count; i++) {
		KUNIT_EXPECT_PTR_EQ(test, first->set.at[i].set, &first->set);
		KUNIT_EXPECT_EQ(test, first->set.at[i].digest, npum_builtin_set()->at[i].digest);
	}

	KUNIT_EXPECT_EQ(test, vnpu_fw_load(vdev, "../up"), -EINVAL);
	KUNIT_EXPECT_NE(test, vdev->fw.error[0], 0);
	KUNIT_EXPECT_EQ(test, vnpu_fw_load(vdev, VNPU_FW_BUILT_IN), 0);
	KUNIT_EXPECT_EQ(test, vdev->fw.error[0], 0);
	second = vnpu_fw_get(vdev);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	KUNIT_EXPECT_EQ(test, second->generation, 2);
	/* The device let go of the first, we did not. */
	KUNIT_EXPECT_EQ(test, kref_read(&first->refcount), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&second->refcount), 2);
	vnpu_fw_put(first);
	vnpu_fw_put(second);
}

static struct kunit_case firmware_test_cases[] = {
	KUNIT_CASE(firmware_test_names),
	KUNIT_CASE(firmware_test_fields),
	KUNIT_CASE(firmware_test_built_in),
	{}
};

static struct kunit_suite firmware_suite = {
	.name = "vnpu_firmware",
	.test_cases = firmware_test_cases,
};

kunit_test_suite(firmware_suite);
