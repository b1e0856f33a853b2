// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Devices, clients and events, as the netlink family "vnpu" tells of them. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "drm/vnpu_accel.h"
#include "error.h"
#include "linux/vnpu_nl.h"
#include "npu.h"

/**
 * struct npu_monitor - see npu.h
 * @requests: socket for questions; each is answered before the next
 * @events: socket that is a member of the group "events"
 * @family: number of the family
 */
struct npu_monitor {
	struct nl_sock *requests;
	struct nl_sock *events;
	int family;
};

/**
 * struct field - where an attribute goes
 * @attribute: its number; the last row has 0
 * @size: bytes of the number, or of the array for text
 * @offset: in the struct to fill
 * @text: a string
 */
struct field {
	int attribute;
	size_t size;
	size_t offset;
	bool text;
};

#define FIELD(type, member, attr)                                                                 \
	{                                                                                         \
		VNPU_A_##attr, sizeof(((struct type *)0)->member), offsetof(struct type, member), \
			false                                                                     \
	}
#define TEXT(type, member, attr)                                                                  \
	{                                                                                         \
		VNPU_A_##attr, sizeof(((struct type *)0)->member), offsetof(struct type, member), \
			true                                                                      \
	}

static const struct field device_fields[] = {
	FIELD(npu_monitor_device, index, DEV_INDEX),
	TEXT(npu_monitor_device, name, DEV_NAME),
	TEXT(npu_monitor_device, version, DEV_VERSION),
	TEXT(npu_monitor_device, firmware, DEV_FIRMWARE),
	FIELD(npu_monitor_device, firmware_generation, DEV_FIRMWARE_GENERATION),
	FIELD(npu_monitor_device, cores, DEV_CORES),
	FIELD(npu_monitor_device, workers, DEV_WORKERS),
	FIELD(npu_monitor_device, isa, DEV_ISA),
	{ 0 },
};

static const struct field health_fields[] = {
	FIELD(npu_monitor_device, index, HEALTH_INDEX),
	FIELD(npu_monitor_device, wedged, HEALTH_WEDGED),
	FIELD(npu_monitor_device, queued, HEALTH_QUEUED),
	FIELD(npu_monitor_device, busy_ns, HEALTH_BUSY_NS),
	FIELD(npu_monitor_device, completed, HEALTH_COMPLETED),
	FIELD(npu_monitor_device, failed, HEALTH_FAILED),
	FIELD(npu_monitor_device, hangs, HEALTH_HANGS),
	FIELD(npu_monitor_device, resets, HEALTH_RESETS),
	{ 0 },
};

static const struct field client_fields[] = {
	FIELD(npu_monitor_client, index, CLIENT_INDEX),
	FIELD(npu_monitor_client, id, CLIENT_ID),
	FIELD(npu_monitor_client, pid, CLIENT_PID),
	FIELD(npu_monitor_client, uid, CLIENT_UID),
	TEXT(npu_monitor_client, comm, CLIENT_COMM),
	FIELD(npu_monitor_client, memory, CLIENT_MEMORY),
	FIELD(npu_monitor_client, busy_ns, CLIENT_BUSY_NS),
	FIELD(npu_monitor_client, submitted, CLIENT_SUBMITTED),
	FIELD(npu_monitor_client, ended, CLIENT_ENDED),
	FIELD(npu_monitor_client, contexts, CLIENT_CONTEXTS),
	FIELD(npu_monitor_client, programs, CLIENT_PROGRAMS),
	{ 0 },
};

static const struct field event_fields[] = {
	FIELD(npu_monitor_event, index, EVENT_INDEX),
	FIELD(npu_monitor_event, time_ns, EVENT_TIME_NS),
	FIELD(npu_monitor_event, error, EVENT_ERROR),
	FIELD(npu_monitor_event, core, EVENT_CORE),
	FIELD(npu_monitor_event, op, EVENT_OP),
	FIELD(npu_monitor_event, client, EVENT_CLIENT),
	FIELD(npu_monitor_event, ctx, EVENT_CTX),
	FIELD(npu_monitor_event, pid, EVENT_PID),
	FIELD(npu_monitor_event, job, EVENT_JOB),
	{ 0 },
};

/* libnl has error numbers of its own. */
static int nl_errno(int code)
{
	static const int errnos[] = {
		[NLE_INTR] = EINTR,	      [NLE_AGAIN] = EAGAIN,	   [NLE_NOMEM] = ENOMEM,
		[NLE_OBJ_NOTFOUND] = ENODEV,  [NLE_PERM] = EPERM,	   [NLE_NOACCESS] = EACCES,
		[NLE_BUSY] = EBUSY,	      [NLE_INVAL] = EINVAL,	   [NLE_NODEV] = ENODEV,
		[NLE_OPNOTSUPP] = EOPNOTSUPP, [NLE_MSG_OVERFLOW] = EPROTO, [NLE_DUMP_INTR] = EAGAIN,
	};
	size_t i = (size_t)(code < 0 ? -code : code);

	return i < sizeof(errnos) / sizeof(errnos[0]) && errnos[i] ? -errnos[i] : -EIO;
}

