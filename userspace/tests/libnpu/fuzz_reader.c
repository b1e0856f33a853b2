// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* libFuzzer on the .npu reader.  Seeds are what artefact_kind() makes; its mutator can start from these, too. */
#include <stdlib.h>
#include <string.h>

#include "artefact.h"
#include "npu_file.h"
#include "reader_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	reader_try(data, size);
	return 0;
}

static size_t good_file(uint8_t *data, size_t max_size, unsigned int kind)
{
	struct artefact a = artefact_kind(kind);
	size_t size = a.size < max_size ? a.size : max_size;

	memcpy(data, a.data, size);
	artefact_free(&a);
	return size;
}

/* One mutation in eight is left with wrong digests. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	if (size < sizeof(struct npu_file_header))
		size = good_file(data, max_size, seed / 8);
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed % 8)
		reader_seal(data, size);
	return size;
}
