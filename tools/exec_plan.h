/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef EXEC_PLAN_H
#define EXEC_PLAN_H

#include "npu.h"
#include "report.h"

/** exec_plan_print() - print where each op of a compiled model runs, with which instructions */
void exec_plan_print(const struct npu_model *model);

/** exec_plan_report() - the same as a JSON array */
json_t *exec_plan_report(const struct npu_model *model);

#endif /* EXEC_PLAN_H */
