// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The program: header, slots and records in one blob that the validator accepts. */
#include <errno.h>
#include <string.h>

#include "compile.h"
#include "error.h"
#include "npum.h"

static int append(struct npuc_compilation *c, const void *data, size_t bytes, uint32_t *offset)
{
	size_t at;
	void *to = npuc_bytes_reserve(&c->program, bytes, 8, &at);

	if (!to)
		return npuc_no_memory(c);
	if (bytes)
		memcpy(to, data, bytes);
	*offset = (uint32_t)at;
	return 0;
}

static int validate(struct npuc_compilation *c)
{
	struct npum_program program;
	struct npum_refusal why;
	uint32_t source;

	if (!npum_program_validate(c->program.data, c->program.size, c->personality->set, &program,
				   &why))
		return 0;
	source = why.op < c->record_count ? c->records[why.op].op.source : NPUC_NONE;
	if (source == NPUC_NONE)
		return npuc_fail(c->error, -EOPNOTSUPP, "%s: the device refuses the program: %s",
				 c->model->name, npum_refusal_text(why.reason));
	return npuc_fail(c->error, -EOPNOTSUPP,
			 "%s: op %u %s: the device refuses record %u, operand %d: %s",
			 c->model->name, npuc_source(c, source), c->graph->ops[source].type, why.op,
			 (int32_t)why.field, npum_refusal_text(why.reason));
}

int npuc_emit(struct npuc_compilation *c)
{
	struct vnpu_program_header header = {
		.magic = VNPU_PROGRAM_MAGIC,
		.major = VNPU_PROGRAM_MAJOR,
		.minor = VNPU_PROGRAM_MINOR,
		.personality = c->personality->id,
		.personality_digest = c->personality->digest,
		.slot_count = c->plan.slot_count,
		.slot_size = sizeof(struct vnpu_slot_desc),
		.op_count = c->record_count,
		.op_size = sizeof(struct vnpu_op),
	};
	uint32_t at = 0;
	int err;

	if (!c->record_count)
		return npuc_fail(c->error, -EOPNOTSUPP,
				 "%s: no op makes an instruction, and a program has one at least",
				 c->model->name);
	err = append(c, &header, sizeof(header), &at);
	if (!err)
		err = append(c, c->plan.slots, c->plan.slot_count * sizeof(c->plan.slots[0]),
			     &header.slot_offset);
	for (uint32_t i = 0; i < c->record_count && !err; i++) {
		struct vnpu_op op = c->records[i].op;

		op.source = npuc_source(c, op.source);
		err = append(c, &op, sizeof(op), &at);
		if (!i)
			header.op_offset = at;
	}
	if (err)
		return err;
	header.size = (uint32_t)c->program.size;
	memcpy(c->program.data, &header, sizeof(header));
	return validate(c);
}
