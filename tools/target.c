// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "target.h"

#include <string.h>

#include "device.h"
#include "shipped.h"
#include "suggest.h"

static bool ends_with(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	return a > b && !strcmp(text + a - b, end);
}

static int read_name(const struct cli *cli, const char *name, struct firmware **fw)
{
	struct suggest s = { .word = name };
	const char *known;

	for (uint32_t i = 0; (known = shipped_target_at(i)); i++) {
		if (!strcmp(known, name))
			return firmware_shipped(cli, name, fw);
		suggest_offer(&s, known);
	}
	if (s.best)
		return cli_error(cli, CLI_USAGE, name, "unknown target, did you mean %s?", s.best);
	return cli_error(
		cli, CLI_USAGE, name,
		"unknown target; give a name that 'npu help check' lists, FILE.yaml or FILE.fw");
}

static int read_spec(const struct cli *cli, const char *spec, struct firmware **fw)
{
	if (ends_with(spec, ".yaml"))
		return firmware_describe(cli, &spec, 1, fw);
	if (strchr(spec, '/') || ends_with(spec, ".fw"))
		return firmware_read(cli, spec, NULL, fw);
	return read_name(cli, spec, fw);
}

int target_read(const struct cli *cli, const char *spec, const char *firmware, const char *device,
		struct npuc_options *options, struct target *target)
{
	int rc = CLI_OK;

	*target = (struct target){ 0 };
	if ((spec != NULL) + (firmware != NULL) + (device != NULL) > 1)
		return cli_error(cli, CLI_USAGE, spec ? "--target" : "--firmware",
				 "give one of --target, --firmware and --device");
	if (spec)
		rc = read_spec(cli, spec, &target->fw);
	else if (firmware)
		rc = firmware_read(cli, firmware, NULL, &target->fw);
	else if (device)
		rc = device_open(cli, device, NULL, 0, &target->dev);
	if (rc)
		return rc;
	if (target->fw) {
		options->target = &target->fw->target;
		options->personalities = &target->fw->set;
	}
	if (target->dev) {
		options->target = npu_device_target(target->dev);
		options->personalities = npu_device_personalities(target->dev);
	}
	return CLI_OK;
}

void target_free(struct target *target)
{
	firmware_free(target->fw);
	npu_device_close(target->dev);
}
