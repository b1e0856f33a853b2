// SPDX-License-Identifier: GPL-2.0-only
/* The core dump that a fault leaves behind: what is in it, and what is not. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fixture.h"
#include "vnpu_coredump.h"

#define DUMPS		"/sys/class/devcoredump/devcd*/data"
#define DRIVER		"/sys/bus/platform/drivers/vnpu/"
#define MAX_DUMP	(4u << 20)

/* Path of the only dump there is; false when there is none. */
static bool find_dump(char *path, size_t size)
{
	glob_t found;

	if (glob(DUMPS, 0, NULL, &found))
		return false;
	snprintf(path, size, "%s", found.gl_pathv[0]);
	globfree(&found);
	return true;
}

/* Lets go of all dumps: the system would keep one for five minutes, and take no other. */
static void drop_dumps(void)
{
	char path[128];

	while (find_dump(path, sizeof(path)) && !file_write(path, "0"))
		device_sleep(10);
}

/**
 * struct dump - a dump in memory
 * @bytes: of the file
 * @size: their number
 * @header: of the binary part
 */
struct dump {
	__u8 *bytes;
	size_t size;
	struct vnpu_coredump_header header;
};

/* Waits for a dump and reads it; false when none came. */
static bool read_dump(struct dump *dump)
{
	__u64 end = device_ms() + DEVICE_SOON_MS;
	char path[128];
	ssize_t got;
	int fd;

	while (!find_dump(path, sizeof(path))) {
		if (device_ms() > end)
			return false;
		device_sleep(10);
	}
	dump->bytes = malloc(MAX_DUMP);
	dump->size = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !dump->bytes)
		return false;
	while ((got = read(fd, dump->bytes + dump->size, MAX_DUMP - dump->size)) > 0)
		dump->size += (size_t)got;
	close(fd);
	if (dump->size < VNPU_COREDUMP_TEXT_BYTES + sizeof(dump->header))
		return false;
	memcpy(&dump->header, dump->bytes + VNPU_COREDUMP_TEXT_BYTES, sizeof(dump->header));
	return true;
}

/* The @nth section of a kind; false when there is none. */
static bool find_section(const struct dump *dump, __u32 kind, __u32 nth,
			 struct vnpu_coredump_section *section)
{
	for (__u32 i = 0; i < dump->header.section_count; i++) {
		memcpy(section, dump->bytes + VNPU_COREDUMP_TEXT_BYTES + sizeof(dump->header) +
		       i * sizeof(*section), sizeof(*section));
		if (section->kind == kind && !nth--)
			return true;
	}
	return false;
}

/* The first record of a section, which must be as long as @size. */
static bool first_record(const struct dump *dump, __u32 kind, void *record, __u32 size)
{
	struct vnpu_coredump_section section;

	if (!find_section(dump, kind, 0, &section) || section.stride != size ||
	    section.size < size)
		return false;
	memcpy(record, dump->bytes + section.offset, size);
	return true;
}

/* Makes a job of @ops ops hang in op @op and reads what comes of it. */
static bool hang_and_read(const struct rig *rig, __u32 program, int op, struct dump *dump)
{
	struct rig hanger;

	drop_dumps();
	return !rig_open(&hanger, rig->fd, 200) && !device_inject("hang_op", op) &&
	       rig_run(&hanger, program) == -ETIME && read_dump(dump);
}

static bool dumps(void)
{
	return !access("/sys/class/devcoredump", F_OK);
}

