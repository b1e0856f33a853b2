/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Facts about a device that has just been opened. */
#ifndef NPU_DESCRIBE_H
#define NPU_DESCRIBE_H

#include "backend.h"
#include "npum_isa.h"

/**
 * npu_drm_describe() - ask the driver behind @fd, unless it is not vnpu
 * @fd: open device node
 * @dev: info.name and info.kind are set already; all facts are filled, also in part
 *	when it fails; release with npu_describe_free()
 * @error: filled on failure
 *
 * Return: 0; -ENODEV when another driver has the node.
 */
int npu_drm_describe(int fd, struct npu_device *dev, struct npu_error *error);

/**
 * npu_sim_describe() - facts about the math model with @isa on @threads
 * @isa: instruction set
 * @threads: workers
 * @options: whose firmware it takes
 * @dev: all facts are filled, also in part when it fails; release with
 *	npu_describe_free()
 * @error: filled on failure
 *
 * Return: 0, -ENOMEM, or -ENOEXEC when the firmware is refused.
 */
int npu_sim_describe(const struct npum_isa *isa, uint32_t threads,
		     const struct npu_device_options *options, struct npu_device *dev,
		     struct npu_error *error);

/** npu_describe_free() - release the facts about a device, not the device */
void npu_describe_free(struct npu_device *dev);

/**
 * npu_describe_personalities() - list what a device has
 * @dev: its personalities are set; info.personalities is filled
 *
 * Return: 0 or -ENOMEM.
 */
int npu_describe_personalities(struct npu_device *dev);

/**
 * npu_fail_program() - write why a device refused a program, and what to do
 * @dev: the device, with its facts as they are now
 * @data: the program
 * @why: the verdict
 * @error: filled on failure
 *
 * Return: -ENOEXEC.
 */
int npu_fail_program(const struct npu_device *dev, const void *data, const struct npum_refusal *why,
		     struct npu_error *error);

#endif /* NPU_DESCRIBE_H */
