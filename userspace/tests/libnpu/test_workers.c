// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Every op gives the same bits whatever the number of workers and the instruction set:
 * the vectors of the kernel's unit tests as jobs of the sim device.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../../driver/tests/model_cases.h"

#include "npu.h"
#include "npum_isa.h"

#define MOST_WORKERS 8u
#define PATIENCE_MS 60000

static struct npu_error error;

static void must(int rc)
{
	if (rc)
		fail_msg("%d: %s", rc, error.text);
}

static u64 run(struct npu_device *dev, const struct model_case *c, u32 p)
{
	struct npu_binding bindings[MODEL_SLOTS] = { { 0 } };
	struct model_program bytes;
	struct npu_program *program;
	struct npu_context *context;
	struct npu_fence *fence;
	void *data = NULL;
	u64 digest;

	model_build(c, model_personalities[p], 0, &bytes);
	must(npu_program_create(dev, &bytes, sizeof(bytes), &program, &error));
	must(npu_context_create(dev, NULL, &context, &error));
	must(npu_fence_create(dev, &fence, &error));
	for (u32 i = 0; i < MODEL_SLOTS; i++) {
		bindings[i].size = max(bytes.slot[i].bytes, 1u);
		must(npu_bo_create(dev, bindings[i].size, &bindings[i].bo, &error));
		must(npu_bo_map(bindings[i].bo, &data, &error));
		if (i != MODEL_OUT)
			model_fill(c, model_personalities[p], i, 0, data, bytes.slot[i].bytes);
	}
	must(npu_submit(context,
			&(struct npu_job){ .program = program,
					   .bindings = bindings,
					   .binding_count = MODEL_SLOTS,
					   .signal = fence },
			&error));
	must(npu_fence_wait(fence, PATIENCE_MS, &error));
	must(npu_bo_map(bindings[MODEL_OUT].bo, &data, &error));
	digest = model_digest(data, bytes.slot[MODEL_OUT].bytes);
	for (u32 i = 0; i < MODEL_SLOTS; i++)
		npu_bo_free(bindings[i].bo);
	npu_fence_free(fence);
	npu_context_free(context);
	npu_program_free(program);
	return digest;
}

static void run_all(const char *isa, u32 workers)
{
	const struct npu_device_options options = { .threads = workers };
	struct npu_device *dev;
	char spec[32];

	snprintf(spec, sizeof(spec), "sim:%s", isa);
	must(npu_device_open(spec, &options, &dev, &error));
	for (size_t i = 0; i < ARRAY_SIZE(model_cases); i++)
		for (u32 p = 0; p < MODEL_PERSONALITIES; p++)
			if (run(dev, &model_cases[i], p) != model_cases[i].digest[p])
				fail_msg("%s on %s, %u workers, personality %u",
					 model_cases[i].name, isa, workers, model_personalities[p]);
	npu_device_close(dev);
}

static void same_bits_from_any_number_of_workers(void **state)
{
	static const char *const isas[] = { "generic", "avx2", "avx512vnni" };

	for (size_t i = 0; i < ARRAY_SIZE(isas); i++)
		for (u32 workers = 1; workers <= MOST_WORKERS; workers++)
			if (npum_isa_by_name(isas[i], npum_cpu_features()))
				run_all(isas[i], workers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bits_from_any_number_of_workers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("libnpu-workers", tests, NULL, NULL);
}
