/* SPDX-License-Identifier: GPL-2.0-only */
/* The firmware of the device: its files, its attributes in sysfs, what is told of it. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stddef.h>

#include "firmware_cases.h"

#include "program.h"

/** FIRMWARE_FILE - the file that tests install and load */
#define FIRMWARE_FILE		"vnpu/selftest.fw"
/** FIRMWARE_BUILT_IN - what loads the one that is built in */
#define FIRMWARE_BUILT_IN	"built-in"

/** firmware_attribute_path() - find a file of the device in sysfs; 0 or -errno */
int firmware_attribute_path(const char *name, char *path, size_t size);

/** firmware_attribute() - what it says, without its line feed; until the next call */
const char *firmware_attribute(const char *name);

/** firmware_load() - let the device load a file; 0 or -errno */
int firmware_load(const char *name);

/** firmware_install_as() - put a file where the kernel looks for it; 0 or -errno */
int firmware_install_as(const char *name, const void *bytes, size_t size);

/** firmware_install() - the same with FIRMWARE_FILE */
int firmware_install(const void *bytes, size_t size);

/** firmware_load_rounding() - load firmware_valid with another rounding of ADD; 0 or -errno */
int firmware_load_rounding(enum npum_rounding rounding);

/** firmware_query() - DEV_QUERY FIRMWARE; 0 or -errno */
int firmware_query(int fd, struct drm_vnpu_firmware_info *info);

/** firmware_query_first() - how many personalities there are, and the first of them; -errno */
int firmware_query_first(int fd, struct drm_vnpu_personality_info *first);

#endif /* FIRMWARE_H */
