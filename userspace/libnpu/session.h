/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_SESSION_H
#define NPU_SESSION_H

#include "backend.h"
#include "model.h"

struct npu_sequence;

/**
 * struct npu_session - a model with all the memory it needs on a device
 * @dev: device
 * @model: its segments, slots and layers
 * @context: that its jobs run in
 * @fence: behind the last job
 * @program: all of it, when one job is all there is to do; else NULL
 * @sequence: what else there is to do, or NULL
 * @layer_programs: programs of single layers, made when first asked for
 * @bindings: memory of every slot of the program, also for programs of parts of it, which
 *	have the same slots
 * @profile: times and, if @counting, counters behind them; or NULL
 * @counting: count what the arithmetic meets
 * @counters_offset: bytes from the start of @profile
 * @busy: a run is in flight
 */
struct npu_session {
	struct npu_device *dev;
	const struct npu_model *model;
	struct npu_context *context;
	struct npu_fence *fence;
	struct npu_program *program;
	struct npu_sequence *sequence;
	struct npu_program **layer_programs;
	struct npu_binding bindings[VNPU_MAX_SLOTS];
	struct npu_bo *profile;
	bool counting;
	uint64_t counters_offset;
	bool busy;
};

/** NPU_PROFILE_ALIGN - offsets into a profile are multiples of it */
#define NPU_PROFILE_ALIGN 64u

/**
 * npu_session_part() - give the device a program of some records of the model
 * @session: session
 * @first: first record
 * @count: number of records
 * @program: the new program, with all slots of the model's
 * @error: filled on failure
 *
 * Return: as npu_program_create().
 */
int npu_session_part(struct npu_session *session, uint32_t first, uint32_t count,
		     struct npu_program **program, struct npu_error *error);

#endif /* NPU_SESSION_H */
