// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: loading it, refusing it, and what programs notice of it. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "firmware_cases.h"

#include "fixture.h"

#define FILE_NAME	"vnpu/selftest.fw"
#define BUILT_IN	"built-in"

static int attribute_path(const char *name, char *path, size_t size)
{
	glob_t found;

	snprintf(path, size, "/sys/bus/platform/devices/vnpu*/%s", name);
	if (glob(path, 0, NULL, &found))
		return -ENOENT;
	snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return 0;
}

static int load(const char *name)
{
	char path[128];
	int ret = attribute_path("firmware", path, sizeof(path));

	return ret ? ret : file_write(path, name);
}

/* What an attribute says, without its line feed. */
static const char *attribute(const char *name)
{
	static char text[4096];
	char path[128];
	ssize_t length;
	int fd;

	if (attribute_path(name, path, sizeof(path)))
		return "there is none";
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length - 1 : 0] = 0;
	return text;
}

/* Puts a file where the kernel looks for it; 0 or -errno. */
static int install_as(const char *name, const void *bytes, size_t size)
{
	const char *folder = getenv("VNPU_FIRMWARE");
	char path[256];
	ssize_t written;
	int fd;

	if (!folder)
		folder = "/lib/firmware";
	snprintf(path, sizeof(path), "%s/vnpu", folder);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	written = size ? write(fd, bytes, size) : 0;
	close(fd);
	return written == (ssize_t)size ? 0 : -EIO;
}

static int install(const void *bytes, size_t size)
{
	return install_as(FILE_NAME, bytes, size);
}

/* Loads firmware_valid with another rounding of ADD. */
static int load_rounding(enum npum_rounding rounding)
{
	struct firmware_image image = firmware_valid;
	int ret;

	image.personality[0].value[FIELD_add] = rounding;
	firmware_seal(&image);
	ret = install(&image, sizeof(image));
	return ret ? ret : load(FILE_NAME);
}

static int query_firmware(int fd, struct drm_vnpu_firmware_info *info)
{
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_FIRMWARE,
		.size = sizeof(*info),
		.pointer = (uintptr_t)info,
	};

	return device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);
}

/* How many personalities there are, and the first of them. */
static int query_first(int fd, struct drm_vnpu_personality_info *first)
{
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_PERSONALITIES,
		.size = sizeof(*first),
		.pointer = (uintptr_t)first,
		.stride = sizeof(*first),
	};
	int ret = device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);

	return ret ? ret : (int)args.count;
}

/* A device that has the built-in firmware, before and after each test. */
FIXTURE(firmware)
{
	int fd;
	struct rig rig;
	struct drm_vnpu_firmware_info info;
};

FIXTURE_SETUP(firmware)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
	{
		TH_LOG("no accel node driven by vnpu");
	}
	ASSERT_EQ(0, rig_open(&self->rig, self->fd, 0));
	ASSERT_EQ(0, load(BUILT_IN));
	ASSERT_EQ(0, query_firmware(self->fd, &self->info));
	ASSERT_EQ(DRM_VNPU_FIRMWARE_BUILT_IN, self->info.flags);
}

FIXTURE_TEARDOWN(firmware)
{
	device_inject("slow_tile_ms", 0);
	/* Fails where the test gave up its privileges; such a test loads nothing. */
	load(BUILT_IN);
	close(self->fd);
}

