// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Sessions on the sim device. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "artefact.h"
#include "npu.h"

/*
 * The linker sends the library's allocations through these, so that a test can
 * count them and let one fail (-Wl,--wrap in userspace/build.mk).
 */
static atomic_uint allocations;
static atomic_uint failing = UINT_MAX;

#define COUNTED(name, params, args)                               \
	void *__real_##name params;                               \
	void *__wrap_##name params;                               \
	void *__wrap_##name params                                \
	{                                                         \
		if (atomic_fetch_add(&allocations, 1) == failing) \
			return NULL;                              \
		return __real_##name args;                        \
	}

COUNTED(malloc, (size_t size), (size))
COUNTED(calloc, (size_t count, size_t size), (count, size))
COUNTED(realloc, (void *old, size_t size), (old, size))
COUNTED(aligned_alloc, (size_t align, size_t size), (align, size))

/* A device, a model and a session on them. */
struct bench {
	struct npu_device *dev;
	struct npu_model *model;
	struct npu_session *session;
};

static struct npu_error error;

static void must(int rc)
{
	if (rc)
		fail_msg("%d: %s", rc, error.text);
}

static struct npu_device *open_sim(const char *spec, uint32_t threads)
{
	const struct npu_device_options options = { .threads = threads };
	struct npu_device *dev = NULL;

	must(npu_device_open(spec, &options, &dev, &error));
	return dev;
}

static struct npu_model *load(uint32_t h, uint32_t w, uint32_t c)
{
	struct artefact a = artefact_create(h, w, c);
	struct npu_model *model = NULL;

	must(npu_model_load("sample.npu", a.data, a.size, &model, &error));
	artefact_free(&a);
	return model;
}

static struct npu_session *create(struct npu_device *dev, const struct npu_model *model,
				  bool profile)
{
	const struct npu_session_options options = { .profile = profile };
	struct npu_session *session = NULL;

	must(npu_session_create(dev, model, &options, &session, &error));
	return session;
}

static struct bench bench_open(const char *spec, uint32_t threads, uint32_t side, uint32_t c)
{
	struct bench b;

	b.dev = open_sim(spec, threads);
	b.model = load(side, side, c);
	b.session = create(b.dev, b.model, true);
	return b;
}

static void bench_close(struct bench *b)
{
	npu_session_free(b->session);
	npu_model_free(b->model);
	npu_device_close(b->dev);
}

static void fill_input(struct npu_session *session, const struct npu_model *model, uint32_t seed)
{
	uint8_t *input = npu_session_input(session, 0);

	for (uint32_t i = 0; i < npu_model_input(model, 0)->bytes; i++) {
		seed = seed * 1664525 + 1013904223;
		input[i] = (uint8_t)(seed >> 24);
	}
}

static const uint8_t *tensor(struct npu_session *session, enum artefact_tensor id, size_t *bytes)
{
	void *data = NULL;

	assert_int_equal(npu_session_tensor(session, id, &data, bytes), 0);
	return data;
}