static int fail(struct npu_error *error, int code, const char *what)
{
	return npu_fail(error, nl_errno(code), "netlink: %s: %s", what, nl_geterror(code));
}

/* A number is filled from one of any width; what the kernel does not tell stays as it is. */
static void fill_number(const struct nlattr *attribute, uint8_t *out, size_t size)
{
	uint64_t value = 0;
	size_t length = (size_t)nla_len(attribute);

	if (length != sizeof(uint32_t) && length != sizeof(uint64_t))
		return;
	/* Little and big endian alike: through a number of its own width. */
	value = length == sizeof(uint64_t) ? nla_get_u64(attribute) : nla_get_u32(attribute);
	if (size == sizeof(bool))
		*(bool *)out = value != 0;
	else if (size == sizeof(uint32_t))
		*(uint32_t *)out = (uint32_t)value;
	else
		memcpy(out, &value, sizeof(value));
}

static void fill(const struct field *fields, struct nlattr *const *attributes, void *out)
{
	for (const struct field *f = fields; f->attribute; f++) {
		const struct nlattr *a = attributes[f->attribute];
		uint8_t *at = (uint8_t *)out + f->offset;

		if (!a)
			continue;
		if (f->text)
			nla_strlcpy((char *)at, a, f->size);
		else
			fill_number(a, at, f->size);
	}
}

/**
 * struct listing - a dump on its way into an array
 * @fields: of an element
 * @size: bytes of an element
 * @items: the array, or NULL
 * @count: elements of it
 * @merge: elements exist; fill the one with the same index, which comes first in it
 * @error: 0 or a negative errno
 */
struct listing {
	const struct field *fields;
	size_t size;
	uint8_t *items;
	size_t count;
	bool merge;
	int error;
};

static uint8_t *listing_find(const struct listing *l, uint32_t index)
{
	for (size_t i = 0; i < l->count; i++)
		if (!memcmp(l->items + i * l->size, &index, sizeof(index)))
			return l->items + i * l->size;
	return NULL;
}

static uint8_t *listing_add(struct listing *l)
{
	uint8_t *items = realloc(l->items, (l->count + 1) * l->size);

	if (!items) {
		l->error = -ENOMEM;
		return NULL;
	}
	l->items = items;
	return memset(items + l->count++ * l->size, 0, l->size);
}

#define MOST_ATTRIBUTES 32

static int on_message(struct nl_msg *msg, void *data)
{
	struct nlattr *attributes[MOST_ATTRIBUTES + 1];
	struct listing *l = data;
	uint8_t *item;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attributes, MOST_ATTRIBUTES, NULL) < 0)
		return NL_SKIP;
	/* The first field of each is the number of the device. */
	if (l->merge)
		item = attributes[l->fields[0].attribute] ?
			       listing_find(l, nla_get_u32(attributes[l->fields[0].attribute])) :
			       NULL;
	else
		item = listing_add(l);
	if (item)
		fill(l->fields, attributes, item);
	return NL_OK;
}

static int dump(struct npu_monitor *m, uint8_t cmd, struct listing *l, struct npu_error *error)
{
	int ret = genl_send_simple(m->requests, m->family, cmd, VNPU_FAMILY_VERSION, NLM_F_DUMP);

	nl_socket_modify_cb(m->requests, NL_CB_VALID, NL_CB_CUSTOM, on_message, l);
	if (ret >= 0)
		ret = nl_recvmsgs_default(m->requests);
	if (ret < 0)
		return fail(error, ret, "the devices cannot be listed");
	return l->error ? npu_fail(error, l->error, "netlink: out of memory") : 0;
}

int npu_monitor_devices(struct npu_monitor *monitor, struct npu_monitor_device **devices,
			size_t *count, struct npu_error *error)
{
	struct listing l = { .fields = device_fields, .size = sizeof(**devices) };
	int ret = dump(monitor, VNPU_CMD_DEV_GET, &l, error);

	if (!ret) {
		l.fields = health_fields;
		l.merge = true;
		ret = dump(monitor, VNPU_CMD_HEALTH_GET, &l, error);
	}
	if (ret) {
		free(l.items);
		return ret;
	}
	*devices = (struct npu_monitor_device *)(void *)l.items;
	*count = l.count;
	return 0;
}

int npu_monitor_clients(struct npu_monitor *monitor, struct npu_monitor_client **clients,
			size_t *count, struct npu_error *error)
{
	struct listing l = { .fields = client_fields, .size = sizeof(**clients) };
	int ret = dump(monitor, VNPU_CMD_CLIENT_GET, &l, error);

	if (ret) {
		free(l.items);
		return ret;
	}
	*clients = (struct npu_monitor_client *)(void *)l.items;
	*count = l.count;
	return 0;
}

static const char *word(const char *const *words, size_t count, const struct nlattr *attribute)
{
	uint32_t value = attribute ? nla_get_u32(attribute) : 0;

	return value < count && words[value] ? words[value] : "unknown";
}

/**
 * struct arrival - an event on its way out of a socket
 * @event: filled
 * @here: it is
 */
