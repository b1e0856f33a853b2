// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The kernel's device, beside the sim device.  Skipped where vnpu.ko is not loaded.
 * NPU_OLDER_DRIVER=1.N: as if its driver were of interface 1.N.
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "artefact.h"
#include "drm/vnpu_accel.h"
#include "npu.h"
#include "older_driver.h"

static struct npu_error error;

static void must(int rc)
{
	if (rc)
		fail_msg("%d: %s", rc, error.text);
}

static void must_fail(int rc, int code, const char *text)
{
	if (rc != code || !strstr(error.text, text))
		fail_msg("%d '%s' instead of %d '... %s'", rc, error.text, code, text);
}

/* Orders a fault from the device, see driver/vnpu_debugfs.c. */
static void inject(const char *name, int value)
{
	char pattern[64];
	FILE *file = NULL;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "/sys/kernel/debug/accel/*/inject/%s", name);
	if (!glob(pattern, 0, NULL, &found))
		file = fopen(found.gl_pathv[0], "w");
	globfree(&found);
	if (!file) {
		print_message("# no debugfs\n");
		skip();
	}
	fprintf(file, "%d", value);
	fclose(file);
}

static struct npu_device *open_kernel(void)
{
	struct npu_device_entry *entries;
	struct npu_device *dev = NULL;
	size_t count;
	int rc = -ENODEV;

	must(npu_device_list(&entries, &count, &error));
	if (count)
		rc = npu_device_open(entries[0].path, NULL, &dev, &error);
	free(entries);
	if (!count) {
		print_message("# %s\n", error.text);
		skip();
	}
	must(rc);
	return dev;
}

static struct npu_model *load(uint32_t side, uint32_t channels)
{
	struct artefact a = artefact_create(side, side, channels);
	struct npu_model *model = NULL;

	must(npu_model_load("sample.npu", a.data, a.size, &model, &error));
	artefact_free(&a);
	return model;
}

static struct npu_session *create(struct npu_device *dev, const struct npu_model *model)
{
	const struct npu_session_options options = { .profile = true };
	struct npu_session *session = NULL;
	uint8_t *input;

	must(npu_session_create(dev, model, &options, &session, &error));
	input = npu_session_input(session, 0);
	for (uint32_t i = 0; i < npu_model_input(model, 0)->bytes; i++)
		input[i] = (uint8_t)(i * i >> 3);
	return session;
}

static void describes_itself(void **state)
{
	struct npu_device *dev = open_kernel();
	const struct npu_device_info *info = npu_device_info(dev);

	assert_int_equal(info->kind, NPU_DEVICE_KERNEL);
	assert_memory_equal(info->name, "/dev/accel/accel", 16);
	assert_memory_equal(info->driver, "vnpu 1.", 7);
	if (older_driver_minor() != UINT_MAX)
		assert_int_equal(strtoul(info->driver + 7, NULL, 10), older_driver_minor());
	assert_memory_equal(info->isa, "generic", 7);
	assert_int_equal(info->program_major, VNPU_PROGRAM_MAJOR);
	assert_true(info->cores >= 1 && info->workers >= 1);
	assert_int_equal(info->max_slots, VNPU_MAX_SLOTS);
	assert_true(info->priorities & (1u << NPU_PRIORITY_NORMAL));
	assert_true(info->personality_count >= 2);
	assert_string_equal(info->personalities[0].name, "tflite-ref");
	npu_device_close(dev);
}

static void gives_the_same_bits_as_sim(void **state)
{
	struct npu_device *dev = open_kernel();
	struct npu_model *model = load(40, 32);
	struct npu_session *session = create(dev, model), *reference;
	struct npu_device *sim;
	const struct npu_op_profile *profile;
	size_t count;

	must(npu_device_open("sim:generic", NULL, &sim, &error));
	reference = create(sim, model);
	must(npu_session_run(reference, &error));
	for (int i = 0; i < 3; i++) {
		must(npu_session_run(session, &error));
		assert_memory_equal(npu_session_output(session, 0),
				    npu_session_output(reference, 0),
				    npu_model_output(model, 0)->bytes);
	}
	profile = npu_session_profile(session, &count);
	assert_int_equal(count, OPS);
	for (size_t i = 0; i < count; i++) {
		assert_true(profile[i].start_ns && profile[i].start_ns <= profile[i].end_ns);
		assert_true(i == 0 || profile[i - 1].start_ns <= profile[i].start_ns);
	}
	npu_session_free(reference);
	npu_session_free(session);
	npu_model_free(model);
	npu_device_close(sim);
	npu_device_close(dev);
}

