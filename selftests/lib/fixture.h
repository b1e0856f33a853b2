/* SPDX-License-Identifier: GPL-2.0-only */
/* The fixture of every device test: a rig on a device that shows no injected fault. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <unistd.h>

#include <kselftest_harness.h>

#include "program.h"

/* A missing device is a failure: whoever runs these tests has loaded the module. */
FIXTURE(npu)
{
	int fd;
	struct rig rig;
};

FIXTURE_SETUP(npu)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
	{
		TH_LOG("no accel node driven by vnpu");
	}
	ASSERT_EQ(0, rig_open(&self->rig, self->fd, 0));
}

FIXTURE_TEARDOWN(npu)
{
	/* Fails where the test gave up its privileges; such a test injects nothing. */
	device_inject("freeze", 0);
	device_inject("hang_op", -1);
	device_inject("slow_tile_ms", 0);
	device_inject("slow_op", -1);
	device_inject("flip_op", -1);
	device_inject("fail_alloc", 0);
	close(self->fd);
}

#endif /* FIXTURE_H */
