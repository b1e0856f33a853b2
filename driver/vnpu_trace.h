/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints.  Their names and fields are an interface, see Documentation/accel/tracing.rst:
 * fields are only ever appended.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vnpu

#if !defined(VNPU_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VNPU_TRACE_H

#include <linux/tracepoint.h>

#include "vnpu_ctx.h"
#include "vnpu_drv.h"
#include "vnpu_job.h"
#include "vnpu_prog.h"

TRACE_EVENT(vnpu_job_queue,
	TP_PROTO(const struct vnpu_job *job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->ctx->vdev->drm.dev))
		__field(u64, client)
		__field(u32, ctx)
		__field(u64, job)
		__field(u32, ops)
		__field(u64, macs)
		__field(u32, buffers)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->client = job->ctx->vfile->client;
		__entry->ctx = job->ctx->handle;
		__entry->job = job->hw.id;
		__entry->ops = job->program->npum.op_count;
		__entry->macs = job->program->npum.macs;
		__entry->buffers = job->bo_count;
	),
	TP_printk("dev=%s client=%llu ctx=%u job=%llu ops=%u macs=%llu buffers=%u",
		  __get_str(dev), __entry->client, __entry->ctx, __entry->job, __entry->ops,
		  __entry->macs, __entry->buffers)
);

TRACE_EVENT(vnpu_job_start,
	TP_PROTO(const struct vnpu_job *job, u32 core),
	TP_ARGS(job, core),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->ctx->vdev->drm.dev))
		__field(u64, client)
		__field(u32, ctx)
		__field(u64, job)
		__field(u32, core)
		__field(u64, queued_ns)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->client = job->ctx->vfile->client;
		__entry->ctx = job->ctx->handle;
		__entry->job = job->hw.id;
		__entry->core = core;
		__entry->queued_ns = job->started_ns - job->queued_ns;
	),
	TP_printk("dev=%s client=%llu ctx=%u job=%llu core=%u queued_ns=%llu",
		  __get_str(dev), __entry->client, __entry->ctx, __entry->job, __entry->core,
		  __entry->queued_ns)
);

TRACE_EVENT(vnpu_job_done,
	TP_PROTO(const struct vnpu_job *job, int error),
	TP_ARGS(job, error),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->ctx->vdev->drm.dev))
		__field(u64, client)
		__field(u32, ctx)
		__field(u64, job)
		__field(int, error)
		__field(u64, busy_ns)
		__field(u32, tiles)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->client = job->ctx->vfile->client;
		__entry->ctx = job->ctx->handle;
		__entry->job = job->hw.id;
		__entry->error = error;
		__entry->busy_ns = job->hw.busy_ns;
		__entry->tiles = atomic_read(&job->hw.progress);
	),
	TP_printk("dev=%s client=%llu ctx=%u job=%llu error=%d busy_ns=%llu tiles=%u",
		  __get_str(dev), __entry->client, __entry->ctx, __entry->job, __entry->error,
		  __entry->busy_ns, __entry->tiles)
);

DECLARE_EVENT_CLASS(vnpu_op,
	TP_PROTO(const struct vnpu_backend_job *hw, u32 op, u32 tiles),
	TP_ARGS(hw, op, tiles),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(u32, op)
		__field(u32, opcode)
		__field(u32, tiles)
	),
	TP_fast_assign(
		__entry->job = hw->id;
		__entry->op = op;
		__entry->opcode = hw->program->ops[op].opcode;
		__entry->tiles = tiles;
	),
	TP_printk("job=%llu op=%u opcode=%u tiles=%u", __entry->job, __entry->op,
		  __entry->opcode, __entry->tiles)
);

DEFINE_EVENT(vnpu_op, vnpu_op_start,
	TP_PROTO(const struct vnpu_backend_job *hw, u32 op, u32 tiles),
	TP_ARGS(hw, op, tiles)
);

DEFINE_EVENT(vnpu_op, vnpu_op_end,
	TP_PROTO(const struct vnpu_backend_job *hw, u32 op, u32 tiles),
	TP_ARGS(hw, op, tiles)
);

TRACE_EVENT(vnpu_fault,
	TP_PROTO(const struct vnpu_job *job, u32 fault, int error),
	TP_ARGS(job, fault, error),
	TP_STRUCT__entry(
		__string(dev, dev_name(job->ctx->vdev->drm.dev))
		__field(u64, client)
		__field(u32, ctx)
		__field(u64, job)
		__field(u32, fault)
		__field(int, error)
		__field(u32, op)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->client = job->ctx->vfile->client;
		__entry->ctx = job->ctx->handle;
		__entry->job = job->hw.id;
		__entry->fault = fault;
		__entry->error = error;
		__entry->op = job->hw.current_op;
	),
	TP_printk("dev=%s client=%llu ctx=%u job=%llu fault=%s error=%d op=%u",
		  __get_str(dev), __entry->client, __entry->ctx, __entry->job,
		  __print_symbolic(__entry->fault, { 1, "hang" }, { 2, "dead-core" },
				   { 3, "constants" }, { 4, "machine" }),
		  __entry->error, __entry->op)
);

TRACE_EVENT(vnpu_ctx,
	TP_PROTO(const struct vnpu_ctx *ctx, bool created),
	TP_ARGS(ctx, created),
	TP_STRUCT__entry(
		__string(dev, dev_name(ctx->vdev->drm.dev))
		__field(u64, client)
		__field(u32, ctx)
		__field(u32, priority)
		__field(u32, timeout_ms)
		__field(bool, created)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->client = ctx->vfile->client;
		__entry->ctx = ctx->handle;
		__entry->priority = ctx->priority;
		__entry->timeout_ms = ctx->timeout_ms;
		__entry->created = created;
	),
	TP_printk("dev=%s client=%llu ctx=%u priority=%u timeout_ms=%u %s",
		  __get_str(dev), __entry->client, __entry->ctx, __entry->priority,
		  __entry->timeout_ms, __entry->created ? "created" : "closed")
);

#endif /* VNPU_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vnpu_trace
#include <trace/define_trace.h>
