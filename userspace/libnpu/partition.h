/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_PARTITION_H
#define NPU_PARTITION_H

#include "model.h"

/**
 * npu_partitions_read() - check the sections PARTITIONS and HOST_OPS
 * @name: file name for error texts
 * @model: its program and flags are read; segments, host operators and counts of them
 *	are filled
 * @error: filled on failure
 *
 * A model without these sections gets one segment of all its records, for the device.
 *
 * Return: 0; -EINVAL for a broken file, -EOPNOTSUPP for an unknown host operator, -ENOMEM.
 */
int npu_partitions_read(const char *name, struct npu_model *model, struct npu_error *error);

#endif /* NPU_PARTITION_H */
