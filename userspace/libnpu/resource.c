// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What a job works with: buffer objects and programs. */
#include "backend.h"
#include "clock.h"

int npu_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **bo,
		  struct npu_error *error)
{
	if (!size || size > dev->info.max_bo_bytes)
		return npu_fail(error, -EINVAL,
				"%s: buffer of %llu bytes: the device takes 1 to %llu",
				dev->info.name, (unsigned long long)size,
				(unsigned long long)dev->info.max_bo_bytes);
	return dev->backend->bo_create(dev, size, bo, error);
}

void npu_bo_free(struct npu_bo *bo)
{
	if (bo)
		bo->dev->backend->bo_free(bo);
}

uint64_t npu_bo_size(const struct npu_bo *bo)
{
	return bo->size;
}

int npu_bo_map(struct npu_bo *bo, void **data, struct npu_error *error)
{
	if (!bo->map) {
		int rc = bo->dev->backend->bo_map(bo, error);

		if (rc)
			return rc;
	}
	*data = bo->map;
	return 0;
}

int npu_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error)
{
	return bo->dev->backend->bo_export(bo, fd, error);
}

int npu_bo_import(struct npu_device *dev, int fd, struct npu_bo **bo, struct npu_error *error)
{
	return dev->backend->bo_import(dev, fd, bo, error);
}

int npu_bo_wait(struct npu_bo *bo, int64_t timeout_ms, struct npu_error *error)
{
	return bo->dev->backend->bo_wait(bo, npu_deadline_ns(timeout_ms), error);
}

int npu_program_create(struct npu_device *dev, const void *data, size_t size,
		       struct npu_program **program, struct npu_error *error)
{
	int rc;

	if (!size || size > dev->info.max_program_bytes)
		return npu_fail(error, -ENOEXEC,
				"%s: program of %zu bytes: the device takes 1 to %u",
				dev->info.name, size, dev->info.max_program_bytes);
	rc = dev->backend->program_create(dev, data, size, program, error);
	if (rc || !dev->recorder)
		return rc;
	rc = npu_record_program(dev->recorder, data, size, &(*program)->record, error);
	if (rc)
		npu_program_free(*program);
	return rc;
}

void npu_program_free(struct npu_program *program)
{
	if (program)
		program->dev->backend->program_free(program);
}

const struct npu_program_info *npu_program_info(const struct npu_program *program)
{
	return &program->info;
}
