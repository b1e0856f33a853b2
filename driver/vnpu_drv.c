// SPDX-License-Identifier: GPL-2.0-only
/*
 * vnpu: a DRM accel driver for a virtual NPU.
 *
 * The module brings its own platform device, so that loading it is all it takes
 * to get /dev/accel/accelN.
 */
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include <drm/drm_accel.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_print.h>

#include "virt/virt.h"
#include "vnpu_bo.h"
#include "vnpu_compat.h"
#include "vnpu_ctx.h"
#include "vnpu_device.h"
#include "vnpu_drv.h"
#include "vnpu_firmware.h"
#include "vnpu_nl.h"
#include "vnpu_pm.h"
#include "vnpu_prog.h"
#include "vnpu_submit.h"
#include "vnpu_sync.h"
#include "vnpu_sysfs.h"
#include "vnpu_unplug.h"

/* The interface is for 32-bit callers too: their structs must be the same. */
static_assert(sizeof(struct drm_vnpu_array) == 16);
static_assert(sizeof(struct drm_vnpu_dev_query) == 24);
static_assert(sizeof(struct drm_vnpu_dev_info) == 64);
static_assert(sizeof(struct drm_vnpu_personality_info) == 448);
static_assert(sizeof(struct drm_vnpu_firmware_info) == 976);
static_assert(sizeof(struct drm_vnpu_limits_info) == 56);
static_assert(sizeof(struct drm_vnpu_health_info) == 96);
static_assert(sizeof(struct drm_vnpu_clock_info) == 32);
static_assert(sizeof(struct drm_vnpu_bo_create) == 16);
static_assert(sizeof(struct drm_vnpu_bo_info) == 24);
static_assert(sizeof(struct drm_vnpu_bo_wait) == 16);
static_assert(sizeof(struct drm_vnpu_bo_set_label) == 16);
static_assert(sizeof(struct drm_vnpu_program_create) == 32);
static_assert(sizeof(struct drm_vnpu_slot_info) == 16);
static_assert(sizeof(struct drm_vnpu_program_query) == 40);
static_assert(sizeof(struct drm_vnpu_program_destroy) == 8);
static_assert(sizeof(struct drm_vnpu_ctx_create) == 16);
static_assert(sizeof(struct drm_vnpu_ctx_query) == 56);
static_assert(sizeof(struct drm_vnpu_ctx_destroy) == 8);
static_assert(sizeof(struct drm_vnpu_sync) == 16);
static_assert(sizeof(struct drm_vnpu_sync_wait) == 24);
static_assert(sizeof(struct drm_vnpu_binding) == 24);
static_assert(sizeof(struct drm_vnpu_op_profile) == 16);
static_assert(sizeof(struct drm_vnpu_op_counters) == 80);
static_assert(sizeof(struct drm_vnpu_job) == 80);
static_assert(sizeof(struct drm_vnpu_submit) == 32);

static void vnpu_file_release(struct kref *ref)
{
	struct vnpu_file *vfile = container_of(ref, struct vnpu_file, refcount);

	vnpu_user_put(vfile->user);
	kfree(vfile);
}

void vnpu_file_put(struct vnpu_file *vfile)
{
	kref_put(&vfile->refcount, vnpu_file_release);
}

static int vnpu_open(struct drm_device *drm, struct drm_file *file)
{
	struct vnpu_file *vfile = kzalloc(sizeof(*vfile), GFP_KERNEL_ACCOUNT);

	if (!vfile)
		return -ENOMEM;
	vfile->user = vnpu_user_get(&to_vnpu_device(drm)->users);
	if (!vfile->user) {
		kfree(vfile);
		return -ENOMEM;
	}
	kref_init(&vfile->refcount);
	xa_init_flags(&vfile->contexts, XA_FLAGS_ALLOC1);
	xa_init_flags(&vfile->programs, XA_FLAGS_ALLOC1);
	vfile->client = file->client_id;
	vfile->pid = task_tgid_nr(current);
	get_task_comm(vfile->process, current);
	file->driver_priv = vfile;
	return 0;
}

static void vnpu_postclose(struct drm_device *drm, struct drm_file *file)
{
	struct vnpu_file *vfile = file->driver_priv;

	vnpu_ctx_file_close(vfile);
	vnpu_program_file_close(vfile);
	vnpu_file_put(vfile);
}