struct arrival {
	struct npu_monitor_event *event;
	bool here;
};

static int on_event(struct nl_msg *msg, void *data)
{
	static const char *const types[] = {
		[VNPU_NL_EVENT_ADDED] = "added",   [VNPU_NL_EVENT_REMOVED] = "removed",
		[VNPU_NL_EVENT_FAULT] = "fault",   [VNPU_NL_EVENT_RESET] = "reset",
		[VNPU_NL_EVENT_WEDGED] = "wedged", [VNPU_NL_EVENT_FIRMWARE] = "firmware",
	};
	static const char *const faults[] = {
		[DRM_VNPU_FAULT_NONE] = "",
		[DRM_VNPU_FAULT_HANG] = "hang",
		[DRM_VNPU_FAULT_DEAD_CORE] = "dead core",
		[DRM_VNPU_FAULT_CONSTANTS] = "constants",
		[DRM_VNPU_FAULT_MACHINE] = "machine",
	};
	struct nlattr *attributes[MOST_ATTRIBUTES + 1];
	struct arrival *arrival = data;
	struct npu_monitor_event *event = arrival->event;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attributes, MOST_ATTRIBUTES, NULL) < 0)
		return NL_SKIP;
	*event = (struct npu_monitor_event){ .core = UINT32_MAX, .op = UINT32_MAX };
	event->type = word(types, sizeof(types) / sizeof(types[0]), attributes[VNPU_A_EVENT_TYPE]);
	event->fault =
		word(faults, sizeof(faults) / sizeof(faults[0]), attributes[VNPU_A_EVENT_FAULT]);
	fill(event_fields, attributes, event);
	arrival->here = true;
	/* One at a time: a datagram holds one. */
	return NL_STOP;
}

int npu_monitor_fd(const struct npu_monitor *monitor)
{
	return nl_socket_get_fd(monitor->events);
}

int npu_monitor_next(struct npu_monitor *monitor, struct npu_monitor_event *event,
		     int64_t timeout_ms, struct npu_error *error)
{
	struct pollfd poller = { .fd = npu_monitor_fd(monitor), .events = POLLIN };
	struct arrival arrival = { .event = event };
	int wait = timeout_ms < 0 ? -1 : timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms;
	int ret;

	nl_socket_modify_cb(monitor->events, NL_CB_VALID, NL_CB_CUSTOM, on_event, &arrival);
	while (!arrival.here) {
		ret = poll(&poller, 1, wait);
		if (ret < 0)
			return npu_fail(error, -errno, "netlink: %s", strerror(errno));
		if (!ret)
			return npu_fail(error, -ETIMEDOUT, "netlink: no event");
		ret = nl_recvmsgs_default(monitor->events);
		/* libnl has one number for a lack of memory and for lost messages. */
		if (ret == -NLE_NOMEM)
			return npu_fail(error, -ENOBUFS,
					"netlink: events were lost, nobody read them in time");
		if (ret < 0 && ret != -NLE_AGAIN)
			return fail(error, ret, "no event can be read");
	}
	return 0;
}

static int open_requests(struct npu_monitor *m, struct npu_error *error)
{
	int ret = genl_connect(m->requests);

	if (ret < 0)
		return fail(error, ret, "no socket");
	m->family = genl_ctrl_resolve(m->requests, VNPU_FAMILY_NAME);
	if (m->family < 0)
		return npu_fail(error, -ENODEV,
				"netlink: no family '" VNPU_FAMILY_NAME
				"': the module is not loaded; 'npu doctor' says more");
	return 0;
}

static int open_events(struct npu_monitor *m, struct npu_error *error)
{
	int ret = genl_connect(m->events);

	if (ret >= 0)
		ret = genl_ctrl_resolve_grp(m->events, VNPU_FAMILY_NAME, VNPU_MCGRP_EVENTS);
	nl_socket_disable_seq_check(m->events);
	if (ret >= 0)
		ret = nl_socket_add_membership(m->events, ret);
	if (ret >= 0)
		ret = nl_socket_set_nonblocking(m->events);
	return ret < 0 ? fail(error, ret, "no events") : 0;
}

int npu_monitor_open(struct npu_monitor **monitor, struct npu_error *error)
{
	struct npu_monitor *m = calloc(1, sizeof(*m));
	int ret;

	*monitor = NULL;
	if (!m)
		return npu_fail(error, -ENOMEM, "netlink: out of memory");
	m->requests = nl_socket_alloc();
	m->events = nl_socket_alloc();
	ret = m->requests && m->events ? open_requests(m, error) :
					 npu_fail(error, -ENOMEM, "netlink: out of memory");
	if (!ret)
		ret = open_events(m, error);
	if (ret) {
		npu_monitor_close(m);
		return ret;
	}
	*monitor = m;
	return 0;
}

void npu_monitor_close(struct npu_monitor *monitor)
{
	if (!monitor)
		return;
	if (monitor->requests)
		nl_socket_free(monitor->requests);
	if (monitor->events)
		nl_socket_free(monitor->events);
	free(monitor);
}
