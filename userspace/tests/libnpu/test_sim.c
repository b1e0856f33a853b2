// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The sim device: opening, memory, programs, jobs and fences. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../driver/tests/firmware_cases.h"
#include "artefact.h"
#include "npu.h"
#include "npum_target.h"

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

static struct npu_device *open_sim(uint32_t threads)
{
	const struct npu_device_options options = { .threads = threads };
	struct npu_device *dev = NULL;

	must(npu_device_open("sim:generic", &options, &dev, &error));
	return dev;
}

/* Everything that a job of the sample model needs. */
struct bench {
	struct npu_device *dev;
	struct npu_program *program;
	struct npu_context *context;
	struct npu_fence *fence;
	struct npu_binding bindings[SLOTS];
	struct npu_job job;
};

static struct bench bench_open(uint32_t threads, uint32_t side, uint32_t channels)
{
	struct artefact a = artefact_create(side, side, channels);
	struct bench b = { .dev = open_sim(threads) };

	must(npu_program_create(b.dev, artefact_contents(&a, NPU_SECTION_PROGRAM),
				sizeof(struct artefact_program), &b.program, &error));
	must(npu_context_create(b.dev, NULL, &b.context, &error));
	must(npu_fence_create(b.dev, &b.fence, &error));
	for (int i = 0; i < SLOTS; i++) {
		b.bindings[i].size = npu_program_info(b.program)->slots[i].bytes;
		must(npu_bo_create(b.dev, b.bindings[i].size, &b.bindings[i].bo, &error));
	}
	b.job = (struct npu_job){
		.program = b.program,
		.binding_count = SLOTS,
		.signal = b.fence,
	};
	artefact_free(&a);
	return b;
}

static void bench_close(struct bench *b)
{
	for (int i = 0; i < SLOTS; i++)
		npu_bo_free(b->bindings[i].bo);
	npu_fence_free(b->fence);
	npu_context_free(b->context);
	npu_program_free(b->program);
	npu_device_close(b->dev);
}

/* The bench is passed by value; its job points into whoever holds it. */
static int submit(struct bench *b)
{
	b->job.bindings = b->bindings;
	return npu_submit(b->context, &b->job, &error);
}

static void opens_what_it_is_told(void **state)
{
	static const struct {
		const char *spec;
		uint32_t threads;
		int code;
		const char *text;
	} cases[] = {
		{ "sim:generic", 65, -EINVAL, "sim: 65 threads: 1 to 64 are possible" },
		{ "sim:mmx", 0, -EINVAL, "sim:mmx: unknown instruction set; use generic, avx2 or" },
		{ "sim:", 0, -EINVAL, "sim:: unknown instruction set" },
		{ "gpu", 0, -EINVAL, "device 'gpu': unknown; use auto, sim, sim:generic" },
		{ "", 0, -EINVAL, "device '': unknown" },
		{ "/dev/accel/accel99", 0, -ENOENT, "no such device node; load the module with" },
		{ "/dev/null", 0, -ENODEV, "/dev/null: not a DRM device" },
	};
	struct npu_device *dev = NULL;
	const struct npu_device_info *info;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct npu_device_options options = { .threads = cases[i].threads };

		must_fail(npu_device_open(cases[i].spec, &options, &dev, &error), cases[i].code,
			  cases[i].text);
		assert_null(dev);
	}

	must(npu_device_open("sim", NULL, &dev, &error));
	info = npu_device_info(dev);
	assert_int_equal(info->kind, NPU_DEVICE_SIM);
	assert_memory_equal(info->name, "sim:", 4);
	assert_memory_equal(info->isa, "generic", 7);
	assert_string_equal(info->choice, "");
	assert_int_equal(info->cores, 1);
	assert_true(info->workers >= 1 && info->workers <= 64);
	assert_true(info->personality_count >= 2);
	assert_string_equal(info->personalities[0].name, "tflite-ref");
	assert_int_equal(info->personalities[0].id, VNPU_PERSONALITY_TFLITE_REF);
	npu_device_close(dev);
	npu_device_close(NULL);
}

