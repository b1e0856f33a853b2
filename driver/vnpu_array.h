/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_ARRAY_H
#define VNPU_ARRAY_H

#include <linux/types.h>

#include "drm/vnpu_accel.h"

struct vnpu_inject;

/**
 * vnpu_array_get() - copy an array from user memory
 * @inject: may make the allocation fail
 * @in: where it lies
 * @size: bytes of an element in the kernel
 * @max: most elements allowed
 *
 * Elements shorter than @size are zero-extended; a longer one may not say
 * anything in its tail.
 *
 * Return: the elements, to be released with kvfree(); NULL when there are none;
 * ERR_PTR(-EINVAL) for too many or a stride of 0, -E2BIG for a tail or a stride of more
 * than a page, -EFAULT, -ENOMEM.
 */
void *vnpu_array_get(struct vnpu_inject *inject, const struct drm_vnpu_array *in, size_t size,
		     u32 max);

/**
 * vnpu_array_put() - copy an array to user memory
 * @out: where it goes; at most its count of elements is written
 * @elements: what goes there
 * @size: bytes of an element in the kernel
 * @count: number of @elements
 *
 * Return: 0, -EINVAL for a stride of 0, or -EFAULT.
 */
int vnpu_array_put(const struct drm_vnpu_array *out, const void *elements, size_t size, u32 count);

#endif /* VNPU_ARRAY_H */