/* Bytes of all memory that sim has made for buffers in this process. */
static uint64_t buffer_memory(void)
{
	uint64_t sum = 0;
	glob_t found;

	assert_int_equal(glob("/proc/self/fd/*", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char target[64] = "";
		struct stat s;

		if (readlink(found.gl_pathv[i], target, sizeof(target) - 1) > 0 &&
		    strstr(target, "npu-sim-bo") && !stat(found.gl_pathv[i], &s))
			sum += (uint64_t)s.st_size;
	}
	globfree(&found);
	return sum;
}

static void allocates_what_it_says(void **state)
{
	struct bench b = bench_open("sim", 1, 40, 16);
	struct npu_session *session = NULL;
	uint64_t before = buffer_memory();

	must(npu_session_create(b.dev, b.model, NULL, &session, &error));
	assert_int_equal(npu_session_bytes(session), npu_model_info(b.model)->device_bytes);
	assert_int_equal(buffer_memory() - before, npu_session_bytes(session));
	/* Beside the slots: the one with a profile has that, too. */
	assert_true(npu_session_bytes(b.session) > npu_session_bytes(session));
	assert_int_equal(before, npu_session_bytes(b.session));
	npu_session_free(session);
	bench_close(&b);
}

static void runs_every_layer(void **state)
{
	struct bench b = bench_open("sim", 1, 8, 16);
	const uint8_t *input = npu_session_input(b.session, 0);
	const uint8_t *output = npu_session_output(b.session, 0);
	const uint8_t *mapped, *convolved;
	size_t bytes, varied = 0;

	fill_input(b.session, b.model, 7);
	must(npu_session_run(b.session, &error));

	mapped = tensor(b.session, ARTEFACT_MAPPED, &bytes);
	convolved = tensor(b.session, ARTEFACT_CONVOLVED, NULL);
	assert_int_equal(bytes, 8 * 8 * 16);
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(mapped[i], artefact_map(input[i]));
	for (size_t i = 1; i < bytes; i++)
		varied += convolved[i] != convolved[i - 1];
	assert_true(varied > bytes / 2);
	for (size_t pixel = 0; pixel < 8 * 8; pixel++) {
		assert_memory_equal(output + pixel * 32, mapped + pixel * 16, 16);
		assert_memory_equal(output + pixel * 32 + 16, convolved + pixel * 16, 16);
	}
	bench_close(&b);
}

static void gives_the_same_bits_on_any_number_of_threads_and_isa(void **state)
{
	static const char *const specs[] = { "sim:generic", "sim:avx2", "sim:avx512vnni" };
	struct bench reference = bench_open("sim:generic", 1, 48, 32);
	size_t bytes = npu_model_output(reference.model, 0)->bytes;

	fill_input(reference.session, reference.model, 3);
	must(npu_session_run(reference.session, &error));
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct npu_device *dev;

		if (npu_device_open(specs[i], NULL, &dev, NULL)) {
			print_message("# %s: not on this CPU\n", specs[i]);
			continue;
		}
		npu_device_close(dev);
		for (uint32_t threads = 1; threads <= 8; threads++) {
			struct bench b = bench_open(specs[i], threads, 48, 32);

			assert_int_equal(npu_device_info(b.dev)->workers, threads);
			fill_input(b.session, b.model, 3);
			for (int run = 0; run < 3; run++) {
				must(npu_session_run(b.session, &error));
				assert_memory_equal(npu_session_output(b.session, 0),
						    npu_session_output(reference.session, 0),
						    bytes);
			}
			bench_close(&b);
		}
	}
	bench_close(&reference);
}

static void runs_a_layer_on_what_memory_holds(void **state)
{
	struct bench b = bench_open("sim", 2, 8, 16);
	uint8_t *output = (uint8_t *)(uintptr_t)npu_session_output(b.session, 0);
	void *mapped, *convolved;
	size_t bytes;

	fill_input(b.session, b.model, 7);
	must(npu_session_run(b.session, &error));
	assert_int_equal(npu_session_tensor(b.session, ARTEFACT_MAPPED, &mapped, &bytes), 0);
	assert_int_equal(npu_session_tensor(b.session, ARTEFACT_CONVOLVED, &convolved, NULL), 0);

	memset(mapped, 0x11, bytes);
	memset(convolved, 0x22, bytes);
	must(npu_session_run_layer(b.session, ARTEFACT_CONCAT, &error));
	for (size_t i = 0; i < 2 * bytes; i++)
		assert_int_equal(output[i], i % 32 < 16 ? 0x11 : 0x22);

	must(npu_session_run_layer(b.session, ARTEFACT_RESHAPE, &error));
	must(npu_session_run_layer(b.session, ARTEFACT_LUT, &error));
	assert_int_equal(*(uint8_t *)mapped,
			 artefact_map(*(uint8_t *)npu_session_input(b.session, 0)));
	assert_int_equal(*(uint8_t *)convolved, 0x22);

	assert_int_equal(npu_session_run_layer(b.session, 4, &error), -EINVAL);
	assert_string_equal(error.text, "session: layer 4 of a model with 4");
	bench_close(&b);
}