/* A driver is asked for what it refuses once and no more, and never when it is new enough. */
static void asks_an_older_driver_once(void **state)
{
	unsigned int before = older_driver_refused(DRM_VNPU_SYNC_WAIT);
	struct npu_device *dev = open_kernel();
	struct npu_model *model = load(8, 16);
	struct npu_session *session = create(dev, model);

	for (int i = 0; i < 5; i++)
		must(npu_session_run(session, &error));
	assert_int_equal(older_driver_refused(DRM_VNPU_SYNC_WAIT) - before,
			 older_driver_minor() < 3);
	npu_session_free(session);
	npu_model_free(model);
	npu_device_close(dev);
}

static void counts_as_sim(void **state)
{
	const struct npu_session_options options = { .counters = true };
	const struct npu_op_counters *counters[2];
	struct npu_session *session[2];
	struct npu_device *dev[2] = { open_kernel(), NULL };
	struct npu_model *model = load(40, 32);
	size_t count;

	must(npu_device_open("sim", NULL, &dev[1], &error));
	for (int i = 0; i < 2; i++) {
		must(npu_session_create(dev[i], model, &options, &session[i], &error));
		must(npu_session_run(session[i], &error));
		counters[i] = npu_session_counters(session[i], &count);
		assert_int_equal(count, OPS);
	}
	assert_memory_equal(counters[0], counters[1], count * sizeof(*counters[0]));
	assert_memory_equal(npu_session_output(session[0], 0), npu_session_output(session[1], 0),
			    npu_model_output(model, 0)->bytes);
	for (int i = 0; i < 2; i++) {
		npu_session_free(session[i]);
		npu_device_close(dev[i]);
	}
	npu_model_free(model);
}

/* Bytes of all buffers of this process's open devices, as the kernel counts them. */
static unsigned long long device_memory(void)
{
	unsigned long long sum = 0;
	glob_t found;

	if (glob("/proc/self/fdinfo/*", 0, NULL, &found))
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		FILE *file = fopen(found.gl_pathv[i], "r");
		char line[256], unit[8];

		while (file && fgets(line, sizeof(line), file)) {
			unsigned long long n;
			int fields = sscanf(line, "drm-total-memory: %llu %7s", &n, unit);

			if (fields < 1)
				continue;
			if (fields == 2)
				n *= !strcmp(unit, "MiB") ? 1 << 20 : 1 << 10;
			sum += n;
		}
		if (file)
			fclose(file);
	}
	globfree(&found);
	return sum;
}

/* What the model's facts say, what the library adds up and what the kernel has are one number. */
static void allocates_what_it_says(void **state)
{
	static const uint32_t sides[] = { 8, 40, 96 };
	struct npu_device *dev = open_kernel();

	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		struct npu_model *model = load(sides[i], 16);
		unsigned long long before = device_memory();
		struct npu_session *session = NULL;

		must(npu_session_create(dev, model, NULL, &session, &error));
		assert_int_equal(npu_session_bytes(session), npu_model_info(model)->device_bytes);
		assert_int_equal(device_memory() - before, npu_session_bytes(session));
		npu_session_free(session);
		npu_model_free(model);
	}
	npu_device_close(dev);
}

static void runs_single_layers(void **state)
{
	struct npu_device *dev = open_kernel();
	struct npu_model *model = load(8, 16);
	struct npu_session *session = create(dev, model);
	const uint8_t *output = npu_session_output(session, 0);
	void *mapped, *convolved;
	size_t bytes;

	assert_int_equal(npu_session_tensor(session, ARTEFACT_MAPPED, &mapped, &bytes), 0);
	assert_int_equal(npu_session_tensor(session, ARTEFACT_CONVOLVED, &convolved, NULL), 0);
	memset(mapped, 0x11, bytes);
	memset(convolved, 0x22, bytes);
	for (int i = 0; i < 2; i++)
		must(npu_session_run_layer(session, ARTEFACT_CONCAT, &error));
	for (size_t i = 0; i < 2 * bytes; i++)
		assert_int_equal(output[i], i % 32 < 16 ? 0x11 : 0x22);
	npu_session_free(session);
	npu_model_free(model);
	npu_device_close(dev);
}

