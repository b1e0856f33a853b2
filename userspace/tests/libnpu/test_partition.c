// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Models in partitions on the sim device: the same bytes as in one job, and what is refused. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "artefact.h"
#include "npu.h"

#define SIDE 9u
#define CHANNELS 5u
#define IN_BYTES (SIDE * SIDE * CHANNELS)

#define DEVICE NPU_FILE_DEVICE
#define HOST NPU_FILE_HOST

static struct npu_error error;

static void must(int rc)
{
	if (rc)
		fail_msg("%d: %s", rc, error.text);
}

static struct npu_device *open_sim(const char *spec)
{
	const struct npu_device_options options = { .threads = 3 };
	struct npu_device *dev = NULL;

	must(npu_device_open(spec, &options, &dev, &error));
	return dev;
}

static struct npu_model *load(const struct artefact *a)
{
	struct npu_model *model = NULL;

	must(npu_model_load("m.npu", a->data, a->size, &model, &error));
	return model;
}

static struct npu_model *load_segments(const struct npu_file_segment *segments, uint32_t count)
{
	struct artefact a = artefact_create(SIDE, SIDE, CHANNELS);
	struct npu_model *model;

	artefact_partition(&a, segments, count, NULL, 0);
	model = load(&a);
	artefact_free(&a);
	return model;
}

/* What the model makes of a pattern, in @out of 2 * IN_BYTES. */
static void run(struct npu_device *dev, const struct npu_model *model, bool async, uint8_t *out)
{
	const struct npu_session_options options = { .profile = true, .counters = true };
	struct npu_session *session = NULL;
	uint8_t *in;
	const struct npu_op_profile *profile;
	const struct npu_op_counters *counters;
	size_t count;
	int fd;

	must(npu_session_create(dev, model, &options, &session, &error));
	in = npu_session_input(session, 0);
	for (uint32_t i = 0; i < IN_BYTES; i++)
		in[i] = (uint8_t)(i * 37 + i / 11);
	if (async) {
		struct pollfd ready = { .events = POLLIN };

		must(npu_session_submit(session, &error));
		must(npu_session_poll_fd(session, &fd, &error));
		assert_int_equal(npu_session_submit(session, &error), -EBUSY);
		assert_int_equal(npu_session_run(session, &error), -EBUSY);
		assert_int_equal(npu_session_run_layer(session, 0, &error), -EBUSY);
		ready.fd = fd;
		assert_int_equal(poll(&ready, 1, 10000), 1);
		must(npu_session_wait(session, 0, &error));
		close(fd);
	} else {
		must(npu_session_run(session, &error));
	}
	memcpy(out, npu_session_output(session, 0), 2 * IN_BYTES);
	profile = npu_session_profile(session, &count);
	assert_int_equal(count, OPS);
	for (size_t i = 0; i < count; i++)
		assert_true(profile[i].start_ns && profile[i].end_ns >= profile[i].start_ns &&
			    (!i || profile[i].start_ns >= profile[i - 1].end_ns));
	counters = npu_session_counters(session, &count);
	assert_int_equal(count, OPS);
	assert_int_equal(counters[OP_CONV].values, IN_BYTES);
	assert_int_equal(counters[OP_COPY1].values, 0);
	npu_session_free(session);
}

static const struct {
	const char *name;
	struct npu_file_segment segments[4];
	uint32_t count;
	uint32_t partitions;
} cuts[] = {
	{ "all on the host", { { 0, HOST, 0, OPS } }, 1, 1 },
	{ "device first", { { 0, DEVICE, 0, 2 }, { 1, HOST, 2, 2 } }, 2, 2 },
	{ "host first", { { 0, HOST, 0, 1 }, { 1, DEVICE, 1, 3 } }, 2, 2 },
	{ "host between", { { 0, DEVICE, 0, 1 }, { 1, HOST, 1, 1 }, { 2, DEVICE, 2, 2 } }, 3, 3 },
	{ "device in two segments",
	  { { 0, DEVICE, 0, 1 }, { 0, DEVICE, 1, 1 }, { 1, HOST, 2, 2 } },
	  3,
	  2 },
};

static void test_same_bytes(void **state)
{
	struct npu_device *dev = open_sim("sim");
	struct artefact a = artefact_create(SIDE, SIDE, CHANNELS);
	struct npu_model *whole = load(&a);
	uint8_t wanted[2 * IN_BYTES], found[2 * IN_BYTES];

	assert_int_equal(npu_model_info(whole)->partition_count, 1);
	assert_int_equal(npu_model_info(whole)->device_partition_count, 1);
	run(dev, whole, false, wanted);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct npu_model *model = load_segments(cuts[i].segments, cuts[i].count);

		assert_int_equal(npu_model_info(model)->partition_count, cuts[i].partitions);
		for (int async = 0; async < 2; async++) {
			memset(found, 0, sizeof(found));
			run(dev, model, async, found);
			if (memcmp(found, wanted, sizeof(found)))
				fail_msg("%s: other bytes", cuts[i].name);
		}
		npu_model_free(model);
	}
	npu_model_free(whole);
	artefact_free(&a);
	npu_device_close(dev);
}

