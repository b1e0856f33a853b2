// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* libFuzzer program: the .onnx reader and the whole compiler behind it. */
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	target_try("model.onnx", data, size);
	return 0;
}
