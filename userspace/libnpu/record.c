// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Writing recordings: see npu_record.h. */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <xxhash.h>

#include "backend.h"

/**
 * struct npu_recorder - see record.h
 * @lock: protects the rest
 * @fd: where it goes; others may append to the same file, chunk by chunk
 * @path: what to call that
 * @known: contents that are in the file
 * @known_count: entries of @known
 * @known_room: room of @known
 * @error: what kept the file from being written; nothing is recorded after it
 */
struct npu_recorder {
	pthread_mutex_t lock;
	int fd;
	char path[256];
	struct npu_record_digest *known;
	size_t known_count;
	size_t known_room;
	int error;
};

struct npu_record_digest npu_record_digest_of(const void *data, size_t size)
{
	XXH128_hash_t hash = XXH3_128bits(data, size);
	struct npu_record_digest digest = { hash.low64, hash.high64 };

	/* Contents are always named: those whose digest were none get another one. */
	if (!npu_record_is(&digest))
		digest.low = 1;
	return digest;
}

bool npu_record_is(const struct npu_record_digest *digest)
{
	return digest->low || digest->high;
}

/* The process number for %p; everything else stays as it is. */
static void expand(char *path, size_t size, const char *pattern)
{
	const char *at = strstr(pattern, "%p");

	if (at)
		snprintf(path, size, "%.*s%ld%s", (int)(at - pattern), pattern, (long)getpid(),
			 at + 2);
	else
		snprintf(path, size, "%s", pattern);
}

