/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The host's side of a session: records of programs by the math model that the kernel
 * driver and the `sim` device use, and host operators.
 */
#ifndef NPU_FALLBACK_H
#define NPU_FALLBACK_H

#include "backend.h"
#include "host_ops.h"
#include "model.h"
#include "npum.h"

struct npu_fallback;

/**
 * npu_fallback_create() - get ready to run ops of a model on the host
 * @dev: device whose arithmetics the records get, and whose instruction set and number of
 *	threads if it computes in this process
 * @model: must outlive it
 * @bindings: memory of each slot of the model's program, mapped; must outlive it
 * @fallback: the new one; release with npu_fallback_free()
 * @error: filled on failure
 *
 * Return: 0; -ENOEXEC when the device does not have the model's arithmetic; -ENOMEM;
 * what starting threads gave.
 */
int npu_fallback_create(struct npu_device *dev, const struct npu_model *model,
			const struct npu_binding *bindings, struct npu_fallback **fallback,
			struct npu_error *error);

/** npu_fallback_free() - release; NULL is allowed */
void npu_fallback_free(struct npu_fallback *fallback);

/**
 * npu_fallback_run() - run consecutive ops of one kind and wait for their end
 * @fallback: the host's side; used by one thread at a time
 * @first: first op, numbered as in &struct npu_file_segment
 * @count: number of ops
 * @profile: one entry for each op of the model, or NULL
 * @counters: likewise; host operators count nothing
 * @error: filled on failure
 *
 * Allocates nothing.
 *
 * Return: 0, or what a host operator says of its inputs.
 */
int npu_fallback_run(struct npu_fallback *fallback, uint32_t first, uint32_t count,
		     struct npu_op_profile *profile, struct npu_op_counters *counters,
		     struct npu_error *error);

#endif /* NPU_FALLBACK_H */
