/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the arithmetic of a run met, op by op. */
#ifndef COUNTERS_H
#define COUNTERS_H

#include "cli.h"
#include "npu.h"
#include "report.h"

/** counters_print() - a table, a row for each op that has something to count; &enum cli_exit */
int counters_print(const struct cli *cli, const struct npu_model *model,
		   const struct npu_session *session);

/** counters_report() - a JSON array, one object for each op record */
json_t *counters_report(const struct npu_model *model, const struct npu_session *session);

#endif /* COUNTERS_H */
