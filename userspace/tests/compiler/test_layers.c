// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Every intermediate tensor of real models, byte for byte as LiteRT's reference
 * kernels left it.  The folder layers/CASE.litert-ref holds them by number.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "run.h"

static void load_input(struct run *r, const char *model, const char *example)
{
	const struct npu_file_tensor *t = run_io(r, NPU_TENSOR_INPUT, 0);
	char path[512];
	uint8_t *data;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s/in/%s.0.bin", folder_models(), model, example);
	data = folder_read(path, &size);
	assert_int_equal(size, t->bytes);
	memcpy(run_bytes(r, t), data, size);
	free(data);
}

static void compare(const struct run *r, const char *path)
{
	uint32_t number = (uint32_t)strtoul(strrchr(path, '/') + 2, NULL, 10);
	const struct npu_file_tensor *t = run_tensor(r, number);
	size_t size, differing = 0;
	uint8_t *golden = folder_read(path, &size);

	if (!t || t->bytes != size)
		fail_msg("%s: no tensor %u of %zu bytes", path, number, size);
	for (size_t i = 0; i < size; i++)
		differing += golden[i] != run_bytes(r, t)[i];
	free(golden);
	if (differing)
		fail_msg("%s: %zu of %zu bytes differ", path, differing, size);
}

static void test_model(const char *model, const char *example)
{
	char path[512];
	struct run r;
	glob_t found;
	uint8_t *data;
	size_t size;

	if (!folder_find_model(model, path, sizeof(path))) {
		print_message("# skipped: no %s in %s\n", model, folder_models());
		skip();
	}
	data = folder_read(path, &size);
	run_open(&r, data, size, NULL, true);
	load_input(&r, model, example);
	run_go(&r);
	snprintf(path, sizeof(path), "%s/%s/layers/%s.litert-ref/t*.bin", folder_models(), model,
		 example);
	assert_int_equal(glob(path, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		compare(&r, found.gl_pathv[i]);
	print_message("# %s: %zu tensors\n", model, found.gl_pathc);
	globfree(&found);
	run_close(&r);
	free(data);
}

static void test_person_detect(void **state)
{
	test_model("person_detect_int8", "person");
}

static void test_kws(void **state)
{
	test_model("kws_dscnn_int8", "yes_9");
}

static void test_resnet8(void **state)
{
	test_model("resnet8_cifar_int8", "airplane");
}

static void test_lstm(void **state)
{
	test_model("mnist_lstm_int8", "mnist7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_person_detect),
		cmocka_unit_test(test_kws),
		cmocka_unit_test(test_resnet8),
		cmocka_unit_test(test_lstm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-layers", tests, NULL, NULL);
}
