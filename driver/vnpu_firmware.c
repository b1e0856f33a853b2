// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ctype.h>
#include <linux/firmware.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "vnpu_drv.h"
#include "vnpu_firmware.h"

#define VNPU_FW_DEFAULT	"vnpu/default.fw"

static char *vnpu_fw_param = VNPU_FW_DEFAULT;
module_param_named(firmware, vnpu_fw_param, charp, 0444);
MODULE_PARM_DESC(firmware, "file below /lib/firmware to begin with (default " VNPU_FW_DEFAULT
			   "), or " VNPU_FW_BUILT_IN);
MODULE_FIRMWARE(VNPU_FW_DEFAULT);

static void vnpu_fw_release(struct kref *ref)
{
	kvfree(container_of(ref, struct vnpu_firmware, refcount));
}

void vnpu_fw_put(struct vnpu_firmware *firmware)
{
	kref_put(&firmware->refcount, vnpu_fw_release);
}

struct vnpu_firmware *vnpu_fw_get(struct vnpu_device *vdev)
{
	struct vnpu_firmware *firmware;

	spin_lock(&vdev->fw.lock);
	firmware = vdev->fw.current_fw;
	kref_get(&firmware->refcount);
	spin_unlock(&vdev->fw.lock);
	return firmware;
}

