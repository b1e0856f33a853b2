// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Why does it not work here, and what to do about it? */
#include "commands.h"

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "npu.h"
#include "npum_isa.h"
#include "options.h"
#include "report.h"
#include "term.h"

/**
 * enum health - what a check found
 * @HEALTH_OK: as it should be
 * @HEALTH_NOTE: not as it should be, but not in the way of the device asked for
 * @HEALTH_PROBLEM: in the way
 */
enum health {
	HEALTH_OK,
	HEALTH_NOTE,
	HEALTH_PROBLEM,
};

/**
 * struct finding - outcome of one check
 * @health: &enum health
 * @fact: what was seen
 * @advice: what to do about it; "" when all is well
 */
struct finding {
	enum health health;
	char fact[640];
	char advice[512];
};

struct doctor_args {
	const char *device;
};

/**
 * struct check - something that can be wrong with a machine
 * @name: what is looked at
 * @kernel: only matters to devices of the kernel driver
 * @look: fills the finding; @device is the argument of --device
 */
struct check {
	const char *name;
	bool kernel;
	void (*look)(struct finding *f, const char *device);
};

__attribute__((format(printf, 3, 4))) static void find(struct finding *f, enum health health,
						       const char *fact, ...)
{
	va_list args;

	f->health = health;
	va_start(args, fact);
	vsnprintf(f->fact, sizeof(f->fact), fact, args);
	va_end(args);
}

static void advise(struct finding *f, const char *advice)
{
	snprintf(f->advice, sizeof(f->advice), "%s", advice);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* First line of a small file, "" when there is none. */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *stream = fopen(path, "re");

	*line = 0;
	if (!stream)
		return;
	if (!fgets(line, (int)size, stream))
		*line = 0;
	line[strcspn(line, "\n")] = 0;
	fclose(stream);
}

/* The driver is written for the drm_sched and accel interfaces of 6.12. */
static void look_kernel(struct finding *f, const char *device)
{
	struct utsname u;
	unsigned int major = 0;
	unsigned int minor = 0;

	(void)device;
	uname(&u);
	sscanf(u.release, "%u.%u", &major, &minor);
	if (major > 6 || (major == 6 && minor >= 12)) {
		find(f, HEALTH_OK, "%s %s", u.release, u.machine);
		return;
	}
	find(f, HEALTH_PROBLEM, "%s %s, older than 6.12", u.release, u.machine);
	advise(f, "boot a kernel of 6.12 or later; Debian has them in backports");
}

static void look_accel(struct finding *f, const char *device)
{
	(void)device;
	if (exists("/sys/class/accel")) {
		find(f, HEALTH_OK, "DRM with compute accelerators is there");
		return;
	}
	find(f, HEALTH_PROBLEM, "no compute accelerator class (/sys/class/accel)");
	advise(f, "modprobe drm; the kernel needs CONFIG_DRM_ACCEL=y");
}

static void look_modules(struct finding *f, const char *device)
{
	static const char *const modules[] = { "drm", "gpu_sched", "drm_shmem_helper" };
	char missing[64] = "";

	(void)device;
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/sys/module/%s", modules[i]);
		if (exists(path))
			continue;
		strcat(missing, *missing ? " " : "");
		strcat(missing, modules[i]);
	}
	if (!*missing) {
		find(f, HEALTH_OK, "drm, gpu_sched and drm_shmem_helper are loaded");
		return;
	}
	find(f, HEALTH_PROBLEM, "not loaded: %s", missing);
	snprintf(f->advice, sizeof(f->advice),
		 "modprobe -a %s; modprobe vnpu does so by itself once vnpu is installed", missing);
}

