// SPDX-License-Identifier: GPL-2.0-only
/* They are there only while the driver is bound: whoever is inside has a device. */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vnpu_device.h"
#include "vnpu_drv.h"
#include "vnpu_firmware.h"
#include "vnpu_sysfs.h"

static ssize_t firmware_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vnpu_firmware *firmware = vnpu_fw_get(dev_get_drvdata(dev));
	ssize_t length;

	length = sysfs_emit(buf, "origin=%s version=%s crc=%08x generation=%u\n",
			    firmware->file[0] ? firmware->file : VNPU_FW_BUILT_IN,
			    firmware->version.text, firmware->version.crc, firmware->generation);
	vnpu_fw_put(firmware);
	return length;
}

/* The mode keeps users out; this keeps out a root that has given up its powers. */
static ssize_t firmware_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
	char *name;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	name = kstrndup(buf, count, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	ret = vnpu_fw_load(dev_get_drvdata(dev), strim(name));
	kfree(name);
	return ret ? ret : count;
}
static DEVICE_ATTR_RW(firmware);

static ssize_t firmware_error_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vnpu_device *vdev = dev_get_drvdata(dev);
	ssize_t length;

	mutex_lock(&vdev->fw.load);
	length = sysfs_emit(buf, "%s\n", vdev->fw.error);
	mutex_unlock(&vdev->fw.load);
	return length;
}
static DEVICE_ATTR_RO(firmware_error);

static ssize_t reset_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	bool yes;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = kstrtobool(buf, &yes);
	if (!ret)
		ret = yes ? vnpu_device_reset(dev_get_drvdata(dev)) : -EINVAL;
	return ret ? ret : count;
}
static DEVICE_ATTR_WO(reset);

static ssize_t npu_busy_time_us_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vnpu_device *vdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%llu\n", vnpu_health_busy_ns(&vdev->health) / NSEC_PER_USEC);
}
static DEVICE_ATTR_RO(npu_busy_time_us);

static struct attribute *vnpu_sysfs_attrs[] = {
	&dev_attr_firmware.attr,
	&dev_attr_firmware_error.attr,
	&dev_attr_reset.attr,
	&dev_attr_npu_busy_time_us.attr,
	NULL,
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vnpu_device *vdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", READ_ONCE(vdev->wedged) ? "wedged" : "ok");
}
static DEVICE_ATTR_RO(state);

static ssize_t last_fault_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct drm_vnpu_health_info info;

	vnpu_health_tell(dev_get_drvdata(dev), &info);
	return sysfs_emit(buf, "%s %llu\n", vnpu_fault_name(info.last_fault), info.last_fault_ns);
}
static DEVICE_ATTR_RO(last_fault);

/* The counters' files differ in nothing but the counter. */
struct vnpu_counter_attr {
	struct device_attribute attr;
	enum vnpu_health_counter which;
};

static ssize_t vnpu_counter_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vnpu_counter_attr *counter = container_of(attr, struct vnpu_counter_attr, attr);
	struct vnpu_device *vdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lld\n",
			  (s64)atomic64_read(&vdev->health.counter[counter->which]));
}

#define VNPU_COUNTER(name) \
	{ __ATTR(name, 0444, vnpu_counter_show, NULL), VNPU_HEALTH_##name },
static struct vnpu_counter_attr vnpu_counter_attrs[] = {
#include "vnpu_health.def"
};

#define VNPU_COUNTER(name) &vnpu_counter_attrs[VNPU_HEALTH_##name].attr.attr,
static struct attribute *vnpu_health_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_last_fault.attr,
#include "vnpu_health.def"
	NULL,
};

static const struct attribute_group vnpu_sysfs_group = {
	.attrs = vnpu_sysfs_attrs,
};

static const struct attribute_group vnpu_health_group = {
	.name = "health",
	.attrs = vnpu_health_attrs,
};

const struct attribute_group *vnpu_sysfs_groups[] = {
	&vnpu_sysfs_group,
	&vnpu_health_group,
	NULL,
};
