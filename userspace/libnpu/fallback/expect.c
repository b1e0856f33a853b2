// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A promise that the compiler relied on: that an input which shapes depend on has the
 * values that it was compiled for.
 */
#include "host_ops.h"

#include <stdio.h>
#include <string.h>

#include "npum.h"

/* Numbers of a value that an error shows. */
#define SHOWN 8u

const char *npu_host_expect_problem(const struct npu_file_host_op *op)
{
	const struct npu_file_operand *found = &op->operand[0], *wanted = &op->operand[1];

	if (found->dtype != VNPU_DTYPE_INT32 || wanted->dtype != VNPU_DTYPE_INT32)
		return "operands: not int32";
	if (npu_host_operand_bytes(found) != npu_host_operand_bytes(wanted))
		return "operands: of different sizes";
	return NULL;
}

size_t npu_host_expect_scratch_bytes(const struct npu_file_host_op *op)
{
	return 0;
}

static void numbers(const uint8_t *data, uint32_t count, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < count && i < SHOWN; i++) {
		int32_t value;

		memcpy(&value, data + sizeof(value) * i, sizeof(value));
		at += (size_t)snprintf(text + at, size - at, "%s%d", i ? "," : "", value);
	}
}

int npu_host_expect_run(const struct npu_host_call *call, struct npu_error *error)
{
	uint32_t bytes = npu_host_operand_bytes(&call->op->operand[0]);
	char found[16 * SHOWN], wanted[16 * SHOWN];

	if (!memcmp(call->data[0], call->data[1], bytes))
		return 0;
	numbers(call->data[0], bytes / 4, found, sizeof(found));
	numbers(call->data[1], bytes / 4, wanted, sizeof(wanted));
	return npu_fail(
		error, -EINVAL,
		"op %u: its shape input is [%s], but the model was compiled for [%s]; give it "
		"these values or compile it again",
		call->op->source, found, wanted);
}
