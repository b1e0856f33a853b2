/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdint.h>

#include "cli.h"
#include "npu.h"
#include "report.h"

/**
 * device_open() - open the device a command line asks for
 * @cli: the command line, for error texts
 * @spec: argument of --device
 * @firmware: argument of --firmware; NULL: what the device has
 * @threads: worker threads if it is sim; 0: one for each CPU
 * @dev: the device; release with npu_device_close()
 *
 * Return: &enum cli_exit; errors are printed.
 */
int device_open(const struct cli *cli, const char *spec, const char *firmware, uint32_t threads,
		struct npu_device **dev);

/** device_note_threads() - say on stderr that --threads was ignored, if it was given and was */
void device_note_threads(const struct cli *cli, const struct npu_device *dev, uint32_t threads);

/** device_error() - tell what a device call that returned @rc says; &enum cli_exit */
int device_error(const struct cli *cli, const struct npu_device *dev,
		 const struct npu_error *error);

/** device_print() - one line: which device, its instruction sets, and why it was chosen */
void device_print(const struct npu_device *dev);

/** device_report() - the same as a JSON object */
json_t *device_report(const struct npu_device *dev);

#endif /* DEVICE_H */
