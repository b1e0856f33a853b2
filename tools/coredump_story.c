// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the numbers of a core dump mean. */
#include "coredump_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drm/vnpu_accel.h"
#include "npum.h"
#include "npuc.h"

static const struct coredump_fault fault_texts[] = {
	[DRM_VNPU_FAULT_HANG] = { "hang",
				  "the job made no progress for its context's timeout and was cancelled",
				  "Make a new context: this one takes no jobs any more, all others went on. If it "
				  "hangs again in the same op, 'npu run' the model on sim: what ends there hangs "
				  "on the device only. A host that is overloaded, or an emulator, may need a longer "
				  "timeout of the context (npu_session_options.timeout_ms)." },
	[DRM_VNPU_FAULT_DEAD_CORE] = { "dead core",
				       "the job made no progress, and its core did not answer to being cancelled",
				       "The device takes no jobs until root writes 1 to its file 'reset' in sysfs; that "
				       "says EBUSY while the core still does not answer. Then bind the driver anew. "
				       "Please report it: a core that does not answer is a defect of the driver." },
	[DRM_VNPU_FAULT_CONSTANTS] = { "constants differ",
				       "the constants in the buffer are not those whose digest the job named",
				       "Nothing was computed. Load the constants again, from the artefact: the context is "
				       "fine. If it comes again, something writes to that buffer, or the host's memory "
				       "is bad." },
	[DRM_VNPU_FAULT_MACHINE] = { "machine error",
				     "the machine ended the job with an error of its own",
				     "The context is fine. Please report it, with this file." },
};

const struct coredump_fault *coredump_fault(uint32_t fault)
{
	static const struct coredump_fault unknown = {
		"fault of an unknown kind",
		"this tool is older than the driver that wrote the dump",
		"Use the npu tool of the same version as the driver.",
	};
	size_t count = sizeof(fault_texts) / sizeof(fault_texts[0]);

	return fault < count && fault_texts[fault].name ? &fault_texts[fault] : &unknown;
}

const char *coredump_event_name(uint32_t type)
{
	static const char *const names[] = {
		[VNPU_COREDUMP_EVENT_FAULT] = "fault", [VNPU_COREDUMP_EVENT_WEDGED] = "wedged",
		[VNPU_COREDUMP_EVENT_RESET] = "reset", [VNPU_COREDUMP_EVENT_FIRMWARE] = "firmware",
		[VNPU_COREDUMP_EVENT_ADDED] = "added", [VNPU_COREDUMP_EVENT_REMOVED] = "removed",
	};
	size_t count = sizeof(names) / sizeof(names[0]);

	return type < count && names[type] ? names[type] : "?";
}

const char *coredump_slot_kind(uint32_t kind)
{
	static const char *const names[] = {
		[VNPU_SLOT_CONST] = "const", [VNPU_SLOT_TEMP] = "temp",
		[VNPU_SLOT_INPUT] = "input", [VNPU_SLOT_OUTPUT] = "output",
		[VNPU_SLOT_L1] = "on-chip",  [VNPU_SLOT_STATE] = "state",
	};
	size_t count = sizeof(names) / sizeof(names[0]);

	return kind < count && names[kind] ? names[kind] : "?";
}

const struct npu_layer_info *coredump_layer(const struct coredump_story *s, size_t *index)
{
	const struct npu_layer_info *l;

	for (*index = 0; s->model && (l = npu_model_layer(s->model, *index)); ++*index)
		if (s->dump.fault.op - l->first_op < l->op_count)
			return l;
	return NULL;
}

const char *coredump_op_name(const struct coredump_story *s)
{
	struct vnpu_program_header header;
	const struct npum_op_info *info;
	uint32_t opcode;
	uint64_t at;

	if (s->dump.program_size < sizeof(header))
		return NULL;
	memcpy(&header, s->dump.program, sizeof(header));
	at = header.op_offset + (uint64_t)s->dump.fault.op * header.op_size +
	     offsetof(struct vnpu_op, opcode);
	if (s->dump.fault.op >= header.op_count || at + sizeof(opcode) > s->dump.program_size)
		return NULL;
	memcpy(&opcode, s->dump.program + at, sizeof(opcode));
	info = npum_op_info(opcode);
	return info ? info->name : NULL;
}

static int write_text(void *arg, const char *text)
{
	return fputs(text, arg) < 0;
}

char *coredump_list_program(const struct coredump *dump)
{
	size_t length = 0;
	char *text = NULL;
	FILE *stream;
	bool bad;

	if (!dump->program || dump->program_size != dump->program_whole)
		return NULL;
	stream = open_memstream(&text, &length);
	if (!stream)
		return NULL;
	bad = npuc_disassemble(dump->program, dump->program_size, write_text, stream);
	if (!fclose(stream) && !bad)
		return text;
	free(text);
	return NULL;
}
