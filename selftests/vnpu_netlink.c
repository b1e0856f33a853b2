// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family: what it says of devices, of who uses them and of what happens, and
 * to whom.  Through the library's own reader, and below it where that is too polite.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "fixture.h"
#include "linux/vnpu_nl.h"
#include "npu.h"

/* What a client of this process's device looks like, found by its newest file. */
static int find_client(struct npu_monitor *m, __u32 pid, struct npu_monitor_client *found)
{
	struct npu_monitor_client *clients = NULL;
	size_t count = 0;
	int ret = npu_monitor_clients(m, &clients, &count, NULL);

	if (!ret)
		ret = -ENOENT;
	for (size_t i = 0; i < count; i++) {
		if (clients[i].pid != pid)
			continue;
		*found = clients[i];
		ret = 0;
	}
	free(clients);
	return ret;
}

static int find_device(struct npu_monitor *m, struct npu_monitor_device *found)
{
	struct npu_monitor_device *devices = NULL;
	size_t count = 0;
	int ret = npu_monitor_devices(m, &devices, &count, NULL);

	if (!ret && !count)
		ret = -ENOENT;
	if (!ret)
		*found = devices[0];
	free(devices);
	return ret;
}

TEST_F(npu, device_counts_jobs)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct drm_vnpu_dev_info info;
	struct drm_vnpu_dev_query query = {
		.type = DRM_VNPU_QUERY_DEV_INFO,
		.size = sizeof(info),
		.pointer = (__u64)(uintptr_t)&info,
	};
	struct npu_monitor_device before, after;
	struct npu_monitor *m;
	int failed = 0;

	ASSERT_EQ(0, npu_monitor_open(&m, NULL));
	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &query));
	ASSERT_EQ(0, find_device(m, &before));
	EXPECT_EQ(info.cores, before.cores);
	EXPECT_EQ(info.workers, before.workers);
	EXPECT_EQ(info.isa, before.isa);
	EXPECT_NE('\0', before.version[0]);
	EXPECT_EQ(0, before.wedged);
	for (int i = 0; i < 3; i++)
		failed |= rig_run(&self->rig, program);
	ASSERT_EQ(0, failed);
	ASSERT_EQ(0, find_device(m, &after));
	EXPECT_EQ(before.completed + 3, after.completed);
	EXPECT_EQ(before.failed, after.failed);
	EXPECT_LT(before.busy_ns, after.busy_ns);
	npu_monitor_close(m);
}

TEST_F(npu, client_shows_what_it_holds)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct npu_monitor_client before, after;
	struct npu_monitor *m;

	ASSERT_EQ(0, npu_monitor_open(&m, NULL));
	ASSERT_EQ(0, find_client(m, (__u32)getpid(), &before));
	EXPECT_EQ(getuid(), before.uid);
	EXPECT_EQ(0, strncmp(before.comm, "vnpu_netlink", sizeof(before.comm) - 1));
	EXPECT_EQ(1, before.contexts);
	EXPECT_EQ(1, before.programs);
	ASSERT_NE(0, bo_create(self->fd, 1 << 20));
	ASSERT_NE(0, ctx_create(self->fd, 0));
	ASSERT_EQ(0, rig_run(&self->rig, program));
	ASSERT_EQ(0, program_destroy(self->fd, program));
	ASSERT_EQ(0, find_client(m, (__u32)getpid(), &after));
	EXPECT_EQ(before.id, after.id);
	EXPECT_EQ(before.memory + (1 << 20), after.memory);
	EXPECT_EQ(2, after.contexts);
	EXPECT_EQ(0, after.programs);
	EXPECT_EQ(before.submitted + 1, after.submitted);
	EXPECT_EQ(before.ended + 1, after.ended);
	npu_monitor_close(m);
}

/* In a child, as nobody: 0 when @check holds. */
static int as_nobody(int (*check)(__u32 parent))
{
	__u32 parent = (__u32)getpid();
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (device_drop_privileges())
			_exit(1);
		_exit(check(parent) ? 2 : 0);
	}
	return pid < 0 || waitpid(pid, &status, 0) != pid ? -1 : status;
}

static int sees_no_client_of(__u32 parent)
{
	struct npu_monitor_client found;
	struct npu_monitor *m;
	int ret = npu_monitor_open(&m, NULL);

	if (ret)
		return ret;
	ret = find_client(m, parent, &found) != -ENOENT;
	npu_monitor_close(m);
	return ret;
}

TEST_F(npu, clients_of_others_are_hidden)
{
	EXPECT_EQ(0, as_nobody(sees_no_client_of));
}

/* A dump of more than one message: each client once. */
TEST_F(npu, long_lists_are_whole)
{
	enum { FILES = 200 };
	struct npu_monitor_client *clients = NULL;
	struct npu_monitor *m;
	bool failed = false, unsorted = false;
	size_t count = 0, mine = 0;

	for (int i = 0; i < FILES; i++)
		failed |= device_open() < 0;
	ASSERT_FALSE(failed);
	ASSERT_EQ(0, npu_monitor_open(&m, NULL));
	ASSERT_EQ(0, npu_monitor_clients(m, &clients, &count, NULL));
	for (size_t i = 0; i < count; i++) {
		mine += clients[i].pid == (__u32)getpid();
		unsorted |= i && clients[i - 1].id >= clients[i].id;
	}
	EXPECT_FALSE(unsorted);
	EXPECT_EQ(FILES + 1, mine);
	free(clients);
	npu_monitor_close(m);
}

static int hang_a_job(int fd)
{
	struct rig hanger;
	int ret = rig_open(&hanger, fd, 300);

	if (!ret)
		ret = device_inject("hang_op", 2);
	return ret ? ret : rig_run(&hanger, program_load_fill(fd, 4, 1));
}

