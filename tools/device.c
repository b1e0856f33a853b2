// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *kind_name(const struct npu_device_info *info)
{
	return info->kind == NPU_DEVICE_SIM ? "sim" : "kernel";
}

int device_open(const struct cli *cli, const char *spec, uint32_t threads, struct npu_device **dev)
{
	const struct npu_device_options options = { .threads = threads };
	struct npu_error error = { 0 };
	int rc = npu_device_open(spec, &options, dev, &error);

	if (rc)
		return cli_error(cli, rc == -EINVAL ? CLI_USAGE : CLI_DEVICE, NULL, "%s",
				 error.text);
	return CLI_OK;
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