TEST_F(firmware, an_image_is_loaded)
{
	struct firmware_image image = firmware_valid;
	struct drm_vnpu_personality_info first;
	struct drm_vnpu_firmware_info info;
	char want[256];

	firmware_seal(&image);
	ASSERT_EQ(0, install(&image, sizeof(image)));
	ASSERT_EQ(0, load(FILE_NAME "\n"));
	ASSERT_EQ(0, query_firmware(self->fd, &info));
	EXPECT_EQ(0, info.flags);
	EXPECT_EQ(image.header.crc, info.crc);
	EXPECT_EQ(self->info.generation + 1, info.generation);
	EXPECT_STREQ("test 1.0!", info.version);
	EXPECT_STREQ(FILE_NAME, info.file);
	EXPECT_STREQ("small", info.target);
	EXPECT_EQ(1u << VNPU_DTYPE_INT8 | 1u << VNPU_DTYPE_FLOAT32, info.dtypes);
	EXPECT_EQ(1u << VNPU_OP_CONV2D | 1u << VNPU_OP_DEPTHWISE | 1u << VNPU_OP_ADD |
			  1u << VNPU_OP_SOFTMAX_TABLE, info.runs[0]);
	EXPECT_EQ(0, info.runs[1]);
	EXPECT_EQ(50, info.cycles[VNPU_OP_DEPTHWISE]);
	EXPECT_EQ(11, info.field[TARGET_max_kernel]);
	EXPECT_EQ(FIRMWARE_TARGET_FIELDS, info.field_count);

	EXPECT_EQ(FIRMWARE_PERSONALITIES, query_first(self->fd, &first));
	EXPECT_EQ(1000, first.id);
	EXPECT_STREQ("one", first.name);
	EXPECT_STREQ("Everything as usual", first.summary);
	EXPECT_EQ(31, first.field[FIELD_mult_bits]);

	snprintf(want, sizeof(want), "origin=%s version=%s crc=%08x generation=%u", FILE_NAME,
		 info.version, info.crc, info.generation);
	EXPECT_STREQ(want, attribute("firmware"));
	EXPECT_STREQ("", attribute("firmware_error"));

	ASSERT_EQ(0, load(BUILT_IN));
	ASSERT_EQ(0, query_firmware(self->fd, &info));
	EXPECT_EQ(DRM_VNPU_FIRMWARE_BUILT_IN, info.flags);
	EXPECT_EQ(0, info.crc);
	EXPECT_EQ(self->info.generation + 2, info.generation);
}

/* Does @text have @part, not followed by more digits? */
static bool number_stands(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	return at && !(at[strlen(part)] >= '0' && at[strlen(part)] <= '9');
}

/* Does the kernel name reason and place of a case? */
static bool says(const char *text, const struct firmware_case *c)
{
	const struct {
		const char *name;
		u32 number;
	} parts[] = {
		{ "reason", c->reason },
		{ "section", c->section },
		{ "record", c->record },
		{ "field", c->field },
	};
	char part[32];

	for (int i = 0; i < COUNT(parts); i++) {
		bool wanted = parts[i].number != NPUM_NO_INDEX;

		snprintf(part, sizeof(part), ", %s ", parts[i].name);
		if (wanted)
			snprintf(part, sizeof(part), ", %s %u", parts[i].name, parts[i].number);
		if (wanted != number_stands(text, part))
			return false;
	}
	return true;
}

/* One row for each image that must be refused: the table that user space has, too. */
TEST_F(firmware, damaged_images_are_refused)
{
	struct drm_vnpu_firmware_info info;

	ASSERT_LT(100, COUNT(firmware_cases));
	for (int i = 0; i < COUNT(firmware_cases); i++) {
		const struct firmware_case *c = &firmware_cases[i];
		struct firmware_image image;
		size_t size = firmware_apply(c, &image);

		/* The kernel does not read empty files. */
		if (!size)
			continue;
		ASSERT_EQ(0, install(&image, size));
		EXPECT_EQ(-ENOEXEC, load(FILE_NAME))
		{
			TH_LOG("%s", c->name);
		}
		EXPECT_TRUE(says(attribute("firmware_error"), c))
		{
			TH_LOG("%s: %s", c->name, attribute("firmware_error"));
		}
	}
	ASSERT_EQ(0, query_firmware(self->fd, &info));
	EXPECT_EQ(self->info.generation, info.generation);
	EXPECT_EQ(0, memcmp(&self->info, &info, sizeof(info)));
}

TEST_F(firmware, an_older_one_stays_when_the_next_is_refused)
{
	struct firmware_image image = firmware_valid;
	struct drm_vnpu_firmware_info before, info;

	ASSERT_EQ(0, load_rounding(NPUM_ROUND_SINGLE));
	ASSERT_EQ(0, query_firmware(self->fd, &before));
	image.header.major++;
	firmware_seal(&image);
	ASSERT_EQ(0, install(&image, sizeof(image)));
	EXPECT_EQ(-ENOEXEC, load(FILE_NAME));
	ASSERT_EQ(0, query_firmware(self->fd, &info));
	EXPECT_EQ(0, memcmp(&before, &info, sizeof(info)));
	EXPECT_STRNE("", attribute("firmware_error"));

	/* The next success forgets the error. */
	ASSERT_EQ(0, load(BUILT_IN));
	EXPECT_STREQ("", attribute("firmware_error"));
}

#define TEN	"0123456789"

