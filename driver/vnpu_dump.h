/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_DUMP_H
#define VNPU_DUMP_H

#include <linux/types.h>

struct vnpu_device;
struct vnpu_fault;

/**
 * vnpu_dump_make() - write down what is known of a fault, as vnpu_coredump.h has it
 * @vdev: the device
 * @fault: the fault, with its job
 * @bytes: out: bytes of the dump
 *
 * May sleep.
 *
 * Return: the dump, to be freed with vfree(), or NULL.
 */
void *vnpu_dump_make(struct vnpu_device *vdev, const struct vnpu_fault *fault, size_t *bytes);

#endif /* VNPU_DUMP_H */
