// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdio.h>
#include <stdlib.h>

#include "accel.h"
#include "backend.h"

const char *npu_version(void)
{
	return NPU_VERSION;
}

/* The first node that opens; else sim, with what kept the first node from it. */
static int open_auto(const struct npu_device_options *options, struct npu_device **dev,
		     struct npu_error *error)
{
	struct npu_device_entry *entries;
	struct npu_error why = { 0 };
	size_t count;
	int rc;

	if (options->firmware) {
		rc = npu_sim_open(NULL, options, dev, error);
		if (!rc)
			strcpy((*dev)->info.choice, "only sim takes a firmware image");
		return rc;
	}
	rc = npu_accel_list(&npu_accel_system, &entries, &count, &why);

	if (rc)
		return npu_fail(error, rc, "%s", why.text);
	rc = -ENODEV;
	for (size_t i = 0; i < count && rc; i++)
		rc = npu_drm_open(entries[i].path, dev, i ? NULL : &why);
	free(entries);
	if (!rc) {
		strcpy((*dev)->info.choice, "first accel device driven by vnpu");
		return 0;
	}
	rc = npu_sim_open(NULL, options, dev, error);
	if (!rc)
		snprintf((*dev)->info.choice, sizeof((*dev)->info.choice),
			 "no kernel device: %.230s", why.text);
	return rc;
}

static int open_named(const char *spec, const struct npu_device_options *options,
		      struct npu_device **dev, struct npu_error *error)
{
	if (!spec || !strcmp(spec, "auto"))
		return open_auto(options, dev, error);
	if (!strcmp(spec, "sim"))
		return npu_sim_open(NULL, options, dev, error);
	if (!strncmp(spec, "sim:", strlen("sim:")))
		return npu_sim_open(spec + strlen("sim:"), options, dev, error);
	if (*spec == '/' && options->firmware)
		return npu_fail(
			error, -EINVAL,
			"%.80s: takes no firmware image when it is opened; as root write its "
			"name to the device's 'firmware' file in sysfs",
			spec);
	if (*spec == '/')
		return npu_drm_open(spec, dev, error);
	return npu_fail(error, -EINVAL,
			"device '%.80s': unknown; use auto, sim, sim:generic, sim:avx2, "
			"sim:avx512vnni or a path like /dev/accel/accel0",
			spec);
}

int npu_device_open(const char *spec, const struct npu_device_options *options,
		    struct npu_device **dev, struct npu_error *error)
{
	static const struct npu_device_options defaults;
	int rc = open_named(spec, options ? options : &defaults, dev, error);

	if (rc)
		return rc;
	rc = npu_record_open(&(*dev)->recorder, error);
	if (rc)
		npu_device_close(*dev);
	return rc;
}

void npu_device_close(struct npu_device *dev)
{
	if (!dev)
		return;
	npu_record_close(dev->recorder);
	dev->backend->close(dev);
}

const struct npu_device_info *npu_device_info(const struct npu_device *dev)
{
	return &dev->info;
}

const struct npum_personality_set *npu_device_personalities(const struct npu_device *dev)
{
	return dev->personalities;
}

const struct npum_target *npu_device_target(const struct npu_device *dev)
{
	return dev->target;
}

int npu_device_limits(struct npu_device *dev, struct npu_limits *limits, struct npu_error *error)
{
	if (!dev->backend->limits)
		return npu_fail(error, -EOPNOTSUPP, "%s: has no limits but this process's memory",
				dev->info.name);
	return dev->backend->limits(dev, limits, error);
}

int npu_device_list(struct npu_device_entry **entries, size_t *count, struct npu_error *error)
{
	return npu_accel_list(&npu_accel_system, entries, count, error);
}
