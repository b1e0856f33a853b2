/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The subcommands, one file each: cmd_NAME.c. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "cli.h"

extern const struct cli_command cmd_bench;
extern const struct cli_command cmd_check;
extern const struct cli_command cmd_compare;
extern const struct cli_command cmd_compile;
extern const struct cli_command cmd_completion;
extern const struct cli_command cmd_coredump;
extern const struct cli_command cmd_diff;
extern const struct cli_command cmd_doctor;
extern const struct cli_command cmd_estimate;
extern const struct cli_command cmd_events;
extern const struct cli_command cmd_fw;
extern const struct cli_command cmd_help;
extern const struct cli_command cmd_info;
extern const struct cli_command cmd_memory;
extern const struct cli_command cmd_objdump;
extern const struct cli_command cmd_replay;
extern const struct cli_command cmd_run;
extern const struct cli_command cmd_top;
extern const struct cli_command cmd_version;

struct npu_device;

/** cmd_bench_submit() - `npu bench --submit`: what a job costs besides its work */
int cmd_bench_submit(const struct cli *cli, struct npu_device *dev);

/** cmd_fw_verb() - what `npu fw` can do, by number; NULL behind the last */
const char *cmd_fw_verb(size_t i);

#endif /* COMMANDS_H */
