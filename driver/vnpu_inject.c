// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults to order.  They do not depend on the kernel's fault injection, which
 * distribution kernels do not have.
 */
#include <linux/debugfs.h>

#include "vnpu_inject.h"
#include "vnpu_program.h"

/**
 * struct vnpu_knob - a row of vnpu_inject.def
 * @name: file
 * @offset: in &struct vnpu_inject
 * @usual: value that does nothing
 */
struct vnpu_knob {
	const char *name;
	size_t offset;
	int usual;
};

#define VNPU_KNOB(name, usual) { #name, offsetof(struct vnpu_inject, name), usual },
static const struct vnpu_knob vnpu_knobs[] = {
#include "vnpu_inject.def"
};

static atomic_t *vnpu_inject_at(struct vnpu_inject *inject, const struct vnpu_knob *knob)
{
	return (void *)inject + knob->offset;
}

void vnpu_inject_init(struct vnpu_inject *inject)
{
	for (u32 i = 0; i < ARRAY_SIZE(vnpu_knobs); i++)
		atomic_set(vnpu_inject_at(inject, &vnpu_knobs[i]), vnpu_knobs[i].usual);
}

void vnpu_inject_debugfs(struct vnpu_inject *inject, struct dentry *dir)
{
	for (u32 i = 0; i < ARRAY_SIZE(vnpu_knobs); i++)
		debugfs_create_atomic_t(vnpu_knobs[i].name, 0600, dir,
					vnpu_inject_at(inject, &vnpu_knobs[i]));
}
