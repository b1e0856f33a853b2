// SPDX-License-Identifier: GPL-2.0-only
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/sync_file.h>

#define NOBODY	65534

int device_call(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, request, arg);
	} while (ret && (errno == EINTR || errno == EAGAIN));
	return ret ? -errno : 0;
}

static bool driven_by_vnpu(int fd)
{
	char name[8] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

	return !device_call(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "vnpu");
}

int device_open(void)
{
	glob_t nodes;
	int found = -ENODEV;

	if (glob("/dev/accel/accel*", 0, NULL, &nodes))
		return -ENODEV;
	for (size_t i = 0; i < nodes.gl_pathc && found < 0; i++) {
		int fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);

		if (fd >= 0 && driven_by_vnpu(fd))
			found = fd;
		else if (fd >= 0)
			close(fd);
	}
	globfree(&nodes);
	return found;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000u + (__u64)now.tv_nsec;
}

__s64 device_deadline(int ms)
{
	return (__s64)now_ns() + ms * 1000000ll;
}

__u64 device_ms(void)
{
	return now_ns() / 1000000;
}

void device_sleep(unsigned int ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l };

	while (nanosleep(&left, &left))
		;
}

int device_drop_privileges(void)
{
	return setresuid(NOBODY, NOBODY, NOBODY) ? -errno : 0;
}

/* Opens a file of the device's debugfs folder, whatever the kernel calls that folder. */
static int open_debugfs(const char *name, int flags)
{
	char pattern[128];
	int fd = -ENOENT;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "/sys/kernel/debug/accel/*/%s", name);
	if (glob(pattern, 0, NULL, &found))
		return -ENOENT;
	fd = open(found.gl_pathv[0], flags | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	globfree(&found);
	return fd;
}

int device_inject(const char *name, int value)
{
	char path[64], text[16];
	int ret = 0;
	int fd;

	snprintf(path, sizeof(path), "inject/%s", name);
	fd = open_debugfs(path, O_WRONLY);
	if (fd < 0)
		return fd;
	if (write(fd, text, (size_t)snprintf(text, sizeof(text), "%d", value)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int device_debugfs(const char *name, char *text, int size)
{
	int fd = open_debugfs(name, O_RDONLY);
	ssize_t got;

	if (fd < 0)
		return fd;
	got = read(fd, text, (size_t)size - 1);
	close(fd);
	if (got < 0)
		return -errno;
	text[got] = 0;
	return (int)got;
}

__u32 bo_create(int fd, __u64 size)
{
	struct drm_vnpu_bo_create args = { .size = size };

	return device_call(fd, DRM_IOCTL_VNPU_BO_CREATE, &args) ? 0 : args.handle;
}

void *bo_map(int fd, __u32 handle, __u64 size)
{
	struct drm_vnpu_bo_info info = { .handle = handle };
	void *map;

	if (device_call(fd, DRM_IOCTL_VNPU_BO_INFO, &info))
		return NULL;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)info.mmap_offset);
	return map == MAP_FAILED ? NULL : map;
}

int bo_close(int fd, __u32 handle)
{
	struct drm_gem_close args = { .handle = handle };

	return device_call(fd, DRM_IOCTL_GEM_CLOSE, &args);
}

int bo_wait(int fd, __u32 handle, int ms)
{
	struct drm_vnpu_bo_wait args = {
		.handle = handle,
		.timeout_ns = ms < 0 ? 0 : device_deadline(ms),
	};

	return device_call(fd, DRM_IOCTL_VNPU_BO_WAIT, &args);
}

__u32 ctx_create(int fd, __u32 timeout_ms)
{
	struct drm_vnpu_ctx_create args = {
		.priority = DRM_VNPU_PRIORITY_NORMAL,
		.timeout_ms = timeout_ms,
	};

	return device_call(fd, DRM_IOCTL_VNPU_CTX_CREATE, &args) ? 0 : args.handle;
}

int ctx_query(int fd, __u32 ctx, struct drm_vnpu_ctx_query *out)
{
	*out = (struct drm_vnpu_ctx_query){ .handle = ctx };
	return device_call(fd, DRM_IOCTL_VNPU_CTX_QUERY, out);
}

int ctx_destroy(int fd, __u32 ctx)
{
	struct drm_vnpu_ctx_destroy args = { .handle = ctx };

	return device_call(fd, DRM_IOCTL_VNPU_CTX_DESTROY, &args);
}

__u32 syncobj_create(int fd)
{
	struct drm_syncobj_create args = {};

	return device_call(fd, DRM_IOCTL_SYNCOBJ_CREATE, &args) ? 0 : args.handle;
}

int syncobj_wait(int fd, __u32 handle, __u64 point, int ms)
{
	struct drm_syncobj_timeline_wait args = {
		.handles = (__u64)(uintptr_t)&handle,
		.points = (__u64)(uintptr_t)&point,
		.timeout_nsec = device_deadline(ms),
		.count_handles = 1,
	};

	return device_call(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &args);
}

int syncobj_error(int fd, __u32 handle)
{
	struct drm_syncobj_handle export = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
	};
	struct sync_file_info info = {};
	int ret;

	ret = device_call(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &export);
	if (ret)
		return ret;
	ret = device_call(export.fd, SYNC_IOC_FILE_INFO, &info);
	close(export.fd);
	return ret ? ret : info.status;
}
