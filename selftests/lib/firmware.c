// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware.h"

int firmware_attribute_path(const char *name, char *path, size_t size)
{
	glob_t found;

	snprintf(path, size, "/sys/bus/platform/devices/vnpu*/%s", name);
	if (glob(path, 0, NULL, &found))
		return -ENOENT;
	snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return 0;
}

int firmware_load(const char *name)
{
	char path[128];
	int ret = firmware_attribute_path("firmware", path, sizeof(path));

	return ret ? ret : file_write(path, name);
}

const char *firmware_attribute(const char *name)
{
	static char text[4096];
	char path[128];
	ssize_t length;
	int fd;

	if (firmware_attribute_path(name, path, sizeof(path)))
		return "there is none";
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length - 1 : 0] = 0;
	return text;
}

int firmware_install_as(const char *name, const void *bytes, size_t size)
{
	const char *folder = getenv("VNPU_FIRMWARE");
	char path[256];
	ssize_t written;
	int fd;

	if (!folder)
		folder = "/lib/firmware";
	snprintf(path, sizeof(path), "%s/vnpu", folder);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	written = size ? write(fd, bytes, size) : 0;
	close(fd);
	return written == (ssize_t)size ? 0 : -EIO;
}

int firmware_install(const void *bytes, size_t size)
{
	return firmware_install_as(FIRMWARE_FILE, bytes, size);
}

int firmware_load_rounding(enum npum_rounding rounding)
{
	struct firmware_image image = firmware_valid;
	int ret;

	image.personality[0].value[FIELD_add] = rounding;
	firmware_seal(&image);
	ret = firmware_install(&image, sizeof(image));
	return ret ? ret : firmware_load(FIRMWARE_FILE);
}

int firmware_query(int fd, struct drm_vnpu_firmware_info *info)
{
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_FIRMWARE,
		.size = sizeof(*info),
		.pointer = (uintptr_t)info,
	};

	return device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);
}

int firmware_query_first(int fd, struct drm_vnpu_personality_info *first)
{
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_PERSONALITIES,
		.size = sizeof(*first),
		.pointer = (uintptr_t)first,
		.stride = sizeof(*first),
	};
	int ret = device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);

	return ret ? ret : (int)args.count;
}
