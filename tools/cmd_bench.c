// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* How long a model takes, with the flags and tables of TensorFlow Lite's benchmark_model. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "device.h"
#include "estimate.h"
#include "input.h"
#include "memory.h"
#include "knobs.h"
#include "model.h"
#include "options.h"
#include "profile.h"
#include "report.h"
#include "source.h"
#include "stats.h"
#include "table.h"
#include "term.h"

struct bench_args {
	const char *graph;
	struct cli_list inputs;
	const char *device;
	struct source_args source;
	struct knob_args knobs;
	uint32_t num_runs;
	uint32_t warmup_runs;
	uint32_t num_threads;
	double min_secs;
	double max_secs;
	double run_delay;
	bool submit;
	bool profiling;
	const char *profiling_mode;
	const char *profiling_file;
	uint32_t seed;
	bool resize;
};

/**
 * struct bench - a benchmark under way
 * @cli: the command line
 * @args: its options
 * @dev: where it runs
 * @model: what runs
 * @session: with inputs filled
 * @profiling: layers are measured too
 * @warmup: times of the runs before
 * @runs: times of the runs that count
 * @profile: per layer, of the runs that count
 */
struct bench {
	const struct cli *cli;
	const struct bench_args *args;
	struct npu_device *dev;
	struct npu_model *model;
	struct npu_session *session;
	bool profiling;
	struct samples warmup;
	struct samples runs;
	struct profile profile;
};

/* Where per-op tables go. */
static const char *const profiling_modes[] = { "stdout", "csv" };

static void sleep_seconds(double seconds)
{
	struct timespec t = { .tv_sec = (time_t)seconds };

	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	if (seconds > 0)
		nanosleep(&t, NULL);
}

static int run_once(struct bench *b, struct samples *samples)
{
	struct npu_error error = { 0 };
	int64_t start = npu_now_ns();

	if (npu_session_run(b->session, &error))
		return device_error(b->cli, b->dev, &error);
	if (samples_add(samples, (double)(npu_now_ns() - start) / 1e3))
		return cli_error(b->cli, CLI_DEVICE, NULL, "out of memory");
	sleep_seconds(b->args->run_delay);
	return CLI_OK;
}

static int run_warmup(struct bench *b)
{
	int rc = CLI_OK;

	for (uint32_t i = 0; !rc && i < b->args->warmup_runs; i++)
		rc = run_once(b, &b->warmup);
	return rc;
}

/* At least num_runs and min_secs, but never beyond max_secs; at least one. */
static int run_counted(struct bench *b)
{
	const struct bench_args *args = b->args;
	int64_t start = npu_now_ns();
	int rc = CLI_OK;

	for (size_t i = 0; !rc; i++) {
		double seconds = (double)(npu_now_ns() - start) / 1e9;

		if (i && seconds > args->max_secs)
			break;
		if (i && i >= args->num_runs && seconds >= args->min_secs)
			break;
		if (i < args->num_runs)
			term_progress(b->cli, "run", i, args->num_runs);
		rc = run_once(b, &b->runs);
		if (!rc && b->profiling)
			profile_add(&b->profile, b->model, b->session);
	}
	term_progress(b->cli, "run", 1, 1);
	return rc;
}

static double gmacs(const struct bench *b, const struct stats *s)
{
	return s->avg > 0 ? (double)npu_model_info(b->model)->macs / s->avg / 1e3 : 0;
}

static void stats_cells(struct table *table, const char *title, const struct stats *s)
{
	const double columns[] = { s->first, s->last, s->min, s->avg, s->p50,
				   s->p90,   s->p99,  s->max, s->std };

	table_cell(table, "%s", title);
	table_cell(table, "%zu", s->count);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_cell(table, "%.3f", columns[i] / 1e3);
}

static int print_text(const struct bench *b, const struct stats *warmup, const struct stats *runs)
{
	static const struct table_column columns[] = {
		{ .title = "times in ms" },	     { .title = "count", .right = true },
		{ .title = "first", .right = true }, { .title = "last", .right = true },
		{ .title = "min", .right = true },   { .title = "avg", .right = true },
		{ .title = "p50", .right = true },   { .title = "p90", .right = true },
		{ .title = "p99", .right = true },   { .title = "max", .right = true },
		{ .title = "std", .right = true },   { NULL },
	};
	const struct npu_model_info *info = npu_model_info(b->model);
	struct table *table = table_new(columns);
	int rc;

	device_print(b->dev);
	term_printf("model        %s, personality %s, %.3f M MACs\n\n", info->name,
		    info->personality, (double)info->macs / 1e6);
	stats_cells(table, "warm-up", warmup);
	stats_cells(table, "inference", runs);
	rc = table_print(table, stdout);
	table_free(table);
	if (rc)
		return cli_error(b->cli, CLI_DEVICE, NULL, "out of memory");
	printf("\nthroughput   %.2f inferences/s, %.2f GMAC/s\n", 1e6 / runs->avg, gmacs(b, runs));
	return CLI_OK;
}