static const struct {
	const char *name;
	int want;
} bad_names[] = {
	{ "\n", -EINVAL },
	{ "/etc/passwd", -EINVAL },
	{ "../vnpu.fw", -EINVAL },
	{ "vnpu/../vnpu/selftest.fw", -EINVAL },
	{ "vnpu/..", -EINVAL },
	{ "./vnpu", -EINVAL },
	{ "vnpu//selftest.fw", -EINVAL },
	{ "vnpu/", -EINVAL },
	{ "vnpu/a b", -EINVAL },
	{ "vnpu/\x1b[2J", -EINVAL },
	{ "vnpu/\xc3\xa4", -EINVAL },
	{ TEN TEN TEN TEN TEN TEN "0123", -EINVAL },
	{ TEN TEN TEN TEN TEN TEN "012", -ENOENT },
	{ "vnpu/nothing.fw", -ENOENT },
	{ "vnpu/...", -ENOENT },
	{ "Built-In", -ENOENT },
};

TEST_F(firmware, bad_names_are_refused)
{
	struct drm_vnpu_firmware_info info;

	for (int i = 0; i < COUNT(bad_names); i++) {
		EXPECT_EQ(bad_names[i].want, load(bad_names[i].name))
		{
			TH_LOG("%s", bad_names[i].name);
		}
		EXPECT_STRNE("", attribute("firmware_error"));
	}
	/* a folder, and a file of no bytes */
	EXPECT_NE(0, load("vnpu"));
	ASSERT_EQ(0, install("", 0));
	EXPECT_NE(0, load(FILE_NAME));
	ASSERT_EQ(0, query_firmware(self->fd, &info));
	EXPECT_EQ(self->info.generation, info.generation);
}

TEST_F(firmware, only_root_loads)
{
	struct drm_vnpu_firmware_info info;
	char path[128];
	int opened;

	ASSERT_EQ(0, attribute_path("firmware", path, sizeof(path)));
	opened = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, opened);
	ASSERT_EQ(0, device_drop_privileges());
	EXPECT_EQ(-EACCES, load(BUILT_IN));
	/* a file that was opened by root */
	EXPECT_EQ(-1, write(opened, BUILT_IN, strlen(BUILT_IN)));
	EXPECT_EQ(EPERM, errno);
	EXPECT_NE(NULL, strstr(attribute("firmware"), "origin="));
	ASSERT_EQ(0, query_firmware(self->fd, &info));
	EXPECT_EQ(self->info.generation, info.generation);
	close(opened);
}

/* Takes a quarter of the sum of result and A, so often that the job lasts. */
static void quarters(struct program *p, __u32 personality, __u64 digest)
{
	program_begin(p);
	p->header.personality = personality;
	p->header.personality_digest = digest;
	while (p->header.op_count < PROGRAM_MAX_OPS)
		program_accumulate(p);
	for (__u32 i = 0; i < PROGRAM_MAX_OPS; i++)
		p->op[i].p.shift[2] = -1;
}

static int create(int fd, const struct program *p, struct drm_vnpu_program_create *args)
{
	*args = (struct drm_vnpu_program_create){
		.data = (uintptr_t)p,
		.size = p->header.size,
	};
	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, args);
}

TEST_F(firmware, programs_of_unknown_personalities_are_refused)
{
	struct drm_vnpu_program_create args;
	struct program p;

	quarters(&p, 1000, 0);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_PERSONALITY, args.refusal);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_op);

	/* one op's own */
	quarters(&p, VNPU_PERSONALITY_TFLITE_REF, 0);
	p.op[5].personality = 1000;
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_PERSONALITY, args.refusal);
	EXPECT_EQ(5, args.refused_op);

	ASSERT_EQ(0, load_rounding(NPUM_ROUND_DOUBLE));
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_PERSONALITY, args.refusal);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_op);
	quarters(&p, 1000, 0);
	EXPECT_EQ(0, create(self->fd, &p, &args));
}

TEST_F(firmware, programs_of_another_digest_are_refused)
{
	struct drm_vnpu_personality_info one;
	struct drm_vnpu_program_create args;
	struct program p;

	ASSERT_EQ(0, load_rounding(NPUM_ROUND_DOUBLE));
	ASSERT_LE(1, query_first(self->fd, &one));
	quarters(&p, 1000, one.digest);
	EXPECT_EQ(0, create(self->fd, &p, &args));
	quarters(&p, 1000, one.digest + 1);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_DIGEST, args.refusal);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_op);

	/* the same id, another arithmetic */
	ASSERT_EQ(0, load_rounding(NPUM_ROUND_SINGLE));
	quarters(&p, 1000, one.digest);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_DIGEST, args.refusal);
	quarters(&p, 1000, 0);
	EXPECT_EQ(0, create(self->fd, &p, &args));
}

