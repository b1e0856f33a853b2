// SPDX-License-Identifier: GPL-2.0-only
/* They are there only while the driver is bound: whoever is inside has a device. */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/string.h>

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

static struct attribute *vnpu_sysfs_attrs[] = {
	&dev_attr_firmware.attr,
	&dev_attr_firmware_error.attr,
	NULL,
};

static const struct attribute_group vnpu_sysfs_group = {
	.attrs = vnpu_sysfs_attrs,
};

const struct attribute_group *vnpu_sysfs_groups[] = {
	&vnpu_sysfs_group,
	NULL,
};
