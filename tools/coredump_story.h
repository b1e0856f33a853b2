/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A core dump being explained: what its numbers mean, and the two ways to tell it. */
#ifndef COREDUMP_STORY_H
#define COREDUMP_STORY_H

#include "cli.h"
#include "coredump.h"
#include "file.h"
#include "npu.h"

/**
 * struct coredump_story - a dump with what explains it
 * @cli: the command line
 * @file: the dump's file
 * @model: what was run; NULL: it was not given
 * @dump: its parts
 * @listing: of the program; NULL: it has none
 */
struct coredump_story {
	const struct cli *cli;
	const struct file *file;
	const struct npu_model *model;
	struct coredump dump;
	char *listing;
};

/**
 * struct coredump_fault - a kind of fault
 * @name: what it is called
 * @why: why it comes
 * @todo: what helps
 */
struct coredump_fault {
	const char *name;
	const char *why;
	const char *todo;
};

/** coredump_fault() - what is known of a kind of enum drm_vnpu_fault, whatever its number */
const struct coredump_fault *coredump_fault(uint32_t fault);

/** coredump_event_name() - name of an enum vnpu_coredump_event_type */
const char *coredump_event_name(uint32_t type);

/** coredump_slot_kind() - name of an enum vnpu_slot_kind */
const char *coredump_slot_kind(uint32_t kind);

/** coredump_layer() - the layer that the op belongs to, and which it is; NULL: not known */
const struct npu_layer_info *coredump_layer(const struct coredump_story *s, size_t *index);

/** coredump_op_name() - name of the op that the job was in; NULL: the program does not say */
const char *coredump_op_name(const struct coredump_story *s);

/** coredump_list_program() - the program as text, NULL when it cannot be had; free() it */
char *coredump_list_program(const struct coredump *dump);

/** coredump_print() - tell it as text; &enum cli_exit */
int coredump_print(const struct coredump_story *s);

/** coredump_report() - tell it as JSON; &enum cli_exit */
int coredump_report(const struct coredump_story *s);

#endif /* COREDUMP_STORY_H */
