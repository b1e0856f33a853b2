// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* libFuzzer on the reader of recordings.  Its mutator starts from a good one and mends digests. */
#include <stdlib.h>
#include <string.h>

#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Sums what it reads into a place the compiler must keep. */
static volatile uint64_t sink;

static void touch(const struct npu_record *record, const struct npu_record_digest *digest)
{
	const struct npu_record_blob *blob = npu_record_find(record, digest);

	if (blob)
		sink += npu_record_digest_of(blob->data, (size_t)blob->size).low;
	else if (npu_record_is(digest))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* As a program would have it: aligned. */
	uint8_t *copy = malloc(size ? size : 1);
	struct npu_record record;
	struct npu_error error;

	memcpy(copy, data, size);
	if (!npu_record_read("fuzz", copy, size, &record, &error)) {
		for (size_t i = 0; i < record.job_count; i++) {
			const struct npu_record_job *job = record.jobs[i];

			touch(&record, &job->program);
			for (uint32_t k = 0; k < job->slot_count; k++) {
				touch(&record, &npu_record_slots(job)[k].before);
				touch(&record, &npu_record_slots(job)[k].after);
			}
		}
		npu_record_free(&record);
	}
	free(copy);
	return 0;
}

struct good {
	struct npu_record_header header;
	struct npu_record_chunk blob_chunk;
	struct npu_record_digest digest;
	uint8_t blob[16];
	struct npu_record_chunk job_chunk;
	struct npu_record_job job;
	struct npu_record_slot slots[2];
};

static size_t good_file(uint8_t *data, size_t max_size)
{
	struct good good = {
		.header = { NPU_RECORD_MAGIC, NPU_RECORD_MAJOR, NPU_RECORD_MINOR, "fuzz" },
		.blob_chunk = { NPU_RECORD_BLOB, 0, sizeof(good.digest) + sizeof(good.blob) },
		.job_chunk = { NPU_RECORD_JOB, 0, sizeof(good.job) + sizeof(good.slots) },
		.job = { .slot_count = 2 },
		.slots = { { .kind = VNPU_SLOT_INPUT, .bytes = sizeof(good.blob) },
			   { .kind = VNPU_SLOT_OUTPUT, .bytes = sizeof(good.blob) } },
	};
	size_t size = sizeof(good) < max_size ? sizeof(good) : max_size;

	good.digest = npu_record_digest_of(good.blob, sizeof(good.blob));
	good.job.program = good.slots[0].before = good.slots[1].after = good.digest;
	memcpy(data, &good, size);
	return size;
}

/* Gives contents the digests they have. */
static void seal(uint8_t *data, size_t size)
{
	size_t at = sizeof(struct npu_record_header);
	struct npu_record_chunk chunk;

	while (at < size && size - at >= sizeof(chunk)) {
		struct npu_record_digest digest;

		memcpy(&chunk, data + at, sizeof(chunk));
		at += sizeof(chunk);
		if (chunk.size > size - at)
			return;
		if (chunk.kind == NPU_RECORD_BLOB && chunk.size >= sizeof(digest)) {
			digest = npu_record_digest_of(data + at + sizeof(digest),
						      (size_t)chunk.size - sizeof(digest));
			memcpy(data + at, &digest, sizeof(digest));
		}
		at += (size_t)(chunk.size + -chunk.size % NPU_RECORD_ALIGN);
	}
}

/* One mutation in eight is left with wrong digests. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	if (size < sizeof(struct npu_record_header))
		size = good_file(data, max_size);
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed % 8)
		seal(data, size);
	return size;
}
