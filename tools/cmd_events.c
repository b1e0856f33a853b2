// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What happens to the devices, line by line. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "npu.h"

struct events_args {
	uint32_t count;
	double timeout;
};

static void print_text(const struct npu_monitor_event *e)
{
	printf("[%5" PRIu64 ".%06" PRIu64 "] accel%u %s", e->time_ns / 1000000000,
	       e->time_ns / 1000 % 1000000, e->index, e->type);
	if (*e->fault)
		printf(" %s", e->fault);
	if (e->core != UINT32_MAX)
		printf(", core %u", e->core);
	if (e->op != UINT32_MAX)
		printf(", op %u", e->op);
	if (e->client)
		printf(", job %" PRIu64 " of client %" PRIu64 " context %u", e->job, e->client,
		       e->ctx);
	if (e->pid)
		printf(", process %u", e->pid);
	if (e->error)
		printf(": %s", strerror(-e->error));
	putchar('\n');
}

/* One object a line, so that a reader need not wait for the end. */
static void print_json(const struct npu_monitor_event *e)
{
	json_t *line = json_pack("{s:I, s:s, s:I, s:i}", "accel", (json_int_t)e->index, "type",
				 e->type, "time_ns", (json_int_t)e->time_ns, "error", e->error);

	if (*e->fault)
		json_object_set_new(line, "fault", json_string(e->fault));
	if (e->core != UINT32_MAX)
		json_object_set_new(line, "core", json_integer(e->core));
	if (e->op != UINT32_MAX)
		json_object_set_new(line, "op", json_integer(e->op));
	if (e->client) {
		json_object_set_new(line, "client", json_integer((json_int_t)e->client));
		json_object_set_new(line, "context", json_integer(e->ctx));
		json_object_set_new(line, "job", json_integer((json_int_t)e->job));
	}
	if (e->pid)
		json_object_set_new(line, "pid", json_integer(e->pid));
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static int events_run(const struct cli *cli, const void *args_)
{
	const struct events_args *args = args_;
	int64_t wait = args->timeout > 0 ? (int64_t)(args->timeout * 1000) : NPU_WAIT_FOREVER;
	struct npu_monitor *monitor;
	struct npu_monitor_event event;
	struct npu_error error;
	int ret = npu_monitor_open(&monitor, &error);

	if (ret)
		return cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	for (uint32_t n = 0; !args->count || n < args->count;) {
		ret = npu_monitor_next(monitor, &event, wait, &error);
		if (ret == -ENOBUFS) {
			cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
			continue;
		}
		if (ret)
			break;
		n++;
		if (cli->json)
			print_json(&event);
		else
			print_text(&event);
		/* A reader at the other end of a pipe that has gone is an end, too. */
		if (fflush(stdout))
			break;
	}
	npu_monitor_close(monitor);
	if (ret == -ETIMEDOUT)
		return args->count ? CLI_NO : CLI_OK;
	return ret ? cli_error(cli, CLI_DEVICE, NULL, "%s", error.text) : CLI_OK;
}

static const struct cli_option options[] = {
	{ .name = "count",
	  .letter = 'n',
	  .type = CLI_UINT,
	  .offset = offsetof(struct events_args, count),
	  .arg = "N",
	  .help = "end after so many; 0: never",
	  .value = "0" },
	{ .name = "timeout",
	  .type = CLI_SECONDS,
	  .offset = offsetof(struct events_args, timeout),
	  .arg = "SECONDS",
	  .help = "end when nothing happens for so long; 0: never",
	  .value = "0" },
	CLI_END,
};

const struct cli_command cmd_events = {
	.name = "events",
	.summary = "Show what happens to the devices: faults, resets, firmware, coming and going.",
	.notes =
		"Faults of other users' jobs are only shown to root. With --json each event is an "
		"object on a line of its own. The exit code is 1 when --timeout came before --count.",
	.options = options,
	.args_size = sizeof(struct events_args),
	.run = events_run,
};