static void vnpu_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_backend *backend = to_vnpu_device(file->minor->dev)->backend;
	u64 busy_ns = atomic64_read(&vfile->busy_ns);

	drm_show_memory_stats(p, file);
	drm_printf(p, "drm-engine-npu:\t%llu ns\n", busy_ns);
	drm_printf(p, "drm-engine-capacity-npu:\t%u\n", backend->caps.cores);
	drm_printf(p, "drm-cycles-npu:\t%llu\n",
		   mul_u64_u64_div_u64(busy_ns, backend->caps.clock_hz, NSEC_PER_SEC));
	drm_printf(p, "drm-total-cycles-npu:\t%llu\n", backend->ops->clock(backend));
	drm_printf(p, "drm-maxfreq-npu:\t%llu Hz\n", backend->caps.clock_hz);
}

#define VNPU_IOCTL(n, func) DRM_IOCTL_DEF_DRV(VNPU_##n, vnpu_ioctl_##func, 0)

static const struct drm_ioctl_desc vnpu_ioctls[] = {
	VNPU_IOCTL(DEV_QUERY, dev_query),
	VNPU_IOCTL(BO_CREATE, bo_create),
	VNPU_IOCTL(BO_INFO, bo_info),
	VNPU_IOCTL(BO_WAIT, bo_wait),
	VNPU_IOCTL(PROGRAM_CREATE, program_create),
	VNPU_IOCTL(PROGRAM_QUERY, program_query),
	VNPU_IOCTL(PROGRAM_DESTROY, program_destroy),
	VNPU_IOCTL(CTX_CREATE, ctx_create),
	VNPU_IOCTL(CTX_QUERY, ctx_query),
	VNPU_IOCTL(CTX_DESTROY, ctx_destroy),
	VNPU_IOCTL(SUBMIT, submit),
	VNPU_IOCTL(BO_SET_LABEL, bo_set_label),
	VNPU_IOCTL(SYNC_WAIT, sync_wait),
};

/*
 * DRM's GET_MAGIC and GET_UNIQUE are of times when clients let each other in.  They take for
 * granted that a file has a master, which those of accel nodes have not: they would
 * dereference NULL.
 */
static bool vnpu_ioctl_allowed(unsigned int cmd)
{
	return DRM_IOCTL_NR(cmd) != DRM_IOCTL_NR(DRM_IOCTL_GET_MAGIC) &&
	       DRM_IOCTL_NR(cmd) != DRM_IOCTL_NR(DRM_IOCTL_GET_UNIQUE);
}

static long vnpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return vnpu_ioctl_allowed(cmd) ? drm_ioctl(file, cmd, arg) : -EOPNOTSUPP;
}

#ifdef CONFIG_COMPAT
static long vnpu_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return vnpu_ioctl_allowed(cmd) ? drm_compat_ioctl(file, cmd, arg) : -EOPNOTSUPP;
}
#else
#define vnpu_compat_ioctl NULL
#endif

/* DRM_ACCEL_FOPS with ioctls that are looked at first. */
static const struct file_operations vnpu_fops = {
	.owner = THIS_MODULE,
	.open = accel_open,
	.release = drm_release,
	.unlocked_ioctl = vnpu_ioctl,
	.compat_ioctl = vnpu_compat_ioctl,
	.poll = drm_poll,
	.read = drm_read,
	.llseek = noop_llseek,
	.mmap = drm_gem_mmap,
	.fop_flags = FOP_UNSIGNED_OFFSET,
	.show_fdinfo = drm_show_fdinfo,
};

/*
 * Versions of the interface:
 * - 1.0: the first
 * - 1.1: firmware: DEV_QUERY FIRMWARE, arrays of DEV_QUERY by stride
 * - 1.2: DEV_QUERY LIMITS; what a user can hold is limited; DEV_QUERY HEALTH and CLOCK,
 *   DRM_VNPU_JOB_VERIFY; BO_SET_LABEL
 * - 1.3: SYNC_WAIT
 */
