// SPDX-License-Identifier: GPL-2.0-only
/* Who uses the devices: open files and their contexts. */
#include <linux/capability.h>
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "vnpu_ctx.h"
#include "vnpu_drv.h"
#include "vnpu_limit.h"
#include "vnpu_nl.h"
#include "vnpu_nl_gen.h"

/**
 * struct vnpu_nl_reader - how far a dump has come
 * @index: number of the device to go on with
 * @handle: last context of @client that was told
 * @client: last client that was told, or whose contexts are being told
 */
struct vnpu_nl_reader {
	u32 index;
	u32 handle;
	u64 client;
};

static_assert(sizeof(struct vnpu_nl_reader) <= sizeof_field(struct netlink_callback, ctx));

/* Clients are private: may the sender of the request see @file? */
static bool vnpu_nl_may_see(const struct netlink_callback *cb, const struct drm_file *file)
{
	const struct vnpu_file *vfile = file->driver_priv;

	return uid_eq(NETLINK_CB(cb->skb).creds.uid, vfile->user->uid) ||
	       netlink_capable(cb->skb, CAP_SYS_ADMIN);
}

static u64 vnpu_nl_memory(struct drm_file *file)
{
	struct drm_gem_object *obj;
	u64 bytes = 0;
	int handle;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, obj, handle)
		bytes += obj->size;
	spin_unlock(&file->table_lock);
	return bytes;
}

static u32 vnpu_nl_count(struct xarray *xa)
{
	unsigned long handle;
	u32 count = 0;
	void *entry;

	xa_lock(xa);
	xa_for_each(xa, handle, entry)
		count++;
	xa_unlock(xa);
	return count;
}

/* The process that opened @file, as whoever runs now sees it. */
static int vnpu_nl_put_process(struct sk_buff *skb, struct drm_file *file)
{
	struct vnpu_file *vfile = file->driver_priv;
	u32 nr;

	rcu_read_lock();
	nr = pid_nr_ns(rcu_dereference(file->pid), task_active_pid_ns(current));
	rcu_read_unlock();

	if (nla_put_u32(skb, VNPU_A_CLIENT_PID, nr) ||
	    nla_put_u32(skb, VNPU_A_CLIENT_UID,
			from_kuid_munged(current_user_ns(), vfile->user->uid)) ||
	    nla_put_string(skb, VNPU_A_CLIENT_COMM, vfile->process))
		return -EMSGSIZE;
	return 0;
}

static int vnpu_nl_put_client(struct sk_buff *skb, struct drm_file *file)
{
	struct vnpu_file *vfile = file->driver_priv;
	/* Looked at first, so that there are never more ended than submitted. */
	u64 ended = atomic64_read(&vfile->ended);

	if (nla_put_u32(skb, VNPU_A_CLIENT_INDEX, file->minor->index) ||
	    nla_put_u64_64bit(skb, VNPU_A_CLIENT_ID, file->client_id, VNPU_A_CLIENT_PAD) ||
	    nla_put_u64_64bit(skb, VNPU_A_CLIENT_MEMORY, vnpu_nl_memory(file),
			      VNPU_A_CLIENT_PAD) ||
	    nla_put_u64_64bit(skb, VNPU_A_CLIENT_BUSY_NS, atomic64_read(&vfile->busy_ns),
			      VNPU_A_CLIENT_PAD) ||
	    nla_put_u64_64bit(skb, VNPU_A_CLIENT_SUBMITTED, atomic64_read(&vfile->submitted),
			      VNPU_A_CLIENT_PAD) ||
	    nla_put_u64_64bit(skb, VNPU_A_CLIENT_ENDED, ended, VNPU_A_CLIENT_PAD) ||
	    nla_put_u32(skb, VNPU_A_CLIENT_CONTEXTS, vnpu_nl_count(&vfile->contexts)) ||
	    nla_put_u32(skb, VNPU_A_CLIENT_PROGRAMS, vnpu_nl_count(&vfile->programs)))
		return -EMSGSIZE;
	return vnpu_nl_put_process(skb, file);
}

