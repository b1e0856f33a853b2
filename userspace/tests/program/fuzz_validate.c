// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* libFuzzer program: npum_program_validate(), and all kernels on what it accepts. */
#include <stdint.h>

#include "program_mutate.h"
#include "program_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	program_run(data, size);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	u64 random = seed + 1ull;

	if (seed % 4 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	program_mutate(data, size, &random);
	return size;
}