static void says_why_auto_took_it(void **state)
{
	struct npu_device *dev = NULL;
	const struct npu_device_info *info;

	must(npu_device_open(NULL, NULL, &dev, &error));
	info = npu_device_info(dev);
	if (info->kind == NPU_DEVICE_SIM)
		assert_memory_equal(info->choice, "no kernel device: ", 18);
	else
		assert_string_equal(info->choice, "first accel device driven by vnpu");
	npu_device_close(dev);
}

static void gives_zeroed_memory_that_can_be_shared(void **state)
{
	struct npu_device *dev = open_sim(1);
	struct npu_bo *bo = NULL;
	uint8_t *data, *shared;
	void *map;
	int fd;

	must_fail(npu_bo_create(dev, 0, &bo, &error), -EINVAL, "buffer of 0 bytes: the device");
	must_fail(npu_bo_create(dev, UINT64_MAX, &bo, &error), -EINVAL, "the device takes 1 to");
	must(npu_bo_create(dev, 5000, &bo, &error));
	assert_int_equal(npu_bo_size(bo), 8192);
	must(npu_bo_map(bo, &map, &error));
	data = map;
	for (size_t i = 0; i < 8192; i++)
		assert_int_equal(data[i], 0);

	must(npu_bo_export(bo, &fd, &error));
	shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	data[4999] = 42;
	assert_int_equal(shared[4999], 42);
	munmap(shared, 8192);
	close(fd);
	must(npu_bo_wait(bo, 0, &error));
	npu_bo_free(bo);
	npu_device_close(dev);
}

static void shares_what_is_imported(void **state)
{
	struct npu_device *dev = open_sim(1), *other = open_sim(1);
	int plain = memfd_create("test", MFD_CLOEXEC);
	struct npu_bo *bo, *import = NULL;
	void *from, *to;
	int fd;

	must(npu_bo_create(dev, 8192, &bo, &error));
	must(npu_bo_map(bo, &from, &error));
	must(npu_bo_export(bo, &fd, &error));
	must(npu_bo_import(other, fd, &import, &error));
	close(fd);
	assert_int_equal(npu_bo_size(import), 8192);
	must(npu_bo_map(import, &to, &error));
	memset(from, 17, 8192);
	npu_bo_free(bo);
	assert_int_equal(((uint8_t *)to)[8191], 17);
	npu_bo_free(import);

	/* What could become shorter under a job, what is empty, what is no file. */
	assert_int_equal(ftruncate(plain, 4096), 0);
	must_fail(npu_bo_import(other, plain, &import, &error), -EINVAL, "no memfd with bytes");
	close(plain);
	must_fail(npu_bo_import(other, plain, &import, &error), -EINVAL, "no memfd with bytes");
	must_fail(npu_device_limits(dev, &(struct npu_limits){ 0 }, &error), -EOPNOTSUPP,
		  "has no limits");
	npu_device_close(dev);
	npu_device_close(other);
}

static void refuses_bad_programs(void **state)
{
	struct artefact a = artefact_create(4, 4, 4);
	struct artefact_program *p = artefact_contents(&a, NPU_SECTION_PROGRAM);
	struct npu_device *dev = open_sim(1);
	struct npu_program *program = NULL;

	must_fail(npu_program_create(dev, p, 3, &program, &error), -ENOEXEC,
		  "sim:generic: program refused: header: ");
	must_fail(npu_program_create(dev, p, SIZE_MAX, &program, &error), -ENOEXEC,
		  "the device takes 1 to 16777216");
	p->ops[OP_CONV].in[0].slot = 60;
	must_fail(npu_program_create(dev, p, sizeof(*p), &program, &error), -ENOEXEC,
		  "program refused: op 1, input 0: the operand names a slot that");
	assert_null(program);
	npu_device_close(dev);
	artefact_free(&a);
}

