// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "sequence.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "fallback/fallback.h"

/*
 * struct step - a segment, ready to run
 * @segment: of the model
 * @program: on the device; NULL: on the host
 * @profile_offset: where in the device's profile its times begin
 * @counters_offset: likewise its counters
 */
struct step {
	const struct npu_segment_info *segment;
	struct npu_program *program;
	uint64_t profile_offset;
	uint64_t counters_offset;
};

/*
 * @lock guards what is between it and @rc.  @idle_fd is readable while no run is
 * @pending.  @profile and @counters have an entry for each op of the model; what the
 * device notes in @device_profile is copied there.
 */
struct npu_sequence {
	struct npu_session *session;
	struct npu_fallback *fallback;
	struct step *steps;
	uint32_t step_count;
	struct npu_bo *device_profile;
	struct npu_op_profile *profile;
	struct npu_op_counters *counters;

	pthread_mutex_t lock;
	pthread_cond_t start;
	pthread_cond_t end;
	bool pending;
	bool stop;
	int rc;
	struct npu_error error;

	pthread_t thread;
	bool started;
	int idle_fd;
};

static int no_memory(struct npu_error *error)
{
	return npu_fail(error, -ENOMEM, "session: out of memory");
}

static int create_steps(struct npu_sequence *s, uint64_t *profile_bytes, struct npu_error *error)
{
	const struct npu_model *model = s->session->model;
	int rc = 0;

	s->steps = calloc(model->segment_count, sizeof(*s->steps));
	if (!s->steps)
		return no_memory(error);
	s->step_count = model->segment_count;
	*profile_bytes = 0;
	for (uint32_t i = 0; i < s->step_count && !rc; i++) {
		const struct npu_segment_info *segment = &model->segments[i];
		struct step *step = &s->steps[i];

		step->segment = segment;
		if (segment->place == NPU_PLACE_HOST)
			continue;
		rc = npu_session_part(s->session, segment->first_op, segment->op_count,
				      &step->program, error);
		step->profile_offset = *profile_bytes;
		*profile_bytes += round_up((uint64_t)segment->op_count * sizeof(*s->profile),
					   NPU_PROFILE_ALIGN);
		step->counters_offset = *profile_bytes;
		*profile_bytes += round_up((uint64_t)segment->op_count * sizeof(*s->counters),
					   NPU_PROFILE_ALIGN);
	}
	return rc;
}

static int create_profile(struct npu_sequence *s, uint64_t bytes, bool counters,
			  struct npu_error *error)
{
	uint32_t ops = s->session->model->info.op_count;
	void *data;
	int rc = 0;

	s->profile = calloc(ops, sizeof(*s->profile));
	s->counters = counters ? calloc(ops, sizeof(*s->counters)) : NULL;
	if (!s->profile || (counters && !s->counters))
		return no_memory(error);
	if (bytes)
		rc = npu_bo_create(s->session->dev, bytes, &s->device_profile, error);
	if (bytes && !rc)
		rc = npu_bo_map(s->device_profile, &data, error);
	return rc;
}

static int run_device(struct npu_sequence *s, const struct step *step, struct npu_error *error)
{
	const struct npu_session *session = s->session;
	const struct npu_segment_info *segment = step->segment;
	const struct npu_job job = {
		.program = step->program,
		.bindings = session->bindings,
		.binding_count = session->model->program.slot_count,
		.signal = session->fence,
		.profile = s->device_profile,
		.profile_offset = step->profile_offset,
		.counters = s->counters != NULL,
		.counters_offset = step->counters_offset,
	};
	const uint8_t *noted;
	int rc = npu_submit(session->context, &job, error);

	if (!rc)
		rc = npu_fence_wait(session->fence, NPU_WAIT_FOREVER, error);
	if (rc || !s->device_profile)
		return rc;
	noted = s->device_profile->map;
	memcpy(&s->profile[segment->first_op], noted + step->profile_offset,
	       segment->op_count * sizeof(*s->profile));
	if (s->counters)
		memcpy(&s->counters[segment->first_op], noted + step->counters_offset,
		       segment->op_count * sizeof(*s->counters));
	return 0;
}

int npu_sequence_run(struct npu_sequence *s, struct npu_error *error)
{
	int rc = 0;

	for (uint32_t i = 0; i < s->step_count && !rc; i++) {
		const struct step *step = &s->steps[i];

		if (step->program)
			rc = run_device(s, step, error);
		else
			rc = npu_fallback_run(s->fallback, step->segment->first_op,
					      step->segment->op_count, s->profile, s->counters,
					      error);
	}
	return rc;
}

