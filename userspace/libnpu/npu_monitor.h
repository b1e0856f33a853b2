/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * libnpu: who uses the devices that vnpu.ko drives, and what happens to them.  Part of
 * npu.h, which includes it and whose conventions hold here, too.
 */
#ifndef NPU_MONITOR_H
#define NPU_MONITOR_H

#include "npu.h"

#if defined(__cplusplus)
extern "C" {
#endif

/** struct npu_monitor - a view of the devices that vnpu.ko drives, through netlink; opaque */
struct npu_monitor;

/**
 * struct npu_monitor_device - a device, and how it does
 * @index: N of /dev/accel/accelN
 * @name: its name on its bus
 * @version: of the driver
 * @firmware: what its firmware says of itself
 * @firmware_generation: how often it was given firmware
 * @cores: cores, each with a queue of its own
 * @workers: host threads that share the tiles of one core's job
 * @isa: instruction sets in use, bits of &enum drm_vnpu_isa
 * @wedged: a core does not answer: the device takes no jobs
 * @queued: jobs that exist, waiting or running
 * @busy_ns: how long at least one core had a job
 * @completed: jobs done without error
 * @failed: jobs ended with an error
 * @hangs: of these, jobs that made no progress
 * @resets: resets of the device
 */
struct npu_monitor_device {
	uint32_t index;
	char name[32];
	char version[32];
	char firmware[64];
	uint32_t firmware_generation;
	uint32_t cores;
	uint32_t workers;
	uint32_t isa;
	bool wedged;
	uint32_t queued;
	uint64_t busy_ns;
	uint64_t completed;
	uint64_t failed;
	uint64_t hangs;
	uint64_t resets;
};

/**
 * struct npu_monitor_client - an open file of a device
 * @index: N of /dev/accel/accelN
 * @id: number of the file, the drm-client-id of its fdinfo
 * @pid: process that opened it; 0: not visible from here
 * @uid: its user
 * @comm: its name; "" when it has ended
 * @memory: bytes of the buffers that it has handles of
 * @busy_ns: time spent on its jobs
 * @submitted: jobs taken
 * @ended: jobs ended, with an error or without
 * @contexts: contexts
 * @programs: programs
 */
struct npu_monitor_client {
	uint32_t index;
	uint64_t id;
	uint32_t pid;
	uint32_t uid;
	char comm[16];
	uint64_t memory;
	uint64_t busy_ns;
	uint64_t submitted;
	uint64_t ended;
	uint32_t contexts;
	uint32_t programs;
};

/**
 * struct npu_monitor_event - something that happened to a device
 * @index: N of /dev/accel/accelN
 * @type: a word: "added", "removed", "fault", "reset", "wedged", "firmware"
 * @fault: of a fault, a word: "hang", "dead core", "constants", "machine"; else ""
 * @time_ns: CLOCK_MONOTONIC
 * @error: 0 or the negative errno that the job or the action ended with
 * @core: on which core; UINT32_MAX: none in particular
 * @op: record of the program that ran; UINT32_MAX: none
 * @client: number of the open file whose job it was; 0: nobody's
 * @ctx: handle of that job's context
 * @pid: process that opened that file, seen from the initial namespace; 0: it has ended
 * @job: number of the job
 */
struct npu_monitor_event {
	uint32_t index;
	const char *type;
	const char *fault;
	uint64_t time_ns;
	int32_t error;
	uint32_t core;
	uint32_t op;
	uint64_t client;
	uint32_t ctx;
	uint32_t pid;
	uint64_t job;
};

/**
 * npu_monitor_open() - look at the devices that vnpu.ko drives
 * @monitor: out
 * @error: filled on failure
 *
 * From here on events are kept for npu_monitor_next().
 *
 * Return: 0; -ENODEV when the module is not loaded; -ENOMEM; or what netlink says.
 */
NPU_API int npu_monitor_open(struct npu_monitor **monitor, struct npu_error *error);

/** npu_monitor_close() - release */
NPU_API void npu_monitor_close(struct npu_monitor *monitor);

/**
 * npu_monitor_devices() - all devices
 * @monitor: from npu_monitor_open()
 * @devices: out: an array, which the caller gives to free(); NULL when there are none
 * @count: out: its length
 * @error: filled on failure
 *
 * Return: 0 or a negative errno.
 */
NPU_API int npu_monitor_devices(struct npu_monitor *monitor, struct npu_monitor_device **devices,
				size_t *count, struct npu_error *error);

/**
 * npu_monitor_clients() - open files of all devices that this process may see
 * @monitor: from npu_monitor_open()
 * @clients: out: an array, which the caller gives to free(); NULL when there are none
 * @count: out: its length
 * @error: filled on failure
 *
 * A process sees the files of its own user; one with CAP_SYS_ADMIN sees all.
 *
 * Return: 0 or a negative errno.
 */
NPU_API int npu_monitor_clients(struct npu_monitor *monitor, struct npu_monitor_client **clients,
				size_t *count, struct npu_error *error);

/** npu_monitor_fd() - polls readable when npu_monitor_next() has something; not to be closed */
NPU_API int npu_monitor_fd(const struct npu_monitor *monitor);

/**
 * npu_monitor_next() - the next event
 * @monitor: from npu_monitor_open()
 * @event: out; its strings are constant
 * @timeout_ms: milliseconds to wait for it; 0 polls, NPU_WAIT_FOREVER
 * @error: filled on failure
 *
 * Events of a client are told to processes of its user and of root.
 *
 * Return: 0; -ETIMEDOUT; -ENOBUFS when events were lost because nobody read them, after
 * which it goes on with those that come; -EINTR; or what netlink says.
 */
NPU_API int npu_monitor_next(struct npu_monitor *monitor, struct npu_monitor_event *event,
			     int64_t timeout_ms, struct npu_error *error);

#if defined(__cplusplus)
}
#endif

#endif /* NPU_MONITOR_H */