/* Makes the file with its header, or goes on with what is a recording already. */
static int open_file(struct npu_recorder *r)
{
	struct npu_record_header header = { .magic = NPU_RECORD_MAGIC,
					    .major = NPU_RECORD_MAJOR,
					    .minor = NPU_RECORD_MINOR,
					    .writer = NPU_VERSION };
	struct npu_record_header found;

	r->fd = open(r->path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (r->fd >= 0)
		return write(r->fd, &header, sizeof(header)) == sizeof(header) ? 0 : -EIO;
	if (errno != EEXIST)
		return -errno;
	r->fd = open(r->path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (r->fd < 0)
		return -errno;
	if (pread(r->fd, &found, sizeof(found), 0) != sizeof(found) ||
	    found.magic != header.magic || found.major != header.major)
		return -EEXIST;
	return 0;
}

int npu_record_open(struct npu_recorder **recorder, struct npu_error *error)
{
	const char *pattern = getenv("NPU_RECORD");
	struct npu_recorder *r;
	int rc;

	*recorder = NULL;
	if (!pattern || !*pattern)
		return 0;
	r = calloc(1, sizeof(*r));
	if (!r)
		return npu_fail(error, -ENOMEM, "NPU_RECORD: out of memory");
	expand(r->path, sizeof(r->path), pattern);
	pthread_mutex_init(&r->lock, NULL);
	rc = open_file(r);
	if (!rc) {
		*recorder = r;
		return 0;
	}
	if (rc == -EEXIST)
		npu_fail(error, rc, "NPU_RECORD=%.200s: is there and no recording; name another",
			 r->path);
	else
		npu_fail(error, rc, "NPU_RECORD=%.200s: %s", r->path, strerror(-rc));
	npu_record_close(r);
	return rc;
}

void npu_record_close(struct npu_recorder *recorder)
{
	if (!recorder)
		return;
	if (recorder->fd >= 0)
		close(recorder->fd);
	pthread_mutex_destroy(&recorder->lock);
	free(recorder->known);
	free(recorder);
}

/*
 * A chunk of up to two parts, in one call: whatever else appends to the file, it comes
 * before or behind it.
 */
static int write_chunk(struct npu_recorder *r, uint32_t kind, const void *head, size_t head_size,
		       const void *body, size_t body_size)
{
	uint8_t zeros[NPU_RECORD_ALIGN] = { 0 };
	struct npu_record_chunk chunk = { .kind = kind, .size = head_size + body_size };
	size_t pad = -(head_size + body_size) % NPU_RECORD_ALIGN;
	struct iovec parts[] = {
		{ &chunk, sizeof(chunk) },
		{ (void *)(uintptr_t)head, head_size },
		{ (void *)(uintptr_t)body, body_size },
		{ zeros, pad },
	};
	ssize_t done;

	if (r->error)
		return r->error;
	done = writev(r->fd, parts, sizeof(parts) / sizeof(parts[0]));
	if (done < 0)
		r->error = -errno;
	else if ((size_t)done != sizeof(chunk) + head_size + body_size + pad)
		r->error = -ENOSPC;
	return r->error;
}

static bool is_known(const struct npu_recorder *r, const struct npu_record_digest *digest)
{
	for (size_t i = r->known_count; i-- > 0;)
		if (!memcmp(&r->known[i], digest, sizeof(*digest)))
			return true;
	return false;
}

/* Remember that contents are in the file; whoever forgets only writes them again. */
static void know(struct npu_recorder *r, const struct npu_record_digest *digest)
{
	if (r->known_count == r->known_room) {
		size_t room = r->known_room ? 2 * r->known_room : 64;
		void *known = realloc(r->known, room * sizeof(*r->known));

		if (!known)
			return;
		r->known = known;
		r->known_room = room;
	}
	r->known[r->known_count++] = *digest;
}

/* The lock is held. */
static int write_blob(struct npu_recorder *r, const void *data, size_t size,
		      struct npu_record_digest *digest)
{
	int rc;

	*digest = npu_record_digest_of(data, size);
	if (is_known(r, digest))
		return r->error;
	rc = write_chunk(r, NPU_RECORD_BLOB, digest, sizeof(*digest), data, size);
	if (!rc)
		know(r, digest);
	return rc;
}

static int cannot_record(const struct npu_recorder *r, struct npu_error *error)
{
	return npu_fail(error, r->error, "NPU_RECORD=%.200s: %s; make room or unset it", r->path,
			strerror(-r->error));
}

int npu_record_program(struct npu_recorder *recorder, const void *data, size_t size,
		       struct npu_record_digest *digest, struct npu_error *error)
{
	int rc;

	pthread_mutex_lock(&recorder->lock);
	rc = write_blob(recorder, data, size, digest);
	pthread_mutex_unlock(&recorder->lock);
	return rc ? cannot_record(recorder, error) : 0;
}

/* Whose contents before a job decide what it computes. */
static bool is_read(const struct npu_slot_info *slot)
{
	return slot->used && slot->kind != VNPU_SLOT_TEMP && slot->kind != VNPU_SLOT_OUTPUT;
}

/* Whose contents after it are a result. */
static bool is_result(const struct npu_slot_info *slot)
{
	return slot->used && slot->written && slot->kind != VNPU_SLOT_TEMP;
}

/**
 * struct recording - a job on its way into the file
 * @job: what is written of it
 * @slots: of @job
 */
struct recording {
	struct npu_record_job job;
	struct npu_record_slot slots[VNPU_MAX_SLOTS];
};

/* Keeps the contents of the slots that @wanted picks; all are mapped and idle. */
static int keep(struct npu_recorder *r, const struct npu_job *job, struct recording *rec,
		bool (*wanted)(const struct npu_slot_info *slot), bool after)
{
	for (uint32_t i = 0; i < rec->job.slot_count; i++) {
		const struct npu_slot_info *slot = &job->program->info.slots[i];
		const struct npu_binding *b = &job->bindings[i];
		struct npu_record_slot *out = &rec->slots[i];

		if (!wanted(slot))
			continue;
		if (write_blob(r, (const uint8_t *)b->bo->map + b->offset, (size_t)slot->bytes,
			       after ? &out->after : &out->before))
			return r->error;
	}
	return 0;
}

/* Wait until all that the job touches is idle, and see that it can be looked at. */
static int settle(const struct npu_job *job, struct npu_error *error)
{
	void *ignored;
	int rc = 0;

	/* Whether one of those jobs failed is not this one's business. */
	for (size_t i = 0; i < job->wait_count; i++)
		npu_fence_wait(job->waits[i], NPU_WAIT_FOREVER, NULL);
	for (size_t i = 0; i < job->binding_count && !rc; i++) {
		if (!job->bindings[i].bo)
			continue;
		rc = npu_bo_wait(job->bindings[i].bo, NPU_WAIT_FOREVER, error);
		if (!rc)
			rc = npu_bo_map(job->bindings[i].bo, &ignored, error);
	}
	return rc;
}

/* With the lock held, so that no other job of this process changes what is looked at. */
static int run(struct npu_recorder *r, struct npu_context *context, const struct npu_job *job,
	       struct recording *rec, struct npu_error *error)
{
	struct npu_context_status before, after;
	struct npu_device *dev = context->dev;
	int rc = settle(job, error);

	if (rc)
		return rc;
	if (keep(r, job, rec, is_read, false))
		return cannot_record(r, error);
	rc = npu_context_query(context, &before, error);
	if (!rc)
		rc = dev->backend->submit(context, job, error);
	if (!rc)
		rc = settle(job, error);
	if (!rc)
		rc = npu_context_query(context, &after, error);
	if (rc)
		return rc;
	/* The job's own word goes to whoever waits for its fence. */
	if (after.failed != before.failed)
		rec->job.error = -EIO;
	else if (keep(r, job, rec, is_result, true))
		return cannot_record(r, error);
	if (write_chunk(r, NPU_RECORD_JOB, &rec->job, sizeof(rec->job), rec->slots,
			rec->job.slot_count * sizeof(rec->slots[0])))
		return cannot_record(r, error);
	return 0;
}

int npu_record_run(struct npu_recorder *recorder, struct npu_context *context,
		   const struct npu_job *job, struct npu_error *error)
{
	const struct npu_program *program = job->program;
	struct recording rec = { .job = { .program = program->record,
					  .slot_count = program->info.slot_count } };
	int rc;

	for (uint32_t i = 0; i < rec.job.slot_count; i++)
		rec.slots[i] = (struct npu_record_slot){ .kind = program->info.slots[i].kind,
							 .bytes = program->info.slots[i].bytes };
	pthread_mutex_lock(&recorder->lock);
	rc = run(recorder, context, job, &rec, error);
	pthread_mutex_unlock(&recorder->lock);
	return rc;
}