static void test_layers(void **state)
{
	struct npu_device *dev = open_sim("sim:generic");
	struct npu_model *model = load_segments(cuts[3].segments, cuts[3].count);
	struct npu_session *session = NULL;
	uint8_t *in, wanted[2 * IN_BYTES];

	assert_int_equal(npu_model_layer(model, ARTEFACT_LUT)->place, NPU_PLACE_DEVICE);
	assert_int_equal(npu_model_layer(model, ARTEFACT_CONV)->place, NPU_PLACE_HOST);
	assert_int_equal(npu_model_layer(model, ARTEFACT_CONV)->partition, 1);
	assert_int_equal(npu_model_layer(model, ARTEFACT_RESHAPE)->partition, 1);
	assert_int_equal(npu_model_layer(model, ARTEFACT_CONCAT)->partition, 2);
	must(npu_session_create(dev, model, NULL, &session, &error));
	in = npu_session_input(session, 0);
	for (uint32_t i = 0; i < IN_BYTES; i++)
		in[i] = (uint8_t)(i * 7);
	must(npu_session_run(session, &error));
	memcpy(wanted, npu_session_output(session, 0), sizeof(wanted));
	memset((void *)(uintptr_t)npu_session_output(session, 0), 0, sizeof(wanted));
	for (size_t i = 0; i < npu_model_info(model)->layer_count; i++)
		must(npu_session_run_layer(session, i, &error));
	assert_memory_equal(wanted, npu_session_output(session, 0), sizeof(wanted));
	npu_session_free(session);
	npu_model_free(model);
	npu_device_close(dev);
}

static const struct {
	struct npu_file_segment segments[3];
	uint32_t count;
	const char *text;
} wrong[] = {
	{ { { 0, 3, 0, OPS } }, 1, "segment 0: place: unknown" },
	{ { { 0, 0, 0, OPS } }, 1, "segment 0: place: unknown" },
	{ { { 0, HOST, 1, OPS - 1 } }, 1, "segment 0: first_op: not the one behind" },
	{ { { 0, HOST, 0, 0 } }, 1, "segment 0: op_count: 0, or beyond" },
	{ { { 0, HOST, 0, OPS + 1 } }, 1, "segment 0: op_count: 0, or beyond" },
	{ { { 0, HOST, 0, UINT32_MAX } }, 1, "segment 0: op_count: 0, or beyond" },
	{ { { 0, HOST, 0, 1 } }, 1, "ops are left out" },
	{ { { 1, HOST, 0, OPS } }, 1, "segment 0: partition: neither" },
	{ { { UINT32_MAX, HOST, 0, OPS } }, 1, "segment 0: partition: neither" },
	{ { { 0, HOST, 0, 1 }, { 2, DEVICE, 1, 3 } }, 2, "segment 1: partition: neither" },
	{ { { 0, HOST, 0, 1 }, { 0, DEVICE, 1, 3 } }, 2, "segment 1: place: another one" },
	{ { { 0, HOST, OPS, 1 } }, 1, "segment 0: op_count: 0, or beyond" },
	{ { { 0, DEVICE, OPS, 1 } }, 1, "segment 0: place: host operators" },
	/* a layer may not lie on both sides */
	{ { { 0, HOST, 0, 3 }, { 1, DEVICE, 3, 1 } },
	  2,
	  "layer 3: op_count: reaches beyond its segment" },
};

static void refuses(struct artefact *a, int code, const char *text)
{
	struct npu_model *model = NULL;
	int rc = npu_model_load("m.npu", a->data, a->size, &model, &error);

	if (rc != code || !strstr(error.text, text))
		fail_msg("%d '%s' instead of %d '%s'", rc, error.text, code, text);
	artefact_free(a);
}

static void test_wrong_segments(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct artefact a = artefact_create(4, 4, 4);

		artefact_partition(&a, wrong[i].segments, wrong[i].count, NULL, 0);
		refuses(&a, -EINVAL, wrong[i].text);
	}
}

