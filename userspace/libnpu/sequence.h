/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Runs of models that are not one job of the device: their segments one after the other, on
 * the device and on the host.  A thread of the session does it, so that submitting does
 * not wait.
 */
#ifndef NPU_SEQUENCE_H
#define NPU_SEQUENCE_H

#include "session.h"

/**
 * npu_sequence_create() - get ready to run the segments of a session's model
 * @session: with context, fence and bindings; must outlive it
 * @profile: note when each op starts and ends
 * @counters: count what the arithmetic of each op meets
 * @sequence: the new one; release with npu_sequence_free()
 * @error: filled on failure
 *
 * Return: 0 or a negative errno.
 */
int npu_sequence_create(struct npu_session *session, bool profile, bool counters,
			struct npu_sequence **sequence, struct npu_error *error);

/** npu_sequence_free() - release; nothing is in flight; NULL is allowed */
void npu_sequence_free(struct npu_sequence *sequence);

/** npu_sequence_run() - run all segments in the caller's thread; nothing is in flight */
int npu_sequence_run(struct npu_sequence *sequence, struct npu_error *error);

/** npu_sequence_submit() - let the thread run all segments; nothing is in flight */
void npu_sequence_submit(struct npu_sequence *sequence);

/** npu_sequence_wait() - until CLOCK_MONOTONIC @deadline_ns; -ETIMEDOUT, or how the run ended */
int npu_sequence_wait(struct npu_sequence *sequence, int64_t deadline_ns, struct npu_error *error);

/** npu_sequence_poll_fd() - a new file descriptor, readable while nothing is in flight */
int npu_sequence_poll_fd(struct npu_sequence *sequence, int *fd, struct npu_error *error);

/** npu_sequence_run_host() - run ops of the host in the caller's thread; nothing is in flight */
int npu_sequence_run_host(struct npu_sequence *sequence, uint32_t first, uint32_t count,
			  struct npu_error *error);

/** npu_sequence_profile() - times of the last run, NULL when there are none */
const struct npu_op_profile *npu_sequence_profile(const struct npu_sequence *sequence);

/** npu_sequence_counters() - counters of the last run, NULL when there are none */
const struct npu_op_counters *npu_sequence_counters(const struct npu_sequence *sequence);

#endif /* NPU_SEQUENCE_H */