static void look_vnpu(struct finding *f, const char *device)
{
	char version[64];

	(void)device;
	if (!exists("/sys/module/vnpu")) {
		find(f, HEALTH_PROBLEM, "module vnpu is not loaded");
		advise(f, "modprobe vnpu, or insmod build/vnpu.ko");
		return;
	}
	read_line("/sys/module/vnpu/version", version, sizeof(version));
	if (!*version || !strcmp(version, NPU_VERSION)) {
		find(f, HEALTH_OK, "module vnpu %s%sis loaded", version, *version ? " " : "");
		return;
	}
	find(f, HEALTH_NOTE, "module vnpu %s is loaded, this tool is %s", version, NPU_VERSION);
	advise(f, "load the module of the same version; older ones run programs of their format");
}

/* Of the nodes found, the one asked for, or the first that can be opened. */
static const struct npu_device_entry *pick_node(const struct npu_device_entry *entries,
						size_t count, const char *device)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(entries[i].path, device))
			return &entries[i];
	if (*device == '/')
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (!entries[i].status)
			return &entries[i];
	return count ? &entries[0] : NULL;
}

static void look_node(struct finding *f, const char *device)
{
	struct npu_device_entry *entries = NULL;
	struct npu_error error = { 0 };
	const struct npu_device_entry *node;
	size_t count = 0;

	if (npu_device_list(&entries, &count, &error)) {
		find(f, HEALTH_PROBLEM, "cannot be listed: %s", error.text);
		return;
	}
	node = pick_node(entries, count, device);
	if (!count) {
		find(f, HEALTH_PROBLEM, "no node");
		advise(f, error.text);
	} else if (!node) {
		find(f, HEALTH_PROBLEM, "%s is not driven by vnpu", device);
		snprintf(f->advice, sizeof(f->advice), "use %s", entries[0].path);
	} else if (node->status) {
		find(f, HEALTH_PROBLEM, "%s cannot be opened: %s", node->path,
		     strerror(-node->status));
		advise(f, node->problem);
	} else {
		find(f, HEALTH_OK, "%s can be opened", node->path);
	}
	free(entries);
}

static void look_udev(struct finding *f, const char *device)
{
	static const char *const folders[] = { "/etc/udev/rules.d", "/run/udev/rules.d",
					       "/usr/lib/udev/rules.d", "/lib/udev/rules.d" };

	(void)device;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/60-vnpu.rules", folders[i]);
		if (exists(path)) {
			find(f, HEALTH_OK, "%s", path);
			return;
		}
	}
	find(f, HEALTH_NOTE, "60-vnpu.rules is not installed");
	advise(f, "copy tools/udev/60-vnpu.rules to /etc/udev/rules.d, so that group render may "
		  "open the node");
}

/* The driver keeps what it had when it refuses an image, so the device works nevertheless. */
static void look_firmware(struct finding *f, const char *device)
{
	char folder[128], path[160], line[512];
	glob_t found;

	(void)device;
	if (glob("/sys/bus/platform/drivers/vnpu/*/firmware", 0, NULL, &found)) {
		find(f, HEALTH_NOTE, "no device to have any");
		advise(f, "load the module first");
		return;
	}
	snprintf(folder, sizeof(folder), "%.*s",
		 (int)(strlen(found.gl_pathv[0]) - strlen("/firmware")), found.gl_pathv[0]);
	globfree(&found);
	snprintf(path, sizeof(path), "%s/firmware_error", folder);
	read_line(path, line, sizeof(line));
	if (*line) {
		find(f, HEALTH_NOTE, "the last load failed: %s", line);
		snprintf(f->advice, sizeof(f->advice),
			 "the device goes on with what it had; 'npu fw verify' says what is wrong "
			 "with an image; then write its name below /lib/firmware to %s/firmware",
			 folder);
		return;
	}
	snprintf(path, sizeof(path), "%s/firmware", folder);
	read_line(path, line, sizeof(line));
	find(f, HEALTH_OK, "%s", line);
}

static void look_cpu(struct finding *f, const char *device)
{
	const struct npum_isa *isa = npum_isa_select(npum_cpu_features());

	(void)device;
	if (isa == &npum_isa_generic) {
		find(f, HEALTH_NOTE, "no AVX2: the generic kernels are used");
		advise(f, "results are the same, only slower; a virtual machine may hide features");
		return;
	}
	find(f, HEALTH_OK, "%s kernels are used", isa->name);
}

