/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef EXEC_PLAN_H
#define EXEC_PLAN_H

#include "cli.h"
#include "npu.h"
#include "report.h"

struct npum_target;

/** OPTION_EXEC_PLAN() - row for a bool @member of struct @args */
#define OPTION_EXEC_PLAN(args, member)                                                     \
	{                                                                                  \
		.name = "show-exec-plan", .type = CLI_FLAG,                                \
		.offset = offsetof(struct args, member),                                   \
		.help = "print where each op runs, with which instructions, and its costs" \
	}

/**
 * exec_plan_show() - print where each op of a compiled model runs, with which instructions
 * @cli: the command line, for error texts
 * @model: the model
 * @target: what to estimate costs for; NULL: the built-in one
 *
 * Return: &enum cli_exit.
 */
int exec_plan_show(const struct cli *cli, const struct npu_model *model,
		   const struct npum_target *target);

/** exec_plan_report() - the same as a JSON array; NULL: out of memory, which was told */
json_t *exec_plan_report(const struct cli *cli, const struct npu_model *model,
			 const struct npum_target *target);

#endif /* EXEC_PLAN_H */