const struct drm_driver vnpu_drm_driver = {
	.driver_features = DRIVER_COMPUTE_ACCEL | DRIVER_GEM | DRIVER_SYNCOBJ |
			   DRIVER_SYNCOBJ_TIMELINE,
	.open = vnpu_open,
	.postclose = vnpu_postclose,
	.show_fdinfo = vnpu_show_fdinfo,
	.gem_create_object = vnpu_bo_create_object,
	VNPU_PRIME_IMPORT,
	.ioctls = vnpu_ioctls,
	.num_ioctls = ARRAY_SIZE(vnpu_ioctls),
	.fops = &vnpu_fops,
	.name = "vnpu",
	.desc = "Virtual NPU",
	.major = 1,
	.minor = 3,
};

#define VNPU_MAX_DEVICES	16u

static unsigned int vnpu_devices = 1;
module_param_named(devices, vnpu_devices, uint, 0444);
MODULE_PARM_DESC(devices, "devices to make, 1 to 16 (default 1)");

static int vnpu_probe(struct platform_device *pdev)
{
	struct vnpu_backend *backend;
	struct vnpu_device *vdev;
	int ret;

	backend = virt_create();
	if (IS_ERR(backend))
		return dev_err_probe(&pdev->dev, PTR_ERR(backend), "no virtual device\n");
	vdev = vnpu_device_create(&pdev->dev, backend);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);
	platform_set_drvdata(pdev, vdev);
	vnpu_fw_load_first(vdev);
	ret = vnpu_pm_init(vdev);
	if (ret)
		return ret;

	ret = vnpu_nl_add(vdev);
	if (ret)
		return ret;
	ret = drm_dev_register(&vdev->drm, 0);
	if (ret) {
		vnpu_nl_remove(vdev);
		return ret;
	}
	vnpu_event_device(vdev, VNPU_EVENT_ADDED, 0);
	drm_info(&vdev->drm, "%u cores, %u workers each, instruction sets %#x\n",
		 backend->caps.cores, backend->caps.workers, backend->caps.isa);
	return 0;
}

static void vnpu_remove(struct platform_device *pdev)
{
	struct vnpu_device *vdev = platform_get_drvdata(pdev);

	vnpu_event_device(vdev, VNPU_EVENT_REMOVED, 0);
	vnpu_nl_remove(vdev);
	drm_dev_unplug(&vdev->drm);
	vnpu_device_stop(vdev);
}

static struct platform_driver vnpu_platform_driver = {
	.probe = vnpu_probe,
	.remove = vnpu_remove,
	.driver = {
		.name = "vnpu",
		.dev_groups = vnpu_sysfs_groups,
		.pm = pm_ptr(&vnpu_pm_ops),
	},
};

/* The first one is called vnpu whatever their number, the others vnpu.1 and so on. */
static struct platform_device *vnpu_platform_devices[VNPU_MAX_DEVICES];

static void vnpu_unregister(void)
{
	for (u32 i = 0; i < vnpu_devices; i++)
		platform_device_unregister(vnpu_platform_devices[i]);
	platform_driver_unregister(&vnpu_platform_driver);
	vnpu_nl_exit();
	/* What is left of devices that were pulled out by their own debugfs. */
	vnpu_unplug_exit();
}

static int __init vnpu_init(void)
{
	int ret;

	if (!vnpu_devices || vnpu_devices > VNPU_MAX_DEVICES)
		return -EINVAL;
	ret = vnpu_unplug_init();
	if (ret)
		return ret;
	ret = vnpu_nl_init();
	if (ret)
		goto err_unplug;
	ret = platform_driver_register(&vnpu_platform_driver);
	if (ret)
		goto err_nl;
	for (u32 i = 0; i < vnpu_devices; i++) {
		struct platform_device *pdev =
			platform_device_register_simple("vnpu", i ? i : PLATFORM_DEVID_NONE,
							NULL, 0);

		if (IS_ERR(pdev)) {
			vnpu_unregister();
			return PTR_ERR(pdev);
		}
		vnpu_platform_devices[i] = pdev;
	}
	return 0;

err_nl:
	vnpu_nl_exit();
err_unplug:
	vnpu_unplug_exit();
	return ret;
}
module_init(vnpu_init);

static void __exit vnpu_exit(void)
{
	vnpu_unregister();
	/* Fences are freed after a grace period. */
	rcu_barrier();
}
module_exit(vnpu_exit);

MODULE_DESCRIPTION("Virtual NPU");
MODULE_AUTHOR("The vnpu authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(VNPU_VERSION);
