/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What to compile for: a device, a description of one, or an image. */
#ifndef TARGET_H
#define TARGET_H

#include "firmware.h"
#include "npu.h"
#include "npuc.h"

/** OPTION_TARGET() - row for a const char *@member of struct @args */
#define OPTION_TARGET(args, member)                                                             \
	{                                                                                       \
		.name = "target", .type = CLI_STRING, .offset = offsetof(struct args, member),  \
		.arg = "TARGET",                                                                \
		.help = "whose limits and arithmetics count: a device the tool knows by name, " \
			"vnpu (the default) or mediatek-nnapi, a description FILE.yaml or an "  \
			"image FILE.fw"                                                         \
	}

/** OPTION_TARGET_DEVICE() - row for a const char *@member of struct @args */
#define OPTION_TARGET_DEVICE(args, member)                                              \
	{                                                                               \
		.name = "device", .letter = 'd', .type = CLI_STRING,                    \
		.offset = offsetof(struct args, member), .arg = "DEVICE",               \
		.help = "ask this device what it takes: auto, sim or /dev/accel/accelN" \
	}

/**
 * struct target - what to compile for
 * @fw: a description or image, NULL if there is none
 * @dev: a device, NULL if there is none
 */
struct target {
	struct firmware *fw;
	struct npu_device *dev;
};

/**
 * target_read() - find out what a target takes
 * @cli: the command line, for error texts
 * @spec: --target, NULL if not given
 * @firmware: --firmware, likewise
 * @device: --device, likewise; of the three at most one may be given
 * @options: target and personalities are set, if any is given
 * @target: release with target_free() behind the last use of @options
 *
 * Return: &enum cli_exit: an unknown name is CLI_USAGE, a file that is refused CLI_INPUT.
 */
int target_read(const struct cli *cli, const char *spec, const char *firmware, const char *device,
		struct npuc_options *options, struct target *target);

/** target_free() - release */
void target_free(struct target *target);

#endif /* TARGET_H */