static void look_open(struct finding *f, const char *device)
{
	struct npu_error error = { 0 };
	struct npu_device *dev;

	if (npu_device_open(device, NULL, &dev, &error)) {
		find(f, HEALTH_PROBLEM, "%s", error.text);
		return;
	}
	find(f, HEALTH_OK, "--device %s opens %s", device, npu_device_info(dev)->name);
	npu_device_close(dev);
}

static const struct check checks[] = {
	{ "kernel", true, look_kernel },     { "accel class", true, look_accel },
	{ "modules", true, look_modules },   { "driver", true, look_vnpu },
	{ "device node", true, look_node },  { "udev rule", true, look_udev },
	{ "firmware", true, look_firmware }, { "CPU features", false, look_cpu },
	{ "device", false, look_open },
};

#define CHECK_COUNT (sizeof(checks) / sizeof(checks[0]))

/* "auto" falls back to sim, so nothing about the driver stands in its way. */
static void run_checks(struct finding findings[CHECK_COUNT], const char *device)
{
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		checks[i].look(&findings[i], device);
		if (checks[i].kernel && *device != '/' && findings[i].health == HEALTH_PROBLEM)
			findings[i].health = HEALTH_NOTE;
	}
}

static const char *health_name(enum health health)
{
	static const char *const names[] = {
		[HEALTH_OK] = "ok",
		[HEALTH_NOTE] = "note",
		[HEALTH_PROBLEM] = "problem",
	};

	return names[health];
}

static int print_json(const struct cli *cli, const struct finding *findings, int code)
{
	json_t *report = report_new("npu-doctor");
	json_t *array = json_array();

	for (size_t i = 0; i < CHECK_COUNT; i++)
		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:s, s:s}", "check", checks[i].name,
						"status", health_name(findings[i].health), "fact",
						findings[i].fact, "advice", findings[i].advice));
	json_object_set_new(report, "healthy", json_boolean(code == CLI_OK));
	json_object_set_new(report, "checks", array);
	return report_print(cli, report, code);
}

static void print_text(const struct finding *findings, int code)
{
	static const enum term_style styles[] = {
		[HEALTH_OK] = TERM_GOOD,
		[HEALTH_NOTE] = TERM_BOLD,
		[HEALTH_PROBLEM] = TERM_BAD,
	};

	for (size_t i = 0; i < CHECK_COUNT; i++) {
		const struct finding *f = &findings[i];

		printf("%-14s%s%-9s%s%s\n", checks[i].name, term_style(stdout, styles[f->health]),
		       health_name(f->health), term_style(stdout, TERM_PLAIN), f->fact);
		if (*f->advice)
			printf("%-23s-> %s\n", "", f->advice);
	}
	puts(code ? "\nThe device cannot be used." : "\nThe device can be used.");
}

static int doctor_run(const struct cli *cli, const void *args_)
{
	const struct doctor_args *args = args_;
	struct finding findings[CHECK_COUNT] = { 0 };
	int code = CLI_OK;

	run_checks(findings, args->device);
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (findings[i].health == HEALTH_PROBLEM)
			code = CLI_NO;
	if (cli->json)
		return print_json(cli, findings, code);
	print_text(findings, code);
	return code;
}

static const struct cli_option options[] = {
	OPTION_DEVICE(doctor_args, device),
	CLI_END,
};

const struct cli_command cmd_doctor = {
	.name = "doctor",
	.summary = "Check what a device needs on this machine, and say what to do.",
	.notes = "Exit code 1 when a problem keeps the device of --device from being used. auto "
		 "falls back to sim, which needs no driver, so what hinders the driver is then "
		 "only noted.",
	.options = options,
	.args_size = sizeof(struct doctor_args),
	.run = doctor_run,
};