TEST_F(npu, fault_is_told)
{
	struct npu_monitor_client client;
	struct npu_monitor_event event;
	struct npu_monitor *m;

	ASSERT_EQ(0, npu_monitor_open(&m, NULL));
	EXPECT_EQ(-ETIMEDOUT, npu_monitor_next(m, &event, 0, NULL));
	ASSERT_EQ(-ETIME, hang_a_job(self->fd));
	ASSERT_EQ(0, npu_monitor_next(m, &event, DEVICE_SOON_MS, NULL));
	EXPECT_STREQ("fault", event.type);
	EXPECT_STREQ("hang", event.fault);
	EXPECT_EQ(-ETIME, event.error);
	EXPECT_EQ(2, event.op);
	EXPECT_NE(UINT32_MAX, event.core);
	EXPECT_EQ((__u32)getpid(), event.pid);
	ASSERT_EQ(0, find_client(m, event.pid, &client));
	EXPECT_EQ(client.id, event.client);
	EXPECT_NE(0, event.ctx);
	npu_monitor_close(m);
}

/* Nobody listens, then tells the parent so, and must not hear of the parent's fault. */
TEST_F(npu, faults_of_others_are_hidden)
{
	struct npu_monitor_event event;
	int ready[2], go[2], status;
	struct npu_monitor *m;
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (device_drop_privileges() || npu_monitor_open(&m, NULL))
			_exit(1);
		if (write(ready[1], "", 1) != 1 || read(go[0], &c, 1) != 1)
			_exit(2);
		_exit(npu_monitor_next(m, &event, 0, NULL) == -ETIMEDOUT ? 0 : 3);
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &c, 1));
	ASSERT_EQ(0, npu_monitor_open(&m, NULL));
	ASSERT_EQ(-ETIME, hang_a_job(self->fd));
	/* What this process hears, that one would have heard, too. */
	ASSERT_EQ(0, npu_monitor_next(m, &event, DEVICE_SOON_MS, NULL));
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	npu_monitor_close(m);
}

static int on_stats(struct nl_msg *msg, void *data)
{
	struct nlattr *attributes[VNPU_A_HEALTH_MAX + 1];

	if (!genlmsg_parse(nlmsg_hdr(msg), 0, attributes, VNPU_A_HEALTH_MAX, NULL) &&
	    attributes[VNPU_A_HEALTH_INDEX] && attributes[VNPU_A_HEALTH_BUSY_NS])
		++*(int *)data;
	return NL_OK;
}

TEST_F(npu, stats_come_while_somebody_listens)
{
	struct nl_sock *sock = nl_socket_alloc();
	int group, messages = 0, ret = 0;

	ASSERT_EQ(0, genl_connect(sock));
	group = genl_ctrl_resolve_grp(sock, VNPU_FAMILY_NAME, VNPU_MCGRP_STATS);
	ASSERT_LE(0, group);
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_stats, &messages);
	ASSERT_EQ(0, nl_socket_add_membership(sock, group));
	while (messages < 2 && !ret)
		ret = nl_recvmsgs_default(sock);
	EXPECT_EQ(0, ret);
	nl_socket_free(sock);
}

/* The kernel's answer to a request with one attribute of @size bytes. */
static int ask(int cmd, int flags, int attribute, const void *value, int size)
{
	struct nl_sock *sock = nl_socket_alloc();
	struct nl_msg *msg = nlmsg_alloc();
	int ret = genl_connect(sock);
	int family = ret ? ret : genl_ctrl_resolve(sock, VNPU_FAMILY_NAME);

	if (family > 0) {
		genlmsg_put(msg, 0, 0, family, 0, NLM_F_ACK | flags, (uint8_t)cmd, 1);
		if (attribute)
			nla_put(msg, attribute, size, value);
		ret = nl_send_auto(sock, msg);
		if (ret >= 0)
			ret = nl_wait_for_ack(sock);
	}
	nlmsg_free(msg);
	nl_socket_free(sock);
	return family > 0 ? ret : family;
}

TEST_F(npu, odd_requests_are_refused)
{
	static const struct {
		int cmd, flags, attribute, size, answer;
	} requests[] = {
		{ VNPU_CMD_DEV_GET, 0, 0, 0, -NLE_INVAL },
		{ VNPU_CMD_HEALTH_GET, 0, 0, 0, -NLE_INVAL },
		{ VNPU_CMD_DEV_GET, 0, VNPU_A_DEV_INDEX, 4, -NLE_NODEV },
		{ VNPU_CMD_HEALTH_GET, 0, VNPU_A_HEALTH_INDEX, 4, -NLE_NODEV },
		{ VNPU_CMD_DEV_GET, 0, VNPU_A_DEV_INDEX, 1, -NLE_INVAL },
		{ VNPU_CMD_DEV_GET, 0, VNPU_A_DEV_CORES, 4, -NLE_INVAL },
		{ VNPU_CMD_CLIENT_GET, 0, 0, 0, -NLE_OPNOTSUPP },
		{ VNPU_CMD_CTX_GET, 0, 0, 0, -NLE_OPNOTSUPP },
		{ VNPU_CMD_EVENT_NTF, 0, 0, 0, -NLE_OPNOTSUPP },
		{ VNPU_CMD_MAX + 1, 0, 0, 0, -NLE_OPNOTSUPP },
	};
	const __u32 nowhere = 12345;

	for (int i = 0; i < COUNT(requests); i++) {
		EXPECT_EQ(requests[i].answer, ask(requests[i].cmd, requests[i].flags,
						  requests[i].attribute, &nowhere,
						  requests[i].size))
		{
			TH_LOG("request %d", i);
		}
	}
}

TEST_HARNESS_MAIN
