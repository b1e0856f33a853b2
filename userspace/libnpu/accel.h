/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which accel nodes are driven by vnpu, and why one cannot be opened.
 *
 * libdrm's enumeration knows /dev/dri only, so this looks into sysfs itself.
 */
#ifndef NPU_ACCEL_H
#define NPU_ACCEL_H

#include "npu.h"

/**
 * struct npu_accel_paths - where to look; tests point it elsewhere
 * @class: sysfs class of accel devices
 * @module: sysfs folder of the loaded module
 * @dev: folder of the device nodes
 */
struct npu_accel_paths {
	const char *class;
	const char *module;
	const char *dev;
};

extern const struct npu_accel_paths npu_accel_system;

/** npu_accel_list() - npu_device_list() for the system that @paths describe */
int npu_accel_list(const struct npu_accel_paths *paths, struct npu_device_entry **entries,
		   size_t *count, struct npu_error *error);

/**
 * npu_accel_explain() - say why a node cannot be opened and what to do
 * @path: the node
 * @code: the negative errno that opening it gave
 * @error: filled on failure
 *
 * Return: @code.
 */
int npu_accel_explain(const char *path, int code, struct npu_error *error);

#endif /* NPU_ACCEL_H */