static void runs_in_the_background(void **state)
{
	struct npu_device *dev = open_kernel();
	struct npu_model *model = load(40, 32);
	struct npu_session *session = create(dev, model);
	struct pollfd poller = { .events = POLLIN };

	for (int i = 0; i < 3; i++) {
		must(npu_session_submit(session, &error));
		must_fail(npu_session_submit(session, &error), -EBUSY, "a run is in flight");
		must(npu_session_poll_fd(session, &poller.fd, &error));
		assert_int_equal(poll(&poller, 1, 60000), 1);
		must(npu_session_wait(session, 0, &error));
		close(poller.fd);
	}
	npu_session_free(session);
	npu_model_free(model);
	npu_device_close(dev);
}

/* Many sessions in flight at one time: waiting for one that is not done ends in time. */
static void queues_many_sessions(void **state)
{
	enum { SESSIONS = 20 };
	struct npu_device *dev = open_kernel();
	struct npu_model *model = load(48, 32);
	struct npu_session *sessions[SESSIONS];
	size_t bytes = npu_model_output(model, 0)->bytes;

	for (int i = 0; i < SESSIONS; i++)
		sessions[i] = create(dev, model);
	/* However fast the host is, the last one is not done after 1 ms. */
	inject("slow_tile_ms", 1);
	for (int i = 0; i < SESSIONS; i++)
		must(npu_session_submit(sessions[i], &error));
	must_fail(npu_session_wait(sessions[SESSIONS - 1], 0, &error), -ETIMEDOUT, "not done yet");
	must_fail(npu_session_wait(sessions[SESSIONS - 1], 1, &error), -ETIMEDOUT, "not done yet");
	inject("slow_tile_ms", 0);
	for (int i = 0; i < SESSIONS; i++) {
		must(npu_session_wait(sessions[i], NPU_WAIT_FOREVER, &error));
		assert_memory_equal(npu_session_output(sessions[i], 0),
				    npu_session_output(sessions[0], 0), bytes);
	}
	for (int i = 0; i < SESSIONS; i++)
		npu_session_free(sessions[i]);
	npu_model_free(model);
	npu_device_close(dev);
}

static void refuses_bad_programs(void **state)
{
	struct artefact a = artefact_create(4, 4, 4);
	struct artefact_program *p = artefact_contents(&a, NPU_SECTION_PROGRAM);
	struct npu_device *dev = open_kernel();
	struct npu_program *program = NULL;

	p->ops[OP_CONV].in[0].slot = 60;
	must_fail(npu_program_create(dev, p, sizeof(*p), &program, &error), -ENOEXEC,
		  "program refused: op 1, input 0: the operand names a slot that");
	assert_null(program);
	npu_device_close(dev);
	artefact_free(&a);
}

static void shares_buffers(void **state)
{
	struct npu_device *dev = open_kernel();
	struct npu_bo *bo = NULL;
	uint8_t *shared;
	void *data;
	int fd;

	must_fail(npu_bo_create(dev, 0, &bo, &error), -EINVAL, "buffer of 0 bytes");
	must(npu_bo_create(dev, 5000, &bo, &error));
	assert_int_equal(npu_bo_size(bo), 8192);
	must(npu_bo_map(bo, &data, &error));
	must(npu_bo_export(bo, &fd, &error));
	shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	((uint8_t *)data)[4999] = 42;
	assert_int_equal(shared[4999], 42);
	munmap(shared, 8192);
	close(fd);
	must(npu_bo_wait(bo, 0, &error));
	npu_bo_free(bo);
	npu_device_close(dev);
}