/* The firmware loader refuses names that go upwards, too, but not in all kernels. */
bool vnpu_fw_name_ok(const char *name)
{
	const char *part = name;
	size_t length = strlen(name);

	if (!length || length >= VNPU_FW_FILE_BYTES)
		return false;
	for (const char *c = name;; c++) {
		if (*c && *c != '/') {
			if (!isascii(*c) || !isgraph(*c))
				return false;
			continue;
		}
		/* no empty part: neither absolute nor a folder */
		if (c == part || (c - part == 1 && *part == '.') ||
		    (c - part == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (!*c)
			return true;
		part = c + 1;
	}
}

static struct vnpu_firmware *vnpu_fw_alloc(const char *file)
{
	struct vnpu_firmware *firmware = kvzalloc(sizeof(*firmware), GFP_KERNEL);

	if (!firmware)
		return NULL;
	kref_init(&firmware->refcount);
	strscpy(firmware->file, file, sizeof(firmware->file));
	return firmware;
}

static struct vnpu_firmware *vnpu_fw_built_in(void)
{
	struct vnpu_firmware *firmware = vnpu_fw_alloc("");
	u32 which;

	if (!firmware)
		return NULL;
	firmware->set = *npum_builtin_set();
	firmware->target = *npum_builtin_target();
	firmware->version.major = VNPU_FW_MAJOR;
	firmware->version.minor = VNPU_FW_MINOR;
	strscpy(firmware->version.text, VNPU_VERSION, sizeof(firmware->version.text));
	/* They point to the set that they are in. */
	WARN_ON(npum_set_complete(&firmware->set, &which));
	return firmware;
}

/* Says where an image is wrong: the parts of a place that there are. */
static void vnpu_fw_refuse(struct vnpu_fw *fw, const char *name, const struct npum_fw_refusal *why)
{
	char place[64] = "";
	int n = 0;

	if (why->section != NPUM_NO_INDEX)
		n += scnprintf(place + n, sizeof(place) - n, ", section %u", why->section);
	if (why->record != NPUM_NO_INDEX)
		n += scnprintf(place + n, sizeof(place) - n, ", record %u", why->record);
	if (why->field != NPUM_NO_INDEX)
		n += scnprintf(place + n, sizeof(place) - n, ", field %u", why->field);
	scnprintf(fw->error, sizeof(fw->error), "%s: refused, reason %u: %s, at byte %u%s", name,
		  why->reason, why->sentence, why->offset, place);
}

static int vnpu_fw_parse(struct vnpu_fw *fw, const struct firmware *image, const char *name,
			 struct vnpu_firmware **out)
{
	struct vnpu_firmware *firmware = vnpu_fw_alloc(name);
	struct npum_fw_refusal why;
	int ret;

	if (!firmware) {
		scnprintf(fw->error, sizeof(fw->error), "%s: out of memory", name);
		return -ENOMEM;
	}
	ret = npum_firmware_parse(image->data, image->size, &firmware->set, &firmware->target,
				  &why);
	if (ret) {
		vnpu_fw_refuse(fw, name, &why);
		vnpu_fw_put(firmware);
		return ret;
	}
	npum_firmware_version(image->data, &firmware->version);
	*out = firmware;
	return 0;
}

/*
 * The file itself or nothing: neither a word in the log nor a helper in user space
 * that lets the loader wait for a minute.
 */
static int vnpu_fw_read(struct vnpu_device *vdev, const char *name, struct vnpu_firmware **out)
{
	struct vnpu_fw *fw = &vdev->fw;
	const struct firmware *image;
	int ret;

	if (!vnpu_fw_name_ok(name)) {
		scnprintf(fw->error, sizeof(fw->error),
			  "the name is not that of a file below /lib/firmware, of at most %d characters",
			  VNPU_FW_FILE_BYTES - 1);
		return -EINVAL;
	}
	ret = -abs(vnpu_inject_take(&vdev->backend->inject.fail_firmware));
	if (!ret)
		ret = request_firmware_direct(&image, name, vdev->drm.dev);
	if (ret) {
		scnprintf(fw->error, sizeof(fw->error),
			  ret == -ENOENT ? "%s: no such file below /lib/firmware" :
					   "%s: cannot be read (%d)", name, ret);
		return ret;
	}
	ret = vnpu_fw_parse(fw, image, name, out);
	release_firmware(image);
	return ret;
}

static void vnpu_fw_install(struct vnpu_fw *fw, struct vnpu_firmware *firmware)
{
	struct vnpu_firmware *old;

	firmware->generation = ++fw->generation;
	spin_lock(&fw->lock);
	old = fw->current_fw;
	fw->current_fw = firmware;
	spin_unlock(&fw->lock);
	if (old)
		vnpu_fw_put(old);
}

/* Called with the load mutex held. */
static int vnpu_fw_replace(struct vnpu_device *vdev, const char *name)
{
	struct vnpu_firmware *firmware;
	int ret = 0;

	vdev->fw.error[0] = 0;
	if (strcmp(name, VNPU_FW_BUILT_IN)) {
		ret = vnpu_fw_read(vdev, name, &firmware);
	} else {
		firmware = vnpu_fw_built_in();
		if (!firmware)
			ret = -ENOMEM;
	}
	if (ret)
		return ret;
	drm_info(&vdev->drm, "firmware %s, version %s, crc %08x, %u personalities\n", name,
		 firmware->version.text, firmware->version.crc, firmware->set.count);
	vnpu_fw_install(&vdev->fw, firmware);
	return 0;
}

int vnpu_fw_load(struct vnpu_device *vdev, const char *name)
{
	int ret;

	mutex_lock(&vdev->fw.load);
	ret = vnpu_fw_replace(vdev, name);
	if (ret)
		drm_err(&vdev->drm, "firmware %s; the old one stays\n", vdev->fw.error);
	vnpu_event_device(vdev, VNPU_EVENT_FIRMWARE, ret);
	mutex_unlock(&vdev->fw.load);
	return ret;
}

void vnpu_fw_load_first(struct vnpu_device *vdev)
{
	struct vnpu_fw *fw = &vdev->fw;
	int ret;

	if (!strcmp(vnpu_fw_param, VNPU_FW_BUILT_IN))
		return;
	mutex_lock(&fw->load);
	ret = vnpu_fw_replace(vdev, vnpu_fw_param);
	if (ret == -ENOENT && !strcmp(vnpu_fw_param, VNPU_FW_DEFAULT)) {
		drm_info(&vdev->drm, "no firmware %s: the built-in one is used\n", vnpu_fw_param);
		fw->error[0] = 0;
	} else if (ret) {
		drm_err(&vdev->drm, "firmware %s; the built-in one is used\n", fw->error);
	}
	mutex_unlock(&fw->load);
}

static void vnpu_fw_fini(struct drm_device *drm, void *data)
{
	struct vnpu_fw *fw = data;

	vnpu_fw_put(fw->current_fw);
}

int vnpu_fw_init(struct vnpu_device *vdev)
{
	struct vnpu_firmware *firmware = vnpu_fw_built_in();
	int ret;

	if (!firmware)
		return -ENOMEM;
	spin_lock_init(&vdev->fw.lock);
	vnpu_fw_install(&vdev->fw, firmware);
	ret = drmm_mutex_init(&vdev->drm, &vdev->fw.load);
	if (ret) {
		vnpu_fw_put(firmware);
		return ret;
	}
	return drmm_add_action_or_reset(&vdev->drm, vnpu_fw_fini, &vdev->fw);
}
