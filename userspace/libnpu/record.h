/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_RECORD_WRITE_H
#define NPU_RECORD_WRITE_H

#include "npu.h"
#include "npu_record.h"

/** struct npu_recorder - an open recording, for several threads at once; opaque */
struct npu_recorder;

/**
 * npu_record_open() - begin a recording when the environment asks for one
 * @recorder: out: NULL when NPU_RECORD is not set
 * @error: filled on failure
 *
 * NPU_RECORD names a file.  It is made when it is not there, else it is continued: several
 * processes and devices may record into one.  In the name %p becomes the number of the
 * process.
 *
 * Return: 0; -EEXIST when the file is something else; or what kept it from being opened.
 */
int npu_record_open(struct npu_recorder **recorder, struct npu_error *error);

/** npu_record_close() - end it; NULL is allowed */
void npu_record_close(struct npu_recorder *recorder);

/**
 * npu_record_program() - keep a program for the jobs to come
 * @recorder: where
 * @data: the program
 * @size: its bytes
 * @digest: out: what jobs call it
 * @error: filled on failure
 *
 * Return: 0 or a negative errno.
 */
int npu_record_program(struct npu_recorder *recorder, const void *data, size_t size,
		       struct npu_record_digest *digest, struct npu_error *error);

/**
 * npu_record_run() - submit a job, wait for it, and keep what it read and wrote
 * @recorder: where
 * @context: where the job goes
 * @job: checked
 * @error: filled on failure
 *
 * Jobs are done one by one: recording tells what they compute, not how fast.
 *
 * Return: as the backend's submit, or why nothing can be recorded.
 */
int npu_record_run(struct npu_recorder *recorder, struct npu_context *context,
		   const struct npu_job *job, struct npu_error *error);

/**
 * struct npu_record_blob - contents in a recording
 * @digest: their name
 * @data: first byte
 * @size: bytes
 */
struct npu_record_blob {
	struct npu_record_digest digest;
	const void *data;
	uint64_t size;
};

/**
 * struct npu_record - a recording, read and checked
 * @blobs: contents, sorted by digest
 * @blob_count: entries of @blobs
 * @jobs: the jobs in their order; slots follow each
 * @job_count: entries of @jobs
 * @cut: the file ends within a chunk
 */
struct npu_record {
	struct npu_record_blob *blobs;
	size_t blob_count;
	const struct npu_record_job **jobs;
	size_t job_count;
	bool cut;
};

/**
 * npu_record_read() - check a recording and find its parts
 * @name: file name for error texts
 * @data: the file, aligned to NPU_RECORD_ALIGN; must live as long as @record
 * @size: its bytes
 * @record: out; for npu_record_free()
 * @error: filled on failure
 *
 * All contents that jobs name are there, with the digest and, for slots, the size they
 * should have.  What they mean is not looked at: a device validates the programs.
 *
 * Return: 0; -EINVAL for a broken file, -EOPNOTSUPP for a newer format, -ENOMEM.
 */
int npu_record_read(const char *name, const void *data, size_t size, struct npu_record *record,
		    struct npu_error *error);

/** npu_record_free() - release what npu_record_read() made */
void npu_record_free(struct npu_record *record);

/** npu_record_slots() - slots of a job, job->slot_count of them */
const struct npu_record_slot *npu_record_slots(const struct npu_record_job *job);

/** npu_record_is() - does a digest name contents? */
bool npu_record_is(const struct npu_record_digest *digest);

/** npu_record_find() - contents by digest; NULL: there are none */
const struct npu_record_blob *npu_record_find(const struct npu_record *record,
					      const struct npu_record_digest *digest);

/** npu_record_digest_of() - what contents are called */
struct npu_record_digest npu_record_digest_of(const void *data, size_t size);

#endif /* NPU_RECORD_WRITE_H */