static void shares_what_is_imported(void **state)
{
	struct npu_device *dev = open_kernel(), *other = open_kernel();
	struct npu_bo *bo, *own = NULL, *import[2] = { NULL, NULL };
	struct npu_limits limits;
	void *from, *to;
	int fd;

	must(npu_bo_create(dev, 8192, &bo, &error));
	must(npu_bo_map(bo, &from, &error));
	must(npu_bo_export(bo, &fd, &error));
	/* One buffer, however often it comes back. */
	must(npu_bo_import(dev, fd, &own, &error));
	assert_ptr_equal(own, bo);
	for (int i = 0; i < 2; i++)
		must(npu_bo_import(other, fd, &import[i], &error));
	assert_ptr_equal(import[0], import[1]);
	close(fd);
	memset(from, 17, 8192);
	npu_bo_free(own);
	npu_bo_free(bo);
	npu_bo_free(import[0]);
	assert_int_equal(npu_bo_size(import[1]), 8192);
	must(npu_bo_map(import[1], &to, &error));
	assert_int_equal(((uint8_t *)to)[8191], 17);
	npu_bo_free(import[1]);

	must_fail(npu_bo_import(dev, 0, &import[0], &error), -EINVAL, "is no dma-buf");
	if (older_driver_minor() < 2) {
		must_fail(npu_device_limits(dev, &limits, &error), -EOPNOTSUPP,
			  "its driver tells no limits; load a newer one");
	} else {
		must(npu_device_limits(dev, &limits, &error));
		assert_true(limits.memory.max > 0 && limits.queue_depth > 0);
	}
	npu_device_close(dev);
	npu_device_close(other);
}

static void tells_what_became_of_a_hung_job(void **state)
{
	const struct npu_session_options options = { .timeout_ms = 200 };
	struct npu_device *dev = open_kernel();
	struct npu_model *model = load(8, 16);
	struct npu_session *guilty, *innocent = create(dev, model);

	/* the next job that starts, in its record of the convolution */
	inject("hang_op", OP_CONV);
	must(npu_session_create(dev, model, &options, &guilty, &error));
	must_fail(npu_session_run(guilty, &error), -ETIME,
		  "job: it hung and was cancelled; its context takes no more jobs");
	must_fail(npu_session_run(guilty, &error), -EIO, "submit: a job of this context hung");
	must(npu_session_run(innocent, &error));
	npu_session_free(guilty);
	npu_session_free(innocent);
	npu_model_free(model);
	npu_device_close(dev);
}

static void counts_jobs(void **state)
{
	const struct npu_context_options options = { .priority = NPU_PRIORITY_LOW,
						     .timeout_ms = 500 };
	struct artefact a = artefact_create(8, 8, 4);
	struct npu_device *dev = open_kernel();
	struct npu_context_status status;
	struct npu_binding bindings[SLOTS];
	struct npu_fence *fences[2];
	struct npu_job job = { .bindings = bindings, .binding_count = SLOTS };
	struct npu_context *context;

	must(npu_program_create(dev, artefact_contents(&a, NPU_SECTION_PROGRAM),
				sizeof(struct artefact_program), &job.program, &error));
	must(npu_context_create(dev, &options, &context, &error));
	for (int i = 0; i < SLOTS; i++) {
		bindings[i] = (struct npu_binding){
			.size = npu_program_info(job.program)->slots[i].bytes,
		};
		must(npu_bo_create(dev, bindings[i].size, &bindings[i].bo, &error));
	}
	for (int i = 0; i < 2; i++)
		must(npu_fence_create(dev, &fences[i], &error));
	job.signal = fences[0];
	must(npu_submit(context, &job, &error));
	job.waits = fences;
	job.wait_count = 1;
	job.signal = fences[1];
	must(npu_submit(context, &job, &error));
	must(npu_fence_wait(fences[1], 60000, &error));
	must(npu_fence_wait(fences[0], 0, &error));
	must(npu_context_query(context, &status, &error));
	assert_int_equal(status.submitted, 2);
	assert_int_equal(status.completed, 2);
	assert_int_equal(status.failed, 0);
	assert_false(status.guilty);

	for (int i = 0; i < SLOTS; i++)
		npu_bo_free(bindings[i].bo);
	npu_fence_free(fences[0]);
	npu_fence_free(fences[1]);
	npu_context_free(context);
	npu_program_free(job.program);
	npu_device_close(dev);
	artefact_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_what_is_imported),
		cmocka_unit_test(describes_itself),
		cmocka_unit_test(gives_the_same_bits_as_sim),
		cmocka_unit_test(asks_an_older_driver_once),
		cmocka_unit_test(counts_as_sim),
		cmocka_unit_test(allocates_what_it_says),
		cmocka_unit_test(runs_single_layers),
		cmocka_unit_test(runs_in_the_background),
		cmocka_unit_test(queues_many_sessions),
		cmocka_unit_test(refuses_bad_programs),
		cmocka_unit_test(shares_buffers),
		cmocka_unit_test(tells_what_became_of_a_hung_job),
		cmocka_unit_test(counts_jobs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the kernel's device", tests, NULL, NULL);
}
