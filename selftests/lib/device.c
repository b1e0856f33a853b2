// SPDX-License-Identifier: GPL-2.0-only
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

bool device_is_uml(void)
{
	char text[256];

	return !file_text("/proc/cpuinfo", text, sizeof(text)) && strstr(text, "User Mode Linux");
}

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return ret;
}

int file_text(const char *path, char *text, unsigned int size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);
	int ret = got < 0 ? -errno : 0;

	text[got < 0 ? 0 : got] = 0;
	if (fd >= 0)
		close(fd);
	return ret;
}

long long device_number(const char *name)
{
	char path[128], text[64];
	int ret;

	snprintf(path, sizeof(path), DEVICE_SYSFS "%s", name);
	ret = file_text(path, text, sizeof(text));
	return ret ? ret : strtoll(text, NULL, 10);
}

int device_query(int fd, __u32 type, void *info, __u32 size)
{
	struct drm_vnpu_dev_query args = {
		.type = type,
		.size = size,
		.pointer = (uintptr_t)info,
	};
	int ret = device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);

	return ret ? ret : args.size == size ? 0 : -EMSGSIZE;
}

int device_debugfs(const char *name, char *path, unsigned int size)
{
	char pattern[64];
	glob_t found;

	/* Kernels name the device's folder in different ways. */
	snprintf(pattern, sizeof(pattern), "/sys/kernel/debug/accel/*/%s", name);
	if (glob(pattern, 0, NULL, &found))
		return -ENOENT;
	snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return 0;
}

int device_inject(const char *name, int value)
{
	char file[32], path[128], text[16];
	int ret;

	snprintf(file, sizeof(file), "inject/%s", name);
	ret = device_debugfs(file, path, sizeof(path));
	if (ret)
		return ret;
	snprintf(text, sizeof(text), "%d", value);
	return file_write(path, text);
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

int bo_export(int fd, __u32 handle)
{
	struct drm_prime_handle args = { .handle = handle, .flags = O_RDWR | O_CLOEXEC };
	int ret = device_call(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args);

	return ret ? ret : args.fd;
}

__u32 bo_import(int fd, int dmabuf)
{
	struct drm_prime_handle args = { .fd = dmabuf };

	return device_call(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args) ? 0 : args.handle;
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

int syncobj_fence(int fd, __u32 handle)
{
	struct drm_syncobj_handle args = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
	};
	int ret = device_call(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args);

	return ret ? ret : args.fd;
}

/* 1 signalled, 0 not yet, or the fence's negative error. */
static int fence_status(int fence)
{
	struct sync_file_info info = {};
	int ret = device_call(fence, SYNC_IOC_FILE_INFO, &info);

	return ret ? ret : info.status;
}

int fence_wait(int fence, int ms)
{
	struct pollfd pollfd = { .fd = fence, .events = POLLIN };
	int ret;

	if (poll(&pollfd, 1, ms) != 1)
		return -ETIMEDOUT;
	ret = fence_status(fence);
	return ret == 1 ? 0 : ret;
}

int syncobj_error(int fd, __u32 handle)
{
	int fence = syncobj_fence(fd, handle);
	int ret;

	if (fence < 0)
		return fence;
	ret = fence_status(fence);
	close(fence);
	return ret;
}