static int print_profile(const struct bench *b)
{
	const char *path = b->args->profiling_file;
	FILE *stream = path ? fopen(path, "we") : stdout;
	int rc = 0;

	if (!stream)
		return cli_error(b->cli, CLI_INPUT, path, "cannot be created: %s", strerror(errno));
	if (!path)
		putchar('\n');
	if (!strcmp(b->args->profiling_mode, "csv"))
		profile_csv(&b->profile, stream);
	else
		rc = profile_print(&b->profile, stream);
	if (path && fclose(stream))
		return cli_error(b->cli, CLI_INPUT, path, "cannot be written: %s", strerror(errno));
	if (rc)
		return cli_error(b->cli, CLI_DEVICE, NULL, "out of memory");
	return CLI_OK;
}

static int print_json(const struct bench *b, const struct stats *warmup, const struct stats *runs)
{
	const struct npu_model_info *info = npu_model_info(b->model);
	json_t *report = report_new("npu-bench");

	json_object_set_new(report, "model", report_string(info->name));
	json_object_set_new(report, "personality", report_string(info->personality));
	json_object_set_new(report, "device", device_report(b->dev));
	json_object_set_new(report, "macs", json_integer((json_int_t)info->macs));
	json_object_set_new(report, "warmup", stats_report(warmup));
	json_object_set_new(report, "latency", stats_report(runs));
	json_object_set_new(report, "inferences_per_s", report_real(1e6 / runs->avg));
	json_object_set_new(report, "gmacs_per_s", report_real(gmacs(b, runs)));
	if (b->profiling)
		json_object_set_new(report, "layers", profile_report(&b->profile));
	return report_print(b->cli, report, CLI_OK);
}

static int print_results(struct bench *b)
{
	const struct stats warmup = stats_of(&b->warmup);
	const struct stats runs = stats_of(&b->runs);
	int rc;

	rc = b->cli->json ? print_json(b, &warmup, &runs) : print_text(b, &warmup, &runs);
	if (!rc && b->profiling && (b->args->profiling_file || !b->cli->json))
		rc = print_profile(b);
	return rc;
}

static int bench_session(struct bench *b)
{
	const struct input_source source = {
		.files = &b->args->inputs,
		.seed = b->args->seed,
		.resize = b->args->resize,
	};
	int rc = input_fill(b->cli, &source, b->model, b->session);

	if (!rc && profile_init(&b->profile, b->model))
		rc = cli_error(b->cli, CLI_DEVICE, NULL, "out of memory");
	if (!rc && b->profiling)
		rc = profile_expect(&b->profile, b->cli, b->model, npu_device_target(b->dev));
	if (!rc)
		rc = run_warmup(b);
	if (!rc)
		rc = run_counted(b);
	if (!rc)
		rc = print_results(b);
	samples_free(&b->warmup);
	samples_free(&b->runs);
	profile_free(&b->profile);
	return rc;
}

static int bench_model(struct bench *b)
{
	const struct npu_session_options options = { .profile = b->profiling };
	struct npu_error error = { 0 };
	int rc;

	device_note_threads(b->cli, b->dev, b->args->num_threads);
	if (npu_session_create(b->dev, b->model, &options, &b->session, &error))
		return device_error(b->cli, b->dev, &error);
	rc = bench_session(b);
	npu_session_free(b->session);
	return rc;
}

static int check_args(const struct cli *cli, const struct bench_args *args)
{
	if (args->submit && (args->graph || cli->operand_count))
		return cli_error(cli, CLI_USAGE, NULL, "--submit takes no model");
	if (!args->submit && !args->graph == !cli->operand_count)
		return cli_error(cli, CLI_USAGE, NULL,
				 "give one model, as MODEL or as --graph MODEL");
	for (size_t i = 0; i < sizeof(profiling_modes) / sizeof(profiling_modes[0]); i++)
		if (!strcmp(args->profiling_mode, profiling_modes[i]))
			return CLI_OK;
	return cli_error(cli, CLI_USAGE, "--op_profiling_output_mode",
			 "%s is neither stdout nor csv", args->profiling_mode);
}