/* A file of an arithmetic that is not here can be read; what the device has it says itself. */
static void says_which_arithmetic_is_missing(void **state)
{
	static const struct {
		uint32_t personality;
		uint64_t digest;
		uint32_t of_op;
		const char *text;
	} cases[] = {
		{ 1000, 0, 0,
		  "refused: it wants personality 1000; the device's firmware (built-in, " },
		{ 1000, 0xabc, 0, "it wants personality 1000 of digest 0000000000000abc; the " },
		{ 1000, 0xabc, 0, " has only tflite-ref, tflite-single, " },
		{ 1000, 0, 0, ": compile the model for one of these, or load firmware with that " },
		{ 1, 0xabc, 0,
		  "it is compiled for personality 1 of digest 0000000000000abc; the " },
		{ 1, 0xabc, 0, " has tflite-ref of digest " },
		{ 1, 0xabc, 0, ": compile the model again for this device, or load the firmware " },
		{ 1, 0, 77, "it wants personality 77; the " },
	};
	struct npu_device *dev = open_sim(1);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct artefact a = artefact_create(4, 4, 4);
		struct artefact_program *p = artefact_contents(&a, NPU_SECTION_PROGRAM);
		struct npu_program *program = NULL;
		struct npu_model *model = NULL;

		p->header.personality = cases[i].personality;
		p->header.personality_digest = cases[i].digest;
		p->ops[OP_CONV].personality = cases[i].of_op;
		must_fail(npu_program_create(dev, p, sizeof(*p), &program, &error), -ENOEXEC,
			  cases[i].text);
		artefact_seal(&a);
		must(npu_model_load("sample.npu", a.data, a.size, &model, &error));
		npu_model_free(model);
		artefact_free(&a);
	}
	npu_device_close(dev);
}

/* A program of one COPY between on-chip memory and a buffer, either way. */
struct l1_program {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slots[2];
	struct vnpu_op op;
};

static struct l1_program l1_program(bool write, uint32_t bytes)
{
	const struct vnpu_tensor row = {
		.dtype = VNPU_DTYPE_UINT8,
		.shape = { 1, 1, 1, bytes },
		.stride = { bytes, bytes, bytes, 1 },
	};
	struct l1_program p = {
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = sizeof(p),
			.personality = VNPU_PERSONALITY_TFLITE_REF,
			.slot_offset = offsetof(struct l1_program, slots),
			.slot_count = 2,
			.slot_size = sizeof(struct vnpu_slot_desc),
			.op_offset = offsetof(struct l1_program, op),
			.op_count = 1,
			.op_size = sizeof(struct vnpu_op),
		},
		.slots = {
			{ VNPU_SLOT_L1, bytes },
			{ write ? VNPU_SLOT_INPUT : VNPU_SLOT_OUTPUT, bytes },
		},
		.op = { .opcode = VNPU_OP_COPY, .in = { row }, .out = row },
	};

	p.op.in[0].slot = write;
	p.op.out.slot = !write;
	return p;
}

/* Put @value into all of on-chip memory, or read all of it; returns the last byte. */
static uint8_t copy_l1(struct npu_device *dev, struct npu_context *context, bool write,
		       uint8_t value)
{
	uint32_t bytes = npu_device_target(dev)->l1_bytes;
	struct l1_program p = l1_program(write, bytes);
	struct npu_binding bindings[2] = { { 0 }, { .size = bytes } };
	struct npu_job job = { .bindings = bindings, .binding_count = 2 };
	struct npu_program *program = NULL;
	void *data = NULL;
	uint8_t last;

	must(npu_program_create(dev, &p, sizeof(p), &program, &error));
	must(npu_bo_create(dev, bytes, &bindings[1].bo, &error));
	must(npu_bo_map(bindings[1].bo, &data, &error));
	memset(data, value, bytes);
	job.program = program;
	must(npu_submit(context, &job, &error));
	must(npu_bo_wait(bindings[1].bo, NPU_WAIT_FOREVER, &error));
	for (uint32_t i = 0; i < bytes; i++)
		assert_int_equal(((uint8_t *)data)[i], *(uint8_t *)data);
	last = ((uint8_t *)data)[bytes - 1];
	npu_bo_free(bindings[1].bo);
	npu_program_free(program);
	return last;
}