static void all_are(const uint8_t *bytes, size_t count, uint8_t code)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(bytes[i], code);
}

/* Both internal tensors have zero point -3. */
static void keeps_state_until_it_is_reset(void **state)
{
	struct artefact a = artefact_create(8, 8, 16);
	struct bench b = { .dev = open_sim("sim", 2) };
	const uint8_t *mapped, *convolved;
	size_t bytes;

	artefact_keep(&a);
	must(npu_model_load("stateful.npu", a.data, a.size, &b.model, &error));
	artefact_free(&a);
	assert_int_equal(npu_model_tensor(b.model, ARTEFACT_MAPPED)->role, NPU_ROLE_STATE);
	b.session = create(b.dev, b.model, false);
	mapped = tensor(b.session, ARTEFACT_MAPPED, &bytes);
	convolved = tensor(b.session, ARTEFACT_CONVOLVED, NULL);
	all_are(mapped, bytes, (uint8_t)-3);
	all_are(convolved, bytes, (uint8_t)-3);
	memset(npu_session_input(b.session, 0), 7, bytes);
	must(npu_session_run_layer(b.session, ARTEFACT_LUT, &error));
	must(npu_session_run_layer(b.session, ARTEFACT_CONCAT, &error));
	all_are(mapped, bytes, artefact_map(7));
	all_are(convolved, bytes, (uint8_t)-3);
	must(npu_session_run(b.session, &error));
	must(npu_session_reset_state(b.session, &error));
	all_are(mapped, bytes, (uint8_t)-3);
	all_are(convolved, bytes, (uint8_t)-3);
	/* waits for a run in flight */
	must(npu_session_submit(b.session, &error));
	must(npu_session_reset_state(b.session, &error));
	all_are(mapped, bytes, (uint8_t)-3);
	bench_close(&b);
}

static void allocates_nothing_while_running(void **state)
{
	struct bench b = bench_open("sim", 2, 16, 16);
	unsigned int before;

	must(npu_session_run_layer(b.session, ARTEFACT_CONV, &error));
	before = atomic_load(&allocations);
	assert_int_not_equal(before, 0);
	for (int i = 0; i < 20; i++)
		must(npu_session_run(b.session, &error));
	must(npu_session_run_layer(b.session, ARTEFACT_CONV, &error));
	assert_int_equal(atomic_load(&allocations), before);
	bench_close(&b);
}

/* All that a program does to run a model, up to the first failure. */
static int use_everything(const struct artefact *a)
{
	const struct npu_device_options one = { .threads = 1 };
	const struct npu_session_options profile = { .profile = true };
	struct npu_device *dev = NULL;
	struct npu_model *model = NULL;
	struct npu_session *session = NULL;
	int rc = npu_device_open("auto", &one, &dev, &error);

	if (!rc)
		rc = npu_model_load("sample.npu", a->data, a->size, &model, &error);
	if (!rc)
		rc = npu_session_create(dev, model, &profile, &session, &error);
	if (!rc)
		rc = npu_session_run_layer(session, ARTEFACT_CONV, &error);
	npu_session_free(session);
	npu_model_free(model);
	npu_device_close(dev);
	return rc;
}

static void survives_each_failing_allocation(void **state)
{
	struct artefact a = artefact_create(8, 8, 16);
	unsigned int n = 0;
	int rc;

	for (;; n++) {
		memset(&error, 0, sizeof(error));
		atomic_store(&failing, atomic_load(&allocations) + n);
		rc = use_everything(&a);
		if (!rc)
			break;
		assert_int_equal(rc, -ENOMEM);
		assert_non_null(strstr(error.text, "memory"));
	}
	atomic_store(&failing, UINT_MAX);
	assert_true(n > 15);
	artefact_free(&a);
}

