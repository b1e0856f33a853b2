// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What a job costs besides its work: jobs that write 64 bytes, timed beside the cheapest
 * ioctl of the same node in the same run, so that figures of machines can be compared.
 */
#include "commands.h"

#include <drm.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "device.h"
#include "report.h"
#include "table.h"
#include "vnpu_program.h"

/* Each figure is the best of so many rounds, in which all cases take turns. */
#define ROUNDS 5
/* How long a case goes on in a round. */
#define ROUND_NS 100000000
/* Null ioctls between two looks at the clock. */
#define NULL_BATCH 256
/* Bytes that a job writes, and what each binding offers. */
#define JOB_BYTES 64
#define MAX_SLOTS 32
#define MAX_IN_FLIGHT 64

/** struct submit_case - a load */
struct submit_case {
	uint32_t slots;
	uint32_t in_flight;
};

static const struct submit_case cases[] = { { 1, 1 }, { 1, 64 }, { 32, 1 }, { 32, 64 } };

#define CASES (sizeof(cases) / sizeof(cases[0]))

/* A program of one op; slots but the last are there to be bound. */
struct tiny_program {
	struct vnpu_program_header header;
	struct vnpu_op op;
	struct vnpu_slot_desc slot[MAX_SLOTS];
};

/**
 * struct submit_bench - what is measured with
 * @cli: the command line
 * @dev: the device
 * @context: a context of it
 * @fences: one for each job in flight
 * @bos: one for each slot
 * @programs: one for each case
 * @bindings: of the largest
 * @node: the device's node once more, -1 on sim: for null ioctls
 * @null_ns: a null ioctl; 0: not measured
 * @job_ns: a job of each case
 */
struct submit_bench {
	const struct cli *cli;
	struct npu_device *dev;
	struct npu_context *context;
	struct npu_fence *fences[MAX_IN_FLIGHT];
	struct npu_bo *bos[MAX_SLOTS];
	struct npu_program *programs[CASES];
	struct npu_binding bindings[MAX_SLOTS];
	int node;
	double null_ns;
	double job_ns[CASES];
};

static void write_program(struct tiny_program *p, uint32_t slots)
{
	*p = (struct tiny_program){
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = (uint32_t)(offsetof(struct tiny_program, slot) +
					   slots * sizeof(p->slot[0])),
			.personality = VNPU_PERSONALITY_TFLITE_REF,
			.slot_offset = offsetof(struct tiny_program, slot),
			.slot_count = slots,
			.slot_size = sizeof(p->slot[0]),
			.op_offset = offsetof(struct tiny_program, op),
			.op_count = 1,
			.op_size = sizeof(p->op),
		},
		.op = {
			.opcode = VNPU_OP_FILL,
			.out = {
				.slot = slots - 1,
				.dtype = VNPU_DTYPE_INT8,
				.shape = { 1, 1, 1, JOB_BYTES },
				.stride = { JOB_BYTES, JOB_BYTES, JOB_BYTES, 1 },
			},
			.p.fill = 1,
		},
	};
	for (uint32_t i = 0; i < slots; i++)
		p->slot[i] = (struct vnpu_slot_desc){ VNPU_SLOT_INPUT, JOB_BYTES };
	p->slot[slots - 1].kind = VNPU_SLOT_OUTPUT;
}

static void bench_close(struct submit_bench *b)
{
	for (size_t i = 0; i < CASES; i++)
		npu_program_free(b->programs[i]);
	for (size_t i = 0; i < MAX_SLOTS; i++)
		npu_bo_free(b->bos[i]);
	for (size_t i = 0; i < MAX_IN_FLIGHT; i++)
		npu_fence_free(b->fences[i]);
	npu_context_free(b->context);
	if (b->node >= 0)
		close(b->node);
}

static int bench_open(struct submit_bench *b, struct npu_error *error)
{
	struct tiny_program program;
	int rc = npu_context_create(b->dev, NULL, &b->context, error);

	for (size_t i = 0; i < MAX_IN_FLIGHT && !rc; i++)
		rc = npu_fence_create(b->dev, &b->fences[i], error);
	for (size_t i = 0; i < MAX_SLOTS && !rc; i++) {
		rc = npu_bo_create(b->dev, JOB_BYTES, &b->bos[i], error);
		b->bindings[i] = (struct npu_binding){ .bo = b->bos[i], .size = JOB_BYTES };
	}
	for (size_t i = 0; i < CASES && !rc; i++) {
		write_program(&program, cases[i].slots);
		rc = npu_program_create(b->dev, &program, program.header.size, &b->programs[i],
					error);
	}
	if (npu_device_info(b->dev)->kind == NPU_DEVICE_KERNEL)
		b->node = open(npu_device_info(b->dev)->name, O_RDWR | O_CLOEXEC);
	return rc;
}

