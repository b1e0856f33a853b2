// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* libFuzzer on the .npy reader: what it accepts lies in the file and is as long as it says. */
#include <stdlib.h>

#include "../../../tools/npy.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct npy npy;

	if (npy_parse(data, size, &npy))
		return 0;
	if (!npy_is(data, size) || npy.rank > NPY_MAX_RANK || npy.data < data ||
	    npy.data + npy.bytes != data + size)
		abort();
	return 0;
}