static void profiles_each_op(void **state)
{
	struct bench b = bench_open("sim", 2, 16, 16);
	struct npu_session *plain = create(b.dev, b.model, false);
	const struct npu_op_profile *profile;
	size_t count;

	must(npu_session_run(b.session, &error));
	profile = npu_session_profile(b.session, &count);
	assert_int_equal(count, OPS);
	for (size_t i = 0; i < count; i++) {
		assert_true(profile[i].start_ns <= profile[i].end_ns);
		assert_true(i == 0 || profile[i - 1].end_ns <= profile[i].start_ns);
	}
	assert_null(npu_session_profile(plain, &count));
	assert_int_equal(count, 0);
	npu_session_free(plain);
	bench_close(&b);
}

/* A counting session's counters after each of two runs; its output must be that of @b. */
static void count_on(const struct bench *b, uint32_t threads, struct npu_op_counters counters[OPS])
{
	const struct npu_session_options options = { .counters = true };
	struct npu_device *dev = open_sim("sim", threads);
	const struct npu_op_counters *told;
	struct npu_session *session = NULL;
	size_t count;

	must(npu_session_create(dev, b->model, &options, &session, &error));
	fill_input(session, b->model, 3);
	must(npu_session_run(session, &error));
	told = npu_session_counters(session, &count);
	assert_int_equal(count, OPS);
	memcpy(counters, told, OPS * sizeof(*told));
	assert_memory_equal(npu_session_output(session, 0), npu_session_output(b->session, 0),
			    npu_model_output(b->model, 0)->bytes);
	/* they are those of the last run, not a sum */
	must(npu_session_run(session, &error));
	assert_memory_equal(counters, told, OPS * sizeof(*told));
	npu_session_free(session);
	npu_device_close(dev);
}

static void counts_each_op(void **state)
{
	/* more tiles than workers */
	struct bench b = bench_open("sim", 1, 128, 64);
	struct npu_op_counters one[OPS], more[OPS];
	size_t count;

	fill_input(b.session, b.model, 3);
	must(npu_session_run(b.session, &error));
	count_on(&b, 1, one);
	for (uint32_t threads = 2; threads <= 8; threads += 3) {
		count_on(&b, threads, more);
		assert_memory_equal(one, more, sizeof(one));
	}
	for (size_t i = 0; i < OPS; i++)
		assert_true(one[i].clamped_low + one[i].clamped_high <= one[i].values);
	assert_true(one[OP_LUT].values && one[OP_CONV].values && !one[OP_COPY0].values);
	assert_true(one[OP_CONV].acc_bits > 8 && one[OP_CONV].acc_bits <= 32);
	assert_null(npu_session_counters(b.session, &count));
	assert_int_equal(count, 0);
	bench_close(&b);
}

static void runs_in_the_background(void **state)
{
	struct bench b = bench_open("sim", 1, 48, 32);
	struct pollfd poller = { .events = POLLIN };

	assert_int_equal(npu_session_poll_fd(b.session, &poller.fd, &error), -EINVAL);
	assert_string_equal(error.text + strlen(npu_device_info(b.dev)->name),
			    ": fence: no job was submitted with it");
	for (int i = 0; i < 3; i++) {
		must(npu_session_submit(b.session, &error));
		assert_int_equal(npu_session_submit(b.session, &error), -EBUSY);
		assert_string_equal(error.text, "session: a run is in flight; wait for it first");
		must(npu_session_poll_fd(b.session, &poller.fd, &error));
		assert_int_equal(poll(&poller, 1, 60000), 1);
		assert_int_equal(npu_session_wait(b.session, 0, &error), 0);
		assert_int_equal(npu_session_wait(b.session, 0, &error), 0);
		close(poller.fd);
	}
	must(npu_session_submit(b.session, &error));
	bench_close(&b);
}

struct worker {
	struct npu_device *dev;
	const struct npu_model *model;
	const uint8_t *expected;
	uint32_t seed;
	int rc;
	bool equal;
};

