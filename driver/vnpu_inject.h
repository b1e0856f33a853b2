/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_INJECT_H
#define VNPU_INJECT_H

#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/types.h>

struct dentry;

#define VNPU_KNOB(name, usual) atomic_t name;
/** struct vnpu_inject - faults to show, see vnpu_inject.def */
struct vnpu_inject {
#include "vnpu_inject.def"
};

/** vnpu_inject_init() - no faults */
void vnpu_inject_init(struct vnpu_inject *inject);

/** vnpu_inject_debugfs() - a file for each knob in @dir */
void vnpu_inject_debugfs(struct vnpu_inject *inject, struct dentry *dir);

/**
 * vnpu_inject_fails() - shall the allocation at hand fail?
 * @inject: counts down
 *
 * Called before every allocation of SUBMIT.
 */
static inline bool vnpu_inject_fails(struct vnpu_inject *inject)
{
	if (likely(!atomic_read(&inject->fail_alloc)))
		return false;
	return !atomic_dec_if_positive(&inject->fail_alloc);
}

/**
 * vnpu_inject_error() - vnpu_inject_fails() for calls that return an errno
 * @inject: counts down
 *
 * To be written "vnpu_inject_error(inject) ?: call()".
 */
static inline int vnpu_inject_error(struct vnpu_inject *inject)
{
	return vnpu_inject_fails(inject) ? -ENOMEM : 0;
}

/** vnpu_inject_kvcalloc() - kvcalloc() that can be made to fail */
static inline void *vnpu_inject_kvcalloc(struct vnpu_inject *inject, size_t count, size_t size)
{
	return vnpu_inject_fails(inject) ? NULL : kvcalloc(count, size, GFP_KERNEL);
}

/** vnpu_inject_take() - the value of a knob that is good for once; 0 when there is none */
static inline int vnpu_inject_take(atomic_t *knob)
{
	return likely(!atomic_read(knob)) ? 0 : atomic_xchg(knob, 0);
}

/** vnpu_inject_take_op() - is it at op @op that a knob has something to do?  Once */
static inline bool vnpu_inject_take_op(atomic_t *knob, u32 op)
{
	int want = atomic_read(knob);

	return unlikely(want >= 0 && (u32)want == op) && atomic_try_cmpxchg(knob, &want, -1);
}

#endif /* VNPU_INJECT_H */