static void wipes_on_chip_memory_between_contexts(void **state)
{
	struct npu_device *dev = open_sim(2);
	struct npu_context *one = NULL, *other = NULL;

	must(npu_context_create(dev, NULL, &one, &error));
	must(npu_context_create(dev, NULL, &other, &error));
	copy_l1(dev, one, true, 0x5a);
	/* That it is still there for the same context shows that the next line can fail. */
	assert_int_equal(copy_l1(dev, one, false, 1), 0x5a);
	assert_int_equal(copy_l1(dev, other, false, 1), 0);
	copy_l1(dev, other, true, 0xa5);
	assert_int_equal(copy_l1(dev, one, false, 1), 0);
	/* A context that has the address of one that is gone is another one. */
	copy_l1(dev, one, true, 0x33);
	npu_context_free(one);
	must(npu_context_create(dev, NULL, &one, &error));
	assert_int_equal(copy_l1(dev, one, false, 1), 0);
	npu_context_free(one);
	npu_context_free(other);
	npu_device_close(dev);
}

static void refuses_more_on_chip_memory_than_there_is(void **state)
{
	struct npu_device *dev = open_sim(1);
	uint32_t bytes = npu_device_target(dev)->l1_bytes;
	struct l1_program p = l1_program(true, bytes + 1);
	struct npu_binding bindings[2] = { { .size = bytes }, { .size = bytes } };
	struct npu_job job = { .bindings = bindings, .binding_count = 2 };
	struct npu_context *context = NULL;
	struct npu_program *program = NULL;

	must_fail(npu_program_create(dev, &p, sizeof(p), &program, &error), -ENOEXEC,
		  "slot 0, record: the slot is larger than");
	p = l1_program(true, bytes);
	must(npu_program_create(dev, &p, sizeof(p), &program, &error));
	must(npu_context_create(dev, NULL, &context, &error));
	must(npu_bo_create(dev, bytes, &bindings[0].bo, &error));
	must(npu_bo_create(dev, bytes, &bindings[1].bo, &error));
	job.program = program;
	must_fail(npu_submit(context, &job, &error), -EINVAL, "on-chip memory is the device's");
	npu_bo_free(bindings[0].bo);
	npu_bo_free(bindings[1].bo);
	npu_context_free(context);
	npu_program_free(program);
	npu_device_close(dev);
}

static void summarises_programs(void **state)
{
	static const struct npu_slot_info expected[] = {
		[SLOT_CONST] = { VNPU_SLOT_CONST, true, false, 0 },
		[SLOT_TEMP] = { VNPU_SLOT_TEMP, true, true, 0 },
		[SLOT_IN] = { VNPU_SLOT_INPUT, true, false, 8 * 8 * 4 },
		[SLOT_OUT] = { VNPU_SLOT_OUTPUT, true, true, 2 * 8 * 8 * 4 },
	};
	struct bench b = bench_open(1, 8, 4);
	const struct npu_program_info *info = npu_program_info(b.program);

	assert_int_equal(info->op_count, OPS);
	assert_int_equal(info->slot_count, SLOTS);
	assert_int_equal(info->macs, 8 * 8 * 4 * 9 * 4);
	for (int i = 0; i < SLOTS; i++) {
		assert_int_equal(info->slots[i].kind, expected[i].kind);
		assert_int_equal(info->slots[i].used, expected[i].used);
		assert_int_equal(info->slots[i].written, expected[i].written);
		if (expected[i].bytes)
			assert_int_equal(info->slots[i].bytes, expected[i].bytes);
	}
	bench_close(&b);
}

