// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "file.h"

static const char *kind_name(const struct npu_device_info *info)
{
	return info->kind == NPU_DEVICE_SIM ? "sim" : "kernel";
}

int device_open(const struct cli *cli, const char *spec, const char *firmware, uint32_t threads,
		struct npu_device **dev)
{
	struct npu_device_options options = { .threads = threads };
	struct npu_error error = { 0 };
	struct file file = { 0 };
	int rc;

	if (firmware) {
		rc = file_read(cli, firmware, &file);
		if (rc)
			return rc;
		options.firmware = file.data;
		options.firmware_size = file.size;
		options.firmware_name = firmware;
	}
	rc = npu_device_open(spec, &options, dev, &error);
	file_free(&file);
	switch (rc) {
	case 0:
		return CLI_OK;
	case -EINVAL:
		return cli_error(cli, CLI_USAGE, NULL, "%s", error.text);
	case -ENOEXEC:
		return cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	default:
		return cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	}
}

void device_note_threads(const struct cli *cli, const struct npu_device *dev, uint32_t threads)
{
	const struct npu_device_info *info = npu_device_info(dev);

	if (threads && info->kind != NPU_DEVICE_SIM)
		cli_error(cli, CLI_OK, info->name,
			  "the number of threads is not applied: the driver has %u for each core",
			  info->workers);
}

int device_error(const struct cli *cli, const struct npu_device *dev, const struct npu_error *error)
{
	return cli_error(cli, CLI_DEVICE, npu_device_info(dev)->name, "%s", error->text);
}

void device_print(const struct npu_device *dev)
{
	const struct npu_device_info *info = npu_device_info(dev);

	printf("device       %s, %s, %u core%s, %u worker%s, %s\n", info->name, info->driver,
	       info->cores, info->cores == 1 ? "" : "s", info->workers,
	       info->workers == 1 ? "" : "s", info->isa);
	if (*info->choice)
		printf("             %s\n", info->choice);
}

json_t *device_report(const struct npu_device *dev)
{
	const struct npu_device_info *info = npu_device_info(dev);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "name", info->name, "kind",
			 kind_name(info), "driver", info->driver, "isa", info->isa, "choice",
			 info->choice, "cores", (json_int_t)info->cores, "workers",
			 (json_int_t)info->workers);
}