TEST_F(firmware, ops_beyond_the_target_are_refused)
{
	struct drm_vnpu_program_create args;
	struct program p;

	ASSERT_EQ(0, load_rounding(NPUM_ROUND_DOUBLE));
	program_begin(&p);
	p.header.personality = 1000;
	program_add(&p);
	EXPECT_EQ(0, create(self->fd, &p, &args));
	program_fill(&p, 1);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_OPCODE, args.refusal);
	EXPECT_EQ(1, args.refused_op);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_field);
}

/* Runs @program on 0 and A = -128; the code that comes out everywhere, or 1000. */
static int outcome(struct rig *rig, __u32 program)
{
	rig_fill(rig, SLOT_A, -128);
	rig_fill(rig, SLOT_RESULT, 0);
	if (rig_run(rig, program) || !rig_is(rig, rig->mem[SLOT_RESULT][0]))
		return 1000;
	return rig->mem[SLOT_RESULT][0];
}

static __u32 load_quarters(int fd)
{
	struct program p;

	quarters(&p, 1000, 0);
	return program_load(fd, &p);
}

/* A quarter of -42 - 128 is -42.5: where halves go away from zero -43, where they go up -42. */
TEST_F(firmware, programs_keep_theirs)
{
	__u32 away, up, built_in;

	built_in = program_load_copy(self->fd);
	ASSERT_EQ(0, load_rounding(NPUM_ROUND_DOUBLE));
	away = load_quarters(self->fd);
	EXPECT_EQ(-43, outcome(&self->rig, away));
	ASSERT_EQ(0, load_rounding(NPUM_ROUND_SINGLE));
	up = load_quarters(self->fd);
	EXPECT_EQ(-42, outcome(&self->rig, up));
	EXPECT_EQ(-43, outcome(&self->rig, away));
	EXPECT_EQ(-128, outcome(&self->rig, built_in));
	ASSERT_EQ(0, load(BUILT_IN));
	EXPECT_EQ(-42, outcome(&self->rig, up));
	EXPECT_EQ(-43, outcome(&self->rig, away));
	EXPECT_EQ(0, load_quarters(self->fd));
}

TEST_F(firmware, running_jobs_keep_theirs)
{
	__u32 program, syncobj = syncobj_create(self->fd);

	ASSERT_EQ(0, load_rounding(NPUM_ROUND_DOUBLE));
	program = load_quarters(self->fd);
	rig_fill(&self->rig, SLOT_A, -128);
	rig_fill(&self->rig, SLOT_RESULT, 0);
	ASSERT_EQ(0, device_inject("slow_tile_ms", 10));
	ASSERT_EQ(0, rig_start(&self->rig, program, syncobj));
	ASSERT_EQ(0, program_destroy(self->fd, program));
	device_sleep(50);
	ASSERT_EQ(0, load_rounding(NPUM_ROUND_SINGLE));
	ASSERT_EQ(0, load(BUILT_IN));
	/* It was not done before the reload. */
	EXPECT_NE(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], -1));
	ASSERT_EQ(0, syncobj_wait(self->fd, syncobj, 0, DEVICE_SOON_MS));
	EXPECT_EQ(1, syncobj_error(self->fd, syncobj));
	EXPECT_TRUE(rig_is(&self->rig, -43));
}

#define RELOADS	100

static void *reload(void *failures)
{
	for (int i = 0; i < RELOADS; i++)
		if (load(i % 2 ? BUILT_IN : FILE_NAME))
			(*(int *)failures)++;
	return NULL;
}

TEST_F(firmware, reloads_amid_everything)
{
	struct drm_vnpu_firmware_info info;
	pthread_t thread;
	int failures = 0, wrong = 0, taken = 0;
	__u32 old;

	ASSERT_EQ(0, load_rounding(NPUM_ROUND_DOUBLE));
	old = load_quarters(self->fd);
	ASSERT_EQ(0, query_firmware(self->fd, &self->info));
	ASSERT_EQ(0, pthread_create(&thread, NULL, reload, &failures));
	do {
		__u32 program = load_quarters(self->fd);

		if (outcome(&self->rig, program ? program : old) != -43)
			wrong++;
		if (program && ++taken)
			program_destroy(self->fd, program);
		ASSERT_EQ(0, query_firmware(self->fd, &info));
	} while (info.generation < self->info.generation + RELOADS);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, failures);
	EXPECT_EQ(0, wrong);
	TH_LOG("%d programs were taken", taken);
}

TEST_HARNESS_MAIN