static void refuses_bad_jobs(void **state)
{
	struct npu_device *other = open_sim(1);
	struct bench b = bench_open(1, 8, 4);
	struct npu_binding good = b.bindings[SLOT_IN];
	struct npu_fence *unused, *foreign, *waits[NPU_MAX_WAITS + 1];
	struct npu_bo *alien;

	must(npu_fence_create(b.dev, &unused, &error));
	must(npu_fence_create(other, &foreign, &error));
	must(npu_bo_create(other, 4096, &alien, &error));

	b.job.binding_count = SLOTS - 1;
	must_fail(submit(&b), -EINVAL, "job: 3 bindings for a program of 4 slots");
	b.job.binding_count = SLOTS;
	b.bindings[SLOT_IN].bo = NULL;
	must_fail(submit(&b), -EINVAL, "slot 2 (256 bytes of 256): the program uses it, but");
	b.bindings[SLOT_IN].bo = alien;
	must_fail(submit(&b), -EINVAL, "its buffer belongs to another device");
	b.bindings[SLOT_IN] = good;
	b.bindings[SLOT_IN].size = 255;
	must_fail(submit(&b), -EINVAL, "slot 2 (255 bytes of 256): it is smaller than");
	b.bindings[SLOT_IN] = good;
	b.bindings[SLOT_IN].offset = 32;
	must_fail(submit(&b), -EINVAL, "its offset is not a multiple of 64");
	b.bindings[SLOT_IN].offset = 3904;
	must_fail(submit(&b), -EINVAL, "it reaches beyond its buffer");
	b.bindings[SLOT_IN].offset = UINT64_MAX - 63;
	must_fail(submit(&b), -EINVAL, "it reaches beyond its buffer");
	b.bindings[SLOT_IN] = good;

	for (size_t i = 0; i <= NPU_MAX_WAITS; i++)
		waits[i] = unused;
	b.job.waits = waits;
	b.job.wait_count = NPU_MAX_WAITS + 1;
	must_fail(submit(&b), -EINVAL, "job: waits for 17 fences, 16 at the most");
	b.job.wait_count = 1;
	must_fail(submit(&b), -EINVAL, "fence 0 to wait for has no job on this device");
	b.job.wait_count = 0;
	b.job.signal = foreign;
	must_fail(submit(&b), -EINVAL, "the fence to signal belongs to another device");
	b.job.signal = b.fence;
	b.job.profile = b.bindings[SLOT_IN].bo;
	b.job.profile_offset = 4096 - 32;
	must_fail(submit(&b), -EINVAL, "job: profile of 64 bytes: its offset is not a multiple");
	b.job.profile_offset = 4096;
	must_fail(submit(&b), -EINVAL, "job: profile of 64 bytes: it reaches beyond");
	b.job.profile = NULL;
	b.job.counters = true;
	must_fail(submit(&b), -EINVAL, "job: counters of 320 bytes: they go into the profile, but");
	b.job.profile = b.bindings[SLOT_IN].bo;
	b.job.profile_offset = 0;
	b.job.counters_offset = 32;
	must_fail(submit(&b), -EINVAL, "job: counters of 320 bytes: its offset is not a multiple");
	b.job.counters_offset = 4096 - 64;
	must_fail(submit(&b), -EINVAL, "job: counters of 320 bytes: it reaches beyond");

	must_fail(npu_fence_wait(b.fence, 0, &error), -EINVAL, "no job was submitted with it");
	npu_bo_free(alien);
	npu_fence_free(unused);
	npu_fence_free(foreign);
	npu_device_close(other);
	bench_close(&b);
}

static void refuses_bad_contexts(void **state)
{
	const struct npu_context_options options = { .priority = (enum npu_priority)7 };
	struct npu_device *dev = open_sim(1);
	struct npu_context *context = NULL;

	must_fail(npu_context_create(dev, &options, &context, &error), -EINVAL,
		  "context: priority 7 is unknown");
	npu_device_close(dev);
}