static void keep_best(double *best, double ns)
{
	if (*best == 0 || ns < *best)
		*best = ns;
}

/* The kernel looks a constant up: what is left is the way there and back. */
static void time_null(struct submit_bench *b)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ };
	int64_t start = npu_now_ns(), now;
	int64_t count = 0;

	if (b->node < 0)
		return;
	do {
		for (int i = 0; i < NULL_BATCH; i++)
			ioctl(b->node, DRM_IOCTL_GET_CAP, &cap);
		count += NULL_BATCH;
		now = npu_now_ns();
	} while (now - start < ROUND_NS);
	keep_best(&b->null_ns, (double)(now - start) / (double)count);
}

/* A full queue of jobs: the oldest is waited for, then its fence is used anew. */
static int time_case(struct submit_bench *b, size_t which, struct npu_error *error)
{
	const struct submit_case *c = &cases[which];
	struct npu_job job = {
		.program = b->programs[which],
		.bindings = b->bindings,
		.binding_count = c->slots,
	};
	int64_t start = npu_now_ns(), now = start;
	uint64_t begun = 0, ended = 0;
	int rc = 0;

	while (!rc && (now - start < ROUND_NS || ended < begun)) {
		if (begun - ended < c->in_flight && now - start < ROUND_NS) {
			job.signal = b->fences[begun++ % c->in_flight];
			rc = npu_submit(b->context, &job, error);
			continue;
		}
		rc = npu_fence_wait(b->fences[ended++ % c->in_flight], NPU_WAIT_FOREVER, error);
		now = npu_now_ns();
	}
	if (!rc)
		keep_best(&b->job_ns[which], (double)(now - start) / (double)ended);
	return rc;
}

static int measure(struct submit_bench *b, struct npu_error *error)
{
	int rc = 0;

	for (int round = 0; round < ROUNDS && !rc; round++) {
		time_null(b);
		for (size_t i = 0; i < CASES && !rc; i++)
			rc = time_case(b, i, error);
	}
	return rc;
}

static int print_json(const struct submit_bench *b)
{
	json_t *report = report_new("npu-bench-submit");
	json_t *list = json_array();

	json_object_set_new(report, "device", device_report(b->dev));
	json_object_set_new(report, "null_ioctl_ns",
			    b->null_ns > 0 ? report_real(b->null_ns) : json_null());
	for (size_t i = 0; i < CASES; i++) {
		json_t *one = json_pack("{s:i, s:i}", "slots", (int)cases[i].slots, "in_flight",
					(int)cases[i].in_flight);

		json_object_set_new(one, "ns_per_job", report_real(b->job_ns[i]));
		json_object_set_new(one, "jobs_per_s", report_real(1e9 / b->job_ns[i]));
		json_object_set_new(one, "null_ioctls",
				    b->null_ns > 0 ? report_real(b->job_ns[i] / b->null_ns) :
						     json_null());
		json_array_append_new(list, one);
	}
	json_object_set_new(report, "cases", list);
	return report_print(b->cli, report, CLI_OK);
}

static int print_text(const struct submit_bench *b)
{
	static const struct table_column columns[] = {
		{ .title = "slots", .right = true },	   { .title = "in flight", .right = true },
		{ .title = "us per job", .right = true },  { .title = "jobs/s", .right = true },
		{ .title = "null ioctls", .right = true }, { NULL },
	};
	struct table *table = table_new(columns);
	int rc;

	device_print(b->dev);
	if (b->null_ns > 0)
		printf("null ioctl   %.3f us\n\n", b->null_ns / 1e3);
	else
		puts("null ioctl   none: no kernel is asked\n");
	for (size_t i = 0; i < CASES; i++) {
		table_cell(table, "%u", cases[i].slots);
		table_cell(table, "%u", cases[i].in_flight);
		table_cell(table, "%.3f", b->job_ns[i] / 1e3);
		table_cell(table, "%.0f", 1e9 / b->job_ns[i]);
		if (b->null_ns > 0)
			table_cell(table, "%.1f", b->job_ns[i] / b->null_ns);
		else
			table_cell(table, "-");
	}
	rc = table_print(table, stdout);
	table_free(table);
	return rc ? cli_error(b->cli, CLI_DEVICE, NULL, "out of memory") : CLI_OK;
}

int cmd_bench_submit(const struct cli *cli, struct npu_device *dev)
{
	struct submit_bench b = { .cli = cli, .dev = dev, .node = -1 };
	struct npu_error error = { 0 };
	int rc = bench_open(&b, &error);

	if (!rc)
		rc = measure(&b, &error);
	if (rc)
		rc = device_error(cli, dev, &error);
	else
		rc = cli->json ? print_json(&b) : print_text(&b);
	bench_close(&b);
	return rc;
}