TEST_F(npu, a_hang_is_told)
{
	__u32 program = program_load_fill(self->fd, 4, 5);
	struct vnpu_coredump_context context;
	struct vnpu_coredump_fault fault;
	__u64 start = device_ms();
	struct dump dump;

	if (!dumps())
		SKIP(return, "a kernel without core dumps");
	ASSERT_TRUE(hang_and_read(&self->rig, program, 2, &dump));
	EXPECT_EQ(0, memcmp(dump.bytes, VNPU_COREDUMP_FIRST_LINE,
			    strlen(VNPU_COREDUMP_FIRST_LINE)));
	EXPECT_NE(NULL, strstr((char *)dump.bytes, "fault: hang"));
	EXPECT_NE(NULL, strstr((char *)dump.bytes, "op: 2 of 4"));
	EXPECT_EQ(0, dump.bytes[VNPU_COREDUMP_TEXT_BYTES - 1]);
	EXPECT_EQ(VNPU_COREDUMP_MAGIC, dump.header.magic);
	EXPECT_EQ(VNPU_COREDUMP_MAJOR, dump.header.major);
	EXPECT_EQ(dump.size, dump.header.bytes);

	ASSERT_TRUE(first_record(&dump, VNPU_COREDUMP_FAULT, &fault, sizeof(fault)));
	EXPECT_EQ(DRM_VNPU_FAULT_HANG, fault.fault);
	EXPECT_EQ(-ETIME, fault.error);
	EXPECT_EQ(2, fault.op);
	EXPECT_EQ(4, fault.op_count);
	EXPECT_EQ(2, fault.progress);
	EXPECT_EQ(200, fault.timeout_ms);
	EXPECT_LE(start, fault.queued_ns / 1000000);
	EXPECT_LE(fault.queued_ns, fault.started_ns);
	EXPECT_LE(fault.started_ns, fault.progress_ns);
	EXPECT_LE(fault.progress_ns + 200000000, fault.time_ns);
	ASSERT_TRUE(first_record(&dump, VNPU_COREDUMP_CONTEXT, &context, sizeof(context)));
	EXPECT_EQ(getpid(), (int)context.pid);
	EXPECT_EQ(DRM_VNPU_CTX_GUILTY, context.state);
	EXPECT_NE(0, context.client);
	drop_dumps();
}

TEST_F(npu, program_is_the_one_that_was_given)
{
	struct vnpu_coredump_section section;
	struct program p;
	struct dump dump;

	if (!dumps())
		SKIP(return, "a kernel without core dumps");
	program_begin(&p);
	program_fill(&p, 3);
	program_copy(&p);
	ASSERT_TRUE(hang_and_read(&self->rig, program_load(self->fd, &p), 1, &dump));
	ASSERT_TRUE(find_section(&dump, VNPU_COREDUMP_PROGRAM, 0, &section));
	EXPECT_EQ(p.header.size, section.size);
	EXPECT_EQ(p.header.size, section.whole);
	EXPECT_EQ(0, memcmp(dump.bytes + section.offset, &p, p.header.size));
	drop_dumps();
}

TEST_F(npu, bindings_without_their_memory)
{
	__u32 program = program_load_copy(self->fd);
	struct vnpu_coredump_binding binding[PROGRAM_SLOTS];
	struct vnpu_coredump_section section;
	struct rig hanger;
	struct dump dump;

	if (!dumps())
		SKIP(return, "a kernel without core dumps");
	drop_dumps();
	ASSERT_EQ(0, rig_open(&hanger, self->fd, 200));
	snprintf((char *)hanger.mem[SLOT_A], PROGRAM_BYTES, "a secret that is nobody's business");
	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(-ETIME, rig_run(&hanger, program));
	ASSERT_TRUE(read_dump(&dump));
	ASSERT_TRUE(find_section(&dump, VNPU_COREDUMP_BINDINGS, 0, &section));
	ASSERT_EQ(sizeof(binding[0]), section.stride);
	ASSERT_EQ(sizeof(binding), section.size);
	memcpy(binding, dump.bytes + section.offset, sizeof(binding));
	EXPECT_EQ(SLOT_A, binding[0].slot);
	EXPECT_EQ(VNPU_SLOT_INPUT, binding[0].kind);
	EXPECT_EQ(DRM_VNPU_SLOT_READ, binding[0].access);
	EXPECT_EQ(hanger.bo[SLOT_A], binding[0].handle);
	EXPECT_EQ(PROGRAM_BYTES, binding[0].needed);
	EXPECT_EQ(PROGRAM_BYTES, binding[0].bo_size);
	EXPECT_EQ(DRM_VNPU_SLOT_WRITE, binding[SLOT_RESULT].access);
	EXPECT_FALSE(find_section(&dump, VNPU_COREDUMP_CONTENTS, 0, &section));
	EXPECT_EQ(NULL, memmem(dump.bytes, dump.size, "a secret that is", 16));
	drop_dumps();
}

