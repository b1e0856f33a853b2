// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>

#include "drm/vnpu_accel.h"
#include "model/npum_isa.h"
#include "virt.h"
#include "vnpu_compat.h"

#define VIRT_MAX_CORES		16u
#define VIRT_MAX_WORKERS	64u

static unsigned int virt_cores = 1;
module_param_named(cores, virt_cores, uint, 0444);
MODULE_PARM_DESC(cores, "NPU cores, each running one job at a time (default 1)");

static unsigned int virt_workers;
module_param_named(workers, virt_workers, uint, 0444);
MODULE_PARM_DESC(workers, "threads that share the tiles of a core's job (default: all CPUs)");

static char *virt_isa = "";
module_param_named(isa, virt_isa, charp, 0444);
MODULE_PARM_DESC(isa, "generic, avx2 or avx512vnni (default: the fastest this CPU has)");

static char *virt_cpus = "";
module_param_named(cpus, virt_cpus, charp, 0444);
MODULE_PARM_DESC(cpus, "list of the host CPUs that compute, e.g. 0,2-3 (default: all)");

static int virt_nice;
module_param_named(nice, virt_nice, int, 0444);
MODULE_PARM_DESC(nice, "nice value of the threads that compute, -20 to 19 (default 0)");

static unsigned int virt_cpu_share = VIRT_MAX_SHARE;
module_param_named(cpu_share, virt_cpu_share, uint, 0444);
MODULE_PARM_DESC(cpu_share, "percent of the time that each of them may compute (default 100)");

u32 virt_cpu_features(void)
{
	u32 features = 0;

#ifdef CONFIG_X86_64
	const u64 avx = XFEATURE_MASK_SSE | XFEATURE_MASK_YMM;
	const u64 avx512 = avx | XFEATURE_MASK_AVX512;

	if (boot_cpu_has(X86_FEATURE_AVX2) && boot_cpu_has(X86_FEATURE_FMA) &&
	    cpu_has_xfeatures(avx, NULL))
		features |= NPUM_FEATURE_AVX2;
	if (boot_cpu_has(X86_FEATURE_AVX512F) && boot_cpu_has(X86_FEATURE_AVX512BW) &&
	    boot_cpu_has(X86_FEATURE_AVX512VL) && boot_cpu_has(X86_FEATURE_AVX512DQ) &&
	    boot_cpu_has(X86_FEATURE_AVX512_VNNI) && cpu_has_xfeatures(avx512, NULL))
		features |= NPUM_FEATURE_AVX512_VNNI;
#endif
	return features;
}

/* Bit mask of enum drm_vnpu_isa: ops without a vector kernel run generic ones. */
static u32 virt_isa_caps(const struct npum_isa *isa)
{
	u32 caps = BIT(DRM_VNPU_ISA_GENERIC);

	if (isa->features & NPUM_FEATURE_AVX2)
		caps |= BIT(DRM_VNPU_ISA_AVX2);
	if (isa->features & NPUM_FEATURE_AVX512_VNNI)
		caps |= BIT(DRM_VNPU_ISA_AVX512_VNNI);
	return caps;
}

static int virt_core_prepare(struct virt_core *core, const struct npum_program *program)
{
	int ret = virt_memory_grow(&core->scratch, program->scratch_bytes);

	if (ret || program->l1_slot == NPUM_NO_INDEX)
		return ret;
	return virt_memory_grow(&core->l1, program->slot[program->l1_slot].bytes);
}

static int virt_prepare(struct vnpu_backend *backend, const struct npum_program *program)
{
	struct virt_device *dev = to_virt_device(backend);
	int ret = 0;

	if (program->scratch_bytes > BIT(31))
		return -ENOMEM;
	mutex_lock(&dev->prepare_lock);
	for (u32 i = 0; i < backend->caps.cores && !ret; i++)
		ret = virt_core_prepare(&dev->cores[i], program);
	mutex_unlock(&dev->prepare_lock);
	return ret;
}

static void virt_run(struct vnpu_backend *backend, u32 core, struct vnpu_backend_job *job)
{
	virt_core_run(&to_virt_device(backend)->cores[core], job);
}

static void virt_cancel(struct vnpu_backend *backend, u32 core, struct vnpu_backend_job *job)
{
	WRITE_ONCE(job->cancel, true);
}

