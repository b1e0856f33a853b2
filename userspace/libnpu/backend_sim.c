// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "backend_sim.h"
#include "describe.h"

int npu_sim_wait_idle(const struct npu_device *dev, const uint32_t *jobs, int64_t deadline_ns)
{
	struct sim_pool *pool = npu_sim_device(dev)->pool;
	int rc = 0;

	sim_pool_lock(pool);
	while (*jobs && !rc)
		rc = sim_pool_wait(pool, deadline_ns);
	if (!*jobs)
		rc = 0;
	sim_pool_unlock(pool);
	return rc;
}

int npu_sim_no_memory(const struct npu_device *dev, const char *what, struct npu_error *error)
{
	return npu_fail(error, -ENOMEM, "%s: %s: out of memory", dev->info.name, what);
}

int npu_sim_duplicate(const struct npu_device *dev, int from, int *fd, struct npu_error *error)
{
	*fd = fcntl(from, F_DUPFD_CLOEXEC, 0);
	if (*fd >= 0)
		return 0;
	return npu_fail(error, -errno, "%s: cannot duplicate a file descriptor: %s", dev->info.name,
			strerror(errno));
}

static void sim_close(struct npu_device *dev)
{
	struct sim_device *sim = npu_sim_device(dev);

	sim_pool_free(sim->pool);
	if (sim->l1.map)
		munmap(sim->l1.map, sim->l1.bytes);
	npu_describe_free(dev);
	free(sim);
}

static const struct npu_backend sim_backend = {
	.close = sim_close,
	.bo_create = npu_sim_bo_create,
	.bo_free = npu_sim_bo_free,
	.bo_export = npu_sim_bo_export,
	.bo_import = npu_sim_bo_import,
	.bo_wait = npu_sim_bo_wait,
	.program_create = npu_sim_program_create,
	.program_free = npu_sim_program_free,
	.context_create = npu_sim_context_create,
	.context_free = npu_sim_context_free,
	.context_query = npu_sim_context_query,
	.fence_create = npu_sim_fence_create,
	.fence_free = npu_sim_fence_free,
	.fence_wait = npu_sim_fence_wait,
	.fence_export = npu_sim_fence_export,
	.submit = npu_sim_submit,
};

static int select_isa(struct sim_device *sim, const char *name, struct npu_error *error)
{
	static const struct npum_isa *const known[] = {
		&npum_isa_generic,
		&npum_isa_avx2,
		&npum_isa_avx512vnni,
	};
	u32 features = npum_cpu_features();

	sim->isa = name ? npum_isa_by_name(name, features) : npum_isa_select(features);
	if (sim->isa)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i]->name, name))
			return npu_fail(error, -EOPNOTSUPP,
					"sim:%s: this CPU has no such instructions; use sim", name);
	return npu_fail(error, -EINVAL,
			"sim:%s: unknown instruction set; use generic, avx2 or avx512vnni", name);
}

/* Pages that no program uses cost nothing. */
static int create_l1(struct sim_device *sim, struct npu_error *error)
{
	struct sim_l1 *l1 = &sim->l1;
	void *map;

	l1->bytes = sim->base.target->l1_bytes;
	if (!l1->bytes)
		return 0;
	map = mmap(NULL, l1->bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return npu_fail(error, -ENOMEM, "sim: on-chip memory of %zu bytes: out of memory",
				l1->bytes);
	l1->map = map;
	return 0;
}

static uint32_t cpu_count(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 1;
	return (uint32_t)CPU_COUNT(&cpus);
}

int npu_sim_open(const char *isa, const struct npu_device_options *options, struct npu_device **dev,
		 struct npu_error *error)
{
	uint32_t threads = options->threads;
	struct sim_device *sim;
	int rc;

	if (threads > SIM_MAX_THREADS)
		return npu_fail(error, -EINVAL, "sim: %u threads: 1 to %u are possible", threads,
				SIM_MAX_THREADS);
	if (!threads)
		threads = min(cpu_count(), SIM_MAX_THREADS);
	sim = calloc(1, sizeof(*sim));
	if (!sim)
		return npu_fail(error, -ENOMEM, "sim: out of memory");
	sim->base.backend = &sim_backend;
	for (size_t i = 0; i < SIM_QUEUE_DEPTH; i++) {
		sim->job[i].sim = sim;
		sim->job[i].next = sim->idle;
		sim->idle = &sim->job[i];
	}
	rc = select_isa(sim, isa, error);
	if (rc)
		goto fail;
	rc = npu_sim_describe(sim->isa, threads, options, &sim->base, error);
	if (rc)
		goto fail;
	rc = create_l1(sim, error);
	if (rc)
		goto fail;
	rc = sim_pool_create(threads, &sim->pool);
	if (rc) {
		npu_fail(error, rc, "sim: cannot start %u threads: %s", threads, strerror(-rc));
		goto fail;
	}
	*dev = &sim->base;
	return 0;
fail:
	sim_close(&sim->base);
	return rc;
}
