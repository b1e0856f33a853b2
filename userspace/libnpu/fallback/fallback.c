// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "fallback.h"

#include <stdlib.h>

#include "clock.h"
#include "npum_isa.h"
#include "sim_pool.h"

#define SCRATCH_ALIGN 64u

/*
 * @program is the model's, validated for the arithmetics of the device: the model
 * itself may know only names of them.  @plans and @counting have an entry for each of its records.
 */
struct npu_fallback {
	const struct npu_model *model;
	const struct npu_binding *bindings;
	const struct npum_isa *isa;
	struct npum_program program;
	struct npum_op_plan *plans;
	struct npum_op_plan *counting;
	struct sim_pool *pool;
	void *scratch;
};

/* A job of the pool, and whether it is done. */
struct run {
	struct sim_work work;
	bool done;
};

static int no_memory(struct npu_error *error)
{
	return npu_fail(error, -ENOMEM, "fallback: out of memory");
}

/* The variant that a device in this process uses, else the fastest. */
static const struct npum_isa *isa_of(const struct npu_device *dev)
{
	const char *name = strrchr(dev->info.isa, ',');
	const struct npum_isa *isa = NULL;

	if (dev->info.kind == NPU_DEVICE_SIM)
		isa = npum_isa_by_name(name ? name + 1 : dev->info.isa, npum_cpu_features());
	return isa ? isa : npum_isa_select(npum_cpu_features());
}

static int create_records(struct npu_fallback *f, struct npu_device *dev, struct npu_error *error)
{
	size_t size, scratch = 0;
	const void *data = npu_model_program(f->model, &size);
	struct npum_refusal why;
	int rc = npum_program_validate(data, size, dev->personalities, &f->program, &why);

	if (rc)
		return npu_fail_refused(error, "fallback", &why);
	for (uint32_t i = 0; i < f->program.slot_count; i++)
		if (f->program.slot[i].access && !f->bindings[i].bo)
			return npu_fail(
				error, -EOPNOTSUPP,
				"fallback: slot %u: only the device has it; compile the model "
				"again",
				i);
	f->plans = calloc(f->program.op_count, sizeof(*f->plans));
	f->counting = calloc(f->program.op_count, sizeof(*f->counting));
	if (!f->plans || !f->counting)
		return no_memory(error);
	for (uint32_t i = 0; i < f->program.op_count; i++) {
		npum_op_plan(f->isa, f->program.personality, &f->program.ops[i], &f->plans[i]);
		npum_op_plan(&npum_isa_counting, f->program.personality, &f->program.ops[i],
			     &f->counting[i]);
		scratch = max(scratch, (size_t)f->plans[i].scratch_bytes);
	}
	rc = sim_pool_create(min(dev->info.workers, SIM_MAX_THREADS), &f->pool);
	if (rc)
		return npu_fail(error, rc, "fallback: cannot start %u threads: %s",
				dev->info.workers, strerror(-rc));
	return sim_pool_reserve(f->pool, scratch) ? no_memory(error) : 0;
}

/* Host operators run one after the other: they share scratch. */
static int create_scratch(struct npu_fallback *f, struct npu_error *error)
{
	const struct npu_model *model = f->model;
	size_t bytes = 1;

	for (uint32_t i = 0; i < model->host_op_count; i++)
		bytes = max(
			bytes,
			npu_host_kind(model->host_ops[i].kind)->scratch_bytes(&model->host_ops[i]));
	f->scratch = aligned_alloc(SCRATCH_ALIGN, round_up(bytes, SCRATCH_ALIGN));
	return f->scratch ? 0 : no_memory(error);
}

int npu_fallback_create(struct npu_device *dev, const struct npu_model *model,
			const struct npu_binding *bindings, struct npu_fallback **out,
			struct npu_error *error)
{
	struct npu_fallback *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		return no_memory(error);
	f->model = model;
	f->bindings = bindings;
	f->isa = isa_of(dev);
	rc = create_records(f, dev, error);
	if (!rc)
		rc = create_scratch(f, error);
	if (rc) {
		npu_fallback_free(f);
		return rc;
	}
	*out = f;
	return 0;
}

void npu_fallback_free(struct npu_fallback *f)
{
	if (!f)
		return;
	sim_pool_free(f->pool);
	free(f->plans);
	free(f->counting);
	free(f->scratch);
	free(f);
}

static uint8_t *slot_memory(const struct npu_fallback *f, uint32_t slot)
{
	const struct npu_binding *b = &f->bindings[slot];

	return b->bo ? (uint8_t *)b->bo->map + b->offset : NULL;
}

static void run_done(struct sim_work *work)
{
	container_of(work, struct run, work)->done = true;
}

static void run_records(struct npu_fallback *f, uint32_t first, uint32_t count,
			struct npu_op_profile *profile, struct npu_op_counters *counters)
{
	struct npum_program part = f->program;
	struct run run = {
		.work = {
			.program = &part,
			.plans = (counters ? f->counting : f->plans) + first,
			.exec = {
				.isa = counters ? &npum_isa_counting : f->isa,
				.personality = part.personality,
			},
			.profile = profile ? profile + first : NULL,
			/* one layout, as backend_sim.c asserts */
			.counters = counters ? (void *)(counters + first) : NULL,
			.done = run_done,
		},
	};

	part.ops += first;
	part.op_count = count;
	for (uint32_t i = 0; i < part.slot_count; i++)
		run.work.exec.slot[i] = slot_memory(f, i);
	sim_pool_lock(f->pool);
	sim_pool_push(f->pool, &run.work);
	while (!run.done)
		sim_pool_wait(f->pool, INT64_MAX);
	sim_pool_unlock(f->pool);
}

static int run_host_op(struct npu_fallback *f, uint32_t index, struct npu_op_profile *profile,
		       struct npu_error *error)
{
	const struct npu_file_host_op *op = &f->model->host_ops[index];
	struct npu_host_call call = { .op = op, .scratch = f->scratch };
	int64_t start = npu_now_ns();
	int rc;

	for (uint32_t i = 0; i < op->input_count + op->output_count; i++)
		call.data[i] = slot_memory(f, op->operand[i].slot) + op->operand[i].offset;
	rc = npu_host_kind(op->kind)->run(&call, error);
	if (profile)
		profile[f->program.op_count + index] = (struct npu_op_profile){
			.start_ns = (uint64_t)start,
			.end_ns = (uint64_t)npu_now_ns(),
		};
	return rc;
}

int npu_fallback_run(struct npu_fallback *f, uint32_t first, uint32_t count,
		     struct npu_op_profile *profile, struct npu_op_counters *counters,
		     struct npu_error *error)
{
	uint32_t records = f->program.op_count;
	int rc = 0;

	if (first < records)
		run_records(f, first, count, profile, counters);
	for (uint32_t i = 0; i < count && first >= records && !rc; i++)
		rc = run_host_op(f, first - records + i, profile, error);
	return rc;
}
