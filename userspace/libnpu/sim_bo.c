// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Buffers of the `sim` device: memfds that can be exported as dma-bufs are. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend_sim.h"

void npu_sim_bo_free(struct npu_bo *base)
{
	struct sim_bo *bo = npu_sim_bo(base);

	npu_sim_wait_idle(base->dev, &bo->jobs, INT64_MAX);
	munmap(base->map, base->size);
	close(bo->fd);
	free(bo);
}

int npu_sim_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **out,
		      struct npu_error *error)
{
	struct sim_bo *bo = calloc(1, sizeof(*bo));
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int rc;

	if (!bo)
		return npu_sim_no_memory(dev, "buffer", error);
	bo->base.dev = dev;
	bo->base.size = round_up(size, page);
	bo->fd = memfd_create("npu-sim-bo", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* Nobody it is exported to can take the pages away from under a job. */
	if (bo->fd < 0 || ftruncate(bo->fd, (off_t)bo->base.size) ||
	    fcntl(bo->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		goto fail;
	bo->base.map = mmap(NULL, bo->base.size, PROT_READ | PROT_WRITE, MAP_SHARED, bo->fd, 0);
	if (bo->base.map == MAP_FAILED)
		goto fail;
	*out = &bo->base;
	return 0;
fail:
	rc = npu_fail(error, -errno, "%s: buffer of %llu bytes: %s", dev->info.name,
		      (unsigned long long)size, strerror(errno));
	if (bo->fd >= 0)
		close(bo->fd);
	free(bo);
	return rc;
}

int npu_sim_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error)
{
	return npu_sim_duplicate(bo->dev, npu_sim_bo(bo)->fd, fd, error);
}

int npu_sim_bo_import(struct npu_device *dev, int fd, struct npu_bo **out, struct npu_error *error)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat status = { 0 };
	struct sim_bo *bo;
	int rc;

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &status) || status.st_size <= 0)
		return npu_fail(error, -EINVAL,
				"%s: importing a buffer: file descriptor %d is no memfd with bytes "
				"and the seal F_SEAL_SHRINK",
				dev->info.name, fd);
	bo = calloc(1, sizeof(*bo));
	if (!bo)
		return npu_sim_no_memory(dev, "buffer", error);
	bo->base.dev = dev;
	bo->base.size = (uint64_t)status.st_size;
	rc = npu_sim_duplicate(dev, fd, &bo->fd, error);
	if (rc) {
		free(bo);
		return rc;
	}
	bo->base.map = mmap(NULL, bo->base.size, PROT_READ | PROT_WRITE, MAP_SHARED, bo->fd, 0);
	if (bo->base.map == MAP_FAILED) {
		rc = npu_fail(error, -errno, "%s: importing a buffer: %s", dev->info.name,
			      strerror(errno));
		close(bo->fd);
		free(bo);
		return rc;
	}
	*out = &bo->base;
	return 0;
}

int npu_sim_bo_wait(struct npu_bo *bo, int64_t deadline_ns, struct npu_error *error)
{
	if (!npu_sim_wait_idle(bo->dev, &npu_sim_bo(bo)->jobs, deadline_ns))
		return 0;
	return npu_fail(error, -ETIMEDOUT, "%s: buffer: jobs still use it", bo->dev->info.name);
}
