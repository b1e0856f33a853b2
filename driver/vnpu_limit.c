// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "drm/vnpu_accel.h"
#include "vnpu_limit.h"

static unsigned int user_contexts = 1024;
module_param(user_contexts, uint, 0644);
MODULE_PARM_DESC(user_contexts, "contexts of one user (default 1024)");

static unsigned int user_programs = 4096;
module_param(user_programs, uint, 0644);
MODULE_PARM_DESC(user_programs, "programs of one user (default 4096)");

static unsigned int user_memory_mb;
module_param(user_memory_mb, uint, 0644);
MODULE_PARM_DESC(user_memory_mb, "MiB of buffers and programs of one user (default: half of memory)");

static unsigned int queue_depth = 1024;
module_param(queue_depth, uint, 0644);
MODULE_PARM_DESC(queue_depth, "jobs of one context that are queued or running (default 1024)");

/* Root changes them any time; what is held then stays. */
static u64 vnpu_limit_max(enum vnpu_limit what)
{
	unsigned int mb = READ_ONCE(user_memory_mb);

	switch (what) {
	case VNPU_LIMIT_CONTEXTS:
		return READ_ONCE(user_contexts);
	case VNPU_LIMIT_PROGRAMS:
		return READ_ONCE(user_programs);
	default:
		return mb ? (u64)mb * SZ_1M : (u64)totalram_pages() / 2 << PAGE_SHIFT;
	}
}

u32 vnpu_limit_queue_depth(void)
{
	return READ_ONCE(queue_depth);
}

void vnpu_users_init(struct vnpu_users *users)
{
	mutex_init(&users->lock);
	INIT_LIST_HEAD(&users->list);
}

static struct vnpu_user *vnpu_user_find(struct vnpu_users *users, kuid_t uid)
{
	struct vnpu_user *user;

	list_for_each_entry(user, &users->list, node)
		if (uid_eq(user->uid, uid))
			return user;
	return NULL;
}

struct vnpu_user *vnpu_user_get(struct vnpu_users *users)
{
	struct vnpu_user *user;

	mutex_lock(&users->lock);
	user = vnpu_user_find(users, current_uid());
	if (user) {
		kref_get(&user->refcount);
	} else {
		user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
		if (user) {
			kref_init(&user->refcount);
			user->users = users;
			user->uid = current_uid();
			list_add(&user->node, &users->list);
		}
	}
	mutex_unlock(&users->lock);
	return user;
}

/* Under the lock, so that vnpu_user_get() finds nobody who is going. */
static void vnpu_user_release(struct kref *ref)
{
	struct vnpu_user *user = container_of(ref, struct vnpu_user, refcount);
	struct vnpu_users *users = user->users;

	list_del(&user->node);
	mutex_unlock(&users->lock);
	kfree(user);
}

void vnpu_user_put(struct vnpu_user *user)
{
	kref_put_mutex(&user->refcount, vnpu_user_release, &user->users->lock);
}

/*
 * Of two that race for the last piece both may be refused, as each sees the other's
 * attempt; never do both get it.
 */
int vnpu_user_charge(struct vnpu_user *user, enum vnpu_limit what, u64 amount)
{
	if (atomic64_add_return(amount, &user->used[what]) > vnpu_limit_max(what) &&
	    !capable(CAP_SYS_RESOURCE)) {
		atomic64_sub(amount, &user->used[what]);
		return -EDQUOT;
	}
	kref_get(&user->refcount);
	return 0;
}

void vnpu_user_uncharge(struct vnpu_user *user, enum vnpu_limit what, u64 amount)
{
	atomic64_sub(amount, &user->used[what]);
	vnpu_user_put(user);
}

static struct drm_vnpu_limit vnpu_limit_of(const struct vnpu_user *user, enum vnpu_limit what)
{
	return (struct drm_vnpu_limit){
		.used = atomic64_read(&user->used[what]),
		.max = vnpu_limit_max(what),
	};
}

void vnpu_limit_tell(const struct vnpu_user *user, struct drm_vnpu_limits_info *info)
{
	*info = (struct drm_vnpu_limits_info){
		.contexts = vnpu_limit_of(user, VNPU_LIMIT_CONTEXTS),
		.programs = vnpu_limit_of(user, VNPU_LIMIT_PROGRAMS),
		.memory = vnpu_limit_of(user, VNPU_LIMIT_MEMORY),
		.queue_depth = vnpu_limit_queue_depth(),
		.flags = capable(CAP_SYS_RESOURCE) ? DRM_VNPU_LIMITS_EXEMPT : 0,
	};
}
