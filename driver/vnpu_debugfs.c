// SPDX-License-Identifier: GPL-2.0-only
/* What root can see. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "vnpu_bo.h"
#include "vnpu_core.h"
#include "vnpu_ctx.h"
#include "vnpu_debugfs.h"
#include "vnpu_drv.h"
#include "vnpu_job.h"
#include "vnpu_pm.h"
#include "vnpu_prog.h"
#include "vnpu_unplug.h"

static int vnpu_debugfs_cores(struct seq_file *m, void *unused)
{
	struct drm_debugfs_entry *entry = m->private;
	struct vnpu_device *vdev = to_vnpu_device(entry->dev);

	seq_puts(m, "core state  op       progress\n");
	for (u32 i = 0; i < vdev->backend->caps.cores; i++) {
		struct vnpu_core *core = &vdev->cores[i];
		struct vnpu_job *job;

		spin_lock_irq(&core->lock);
		job = core->running;
		seq_printf(m, "%-4u %-6s %-8d %d\n", i,
			   core->dead ? "dead" : job ? "busy" : "idle",
			   job ? (int)READ_ONCE(job->hw.current_op) : -1,
			   job ? atomic_read(&job->hw.progress) : 0);
		spin_unlock_irq(&core->lock);
	}
	return 0;
}

/* Writes the rows of one open file; may take the file's own locks. */
typedef void vnpu_debugfs_show_fn(struct seq_file *m, struct drm_file *file);

static void vnpu_debugfs_show_files(struct seq_file *m, vnpu_debugfs_show_fn *show)
{
	struct drm_debugfs_entry *entry = m->private;
	struct drm_file *file;

	mutex_lock(&entry->dev->filelist_mutex);
	list_for_each_entry(file, &entry->dev->filelist, lhead)
		show(m, file);
	mutex_unlock(&entry->dev->filelist_mutex);
}

static void vnpu_debugfs_show_contexts(struct seq_file *m, struct drm_file *file)
{
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_ctx *ctx;
	unsigned long handle;

	xa_lock(&vfile->contexts);
	xa_for_each(&vfile->contexts, handle, ctx)
		seq_printf(m, "%-7llu %-7lu %-6s %-4u %-8u %-10lld %-10lld %-10lld %lld\n",
			   file->client_id, handle, vnpu_ctx_banned(ctx) ? "guilty" : "ok",
			   ctx->priority, ctx->timeout_ms, atomic64_read(&ctx->submitted),
			   atomic64_read(&ctx->completed), atomic64_read(&ctx->failed),
			   atomic64_read(&ctx->busy_ns));
	xa_unlock(&vfile->contexts);
}

static int vnpu_debugfs_contexts(struct seq_file *m, void *unused)
{
	seq_puts(m, "client  context state  prio timeout  submitted  completed  failed     busy_ns\n");
	vnpu_debugfs_show_files(m, vnpu_debugfs_show_contexts);
	return 0;
}

static void vnpu_debugfs_show_programs(struct seq_file *m, struct drm_file *file)
{
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_program *program;
	unsigned long handle;

	xa_lock(&vfile->programs);
	xa_for_each(&vfile->programs, handle, program)
		seq_printf(m, "%-7llu %-7lu %-6u %-6u %-9u %llu\n", file->client_id, handle,
			   program->npum.op_count, program->npum.slot_count,
			   program->npum.scratch_bytes, program->npum.macs);
	xa_unlock(&vfile->programs);
}

static int vnpu_debugfs_programs(struct seq_file *m, void *unused)
{
	seq_puts(m, "client  program ops    slots  scratch   macs\n");
	vnpu_debugfs_show_files(m, vnpu_debugfs_show_programs);
	return 0;
}

static void vnpu_debugfs_show_gems(struct seq_file *m, struct drm_file *file)
{
	char label[DRM_VNPU_MAX_LABEL + 1];
	struct drm_gem_object *obj;
	int handle;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, obj, handle) {
		vnpu_bo_get_label(obj, label);
		seq_printf(m, "%-7llu %-7d %-12zu %-10u %s\n", file->client_id, handle, obj->size,
			   kref_read(&obj->refcount), label);
	}
	spin_unlock(&file->table_lock);
}

static int vnpu_debugfs_gems(struct seq_file *m, void *unused)
{
	seq_puts(m, "client  handle  bytes        references label\n");
	vnpu_debugfs_show_files(m, vnpu_debugfs_show_gems);
	return 0;
}

static int vnpu_debugfs_get_cpu_share(void *data, u64 *value)
{
	struct vnpu_backend *backend = data;

	*value = READ_ONCE(backend->cpu_share);
	return 0;
}

static int vnpu_debugfs_set_cpu_share(void *data, u64 value)
{
	struct vnpu_backend *backend = data;

	if (!value || value > 100)
		return -ERANGE;
	WRITE_ONCE(backend->cpu_share, value);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(vnpu_debugfs_cpu_share, vnpu_debugfs_get_cpu_share,
			 vnpu_debugfs_set_cpu_share, "%llu\n");

static const struct drm_debugfs_info vnpu_debugfs_list[] = {
	{ "cores", vnpu_debugfs_cores },
	{ "contexts", vnpu_debugfs_contexts },
	{ "programs", vnpu_debugfs_programs },
	{ "gems", vnpu_debugfs_gems },
};

/* The system's sleep without the rest of the system. */
static int vnpu_debugfs_freeze_get(void *data, u64 *value)
{
	struct vnpu_device *vdev = data;

	*value = READ_ONCE(vdev->frozen);
	return 0;
}

static int vnpu_debugfs_freeze_set(void *data, u64 value)
{
	if (value)
		vnpu_pm_freeze(data);
	else
		vnpu_pm_thaw(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(vnpu_debugfs_freeze_fops, vnpu_debugfs_freeze_get,
			 vnpu_debugfs_freeze_set, "%llu\n");

static int vnpu_debugfs_removal_set(void *data, u64 value)
{
	return value == 1 ? vnpu_unplug(data) : -EINVAL;
}
DEFINE_DEBUGFS_ATTRIBUTE(vnpu_debugfs_removal_fops, NULL, vnpu_debugfs_removal_set, "%llu\n");

static void vnpu_debugfs_release(struct drm_device *drm, void *unused)
{
	debugfs_remove_recursive(drm->debugfs_root);
	drm->debugfs_root = NULL;
}

int vnpu_debugfs_init(struct vnpu_device *vdev)
{
	struct drm_device *drm = &vdev->drm;
	struct dentry *dir = debugfs_create_dir("inject", drm->debugfs_root);

	drm_debugfs_add_files(drm, vnpu_debugfs_list, ARRAY_SIZE(vnpu_debugfs_list));
	debugfs_create_file_unsafe("cpu_share", 0600, drm->debugfs_root, vdev->backend,
				   &vnpu_debugfs_cpu_share);
	vnpu_inject_debugfs(&vdev->backend->inject, dir);
	debugfs_create_file("freeze", 0600, dir, vdev, &vnpu_debugfs_freeze_fops);
	debugfs_create_file("surprise_removal", 0200, dir, vdev, &vnpu_debugfs_removal_fops);
	debugfs_create_u32("dump_bytes", 0600, drm->debugfs_root, &vdev->faults.dump_bytes);
	return drmm_add_action_or_reset(drm, vnpu_debugfs_release, NULL);
}
