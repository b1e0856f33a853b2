// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Finding device nodes, in a made-up /sys and /dev. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "accel.h"

/* A made-up system below a temporary folder. */
struct system {
	char root[64];
	char class[96];
	char module[96];
	char dev[96];
	struct npu_accel_paths paths;
};

static void make_dir(const struct system *s, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static void make_file(const struct system *s, const char *name)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static void make_link(const struct system *s, const char *name, const char *target)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	assert_int_equal(symlink(target, path), 0);
}

static int create(void **state)
{
	struct system *s = calloc(1, sizeof(*s));

	strcpy(s->root, "/tmp/npu-accel-XXXXXX");
	if (!mkdtemp(s->root))
		return -1;
	snprintf(s->class, sizeof(s->class), "%s/class", s->root);
	snprintf(s->module, sizeof(s->module), "%s/module", s->root);
	snprintf(s->dev, sizeof(s->dev), "%s/dev", s->root);
	s->paths = (struct npu_accel_paths){ s->class, s->module, s->dev };
	make_dir(s, "dev");
	*state = s;
	return 0;
}

static int destroy(void **state)
{
	struct system *s = *state;
	char command[96];
	int rc;

	snprintf(command, sizeof(command), "rm -r %s", s->root);
	rc = system(command);
	free(s);
	return rc;
}

/* A device accel@number whose driver is @driver; the device itself is called @name. */
static void add_device(const struct system *s, int number, const char *name, const char *driver)
{
	char path[64], target[96];

	snprintf(path, sizeof(path), "%s", name);
	make_dir(s, path);
	snprintf(path, sizeof(path), "%s/driver", name);
	snprintf(target, sizeof(target), "../drivers/%s", driver);
	make_link(s, path, target);
	snprintf(path, sizeof(path), "class/accel%d", number);
	make_dir(s, path);
	snprintf(path, sizeof(path), "class/accel%d/device", number);
	snprintf(target, sizeof(target), "../../%s", name);
	make_link(s, path, target);
}

static struct npu_device_entry *list(const struct system *s, size_t expected, const char *text)
{
	struct npu_device_entry *entries = NULL;
	struct npu_error error = { 0 };
	size_t count = 99;

	assert_int_equal(npu_accel_list(&s->paths, &entries, &count, &error), 0);
	assert_int_equal(count, expected);
	if (!strstr(error.text, text))
		fail_msg("'%s' instead of '... %s'", error.text, text);
	return entries;
}

static void says_that_no_driver_is_loaded(void **state)
{
	assert_null(list(*state, 0,
			 "/class: not there: no accel driver is loaded; load ours with "
			 "`modprobe vnpu`"));
}

static void says_that_all_devices_are_of_others(void **state)
{
	make_dir(*state, "class");
	add_device(*state, 0, "0000:00:0b.0", "intel_vpu");
	assert_null(list(*state, 0, "/class: no accel device is driven by vnpu; load it with"));
}

static void says_that_the_module_has_no_device(void **state)
{
	make_dir(*state, "class");
	make_dir(*state, "module");
	assert_null(
		list(*state, 0, "/module: the module is loaded but has no device; see `dmesg`"));
}

static void finds_our_devices_by_number(void **state)
{
	const struct system *s = *state;
	struct npu_device_entry *entries;
	char path[160];

	make_dir(s, "class");
	add_device(s, 10, "vnpu.0", "vnpu");
	add_device(s, 9, "vnpu", "faux_driver");
	add_device(s, 1, "0000:00:0b.0", "intel_vpu");
	make_dir(s, "class/accel2x");
	make_file(s, "dev/accel10");
	entries = list(s, 2, "");

	snprintf(path, sizeof(path), "%s/accel9", s->dev);
	assert_string_equal(entries[0].path, path);
	assert_int_equal(entries[0].status, -ENOENT);
	assert_non_null(strstr(entries[0].problem, "there is no such device node"));
	snprintf(path, sizeof(path), "%s/accel10", s->dev);
	assert_string_equal(entries[1].path, path);
	assert_int_equal(entries[1].status, 0);
	assert_string_equal(entries[1].problem, "");
	free(entries);
}

static void explains_permissions(void **state)
{
	const struct system *s = *state;
	struct npu_error error;
	char path[160];

	make_file(s, "dev/accel0");
	snprintf(path, sizeof(path), "%s/accel0", s->dev);
	assert_int_equal(chown(path, (uid_t)-1, getgid()), 0);
	assert_int_equal(npu_accel_explain(path, -EACCES, &error), -EACCES);
	assert_non_null(strstr(error.text, "only root may open it; install the udev rule"));

	/* Only root may give a file away to group 1. */
	if (getuid() || chown(path, (uid_t)-1, 1) || chmod(path, 0660))
		skip();
	assert_int_equal(npu_accel_explain(path, -EACCES, &error), -EACCES);
	assert_non_null(strstr(error.text, "permission denied: it is open to group '"));
	assert_non_null(strstr(error.text, "do `sudo usermod -aG "));
	assert_int_equal(npu_accel_explain(path, -EBUSY, &error), -EBUSY);
	assert_non_null(strstr(error.text, "cannot open the device: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says_that_no_driver_is_loaded, create, destroy),
		cmocka_unit_test_setup_teardown(says_that_all_devices_are_of_others, create,
						destroy),
		cmocka_unit_test_setup_teardown(says_that_the_module_has_no_device, create,
						destroy),
		cmocka_unit_test_setup_teardown(finds_our_devices_by_number, create, destroy),
		cmocka_unit_test_setup_teardown(explains_permissions, create, destroy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("accel nodes", tests, NULL, NULL);
}
