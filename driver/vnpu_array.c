// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vnpu_array.h"
#include "vnpu_inject.h"

void *vnpu_array_get(struct vnpu_inject *inject, const struct drm_vnpu_array *in, size_t size,
		     u32 max)
{
	const void __user *from = u64_to_user_ptr(in->array);
	u8 *elements;
	int ret = 0;

	if (!in->count)
		return NULL;
	if (in->count > max || !in->stride)
		return ERR_PTR(-EINVAL);
	/* Looking for zeros in a long tail takes long. */
	if (in->stride > PAGE_SIZE)
		return ERR_PTR(-E2BIG);
	elements = vnpu_inject_kvcalloc(inject, in->count, size);
	if (!elements)
		return ERR_PTR(-ENOMEM);

	if (in->stride == size && copy_from_user(elements, from, in->count * size))
		ret = -EFAULT;
	for (u32 i = 0; in->stride != size && i < in->count && !ret; i++)
		ret = copy_struct_from_user(elements + i * size, size,
					    from + (u64)i * in->stride, in->stride);
	if (!ret)
		return elements;
	kvfree(elements);
	return ERR_PTR(ret);
}

int vnpu_array_put(const struct drm_vnpu_array *out, const void *elements, size_t size, u32 count)
{
	void __user *to = u64_to_user_ptr(out->array);

	count = min(count, out->count);
	if (count && !out->stride)
		return -EINVAL;
	for (u32 i = 0; i < count; i++)
		if (copy_to_user(to + (u64)i * out->stride, elements + i * size,
				 min_t(size_t, size, out->stride)))
			return -EFAULT;
	return 0;
}
