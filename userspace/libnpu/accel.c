// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "accel.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

const struct npu_accel_paths npu_accel_system = {
	.class = "/sys/class/accel",
	.module = "/sys/module/vnpu",
	.dev = "/dev/accel",
};

/* Does the last part of what the link @class/@node/@link points at start with "vnpu"? */
static bool link_names_vnpu(const char *class, const char *node, const char *link)
{
	char path[PATH_MAX];
	char target[PATH_MAX];
	ssize_t length;

	if (snprintf(path, sizeof(path), "%s/%s/%s", class, node, link) >= (int)sizeof(path))
		return false;
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	return !strncmp(basename(target), "vnpu", strlen("vnpu"));
}

/* Kernels with a faux bus bind all its devices to one driver: there the device has our name. */
static bool driven_by_vnpu(const char *class, const char *node)
{
	return link_names_vnpu(class, node, "device/driver") ||
	       link_names_vnpu(class, node, "device");
}

/* The number of "accelN"; -1 for any other name. */
static long node_number(const char *name)
{
	char *end;
	long number;

	if (strncmp(name, "accel", strlen("accel")) || name[5] < '0' || name[5] > '9')
		return -1;
	number = strtol(name + 5, &end, 10);
	return *end ? -1 : number;
}

static int by_number(const void *a, const void *b)
{
	long x = node_number(strrchr(((const struct npu_device_entry *)a)->path, '/') + 1);
	long y = node_number(strrchr(((const struct npu_device_entry *)b)->path, '/') + 1);

	return (x > y) - (x < y);
}

int npu_accel_explain(const char *path, int code, struct npu_error *error)
{
	const struct group *group;
	struct stat node;

	if (code == -ENOENT)
		return npu_fail(
			error, code,
			"%s: there is no such device node; load the module with `modprobe vnpu` "
			"and see `dmesg` for what it says",
			path);
	if ((code != -EACCES && code != -EPERM) || stat(path, &node))
		return npu_fail(error, code, "%s: cannot open the device: %s", path,
				strerror(-code));
	group = getgrgid(node.st_gid);
	if (node.st_gid && (node.st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP))
		return npu_fail(
			error, code,
			"%s: permission denied: it is open to group '%s'; do `sudo usermod -aG "
			"%s $USER` and log in again",
			path, group ? group->gr_name : "?", group ? group->gr_name : "?");
	return npu_fail(
		error, code,
		"%s: permission denied: only root may open it; install the udev rule that "
		"comes with vnpu (group 'render') or do `sudo chgrp render %s && sudo chmod "
		"660 %s`",
		path, path, path);
}

static void fill_entry(struct npu_device_entry *entry, const char *dev, const char *node)
{
	struct npu_error error = { 0 };

	snprintf(entry->path, sizeof(entry->path), "%s/%s", dev, node);
	entry->status = access(entry->path, R_OK | W_OK) ? -errno : 0;
	if (entry->status)
		npu_accel_explain(entry->path, entry->status, &error);
	snprintf(entry->problem, sizeof(entry->problem), "%.*s", (int)sizeof(entry->problem) - 1,
		 error.text);
}

/* No node was found: the reason that is nearest. */
static void explain_absence(const struct npu_accel_paths *paths, struct npu_error *error)
{
	if (!access(paths->module, F_OK))
		npu_fail(error, 0,
			 "%s: the module is loaded but has no device; see `dmesg` for what it says",
			 paths->module);
	else if (access(paths->class, F_OK))
		npu_fail(error, 0,
			 "%s: not there: no accel driver is loaded; load ours with `modprobe vnpu`",
			 paths->class);
	else
		npu_fail(error, 0,
			 "%s: no accel device is driven by vnpu; load it with `modprobe vnpu`",
			 paths->class);
}

int npu_accel_list(const struct npu_accel_paths *paths, struct npu_device_entry **entries,
		   size_t *count, struct npu_error *error)
{
	DIR *dir = opendir(paths->class);
	struct npu_device_entry *list = NULL;
	size_t used = 0;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct npu_device_entry *more;

		if (node_number(entry->d_name) < 0 || !driven_by_vnpu(paths->class, entry->d_name))
			continue;
		more = realloc(list, (used + 1) * sizeof(*list));
		if (!more) {
			free(list);
			closedir(dir);
			return npu_fail(error, -ENOMEM, "%s: out of memory", paths->class);
		}
		list = more;
		fill_entry(&list[used++], paths->dev, entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (used)
		qsort(list, used, sizeof(*list), by_number);
	else
		explain_absence(paths, error);
	*entries = list;
	*count = used;
	return 0;
}
