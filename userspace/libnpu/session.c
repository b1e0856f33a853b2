// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdlib.h>

#include "clock.h"
#include "npum_personality.h"
#include "sequence.h"
#include "session.h"

static int create_slot(struct npu_session *session, uint32_t i, struct npu_error *error)
{
	const struct npum_slot *slot = &session->model->program.slot[i];
	struct npu_binding *binding = &session->bindings[i];
	const void *constants;
	void *data;
	size_t bytes;
	int rc;

	/* Nothing can be read from or written to an empty slot; on-chip memory is the device's. */
	if (!slot->bytes || slot->kind == VNPU_SLOT_L1)
		return 0;
	binding->size = slot->bytes;
	rc = npu_bo_create(session->dev, slot->bytes, &binding->bo, error);
	if (!rc)
		rc = npu_bo_map(binding->bo, &data, error);
	if (rc || slot->kind != VNPU_SLOT_CONST)
		return rc;
	constants = npu_model_const(session->model, &bytes);
	memcpy(data, constants, bytes);
	return 0;
}

static int create_profile(struct npu_session *session, bool counters, struct npu_error *error)
{
	uint64_t ops = session->model->info.op_count;
	uint64_t bytes = sizeof(struct npu_op_profile) * ops;
	void *data;
	int rc;

	session->counting = counters;
	if (counters) {
		session->counters_offset = round_up(bytes, NPU_PROFILE_ALIGN);
		bytes = session->counters_offset + sizeof(struct npu_op_counters) * ops;
	}
	rc = npu_bo_create(session->dev, bytes, &session->profile, error);
	return rc ? rc : npu_bo_map(session->profile, &data, error);
}

/* Nothing to do but the whole program on the device? */
static bool one_job(const struct npu_model *model)
{
	return model->segment_count == 1 && model->segments[0].place == NPU_PLACE_DEVICE;
}

static int create_program(struct npu_session *session, struct npu_error *error)
{
	size_t size;
	const void *data = npu_model_program(session->model, &size);

	return npu_program_create(session->dev, data, size, &session->program, error);
}

static int create_all(struct npu_session *session, const struct npu_session_options *options,
		      struct npu_error *error)
{
	const struct npu_context_options context = {
		.priority = options->priority,
		.timeout_ms = options->timeout_ms,
	};
	int rc = npu_context_create(session->dev, &context, &session->context, error);

	if (!rc)
		rc = npu_fence_create(session->dev, &session->fence, error);
	for (uint32_t i = 0; i < session->model->program.slot_count && !rc; i++)
		rc = create_slot(session, i, error);
	if (rc)
		return rc;
	if (!one_job(session->model))
		return npu_sequence_create(session, options->profile, options->counters,
					   &session->sequence, error);
	rc = create_program(session, error);
	if (!rc && (options->profile || options->counters))
		rc = create_profile(session, options->counters, error);
	return rc;
}

/* All buffers were mapped when the session was made. */
static uint8_t *tensor_memory(struct npu_session *session, const struct npu_tensor_info *tensor)
{
	return (uint8_t *)session->bindings[tensor->slot].bo->map + tensor->offset;
}

/* Zeros first, then what stands for zero in codes that have a zero point. */
static void reset_state(struct npu_session *session)
{
	const struct npu_model *model = session->model;

	for (uint32_t i = 0; i < model->program.slot_count; i++)
		if (model->program.slot[i].kind == VNPU_SLOT_STATE && session->bindings[i].bo)
			memset(session->bindings[i].bo->map, 0, model->program.slot[i].bytes);
	for (uint32_t id = 0; id < model->info.tensor_count; id++) {
		const struct npu_tensor_info *t = &model->tensors[id];

		if (t->role == NPU_ROLE_STATE && t->dtype == VNPU_DTYPE_INT8)
			memset(tensor_memory(session, t), t->zero_point, t->bytes);
	}
}

int npu_session_create(struct npu_device *dev, const struct npu_model *model,
		       const struct npu_session_options *options, struct npu_session **out,
		       struct npu_error *error)
{
	static const struct npu_session_options defaults;
	struct npu_session *session = calloc(1, sizeof(*session));
	int rc;

