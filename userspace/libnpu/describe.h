/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Facts about a device that has just been opened. */
#ifndef NPU_DESCRIBE_H
#define NPU_DESCRIBE_H

#include "npu.h"
#include "npum_isa.h"

/**
 * npu_drm_describe() - ask the driver behind @fd, unless it is not vnpu
 * @fd: open device node
 * @info: name and kind are set already; the rest is filled, also in part when
 *	it fails; info.personalities is for the caller to free()
 * @error: filled on failure
 *
 * Return: 0; -ENODEV when another driver has the node.
 */
int npu_drm_describe(int fd, struct npu_device_info *info, struct npu_error *error);

/**
 * npu_sim_describe() - facts about the math model with @isa on @threads
 * @isa: instruction set
 * @threads: workers
 * @info: filled; info.personalities is for the caller to free()
 *
 * Return: 0 or -ENOMEM.
 */
int npu_sim_describe(const struct npum_isa *isa, uint32_t threads, struct npu_device_info *info);

#endif /* NPU_DESCRIBE_H */