static void *work(void *arg)
{
	struct npu_sequence *s = arg;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (!s->pending && !s->stop)
			pthread_cond_wait(&s->start, &s->lock);
		if (!s->pending)
			break;
		pthread_mutex_unlock(&s->lock);
		/* Nobody else reads or writes these while a run is pending. */
		s->rc = npu_sequence_run(s, &s->error);
		pthread_mutex_lock(&s->lock);
		s->pending = false;
		/* Cannot block or fail: the counter is 0. */
		eventfd_write(s->idle_fd, 1);
		pthread_cond_broadcast(&s->end);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Signals are for the program's own threads. */
static int start_thread(struct npu_sequence *s, struct npu_error *error)
{
	sigset_t all, before;
	int rc;

	s->idle_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->idle_fd < 0)
		return npu_fail(error, -errno, "session: %s", strerror(errno));
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&s->thread, NULL, work, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	s->started = !rc;
	return rc ? npu_fail(error, -rc, "session: cannot start a thread: %s", strerror(rc)) : 0;
}

static void init_locks(struct npu_sequence *s)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->start, NULL);
	pthread_cond_init(&s->end, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

int npu_sequence_create(struct npu_session *session, bool profile, bool counters,
			struct npu_sequence **out, struct npu_error *error)
{
	struct npu_sequence *s = calloc(1, sizeof(*s));
	uint64_t profile_bytes = 0;
	int rc;

	if (!s)
		return no_memory(error);
	s->session = session;
	s->idle_fd = -1;
	init_locks(s);
	rc = npu_fallback_create(session->dev, session->model, session->bindings, &s->fallback,
				 error);
	if (!rc)
		rc = create_steps(s, &profile_bytes, error);
	if (!rc && (profile || counters))
		rc = create_profile(s, profile_bytes, counters, error);
	if (!rc)
		rc = start_thread(s, error);
	if (rc) {
		npu_sequence_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void npu_sequence_free(struct npu_sequence *s)
{
	if (!s)
		return;
	if (s->started) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_cond_signal(&s->start);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	for (uint32_t i = 0; i < s->step_count; i++)
		npu_program_free(s->steps[i].program);
	npu_fallback_free(s->fallback);
	npu_bo_free(s->device_profile);
	free(s->steps);
	free(s->profile);
	free(s->counters);
	if (s->idle_fd >= 0)
		close(s->idle_fd);
	pthread_cond_destroy(&s->start);
	pthread_cond_destroy(&s->end);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void npu_sequence_submit(struct npu_sequence *s)
{
	eventfd_t ignored;

	pthread_mutex_lock(&s->lock);
	s->pending = true;
	eventfd_read(s->idle_fd, &ignored);
	pthread_cond_signal(&s->start);
	pthread_mutex_unlock(&s->lock);
}

int npu_sequence_wait(struct npu_sequence *s, int64_t deadline_ns, struct npu_error *error)
{
	const struct timespec deadline = {
		.tv_sec = deadline_ns / NPU_NS_PER_S,
		.tv_nsec = deadline_ns % NPU_NS_PER_S,
	};
	bool pending;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (s->pending && !rc)
		rc = deadline_ns == INT64_MAX ?
			     pthread_cond_wait(&s->end, &s->lock) :
			     pthread_cond_timedwait(&s->end, &s->lock, &deadline);
	pending = s->pending;
	pthread_mutex_unlock(&s->lock);
	if (pending)
		return npu_fail(error, -ETIMEDOUT, "session: the run is not done yet");
	if (s->rc)
		return npu_fail(error, s->rc, "%s", s->error.text);
	return 0;
}

int npu_sequence_poll_fd(struct npu_sequence *s, int *fd, struct npu_error *error)
{
	*fd = fcntl(s->idle_fd, F_DUPFD_CLOEXEC, 0);
	if (*fd >= 0)
		return 0;
	return npu_fail(error, -errno, "session: cannot duplicate a file descriptor: %s",
			strerror(errno));
}

int npu_sequence_run_host(struct npu_sequence *s, uint32_t first, uint32_t count,
			  struct npu_error *error)
{
	return npu_fallback_run(s->fallback, first, count, NULL, NULL, error);
}

const struct npu_op_profile *npu_sequence_profile(const struct npu_sequence *s)
{
	return s->profile;
}

const struct npu_op_counters *npu_sequence_counters(const struct npu_sequence *s)
{
	return s->counters;
}
