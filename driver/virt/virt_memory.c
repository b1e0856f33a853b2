// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a core beside buffers: scratch of its threads, on-chip memory of its jobs.
 * It grows where programs are made, which may sleep, and is wiped where jobs start, when
 * it changes hands.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "virt.h"

void virt_memory_init(struct virt_memory *memory, u32 count)
{
	memory->count = count;
	INIT_LIST_HEAD(&memory->all);
}

int virt_memory_grow(struct virt_memory *memory, u32 bytes)
{
	u32 stride = roundup_pow_of_two(max_t(u32, bytes, PAGE_SIZE));
	struct virt_block *block = memory->now;

	if (block && block->stride >= stride)
		return 0;
	block = kzalloc(sizeof(*block), GFP_KERNEL);
	if (!block)
		return -ENOMEM;
	block->stride = stride;
	block->bytes = vzalloc(array_size(stride, memory->count));
	if (!block->bytes) {
		kfree(block);
		return -ENOMEM;
	}
	list_add(&block->node, &memory->all);
	/* Jobs that run go on with what they have. */
	smp_store_release(&memory->now, block);
	return 0;
}

const struct virt_block *virt_memory_take(struct virt_memory *memory, u64 owner)
{
	/* Pairs with virt_memory_grow(). */
	struct virt_block *block = smp_load_acquire(&memory->now);

	if (memory->taken == block && memory->owner == owner)
		return block;
	memset(block->bytes, 0, (size_t)block->stride * memory->count);
	memory->taken = block;
	memory->owner = owner;
	return block;
}

void virt_memory_fini(struct virt_memory *memory)
{
	struct virt_block *block, *next;

	list_for_each_entry_safe(block, next, &memory->all, node) {
		vfree(block->bytes);
		kfree(block);
	}
}