TEST_F(npu, memory_is_there_when_root_asks_for_it)
{
	__u32 program = program_load_copy(self->fd);
	struct vnpu_coredump_section section;
	struct rig hanger;
	struct dump dump;
	char path[128];

	if (!dumps())
		SKIP(return, "a kernel without core dumps");
	drop_dumps();
	ASSERT_EQ(0, device_debugfs("dump_bytes", path, sizeof(path)));
	ASSERT_EQ(0, file_write(path, "64"));
	ASSERT_EQ(0, rig_open(&hanger, self->fd, 200));
	rig_fill(&hanger, SLOT_A, 42);
	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(-ETIME, rig_run(&hanger, program));
	ASSERT_TRUE(read_dump(&dump));
	EXPECT_EQ(0, file_write(path, "0"));
	ASSERT_TRUE(find_section(&dump, VNPU_COREDUMP_CONTENTS, 0, &section));
	EXPECT_EQ(SLOT_A, section.index);
	EXPECT_EQ(64, section.size);
	EXPECT_EQ(PROGRAM_BYTES, section.whole);
	for (__u32 i = 0; i < section.size; i++)
		EXPECT_EQ(42, dump.bytes[section.offset + i]);
	drop_dumps();
}

/* Jobs and events that came before, oldest first. */
TEST_F(npu, history)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct vnpu_coredump_event event;
	struct vnpu_coredump_section section;
	struct vnpu_coredump_fault fault;
	struct vnpu_coredump_job job;
	struct dump dump;

	if (!dumps())
		SKIP(return, "a kernel without core dumps");
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, rig_run(&self->rig, program));
	ASSERT_TRUE(hang_and_read(&self->rig, program, 0, &dump));
	ASSERT_TRUE(first_record(&dump, VNPU_COREDUMP_FAULT, &fault, sizeof(fault)));
	ASSERT_TRUE(find_section(&dump, VNPU_COREDUMP_JOBS, 0, &section));
	ASSERT_EQ(sizeof(job), section.stride);
	ASSERT_LE(sizeof(job), section.size);
	memcpy(&job, dump.bytes + section.offset + section.size - sizeof(job), sizeof(job));
	EXPECT_EQ(fault.job, job.job);
	EXPECT_EQ(-ETIME, job.error);
	EXPECT_LT(job.started_ns, job.ended_ns);
	ASSERT_TRUE(find_section(&dump, VNPU_COREDUMP_EVENTS, 0, &section));
	ASSERT_EQ(sizeof(event), section.stride);
	ASSERT_LE(sizeof(event), section.size);
	memcpy(&event, dump.bytes + section.offset + section.size - sizeof(event),
	       sizeof(event));
	EXPECT_EQ(VNPU_COREDUMP_EVENT_FAULT, event.type);
	EXPECT_EQ(DRM_VNPU_FAULT_HANG, event.fault);
	EXPECT_EQ(fault.job, event.job);
	drop_dumps();
}

/* What was kept of a fault is there until somebody has read it. */
TEST_F(npu, a_dump_outlives_the_device)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct dump dump, again;
	__u64 end;

	if (!dumps())
		SKIP(return, "a kernel without core dumps");
	ASSERT_TRUE(hang_and_read(&self->rig, program, 0, &dump));
	rig_close(&self->rig);
	ASSERT_EQ(0, file_write(DRIVER "unbind", "vnpu"));
	ASSERT_TRUE(read_dump(&again));
	EXPECT_EQ(dump.size, again.size);
	EXPECT_EQ(0, memcmp(dump.bytes, again.bytes, dump.size));
	ASSERT_EQ(0, file_write(DRIVER "bind", "vnpu"));
	drop_dumps();
	end = device_ms() + DEVICE_SOON_MS;
	while ((self->fd = device_open()) < 0 && device_ms() < end)
		device_sleep(10);
	EXPECT_LE(0, self->fd);
}

TEST_F(npu, dumps_are_for_root)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct dump dump;
	char path[128];

	if (!dumps())
		SKIP(return, "a kernel without core dumps");
	ASSERT_TRUE(hang_and_read(&self->rig, program, 0, &dump));
	ASSERT_TRUE(find_dump(path, sizeof(path)));
	ASSERT_EQ(0, device_drop_privileges());
	EXPECT_GT(0, open(path, O_RDONLY | O_CLOEXEC));
}

TEST_HARNESS_MAIN
