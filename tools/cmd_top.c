// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Who uses the devices, and how busy they are, again and again. */
#include "commands.h"

#include <curses.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "npu.h"
#include "report.h"
#include "term.h"

struct top_args {
	double delay;
	uint32_t count;
	bool batch;
};

/**
 * struct sample - what is known at one time
 * @ns: CLOCK_MONOTONIC
 * @devices: array
 * @device_count: its length
 * @clients: array
 * @client_count: its length
 */
struct sample {
	uint64_t ns;
	struct npu_monitor_device *devices;
	size_t device_count;
	struct npu_monitor_client *clients;
	size_t client_count;
};

/**
 * struct rate - what a device or a client did between two samples
 * @busy: part of the time, of all cores together: more than 1 on several
 * @jobs: jobs ended in a second
 */
struct rate {
	double busy;
	double jobs;
};

static int sample_take(struct npu_monitor *monitor, struct sample *s, struct npu_error *error)
{
	struct timespec now;
	int ret;

	*s = (struct sample){ 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	s->ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	ret = npu_monitor_devices(monitor, &s->devices, &s->device_count, error);
	return ret ? ret : npu_monitor_clients(monitor, &s->clients, &s->client_count, error);
}

static void sample_free(struct sample *s)
{
	free(s->devices);
	free(s->clients);
}

/* Counters of what was not there before count from 0; none ever falls. */
static struct rate rate_of(uint64_t busy, uint64_t busy_before, uint64_t jobs, uint64_t jobs_before,
			   uint64_t ns)
{
	if (!ns)
		return (struct rate){ 0 };
	return (struct rate){ (double)(busy - busy_before) / (double)ns,
			      (double)(jobs - jobs_before) * 1e9 / (double)ns };
}

static struct rate device_rate(const struct sample *now, const struct sample *before, size_t i)
{
	const struct npu_monitor_device *d = &now->devices[i], *old = NULL;

	for (size_t k = 0; k < before->device_count; k++)
		if (before->devices[k].index == d->index &&
		    before->devices[k].busy_ns <= d->busy_ns)
			old = &before->devices[k];
	if (!old)
		return (struct rate){ 0 };
	return rate_of(d->busy_ns, old->busy_ns, d->completed + d->failed,
		       old->completed + old->failed, now->ns - before->ns);
}

static struct rate client_rate(const struct sample *now, const struct sample *before, size_t i)
{
	const struct npu_monitor_client *c = &now->clients[i];

	for (size_t k = 0; k < before->client_count; k++) {
		const struct npu_monitor_client *old = &before->clients[k];

		if (old->index == c->index && old->id == c->id)
			return rate_of(c->busy_ns, old->busy_ns, c->ended, old->ended,
				       now->ns - before->ns);
	}
	return rate_of(c->busy_ns, 0, c->ended, 0, now->ns - before->ns);
}

/* Writes the next line of a picture, to a terminal's screen or to a stream. */
typedef void print_line_fn(const char *text, bool bold);

static void print_stream(const char *text, bool bold)
{
	printf("%s%s%s\n", bold ? term_style(stdout, TERM_BOLD) : "", text,
	       bold ? term_style(stdout, TERM_PLAIN) : "");
}

static void print_screen(const char *text, bool bold)
{
	if (bold)
		attron(A_REVERSE);
	printw("%-*.*s", COLS, COLS, text);
	if (bold)
		attroff(A_REVERSE);
	/* A full line has moved on by itself. */
	if (getcurx(stdscr))
		addch('\n');
}

static void show(const struct sample *now, const struct sample *before, print_line_fn *print)
{
	char line[256];

	for (size_t i = 0; i < now->device_count; i++) {
		const struct npu_monitor_device *d = &now->devices[i];
		struct rate rate = device_rate(now, before, i);

		snprintf(line, sizeof(line),
			 "accel%u %s: %5.1f%% busy, %.0f jobs/s, %u queued, %" PRIu64
			 " done, %" PRIu64 " failed, %u cores%s",
			 d->index, d->name, 100 * rate.busy, rate.jobs, d->queued, d->completed,
			 d->failed, d->cores, d->wedged ? ", WEDGED: reset it" : "");
		term_plain(line, "");
		print(line, false);
	}
	if (!now->device_count)
		print("no device", false);
	snprintf(line, sizeof(line), "%7s %7s %-7s %6s %8s %6s %10s %5s %5s %s", "PID", "UID",
		 "DEVICE", "BUSY%", "JOBS/s", "QUEUED", "MEMORY", "CTXS", "PROGS", "COMMAND");
	print(line, true);
	for (size_t i = 0; i < now->client_count; i++) {
		const struct npu_monitor_client *c = &now->clients[i];
		struct rate rate = client_rate(now, before, i);

		snprintf(line, sizeof(line),
			 "%7u %7u accel%-2u %6.1f %8.1f %6" PRIu64 " %7.0f kB %5u %5u %s", c->pid,
			 c->uid, c->index, 100 * rate.busy, rate.jobs, c->submitted - c->ended,
			 (double)c->memory / 1e3, c->contexts, c->programs, c->comm);
		term_plain(line, "");
		print(line, false);
	}
}

static void show_json(const struct sample *now, const struct sample *before)
{
	json_t *report = report_new("npu-top"), *devices = json_array(), *clients = json_array();

	for (size_t i = 0; i < now->device_count; i++) {
		const struct npu_monitor_device *d = &now->devices[i];
		struct rate rate = device_rate(now, before, i);

		json_array_append_new(
			devices,
			json_pack("{s:I, s:o, s:f, s:f, s:I, s:I, s:I, s:I, s:b}", "accel",
				  (json_int_t)d->index, "name", report_string(d->name), "busy",
				  rate.busy, "jobs_per_s", rate.jobs, "queued",
				  (json_int_t)d->queued, "completed", (json_int_t)d->completed,
				  "failed", (json_int_t)d->failed, "cores", (json_int_t)d->cores,
				  "wedged", d->wedged));
	}
	for (size_t i = 0; i < now->client_count; i++) {
		const struct npu_monitor_client *c = &now->clients[i];
		struct rate rate = client_rate(now, before, i);

		json_array_append_new(
			clients,
			json_pack("{s:I, s:I, s:I, s:I, s:o, s:f, s:f, s:I, s:I, s:I, s:I}",
				  "accel", (json_int_t)c->index, "client", (json_int_t)c->id, "pid",
				  (json_int_t)c->pid, "uid", (json_int_t)c->uid, "command",
				  report_string(c->comm), "busy", rate.busy, "jobs_per_s",
				  rate.jobs, "queued", (json_int_t)(c->submitted - c->ended),
				  "memory", (json_int_t)c->memory, "contexts",
				  (json_int_t)c->contexts, "programs", (json_int_t)c->programs));
	}
	json_object_set_new(report, "devices", devices);
	json_object_set_new(report, "clients", clients);
	json_dumpf(report, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(report);
}

static void show_screen(const struct sample *now, const struct sample *before)
{
	erase();
	show(now, before, print_screen);
	refresh();
}

/* Sleeps for the delay; on a screen, q or an interrupt ends it. */
static bool wait_on(bool screen, double delay)
{
	struct timespec t = { (time_t)delay, (long)((delay - (double)(time_t)delay) * 1e9) };

	if (!screen)
		return !nanosleep(&t, NULL);
	timeout((int)(delay * 1000));
	return getch() != 'q';
}

static int watch(const struct top_args *args, const struct cli *cli, struct npu_monitor *monitor,
		 bool screen, struct npu_error *error)
{
	struct sample before, now = { 0 };
	int ret = sample_take(monitor, &before, error);
	/* The first picture comes soon: rates need some time, not all of it. */
	double delay = args->delay < 0.5 ? args->delay : 0.5;

	for (uint32_t n = 0; !ret && (!args->count || n < args->count); n++) {
		if (!wait_on(screen, delay))
			break;
		delay = args->delay;
		ret = sample_take(monitor, &now, error);
		if (ret)
			break;
		if (screen)
			show_screen(&now, &before);
		else if (cli->json)
			show_json(&now, &before);
		else
			show(&now, &before, print_stream);
		if (!screen && fflush(stdout))
			break;
		sample_free(&before);
		before = now;
		now = (struct sample){ 0 };
	}
	sample_free(&before);
	sample_free(&now);
	return ret;
}

static int top_run(const struct cli *cli, const void *args_)
{
	const struct top_args *args = args_;
	bool screen = !cli->json && !args->batch && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO);
	struct npu_monitor *monitor;
	struct npu_error error;
	int ret = npu_monitor_open(&monitor, &error);

	if (ret)
		return cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	if (screen && !newterm(NULL, stdout, stdin))
		screen = false;
	if (screen) {
		cbreak();
		noecho();
		curs_set(0);
	}
	ret = watch(args, cli, monitor, screen, &error);
	if (screen)
		endwin();
	npu_monitor_close(monitor);
	return ret ? cli_error(cli, CLI_DEVICE, NULL, "%s", error.text) : CLI_OK;
}

static const struct cli_option options[] = {
	{ .name = "delay",
	  .type = CLI_SECONDS,
	  .offset = offsetof(struct top_args, delay),
	  .arg = "SECONDS",
	  .help = "time from one picture to the next",
	  .value = "2" },
	{ .name = "count",
	  .letter = 'n',
	  .type = CLI_UINT,
	  .offset = offsetof(struct top_args, count),
	  .arg = "N",
	  .help = "end after so many pictures; 0: never",
	  .value = "0" },
	{ .name = "batch",
	  .letter = 'b',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct top_args, batch),
	  .help = "print pictures one below the other, as without a terminal" },
	CLI_END,
};

const struct cli_command cmd_top = {
	.name = "top",
	.summary = "Show how busy the devices are and which processes use them.",
	.notes =
		"Processes of other users are only shown to root. BUSY% counts the cores together: "
		"200 are two cores all the time. On a terminal q ends it; with --json each picture "
		"is an object on a line of its own.",
	.options = options,
	.args_size = sizeof(struct top_args),
	.run = top_run,
};
