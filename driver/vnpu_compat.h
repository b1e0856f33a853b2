/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel API differences, all of them.  The HAVE_* macros are facts that
 * driver/Kbuild.include reads from the headers the module is built against.
 */
#ifndef VNPU_COMPAT_H
#define VNPU_COMPAT_H

#include <linux/dma-fence.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/gpu_scheduler.h>

#ifdef CONFIG_X86_64
#include <asm/cpufeature.h>
#endif
#if defined(CONFIG_X86_64) && !defined(CONFIG_UML)
#include <asm/fpu/api.h>
#include <asm/fpu/types.h>
#else
/* User-mode Linux: the host saves every register there is. */
#define XFEATURE_MASK_SSE	0
#define XFEATURE_MASK_YMM	0
#define XFEATURE_MASK_AVX512	0

static inline bool cpu_has_xfeatures(u64 features, const char **missing)
{
	return true;
}
#endif

/* The calls that take the reservation lock themselves. */
#ifdef HAVE_GEM_VMAP_UNLOCKED
#define vnpu_gem_vmap	drm_gem_vmap_unlocked
#define vnpu_gem_vunmap	drm_gem_vunmap_unlocked
#else
#define vnpu_gem_vmap	drm_gem_vmap
#define vnpu_gem_vunmap	drm_gem_vunmap
#endif

/* Jobs run on the CPU, so an import needs no DMA mapping where that can be had. */
#ifdef HAVE_SHMEM_IMPORT_NO_MAP
#define VNPU_PRIME_IMPORT .gem_prime_import = drm_gem_shmem_prime_import_no_map
#else
#define VNPU_PRIME_IMPORT .gem_prime_import_sg_table = drm_gem_shmem_prime_import_sg_table
#endif

/**
 * vnpu_lasting_fence_ops() - fence operations that outlive this module
 * @own: what the fence would have, callbacks for names only
 *
 * User space can keep a fence for longer than the module is loaded, in a sync
 * file or in a syncobj of another device.  Newer kernels forget the operations
 * of a fence that is signalled.  Older ones look at them when the fence is
 * freed; there it gets those of the kernel's own stub fence.
 *
 * Return: the operations to use.
 */
static inline const struct dma_fence_ops *vnpu_lasting_fence_ops(const struct dma_fence_ops *own)
{
#ifdef HAVE_FENCE_OPS_DETACHED
	return own;
#else
	struct dma_fence *stub = dma_fence_get_stub();
	const struct dma_fence_ops *ops = stub->ops;

	dma_fence_put(stub);
	return ops;
#endif
}

/**
 * vnpu_sched_init() - drm_sched_init() for a core that takes one job at a time
 * @sched: zeroed scheduler
 * @ops: its callbacks
 * @timeout: jiffies between two looks at the running job
 * @timeout_wq: where they happen
 * @dev: device for log messages
 *
 * Return: 0 or a negative errno.
 */
static inline int vnpu_sched_init(struct drm_gpu_scheduler *sched,
				  const struct drm_sched_backend_ops *ops, long timeout,
				  struct workqueue_struct *timeout_wq, struct device *dev)
{
#ifdef HAVE_SCHED_INIT_ARGS
	const struct drm_sched_init_args args = {
		.ops = ops,
		.num_rqs = DRM_SCHED_PRIORITY_COUNT,
		.credit_limit = 1,
		.timeout = timeout,
		.timeout_wq = timeout_wq,
		.name = "vnpu",
		.dev = dev,
	};

	return drm_sched_init(sched, &args);
#else
	return drm_sched_init(sched, ops, NULL, DRM_SCHED_PRIORITY_COUNT, 1, 0, timeout,
			      timeout_wq, NULL, "vnpu", dev);
#endif
}

/**
 * vnpu_sched_job_init() - drm_sched_job_init() with one credit
 * @job: job to prepare
 * @entity: queue it will go to
 * @file: who submits it
 *
 * Return: 0 or a negative errno.
 */
static inline int vnpu_sched_job_init(struct drm_sched_job *job, struct drm_sched_entity *entity,
				      struct drm_file *file)
{
#ifdef HAVE_SCHED_CLIENT_ID
	return drm_sched_job_init(job, entity, 1, file, file->client_id);
#else
	return drm_sched_job_init(job, entity, 1, file);
#endif
}

/**
 * vnpu_sched_no_hang() - tell the scheduler that a job it asked about goes on
 * @job: what timedout_job() was called with
 *
 * Kernels without NO_HANG took the job off their list before they asked; it
 * has to be put back by hand.  Its fence may have been signalled meanwhile,
 * hence the kick of the work that frees finished jobs.
 *
 * Return: what timedout_job() shall return.
 */
static inline enum drm_gpu_sched_stat vnpu_sched_no_hang(struct drm_sched_job *job)
{
#ifdef HAVE_NO_HANG
	return DRM_GPU_SCHED_STAT_NO_HANG;
#else
	struct drm_gpu_scheduler *sched = job->sched;

	spin_lock(&sched->job_list_lock);
	list_add(&job->list, &sched->pending_list);
	spin_unlock(&sched->job_list_lock);
	drm_sched_wqueue_start(sched);
	return DRM_GPU_SCHED_STAT_NOMINAL;
#endif
}

#endif /* VNPU_COMPAT_H */