static void *use_session(void *arg)
{
	struct worker *w = arg;
	struct npu_session *session;

	w->rc = npu_session_create(w->dev, w->model, NULL, &session, NULL);
	if (w->rc)
		return NULL;
	fill_input(session, w->model, w->seed);
	w->equal = true;
	for (int i = 0; i < 10 && !w->rc; i++) {
		w->rc = npu_session_run(session, NULL);
		w->equal = w->equal && !memcmp(npu_session_output(session, 0), w->expected,
					       npu_model_output(w->model, 0)->bytes);
	}
	npu_session_free(session);
	return NULL;
}

static void shares_a_device_between_threads(void **state)
{
	enum { WORKERS = 4 };
	struct bench b = bench_open("sim", 3, 16, 16);
	size_t bytes = npu_model_output(b.model, 0)->bytes;
	uint8_t *expected[WORKERS];
	struct worker workers[WORKERS];
	pthread_t threads[WORKERS];

	for (uint32_t i = 0; i < WORKERS; i++) {
		fill_input(b.session, b.model, i);
		must(npu_session_run(b.session, &error));
		expected[i] = malloc(bytes);
		memcpy(expected[i], npu_session_output(b.session, 0), bytes);
		workers[i] = (struct worker){ b.dev, b.model, expected[i], i, 0, false };
	}
	for (uint32_t i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_session, &workers[i]), 0);
	for (uint32_t i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].rc, 0);
		assert_true(workers[i].equal);
		free(expected[i]);
	}
	bench_close(&b);
}

static void describes_the_model(void **state)
{
	struct npu_model *model = load(8, 4, 16);
	const struct npu_model_info *info = npu_model_info(model);
	const struct npu_tensor_info *output = npu_model_output(model, 0);
	const struct npu_layer_info *conv = npu_model_layer(model, ARTEFACT_CONV);

	assert_string_equal(info->name, "sample.tflite");
	assert_string_equal(info->compiler, "by hand");
	assert_string_equal(info->personality, "tflite-ref");
	assert_true(info->keep_all);
	assert_int_equal(info->macs, 8 * 4 * 16 * 9 * 16);
	assert_int_equal(info->input_count, 1);
	assert_int_equal(info->output_count, 1);
	assert_int_equal(info->tensor_count, 4);
	assert_int_equal(info->layer_count, 4);
	assert_int_equal(info->op_count, OPS);

	assert_int_equal(output->id, ARTEFACT_OUTPUT);
	assert_string_equal(output->name, "output");
	assert_string_equal(output->dtype_name, "int8");
	assert_int_equal(output->rank, 4);
	assert_int_equal(output->shape[1], 8);
	assert_int_equal(output->shape[3], 32);
	assert_int_equal(output->zero_point, -3);
	assert_true(output->scale == 0.5f);
	assert_string_equal(conv->type, "CONV_2D");
	assert_string_equal(conv->name, "convolved");
	assert_int_equal(conv->output, ARTEFACT_CONVOLVED);

	assert_null(npu_model_input(model, 1));
	assert_null(npu_model_output(model, 1));
	assert_null(npu_model_tensor(model, 4));
	assert_null(npu_model_layer(model, 4));
	npu_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocates_what_it_says),
		cmocka_unit_test(runs_every_layer),
		cmocka_unit_test(gives_the_same_bits_on_any_number_of_threads_and_isa),
		cmocka_unit_test(runs_a_layer_on_what_memory_holds),
		cmocka_unit_test(keeps_state_until_it_is_reset),
		cmocka_unit_test(allocates_nothing_while_running),
		cmocka_unit_test(survives_each_failing_allocation),
		cmocka_unit_test(profiles_each_op),
		cmocka_unit_test(counts_each_op),
		cmocka_unit_test(runs_in_the_background),
		cmocka_unit_test(shares_a_device_between_threads),
		cmocka_unit_test(describes_the_model),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("libnpu sessions", tests, NULL, NULL);
}
