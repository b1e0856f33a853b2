// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Reading recordings: see npu_record.h.  The file is hostile until it is checked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "record.h"

/**
 * struct reader - a recording being read
 * @name: for error texts
 * @data: the file
 * @size: its bytes
 * @error: where errors go
 */
struct reader {
	const char *name;
	const uint8_t *data;
	size_t size;
	struct npu_error *error;
};

static int refuse(const struct reader *r, size_t at, const char *why)
{
	return npu_fail(r->error, -EINVAL, "%s: at byte %zu: %s; record it again", r->name, at,
			why);
}

static int compare_digests(const struct npu_record_digest *a, const struct npu_record_digest *b)
{
	int order = (a->high > b->high) - (a->high < b->high);

	return order ? order : (a->low > b->low) - (a->low < b->low);
}

static int compare_blobs(const void *a, const void *b)
{
	const struct npu_record_blob *x = a, *y = b;

	return compare_digests(&x->digest, &y->digest);
}

const struct npu_record_slot *npu_record_slots(const struct npu_record_job *job)
{
	return (const struct npu_record_slot *)(job + 1);
}

const struct npu_record_blob *npu_record_find(const struct npu_record *record,
					      const struct npu_record_digest *digest)
{
	struct npu_record_blob key = { .digest = *digest };

	if (!record->blob_count)
		return NULL;
	return bsearch(&key, record->blobs, record->blob_count, sizeof(key), compare_blobs);
}

/* Room for one more, doubling at powers of two. */
static void *grow(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return reallocarray(list, count ? 2 * count : 1, size);
}

static int add_blob(const struct reader *r, struct npu_record *record, size_t at, uint64_t size)
{
	struct npu_record_blob blob = { .size = size - sizeof(blob.digest) };
	struct npu_record_digest digest;
	void *blobs;

	if (size < sizeof(blob.digest))
		return refuse(r, at, "contents without a digest");
	memcpy(&blob.digest, r->data + at, sizeof(blob.digest));
	blob.data = r->data + at + sizeof(blob.digest);
	digest = npu_record_digest_of(blob.data, (size_t)blob.size);
	if (compare_digests(&digest, &blob.digest))
		return refuse(r, at, "contents are damaged: their digest is another");
	blobs = grow(record->blobs, record->blob_count, sizeof(blob));
	if (!blobs)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	record->blobs = blobs;
	record->blobs[record->blob_count++] = blob;
	return 0;
}

static int add_job(const struct reader *r, struct npu_record *record, size_t at, uint64_t size)
{
	const struct npu_record_job *job = (const void *)(r->data + at);
	void *jobs;

	if (size < sizeof(*job) || job->slot_count > VNPU_MAX_SLOTS ||
	    size != sizeof(*job) + job->slot_count * sizeof(struct npu_record_slot))
		return refuse(r, at, "a job of another size than its slots need");
	if (job->error > 0)
		return refuse(r, at, "a job with an unknown result");
	jobs = grow(record->jobs, record->job_count, sizeof(job));
	if (!jobs)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	record->jobs = jobs;
	record->jobs[record->job_count++] = job;
	return 0;
}

static int read_chunks(const struct reader *r, struct npu_record *record)
{
	size_t at = sizeof(struct npu_record_header);
	struct npu_record_chunk chunk;
	int rc = 0;

	while (!rc && r->size - at >= sizeof(chunk)) {
		memcpy(&chunk, r->data + at, sizeof(chunk));
		at += sizeof(chunk);
		if (chunk.reserved)
			return refuse(r, at, "a chunk with reserved bits set");
		if (chunk.size > r->size - at) {
			record->cut = true;
			return 0;
		}
		if (chunk.kind == NPU_RECORD_BLOB)
			rc = add_blob(r, record, at, chunk.size);
		else if (chunk.kind == NPU_RECORD_JOB)
			rc = add_job(r, record, at, chunk.size);
		at += (size_t)chunk.size;
		/* The zeros behind the last one may be missing. */
		for (; at % NPU_RECORD_ALIGN && at < r->size; at++)
			if (r->data[at])
				return refuse(r, at, "bytes between two chunks");
	}
	record->cut = at < r->size;
	return rc;
}

static int check_contents(const struct reader *r, const struct npu_record *record,
			  const struct npu_record_job *job, const struct npu_record_digest *digest,
			  uint64_t bytes)
{
	const struct npu_record_blob *blob = npu_record_find(record, digest);
	size_t at = (size_t)((const uint8_t *)job - r->data);

	if (!npu_record_is(digest))
		return 0;
	if (!blob)
		return refuse(r, at, "a job whose contents are not in the file");
	if (blob->size != bytes)
		return refuse(r, at, "a slot whose contents have another size");
	return 0;
}

static int check_job(const struct reader *r, const struct npu_record *record,
		     const struct npu_record_job *job)
{
	const struct npu_record_slot *slots = npu_record_slots(job);
	int rc = 0;

	if (!npu_record_find(record, &job->program))
		return refuse(r, (size_t)((const uint8_t *)job - r->data),
			      "a job whose program is not in the file");
	for (uint32_t i = 0; i < job->slot_count && !rc; i++) {
		rc = check_contents(r, record, job, &slots[i].before, slots[i].bytes);
		if (!rc)
			rc = check_contents(r, record, job, &slots[i].after, slots[i].bytes);
	}
	return rc;
}

static int check_header(const struct reader *r)
{
	struct npu_record_header header;

	if (r->size < sizeof(header))
		return refuse(r, 0, "shorter than a header: not a recording");
	memcpy(&header, r->data, sizeof(header));
	if (header.magic != NPU_RECORD_MAGIC)
		return refuse(r, 0, "not a recording");
	if (header.major != NPU_RECORD_MAJOR)
		return npu_fail(r->error, -EOPNOTSUPP,
				"%s: recording of format %u.%u, this library reads %u.x; update it",
				r->name, header.major, header.minor, NPU_RECORD_MAJOR);
	return 0;
}

int npu_record_read(const char *name, const void *data, size_t size, struct npu_record *record,
		    struct npu_error *error)
{
	struct reader r = { name, data, size, error };
	int rc = check_header(&r);

	*record = (struct npu_record){ 0 };
	if (!rc)
		rc = read_chunks(&r, record);
	if (!rc && record->blob_count)
		qsort(record->blobs, record->blob_count, sizeof(*record->blobs), compare_blobs);
	for (size_t i = 0; i < record->job_count && !rc; i++)
		rc = check_job(&r, record, record->jobs[i]);
	if (rc)
		npu_record_free(record);
	return rc;
}

void npu_record_free(struct npu_record *record)
{
	free(record->blobs);
	free(record->jobs);
	*record = (struct npu_record){ 0 };
}