static int vnpu_nl_put_ctx(struct sk_buff *skb, struct drm_file *file, struct vnpu_ctx *ctx,
			   u32 handle)
{
	const struct {
		u32 attribute;
		u64 value;
	} numbers[] = {
		{ VNPU_A_CTX_CLIENT, file->client_id },
		{ VNPU_A_CTX_SUBMITTED, atomic64_read(&ctx->submitted) },
		{ VNPU_A_CTX_COMPLETED, atomic64_read(&ctx->completed) },
		{ VNPU_A_CTX_FAILED, atomic64_read(&ctx->failed) },
		{ VNPU_A_CTX_BUSY_NS, atomic64_read(&ctx->busy_ns) },
	};

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		if (nla_put_u64_64bit(skb, numbers[i].attribute, numbers[i].value, VNPU_A_CTX_PAD))
			return -EMSGSIZE;
	if (nla_put_u32(skb, VNPU_A_CTX_INDEX, file->minor->index) ||
	    nla_put_u32(skb, VNPU_A_CTX_HANDLE, handle) ||
	    nla_put_u32(skb, VNPU_A_CTX_STATE,
			vnpu_ctx_banned(ctx) ? DRM_VNPU_CTX_GUILTY : DRM_VNPU_CTX_OK) ||
	    nla_put_u32(skb, VNPU_A_CTX_PRIORITY, ctx->priority) ||
	    nla_put_u32(skb, VNPU_A_CTX_TIMEOUT_MS, ctx->timeout_ms))
		return -EMSGSIZE;
	return 0;
}

/* Messages about one client; @reader says where to go on. */
typedef int vnpu_nl_client_fn(struct sk_buff *skb, struct netlink_callback *cb,
			      struct drm_file *file);

static void *vnpu_nl_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &vnpu_nl_family,
			   NLM_F_MULTI, cmd);
}

static int vnpu_nl_end(struct sk_buff *skb, void *header, int error)
{
	if (error)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return error;
}

static int vnpu_nl_tell_client(struct sk_buff *skb, struct netlink_callback *cb,
			       struct drm_file *file)
{
	void *header = vnpu_nl_begin(skb, cb, VNPU_CMD_CLIENT_GET);

	return header ? vnpu_nl_end(skb, header, vnpu_nl_put_client(skb, file)) : -EMSGSIZE;
}

static int vnpu_nl_tell_contexts(struct sk_buff *skb, struct netlink_callback *cb,
				 struct drm_file *file)
{
	struct vnpu_nl_reader *reader = (void *)cb->ctx;
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_ctx *ctx;
	unsigned long handle;
	void *header;
	int ret = 0;

	xa_lock(&vfile->contexts);
	xa_for_each_start(&vfile->contexts, handle, ctx, reader->handle + 1) {
		header = vnpu_nl_begin(skb, cb, VNPU_CMD_CTX_GET);
		ret = header ? vnpu_nl_end(skb, header, vnpu_nl_put_ctx(skb, file, ctx, handle)) :
			       -EMSGSIZE;
		if (ret)
			break;
		reader->handle = handle;
	}
	xa_unlock(&vfile->contexts);
	return ret;
}

/*
 * Files are listed newest first and their ids only grow, so that the ids of the list
 * read backwards do, too: those above reader->client were not told yet.
 */
static int vnpu_nl_dump_device(struct sk_buff *skb, struct netlink_callback *cb,
			       struct vnpu_device *vdev, vnpu_nl_client_fn *tell)
{
	struct vnpu_nl_reader *reader = (void *)cb->ctx;
	struct drm_device *drm = &vdev->drm;
	struct drm_file *file;
	int ret = 0;

	mutex_lock(&drm->filelist_mutex);
	list_for_each_entry_reverse(file, &drm->filelist, lhead) {
		if (file->client_id <= reader->client || !vnpu_nl_may_see(cb, file))
			continue;
		ret = tell(skb, cb, file);
		if (ret)
			break;
		reader->client = file->client_id;
		reader->handle = 0;
	}
	mutex_unlock(&drm->filelist_mutex);
	return ret;
}

static int vnpu_nl_dump_clients(struct sk_buff *skb, struct netlink_callback *cb,
				vnpu_nl_client_fn *tell)
{
	struct vnpu_nl_reader *reader = (void *)cb->ctx;
	struct vnpu_device *vdev;
	unsigned long index;
	int ret = 0;

	mutex_lock(&vnpu_nl_lock);
	xa_for_each_start(&vnpu_nl_devices, index, vdev, reader->index) {
		if (index != reader->index)
			*reader = (struct vnpu_nl_reader){ .index = index };
		ret = vnpu_nl_dump_device(skb, cb, vdev, tell);
		if (ret)
			break;
		*reader = (struct vnpu_nl_reader){ .index = index + 1 };
	}
	mutex_unlock(&vnpu_nl_lock);
	return ret;
}

int vnpu_nl_client_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vnpu_nl_dump_clients(skb, cb, vnpu_nl_tell_client);
}

int vnpu_nl_ctx_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vnpu_nl_dump_clients(skb, cb, vnpu_nl_tell_contexts);
}