/* An operator that wants 4 bytes of "mapped" to be like 4 bytes of "convolved". */
static struct npu_file_host_op expect_op(void)
{
	const struct npu_file_operand four = {
		.slot = SLOT_TEMP,
		.dtype = VNPU_DTYPE_INT32,
		.rank = 1,
		.shape = { 1 },
	};
	struct npu_file_host_op op = {
		.kind = NPU_HOST_EXPECT,
		.source = 7,
		.input_count = 2,
		.operand = { four, four },
	};

	op.operand[1].offset = 64;
	return op;
}

static void test_wrong_host_ops(void **state)
{
	static const struct {
		size_t offset;
		uint32_t value;
		int code;
		const char *text;
	} damages[] = {
#define FIELD(f) offsetof(struct npu_file_host_op, f)
		{ FIELD(kind), 0, -EOPNOTSUPP, "operator 0: kind 0 is unknown" },
		{ FIELD(kind), 99, -EOPNOTSUPP, "operator 0: kind 99 is unknown" },
		{ FIELD(input_count), 3, -EINVAL, "operator 0: 3 inputs and 0 outputs" },
		{ FIELD(output_count), 1, -EINVAL, "operator 0: 2 inputs and 1 outputs" },
		{ FIELD(operand[0].slot), SLOTS, -EINVAL, "operand 0: slot: the program has no" },
		{ FIELD(operand[1].offset), 2, -EINVAL, "operand 1: offset: not a multiple" },
		{ FIELD(operand[1].offset), 1 << 20, -EINVAL, "operand 1: offset: it reaches" },
		{ FIELD(operand[1].offset), UINT32_MAX - 3, -EINVAL,
		  "operand 1: offset: it reaches" },
		{ FIELD(operand[0].dtype), 0, -EINVAL, "operand 0: dtype, rank or shape" },
		{ FIELD(operand[0].rank), 5, -EINVAL, "operand 0: dtype, rank or shape" },
		{ FIELD(operand[0].shape[0]), 0, -EINVAL, "operand 0: dtype, rank or shape" },
		{ FIELD(operand[0].shape[0]), 0x40000001, -EINVAL,
		  "operand 0: dtype, rank or shape" },
		{ FIELD(operand[0].shape[0]), 2, -EINVAL, "operator 0: operands: of different" },
		{ FIELD(operand[0].scale), 0x7fc00000, -EINVAL, "operand 0: scale" },
		{ FIELD(kind), NPU_HOST_DETECTION, -EINVAL,
		  "2 inputs and 0 outputs instead of 3 and 4" },
	};
	const struct npu_file_segment segments[] = { { 0, HOST, 0, OPS }, { 0, HOST, OPS, 1 } };

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct artefact a = artefact_create(4, 4, 4);
		struct npu_file_host_op op = expect_op();

		memcpy((uint8_t *)&op + damages[i].offset, &damages[i].value, 4);
		artefact_partition(&a, segments, 2, &op, 1);
		refuses(&a, damages[i].code, damages[i].text);
	}
}

/* Runs fail as the operator says, and the session goes on. */
static void test_expect(void **state)
{
	const struct npu_file_segment segments[] = { { 0, HOST, OPS, 1 }, { 1, DEVICE, 0, OPS } };
	struct npu_device *dev = open_sim("sim");
	struct artefact a = artefact_create(4, 4, 4);
	struct npu_file_host_op op = expect_op();
	struct npu_session *session = NULL;
	struct npu_model *model;
	void *mapped;

	artefact_partition(&a, segments, 2, &op, 1);
	model = load(&a);
	assert_int_equal(npu_model_info(model)->op_count, OPS + 1);
	assert_int_equal(npu_model_info(model)->record_count, OPS);
	must(npu_session_create(dev, model, NULL, &session, &error));
	must(npu_session_run(session, &error));
	must(npu_session_tensor(session, ARTEFACT_MAPPED, &mapped, NULL));
	*(int32_t *)mapped = 5;
	*(int32_t *)((uint8_t *)mapped + 64) = 6;
	assert_int_equal(npu_session_run(session, &error), -EINVAL);
	assert_non_null(strstr(error.text, "op 7: its shape input is [5], but the model was "
					   "compiled for [6]"));
	must(npu_session_submit(session, &error));
	assert_int_equal(npu_session_wait(session, NPU_WAIT_FOREVER, &error), -EINVAL);
	*(int32_t *)mapped = 6;
	must(npu_session_run(session, &error));
	npu_session_free(session);
	npu_model_free(model);
	artefact_free(&a);
	npu_device_close(dev);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),     cmocka_unit_test(test_layers),
		cmocka_unit_test(test_wrong_segments), cmocka_unit_test(test_wrong_host_ops),
		cmocka_unit_test(test_expect),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("libnpu partitions", tests, NULL, NULL);
}
