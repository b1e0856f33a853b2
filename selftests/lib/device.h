/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device as tests see it.  Calls return 0 or a negative errno, so that what a
 * refusal should be can stand in a table.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>

#include "drm/vnpu_accel.h"

/** DEVICE_SOON_MS - time for anything that must happen soon, also in an emulator */
#define DEVICE_SOON_MS	20000

/** COUNT() - elements of a table */
#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

/** device_open() - open the first accel node driven by vnpu; -errno when there is none */
int device_open(void);

/** device_call() - an ioctl; 0 or -errno */
int device_call(int fd, unsigned long request, void *arg);

/** device_deadline() - the absolute time @ms from now, as the interface wants it */
__s64 device_deadline(int ms);

/** device_ms() - milliseconds on CLOCK_MONOTONIC */
__u64 device_ms(void);

/** device_sleep() - sleep for @ms */
void device_sleep(unsigned int ms);

/** device_drop_privileges() - become nobody, without capabilities, for the rest of the process */
int device_drop_privileges(void);

/** device_is_uml() - is this User Mode Linux, rather than a whole machine? */
bool device_is_uml(void);

/** file_write() - write @text into a file that is there; 0 or -errno */
int file_write(const char *path, const char *text);

/** file_text() - read a file's first @size - 1 bytes as text; 0 or -errno */
int file_text(const char *path, char *text, unsigned int size);

/** DEVICE_SYSFS - folder of the device's own files */
#define DEVICE_SYSFS	"/sys/bus/platform/devices/vnpu/"

/** device_number() - the number that a file of DEVICE_SYSFS begins with; -errno */
long long device_number(const char *name);

/** device_query() - DEV_QUERY of @type into @info of @size bytes; 0 or -errno */
int device_query(int fd, __u32 type, void *info, __u32 size);

/** device_debugfs() - find a file of the device's debugfs folder; 0 or -ENOENT */
int device_debugfs(const char *name, char *path, unsigned int size);

/** device_inject() - write a file of debugfs' inject/ folder; 0 or -errno */
int device_inject(const char *name, int value);

/** bo_create() - make a buffer; its handle, or 0 */
__u32 bo_create(int fd, __u64 size);

/** bo_map() - map a buffer; NULL when that fails */
void *bo_map(int fd, __u32 handle, __u64 size);

/** bo_close() - close a buffer's handle */
int bo_close(int fd, __u32 handle);

/** bo_wait() - wait @ms for all jobs that use a buffer; a negative @ms polls */
int bo_wait(int fd, __u32 handle, int ms);

/** bo_export() - a dma-buf of a buffer, or -errno */
int bo_export(int fd, __u32 handle);

/** bo_import() - a handle of a dma-buf, or 0 */
__u32 bo_import(int fd, int dmabuf);

/** ctx_create() - make a context of normal priority; its handle, or 0 */
__u32 ctx_create(int fd, __u32 timeout_ms);

/** ctx_query() - state of a context; 0 or -errno */
int ctx_query(int fd, __u32 ctx, struct drm_vnpu_ctx_query *out);

/** ctx_destroy() - drop a context */
int ctx_destroy(int fd, __u32 ctx);

/** syncobj_create() - make a syncobj without a fence; its handle, or 0 */
__u32 syncobj_create(int fd);

/** syncobj_wait() - wait @ms for a point of a syncobj (0: binary); 0 or -errno */
int syncobj_wait(int fd, __u32 handle, __u64 point, int ms);

/** syncobj_fence() - the fence of a syncobj as a sync_file, which outlives the device's file */
int syncobj_fence(int fd, __u32 handle);

/** fence_wait() - wait @ms for a sync_file; 0, -ETIMEDOUT, or its own error */
int fence_wait(int fence, int ms);

/** syncobj_error() - 1 the fence is signalled, 0 not yet, or its negative error */
int syncobj_error(int fd, __u32 handle);

#endif /* DEVICE_H */