	if (session)
		session->layer_programs =
			calloc(model->info.layer_count, sizeof(*session->layer_programs));
	if (!session || !session->layer_programs) {
		free(session);
		return npu_fail(error, -ENOMEM, "session: out of memory");
	}
	session->dev = dev;
	session->model = model;
	rc = create_all(session, options ? options : &defaults, error);
	if (rc) {
		npu_session_free(session);
		return rc;
	}
	reset_state(session);
	*out = session;
	return 0;
}

void npu_session_free(struct npu_session *session)
{
	if (!session)
		return;
	npu_session_wait(session, NPU_WAIT_FOREVER, NULL);
	for (uint32_t i = 0; i < session->model->info.layer_count; i++)
		npu_program_free(session->layer_programs[i]);
	free(session->layer_programs);
	npu_sequence_free(session->sequence);
	npu_program_free(session->program);
	npu_context_free(session->context);
	npu_fence_free(session->fence);
	npu_bo_free(session->profile);
	for (uint32_t i = 0; i < VNPU_MAX_SLOTS; i++)
		npu_bo_free(session->bindings[i].bo);
	free(session);
}

void *npu_session_input(struct npu_session *session, size_t index)
{
	const struct npu_tensor_info *tensor = npu_model_input(session->model, index);

	return tensor ? tensor_memory(session, tensor) : NULL;
}

const void *npu_session_output(struct npu_session *session, size_t index)
{
	const struct npu_tensor_info *tensor = npu_model_output(session->model, index);

	return tensor ? tensor_memory(session, tensor) : NULL;
}

int npu_session_tensor(struct npu_session *session, size_t id, void **data, size_t *bytes)
{
	const struct npu_tensor_info *tensor = npu_model_tensor(session->model, id);

	if (!tensor)
		return -EINVAL;
	if (!session->bindings[tensor->slot].bo)
		return -EOPNOTSUPP;
	*data = tensor_memory(session, tensor);
	if (bytes)
		*bytes = tensor->bytes;
	return 0;
}

static int check_idle(const struct npu_session *session, struct npu_error *error)
{
	if (!session->busy)
		return 0;
	return npu_fail(error, -EBUSY, "session: a run is in flight; wait for it first");
}

static int start(struct npu_session *session, struct npu_program *program, struct npu_bo *profile,
		 struct npu_error *error)
{
	const struct npu_job job = {
		.program = program,
		.bindings = session->bindings,
		.binding_count = session->model->program.slot_count,
		.signal = session->fence,
		.profile = profile,
		.counters = profile && session->counting,
		.counters_offset = session->counters_offset,
	};
	int rc = npu_submit(session->context, &job, error);

	session->busy = !rc;
	return rc;
}

int npu_session_submit(struct npu_session *session, struct npu_error *error)
{
	int rc = check_idle(session, error);

	if (rc)
		return rc;
	if (session->sequence) {
		npu_sequence_submit(session->sequence);
		session->busy = true;
		return 0;
	}
	return start(session, session->program, session->profile, error);
}

int npu_session_wait(struct npu_session *session, int64_t timeout_ms, struct npu_error *error)
{
	int rc;

	if (!session->busy)
		return 0;
	if (session->sequence)
		rc = npu_sequence_wait(session->sequence, npu_deadline_ns(timeout_ms), error);
	else
		rc = npu_fence_wait(session->fence, timeout_ms, error);
	session->busy = rc == -ETIMEDOUT;
	return rc;
}

int npu_session_reset_state(struct npu_session *session, struct npu_error *error)
{
	int rc = npu_session_wait(session, NPU_WAIT_FOREVER, error);

	if (!rc)
		reset_state(session);
	return rc;
}

int npu_session_run(struct npu_session *session, struct npu_error *error)
{
	int rc;

	/* No need for another thread to wait in. */
	if (session->sequence && !session->busy)
		return npu_sequence_run(session->sequence, error);
	rc = npu_session_submit(session, error);
	return rc ? rc : npu_session_wait(session, NPU_WAIT_FOREVER, error);
}

int npu_session_poll_fd(struct npu_session *session, int *fd, struct npu_error *error)
{
	if (session->sequence)
		return npu_sequence_poll_fd(session->sequence, fd, error);
	return npu_fence_export(session->fence, fd, error);
}

