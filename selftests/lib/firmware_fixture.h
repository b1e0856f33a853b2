/* SPDX-License-Identifier: GPL-2.0-only */
/* The fixture of the tests of firmware. */
#ifndef FIRMWARE_FIXTURE_H
#define FIRMWARE_FIXTURE_H

#include "firmware.h"
#include "fixture.h"

/* A device that has the built-in firmware, before and after each test. */
FIXTURE(firmware)
{
	int fd;
	struct rig rig;
	struct drm_vnpu_firmware_info info;
};

FIXTURE_SETUP(firmware)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
	{
		TH_LOG("no accel node driven by vnpu");
	}
	ASSERT_EQ(0, rig_open(&self->rig, self->fd, 0));
	ASSERT_EQ(0, firmware_load(FIRMWARE_BUILT_IN));
	ASSERT_EQ(0, firmware_query(self->fd, &self->info));
	ASSERT_EQ(DRM_VNPU_FIRMWARE_BUILT_IN, self->info.flags);
}

FIXTURE_TEARDOWN(firmware)
{
	device_inject("slow_tile_ms", 0);
	/* Fails where the test gave up its privileges; such a test loads nothing. */
	firmware_load(FIRMWARE_BUILT_IN);
	close(self->fd);
}

#endif /* FIRMWARE_FIXTURE_H */
