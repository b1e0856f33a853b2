/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one user can hold of a device, over all files that it has opened.  The table of
 * handles of a file bounds a file, this bounds whoever opens many.
 */
#ifndef VNPU_LIMIT_H
#define VNPU_LIMIT_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/uidgid.h>

struct drm_vnpu_limits_info;
struct vnpu_users;

/**
 * enum vnpu_limit - what is limited
 * @VNPU_LIMIT_CONTEXTS: contexts, those whose handle is gone and whose jobs run included
 * @VNPU_LIMIT_PROGRAMS: programs, likewise
 * @VNPU_LIMIT_MEMORY: bytes of buffers and of programs: none of it can be swapped out
 * @VNPU_LIMITS: number of them
 */
enum vnpu_limit {
	VNPU_LIMIT_CONTEXTS,
	VNPU_LIMIT_PROGRAMS,
	VNPU_LIMIT_MEMORY,
	VNPU_LIMITS,
};

/**
 * struct vnpu_user - what a user holds of a device
 * @refcount: one for each open file, context, program and buffer
 * @users: all users of the device
 * @node: in vnpu_users.list
 * @uid: who it is
 * @used: how much of each &enum vnpu_limit
 */
struct vnpu_user {
	struct kref refcount;
	struct vnpu_users *users;
	struct list_head node;
	kuid_t uid;
	atomic64_t used[VNPU_LIMITS];
};

/**
 * struct vnpu_users - the users of a device
 * @lock: protects @list
 * @list: of &struct vnpu_user, those that hold anything
 */
struct vnpu_users {
	struct mutex lock; /* see above */
	struct list_head list;
};

/** vnpu_users_init() - a device without users */
void vnpu_users_init(struct vnpu_users *users);

/**
 * vnpu_user_get() - the user that the caller is
 * @users: of the device
 *
 * Return: the user with a reference, or NULL for want of memory.
 */
struct vnpu_user *vnpu_user_get(struct vnpu_users *users);

/** vnpu_user_put() - drop a reference; may sleep */
void vnpu_user_put(struct vnpu_user *user);

/**
 * vnpu_user_charge() - take a piece of what a user can hold
 * @user: who
 * @what: of what
 * @amount: how much of it
 *
 * Whoever has CAP_SYS_RESOURCE goes beyond the limit.  Takes a reference of @user, which
 * vnpu_user_uncharge() gives back.
 *
 * Return: 0, or -EDQUOT.
 */
int vnpu_user_charge(struct vnpu_user *user, enum vnpu_limit what, u64 amount);

/** vnpu_user_uncharge() - give a piece back; may sleep */
void vnpu_user_uncharge(struct vnpu_user *user, enum vnpu_limit what, u64 amount);

/** vnpu_limit_queue_depth() - jobs of one context that may be queued or running */
u32 vnpu_limit_queue_depth(void);

/** vnpu_limit_tell() - fill the &struct drm_vnpu_limits_info of @user */
void vnpu_limit_tell(const struct vnpu_user *user, struct drm_vnpu_limits_info *info);

#endif /* VNPU_LIMIT_H */