int npu_session_part(struct npu_session *session, uint32_t first, uint32_t count,
		     struct npu_program **program, struct npu_error *error)
{
	const struct npum_program *whole = &session->model->program;
	const struct vnpu_program_header *own =
		session->model->file.section[NPU_SECTION_PROGRAM].data;
	size_t slot_bytes = whole->slot_count * sizeof(struct vnpu_slot_desc);
	size_t op_bytes = count * sizeof(struct vnpu_op);
	size_t size = sizeof(struct vnpu_program_header) + slot_bytes + op_bytes;
	struct vnpu_program_header *header = malloc(size);
	struct vnpu_slot_desc *slots = (struct vnpu_slot_desc *)(header + 1);
	int rc;

	if (!header)
		return npu_fail(error, -ENOMEM, "session: out of memory");
	*header = (struct vnpu_program_header){
		.magic = VNPU_PROGRAM_MAGIC,
		.major = VNPU_PROGRAM_MAJOR,
		.minor = VNPU_PROGRAM_MINOR,
		.size = (uint32_t)size,
		.personality = whole->personality->id,
		.slot_offset = sizeof(*header),
		.slot_count = whole->slot_count,
		.slot_size = sizeof(struct vnpu_slot_desc),
		.op_offset = (uint32_t)(sizeof(*header) + slot_bytes),
		.op_count = count,
		.op_size = sizeof(struct vnpu_op),
		.personality_digest = own->personality_digest,
	};
	for (uint32_t i = 0; i < whole->slot_count; i++)
		slots[i] = (struct vnpu_slot_desc){ whole->slot[i].kind, whole->slot[i].bytes };
	memcpy(slots + whole->slot_count, &whole->ops[first], op_bytes);
	rc = npu_program_create(session->dev, header, size, program, error);
	free(header);
	return rc;
}

int npu_session_run_layer(struct npu_session *session, size_t index, struct npu_error *error)
{
	const struct npu_layer_info *layer = npu_model_layer(session->model, index);
	struct npu_program **program;
	int rc = 0;

	if (!layer)
		return npu_fail(error, -EINVAL, "session: layer %zu of a model with %u", index,
				session->model->info.layer_count);
	if (!layer->op_count)
		return 0;
	rc = check_idle(session, error);
	if (rc)
		return rc;
	if (session->model->program.l1_slot != NPUM_NO_INDEX)
		return npu_fail(
			error, -EOPNOTSUPP,
			"session: layer %zu: values in on-chip memory do not outlive a run; "
			"compile the model without it",
			index);
	if (layer->place == NPU_PLACE_HOST)
		return npu_sequence_run_host(session->sequence, layer->first_op, layer->op_count,
					     error);
	program = &session->layer_programs[index];
	if (!*program)
		rc = npu_session_part(session, layer->first_op, layer->op_count, program, error);
	if (!rc)
		rc = start(session, *program, NULL, error);
	if (rc)
		return rc;
	/* The job is the device's, whatever the session has beside it. */
	session->busy = false;
	return npu_fence_wait(session->fence, NPU_WAIT_FOREVER, error);
}

uint64_t npu_session_bytes(const struct npu_session *session)
{
	uint64_t bytes = session->profile ? npu_bo_size(session->profile) : 0;

	for (uint32_t i = 0; i < VNPU_MAX_SLOTS; i++)
		bytes += session->bindings[i].bo ? npu_bo_size(session->bindings[i].bo) : 0;
	return bytes;
}

const struct npu_op_profile *npu_session_profile(const struct npu_session *session, size_t *count)
{
	const struct npu_op_profile *profile = NULL;

	if (session->sequence)
		profile = npu_sequence_profile(session->sequence);
	else if (session->profile)
		profile = session->profile->map;
	*count = profile ? session->model->info.op_count : 0;
	return profile;
}

const struct npu_op_counters *npu_session_counters(const struct npu_session *session, size_t *count)
{
	const struct npu_op_counters *counters = NULL;

	if (session->sequence)
		counters = npu_sequence_counters(session->sequence);
	else if (session->counting)
		counters = (const void *)((const uint8_t *)session->profile->map +
					  session->counters_offset);
	*count = counters ? session->model->info.op_count : 0;
	return counters;
}
