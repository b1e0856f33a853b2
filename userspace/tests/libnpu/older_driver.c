// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "older_driver.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "drm/vnpu_accel.h"

#define DRIVER_IOCTLS (DRM_VNPU_SYNC_WAIT + 1)
#define PREFIX "1."

/* Interfaces that brought what the first had not, as driver/vnpu_drv.c lists them. */
static const uint8_t ioctl_since[DRIVER_IOCTLS] = {
	[DRM_VNPU_BO_SET_LABEL] = 2,
	[DRM_VNPU_SYNC_WAIT] = 3,
};
static const uint8_t query_since[] = {
	[DRM_VNPU_QUERY_FIRMWARE] = 1,
	[DRM_VNPU_QUERY_LIMITS] = 2,
	[DRM_VNPU_QUERY_HEALTH] = 2,
	[DRM_VNPU_QUERY_CLOCK] = 2,
};

static atomic_uint refused[DRIVER_IOCTLS];

unsigned int older_driver_minor(void)
{
	const char *text = getenv("NPU_OLDER_DRIVER");

	if (!text || strncmp(text, PREFIX, strlen(PREFIX)))
		return UINT_MAX;
	return (unsigned int)strtoul(text + strlen(PREFIX), NULL, 10);
}

unsigned int older_driver_refused(unsigned int id)
{
	return refused[id];
}

/* Fields that a struct did not have yet: the driver takes a longer one whose rest is zero. */
static int refuse_jobs(const struct drm_vnpu_submit *submit, unsigned int minor)
{
	for (uint32_t i = 0; i < submit->jobs.count; i++) {
		struct drm_vnpu_job job = { 0 };
		uint32_t stride = submit->jobs.stride;

		memcpy(&job, (const uint8_t *)(uintptr_t)submit->jobs.array + (size_t)i * stride,
		       stride < sizeof(job) ? stride : sizeof(job));
		if (minor < 2 && job.const_digest)
			return E2BIG;
		if (minor < 2 && (job.flags & DRM_VNPU_JOB_VERIFY))
			return EINVAL;
	}
	return 0;
}

/* What the older driver says instead; 0: the same as this one. */
static int refuse(unsigned int id, const void *args, unsigned int minor)
{
	const struct drm_vnpu_dev_query *query = args;

	if (id >= DRIVER_IOCTLS)
		return 0;
	if (ioctl_since[id] > minor) {
		refused[id]++;
		return EINVAL;
	}
	if (id == DRM_VNPU_DEV_QUERY && query->type < sizeof(query_since) &&
	    query_since[query->type] > minor)
		return EINVAL;
	return id == DRM_VNPU_SUBMIT ? refuse_jobs(args, minor) : 0;
}

/* In place of the C library's, also for libdrm. */
__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request, ...)
{
	unsigned int minor = older_driver_minor();
	unsigned int number = _IOC_NR(request);
	bool drm = _IOC_TYPE(request) == DRM_IOCTL_BASE;
	void *args;
	va_list list;
	int rc;

	va_start(list, request);
	args = va_arg(list, void *);
	va_end(list);
	if (drm && number >= DRM_COMMAND_BASE) {
		rc = refuse(number - DRM_COMMAND_BASE, args, minor);
		if (rc) {
			errno = rc;
			return -1;
		}
	}
	rc = (int)syscall(SYS_ioctl, fd, request, args);
	if (!rc && drm && number == _IOC_NR(DRM_IOCTL_VERSION)) {
		struct drm_version *version = args;

		if (version->version_minor > 0 && (unsigned int)version->version_minor > minor)
			version->version_minor = (int)minor;
	}
	return rc;
}
