/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Firmware: which arithmetics a device computes with, what it takes and what it
 * costs.  A device has one at a time; a program keeps the one that it was
 * validated with, so that a reload changes nothing for whoever is there already.
 */
#ifndef VNPU_FIRMWARE_H
#define VNPU_FIRMWARE_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "model/npum_firmware.h"

struct vnpu_device;

/** VNPU_FW_BUILT_IN - the name that stands for what the module is built with */
#define VNPU_FW_BUILT_IN	"built-in"
/** VNPU_FW_FILE_BYTES - room of a file's name with its final zero */
#define VNPU_FW_FILE_BYTES	64
/** VNPU_FW_ERROR_BYTES - room of what is said of a refused load */
#define VNPU_FW_ERROR_BYTES	320

/**
 * struct vnpu_firmware - what was loaded; never changes
 * @refcount: one for the device, one for each program
 * @set: its personalities
 * @target: its capabilities, memory and costs
 * @version: what the image says of itself; crc 0: built-in
 * @file: where it came from, below /lib/firmware; "" built-in
 * @generation: of the device: how many were loaded, this one among them
 */
struct vnpu_firmware {
	struct kref refcount;
	struct npum_personality_set set;
	struct npum_target target;
	struct npum_fw_version version;
	char file[VNPU_FW_FILE_BYTES];
	u32 generation;
};

/**
 * struct vnpu_fw - a device's firmware
 * @load: held while it is loaded; protects @error and @generation
 * @lock: protects @current_fw
 * @current_fw: what programs are validated with from now on; never NULL
 * @generation: of the newest
 * @error: why the last load was refused; "" when it was not
 */
struct vnpu_fw {
	struct mutex load; /* see above */
	spinlock_t lock; /* see above */
	struct vnpu_firmware *current_fw;
	u32 generation;
	char error[VNPU_FW_ERROR_BYTES];
};

/**
 * vnpu_fw_init() - give a new device the built-in firmware
 * @vdev: device nobody can open yet; it lets go of its firmware when it is released
 *
 * Return: 0 or -ENOMEM.
 */
int vnpu_fw_init(struct vnpu_device *vdev);

/**
 * vnpu_fw_load_first() - load what the module parameter firmware says
 * @vdev: device nobody can open yet
 *
 * The device keeps the built-in firmware when there is no such file, or when it is
 * refused; only the kernel's log tells.
 */
void vnpu_fw_load_first(struct vnpu_device *vdev);

/**
 * vnpu_fw_load() - load another firmware
 * @vdev: device
 * @name: file below /lib/firmware, or VNPU_FW_BUILT_IN
 *
 * May sleep.  What was loaded stays in force when it fails, and the error says why.
 *
 * Return: 0; -EINVAL for a bad name; -ENOENT when there is no such file; -ENOEXEC
 * for an image that is refused; -ENOMEM; else what reading the file gave.
 */
int vnpu_fw_load(struct vnpu_device *vdev, const char *name);

/** vnpu_fw_get() - the firmware in force, with a reference */
struct vnpu_firmware *vnpu_fw_get(struct vnpu_device *vdev);

/** vnpu_fw_put() - drop a reference; may sleep */
void vnpu_fw_put(struct vnpu_firmware *firmware);

/** vnpu_fw_name_ok() - a relative path of sane length that does not go upwards? */
bool vnpu_fw_name_ok(const char *name);

#endif /* VNPU_FIRMWARE_H */