/* Slow jobs on one thread: the first is still running when the last is queued. */
static void queues_jobs_in_order(void **state)
{
	enum { JOBS = 100 };
	struct bench b = bench_open(1, 32, 16);
	struct npu_context_status status;
	struct npu_fence *first;
	struct pollfd poller = { .events = POLLIN };

	must(npu_fence_create(b.dev, &first, &error));
	b.job.signal = first;
	must(submit(&b));
	b.job.waits = &first;
	b.job.wait_count = 1;
	b.job.signal = b.fence;
	for (int i = 1; i < JOBS; i++)
		must(submit(&b));
	must_fail(npu_bo_wait(b.bindings[SLOT_OUT].bo, 0, &error), -ETIMEDOUT, "still use it");
	must_fail(npu_fence_wait(b.fence, 0, &error), -ETIMEDOUT, "not done yet");
	must_fail(npu_fence_wait(b.fence, 1, &error), -ETIMEDOUT, "not done yet");
	must(npu_fence_export(b.fence, &poller.fd, &error));
	assert_int_equal(poll(&poller, 1, 0), 0);

	assert_int_equal(poll(&poller, 1, 60000), 1);
	must(npu_fence_wait(first, 0, &error));
	must(npu_fence_wait(b.fence, NPU_WAIT_FOREVER, &error));
	must(npu_bo_wait(b.bindings[SLOT_OUT].bo, 0, &error));
	must(npu_context_query(b.context, &status, &error));
	assert_int_equal(status.submitted, JOBS);
	assert_int_equal(status.completed, JOBS);
	assert_int_equal(status.failed, 0);
	assert_false(status.guilty);
	assert_int_equal(status.fault_op, UINT32_MAX);
	assert_true(status.busy_ns > 0);
	close(poller.fd);
	npu_fence_free(first);
	bench_close(&b);
}

static void releases_objects_of_jobs_in_flight(void **state)
{
	struct bench b = bench_open(2, 48, 32);

	for (int i = 0; i < 10; i++)
		must(submit(&b));
	bench_close(&b);
}

/* With an image the device has what that says, and nothing else. */
static void takes_firmware(void **state)
{
	struct firmware_image image = firmware_valid;
	struct npu_device_options options = {
		.threads = 1,
		.firmware = &image,
		.firmware_size = sizeof(image),
		.firmware_name = "test.fw",
	};
	struct artefact a = artefact_create(4, 4, 4);
	const struct npu_device_info *info;
	struct npu_program *program;
	struct npu_device *dev;

	(void)state;
	must_fail(npu_device_open("sim:generic", &options, &dev, &error), -ENOEXEC,
		  "test.fw: the image's checksum is wrong: it is damaged (byte 12)");
	must_fail(npu_device_open("/dev/accel/accel0", &options, &dev, &error), -EINVAL,
		  "takes no firmware image when it is opened");
	firmware_seal(&image);
	must(npu_device_open("auto", &options, &dev, &error));
	memset(&image, 0, sizeof(image));
	info = npu_device_info(dev);
	assert_int_equal(info->kind, NPU_DEVICE_SIM);
	assert_string_equal(info->choice, "only sim takes a firmware image");
	assert_int_equal(info->personality_count, 2);
	assert_string_equal(info->personalities[0].name, "one");
	assert_int_equal(info->personalities[1].id, 1001);
	assert_false(info->firmware.built_in);
	assert_string_equal(info->firmware.version, "test 1.0!");
	assert_string_equal(info->firmware.file, "test.fw");
	assert_string_equal(info->firmware.target, "small");
	assert_int_equal(npu_device_personalities(dev)->count, 2);
	assert_int_equal(npu_device_target(dev)->max_kernel, 11);
	must_fail(npu_program_create(dev, artefact_contents(&a, NPU_SECTION_PROGRAM),
				     sizeof(struct artefact_program), &program, &error),
		  -ENOEXEC, "it wants personality 1");
	npu_device_close(dev);
	artefact_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_what_is_imported),
		cmocka_unit_test(opens_what_it_is_told),
		cmocka_unit_test(says_why_auto_took_it),
		cmocka_unit_test(takes_firmware),
		cmocka_unit_test(gives_zeroed_memory_that_can_be_shared),
		cmocka_unit_test(refuses_bad_programs),
		cmocka_unit_test(says_which_arithmetic_is_missing),
		cmocka_unit_test(summarises_programs),
		cmocka_unit_test(wipes_on_chip_memory_between_contexts),
		cmocka_unit_test(refuses_more_on_chip_memory_than_there_is),
		cmocka_unit_test(refuses_bad_jobs),
		cmocka_unit_test(refuses_bad_contexts),
		cmocka_unit_test(queues_jobs_in_order),
		cmocka_unit_test(releases_objects_of_jobs_in_flight),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the sim device", tests, NULL, NULL);
}