/* Neither set nor slewed: drifts against CLOCK_MONOTONIC, as a device's own crystal does. */
static u64 virt_clock(struct vnpu_backend *backend)
{
	return ktime_get_raw_ns() - to_virt_device(backend)->since_ns;
}

static void virt_freeze(struct vnpu_backend *backend)
{
	struct virt_device *dev = to_virt_device(backend);

	WRITE_ONCE(dev->frozen, true);
	/* Either a thread sees this, or its tile is seen here: see virt_begin_tile(). */
	smp_mb();
	wait_event(dev->freeze_wait, !atomic_read(&dev->tiles));
}

static void virt_thaw(struct vnpu_backend *backend)
{
	struct virt_device *dev = to_virt_device(backend);

	WRITE_ONCE(dev->frozen, false);
	wake_up_all(&dev->freeze_wait);
}

static void virt_fini(struct vnpu_backend *backend)
{
	struct virt_device *dev = to_virt_device(backend);

	for (u32 i = 0; i < backend->caps.cores; i++) {
		virt_core_stop(&dev->cores[i]);
		virt_memory_fini(&dev->cores[i].scratch);
		virt_memory_fini(&dev->cores[i].l1);
	}
	mutex_destroy(&dev->prepare_lock);
	kfree(dev);
}

static const struct vnpu_backend_ops virt_ops = {
	.prepare = virt_prepare,
	.run = virt_run,
	.cancel = virt_cancel,
	.freeze = virt_freeze,
	.thaw = virt_thaw,
	.clock = virt_clock,
	.fini = virt_fini,
};

/* The CPUs of the parameter that are there; none without one: threads are not bound then. */
static int virt_parse_cpus(struct cpumask *cpus)
{
	int ret;

	if (!*virt_cpus)
		return 0;
	ret = cpulist_parse(virt_cpus, cpus);
	if (ret)
		return ret;
	return cpumask_and(cpus, cpus, cpu_online_mask) ? 0 : -EINVAL;
}

static u32 virt_count_workers(const struct cpumask *cpus)
{
	u32 count = cpumask_empty(cpus) ? num_online_cpus() : cpumask_weight(cpus);

	return virt_workers ?: min(count, VIRT_MAX_WORKERS);
}

static bool virt_params_ok(void)
{
	return virt_cores && virt_cores <= VIRT_MAX_CORES && virt_workers <= VIRT_MAX_WORKERS &&
	       virt_cpu_share >= VIRT_MIN_SHARE && virt_cpu_share <= VIRT_MAX_SHARE &&
	       virt_nice >= MIN_NICE && virt_nice <= MAX_NICE;
}

struct vnpu_backend *virt_create(void)
{
	u32 features = virt_cpu_features();
	const struct npum_isa *isa;
	struct virt_device *dev;
	int ret = 0;

	isa = *virt_isa ? npum_isa_by_name(virt_isa, features) : npum_isa_select(features);
	if (!isa || !virt_params_ok())
		return ERR_PTR(-EINVAL);

	dev = kzalloc(struct_size(dev, cores, virt_cores), GFP_KERNEL);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	ret = virt_parse_cpus(&dev->cpus);
	if (ret) {
		kfree(dev);
		return ERR_PTR(ret);
	}
	dev->backend.ops = &virt_ops;
	dev->backend.caps.cores = virt_cores;
	dev->backend.caps.workers = virt_count_workers(&dev->cpus);
	dev->backend.caps.isa = virt_isa_caps(isa);
	dev->backend.cpu_share = virt_cpu_share;
	dev->nice = virt_nice;
	dev->backend.caps.clock_hz = NSEC_PER_SEC;
	vnpu_inject_init(&dev->backend.inject);
	dev->since_ns = ktime_get_raw_ns();
	dev->isa = isa;
	mutex_init(&dev->prepare_lock);
	init_waitqueue_head(&dev->freeze_wait);
	for (u32 i = 0; i < virt_cores; i++) {
		dev->cores[i].dev = dev;
		virt_memory_init(&dev->cores[i].scratch, dev->backend.caps.workers);
		virt_memory_init(&dev->cores[i].l1, 1);
	}
	for (u32 i = 0; i < virt_cores && !ret; i++)
		ret = virt_core_start(&dev->cores[i], i);
	if (!ret)
		return &dev->backend;
	virt_fini(&dev->backend);
	return ERR_PTR(ret);
}