static int bench_compiled(struct bench *b, struct npuc_options *options)
{
	const struct bench_args *args = b->args;
	int rc;

	options->personalities = npu_device_personalities(b->dev);
	options->target = npu_device_target(b->dev);
	rc = model_load(b->cli, args->graph ? args->graph : b->cli->operands[0], options,
			&b->model);
	if (rc)
		return rc;
	rc = bench_model(b);
	if (!rc && args->knobs.show && !b->cli->json)
		rc = knobs_print(knobs_of(options));
	npu_model_free(b->model);
	return rc;
}

static int bench_run(const struct cli *cli, const void *args_)
{
	const struct bench_args *args = args_;
	struct npuc_options options = source_options(&args->source);
	struct bench b = {
		.cli = cli,
		.args = args,
		.profiling = args->profiling || args->profiling_file,
	};
	struct knobs knobs;
	int rc = knobs_read(cli, &args->knobs, &options.personality, &knobs);

	if (!rc)
		rc = knobs_apply(&knobs, &options);
	if (!rc)
		rc = check_args(cli, args);
	if (!rc)
		rc = device_open(cli, args->device, NULL, args->num_threads ? args->num_threads : 1,
				 &b.dev);
	if (!rc) {
		rc = args->submit ? cmd_bench_submit(cli, b.dev) : bench_compiled(&b, &options);
		npu_device_close(b.dev);
	}
	knobs_free(&knobs);
	return rc;
}

static const struct cli_option options[] = {
	{ .name = "graph",
	  .type = CLI_STRING,
	  .offset = offsetof(struct bench_args, graph),
	  .arg = "MODEL",
	  .help = "the model, for those who are used to benchmark_model" },
	{ .name = "num_runs",
	  .letter = 'n',
	  .type = CLI_UINT,
	  .offset = offsetof(struct bench_args, num_runs),
	  .arg = "N",
	  .help = "runs to make at least",
	  .value = "50" },
	{ .name = "warmup_runs",
	  .type = CLI_UINT,
	  .offset = offsetof(struct bench_args, warmup_runs),
	  .arg = "N",
	  .help = "runs before that do not count",
	  .value = "1" },
	{ .name = "min_secs",
	  .type = CLI_SECONDS,
	  .offset = offsetof(struct bench_args, min_secs),
	  .arg = "S",
	  .help = "seconds to go on at least",
	  .value = "1" },
	{ .name = "max_secs",
	  .type = CLI_SECONDS,
	  .offset = offsetof(struct bench_args, max_secs),
	  .arg = "S",
	  .help = "seconds after which no run is begun",
	  .value = "150" },
	{ .name = "run_delay",
	  .type = CLI_SECONDS,
	  .offset = offsetof(struct bench_args, run_delay),
	  .arg = "S",
	  .help = "seconds to pause after each run",
	  .value = "0" },
	{ .name = "num_threads",
	  .letter = 't',
	  .type = CLI_UINT,
	  .offset = offsetof(struct bench_args, num_threads),
	  .arg = "N",
	  .help = "worker threads of sim (default 1)",
	  .max = 64 },
	{ .name = "submit",
	  .type = CLI_BOOL,
	  .offset = offsetof(struct bench_args, submit),
	  .help = "measure jobs without work instead of a model: what submitting, waiting and "
		  "binding cost, as multiples of the node's cheapest ioctl" },
	{ .name = "enable_op_profiling",
	  .type = CLI_BOOL,
	  .offset = offsetof(struct bench_args, profiling),
	  .help = "measure each layer and print the tables of benchmark_model" },
	{ .name = "op_profiling_output_mode",
	  .type = CLI_STRING,
	  .offset = offsetof(struct bench_args, profiling_mode),
	  .arg = "MODE",
	  .help = "stdout: tables, csv: one line for each layer",
	  .value = "stdout" },
	{ .name = "op_profiling_output_file",
	  .type = CLI_STRING,
	  .offset = offsetof(struct bench_args, profiling_file),
	  .arg = "FILE",
	  .help = "write the tables there instead of standard output" },
	OPTION_DEVICE(bench_args, device),
	OPTIONS_SOURCE(bench_args, source),
	OPTION_INPUTS(bench_args, inputs),
	OPTION_RESIZE(bench_args, resize),
	OPTION_SEED(bench_args, seed),
	CLI_END,
};

const struct cli_command cmd_bench = {
	.name = "bench",
	.operands = "MODEL|X.npu|--submit",
	.summary = "Measure how long a model takes, per run and per layer.",
	.notes = "Takes the flags of TensorFlow Lite's benchmark_model that make sense here.\n"
		 "Percentiles are by nearest rank.",
	.max_operands = 1,
	.options = options,
	.shared = knob_options,
	.shared_offset = offsetof(struct bench_args, knobs),
	.args_size = sizeof(struct bench_args),
	.run = bench_run,
};
