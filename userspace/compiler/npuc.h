/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * libnpuc, the compiler bridge: from a model file to a .npu artefact.
 *
 *	read -> graph -> fuse -> constraints -> plan -> emit
 *
 * Nothing here prints or exits; errors and verdicts are data.
 */
#ifndef NPUC_H
#define NPUC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

struct npum_personality;
struct npum_personality_set;
struct npum_target;

/**
 * struct npuc_error - why a call failed
 * @text: one line "FILE: WHAT, WHERE, WHY", NUL-ended, without newline
 * @key: the knob it is about, as in &npuc_answer.key, or ""
 */
struct npuc_error {
	char text[512];
	char key[64];
};

/**
 * struct npuc_scope - how much of a model is read, and of what shape; all of it when empty
 * @input_shapes: "NAME=1x576" for inputs whose dimensions the file leaves open; others are 1.
 *	What the file says itself cannot be changed
 * @input_shape_count: entries of @input_shapes
 * @starts: names of tensors to begin with, in place of what computes them: the first inputs
 * @start_count: entries of @starts
 * @ends: names of tensors to end with: the outputs
 * @end_count: entries of @ends; 0: the model's outputs
 */
struct npuc_scope {
	const char *const *input_shapes;
	size_t input_shape_count;
	const char *const *starts;
	size_t start_count;
	const char *const *ends;
	size_t end_count;
};

/**
 * struct npuc_options - how to compile; zero-initialise for the defaults
 * @personality: name, NULL for the first of @personalities
 * @personalities: those of the device to compile for; NULL: the built-in ones
 * @target: what the device to compile for takes; NULL: the built-in one
 * @l1_bytes: on-chip memory to use, at most that of @target; 0: what @config says
 * @keep_all: give every tensor memory of its own, so that all can be read back
 * @disabled: passes to leave out, bit n: npuc_pass_at() n, whose level is above 0
 * @config: all else that can be asked for, NULL for the defaults
 * @answers: filled with what became of it; NULL if nobody wants to know
 * @dump: called with the graph as text after each step; NULL: not.  A return other than 0
 *	ends the compilation with it
 * @dump_arg: passed on to @dump
 * @no_fallback: what the NPU does not take is refused, not run on the CPU, whatever @config says
 * @scope: for whoever reads the model, see &struct npuc_reading
 */
struct npuc_options {
	const char *personality;
	const struct npum_personality_set *personalities;
	const struct npum_target *target;
	uint32_t l1_bytes;
	bool keep_all;
	uint64_t disabled;
	const struct npuc_config *config;
	struct npuc_answers *answers;
	int (*dump)(void *arg, const char *file, const void *text, size_t size);
	void *dump_arg;
	bool no_fallback;
	struct npuc_scope scope;
};

/**
 * struct npuc_pass_info - something that compiling does to a model
 * @name: for users
 * @text: what it does
 * @level: least opt_level that runs it; above 0 it can also be switched off by itself: the
 *	outputs stay the same, bit for bit, but with fuse-norm
 */
struct npuc_pass_info {
	const char *name;
	const char *text;
	uint32_t level;
};

/** npuc_pass_at() - the i-th pass in order of work, NULL behind the last */
const struct npuc_pass_info *npuc_pass_at(uint32_t i);

/**
 * enum npuc_placement - where an op runs
 * @NPUC_ON_NPU: the device takes it
 * @NPUC_ON_CPU: the library's fallback runs it; the verdict's reason says why
 * @NPUC_NOWHERE: it cannot be run; see the verdict's reason
 */
enum npuc_placement {
	NPUC_ON_NPU = 0,
	NPUC_ON_CPU,
	NPUC_NOWHERE,
};

/** NPUC_ADDED - in place of the number of an op in the model file: it is not there */
#define NPUC_ADDED UINT32_MAX

/** NPUC_NO_PARTITION - the model cannot be compiled as a whole */
#define NPUC_NO_PARTITION 0xffffffffu

/**
 * struct npuc_verdict - placement of one op of the model
 * @op: op number in the model file, NPUC_ADDED for one that the configuration adds
 * @type: e.g. "CONV_2D"; owned by the verdict list
 * @name: name of its output tensor; owned by the verdict list
 * @placement: &enum npuc_placement
 * @partition: number of the partition that runs it, or NPUC_NO_PARTITION
 * @reason: the broken constraint's sentence with the offending value; "" if none
 * @sentence: bytes of @reason that are the constraint's sentence; ops of one sentence
 *	have one thing in common
 * @advice: what would repair it; "" if nothing is known
 * @rewrite: name of the rewrite that npuc_fix() has for it, NULL: none
 */
struct npuc_verdict {
	uint32_t op;
	const char *type;
	const char *name;
	enum npuc_placement placement;
	uint32_t partition;
	char reason[256];
	uint32_t sentence;
	char advice[160];
	const char *rewrite;
};

/**
 * struct npuc_reading - how to read a model file; zero-initialise for the defaults
 * @open_file: finds a file that constants of the model lie in: @location is relative to
 *	the model's folder and does not leave it by its name, links are the callee's
 *	matter; its bytes live as long as the model.  Return: them, with @size; NULL with
 *	@why set to a sentence.  NULL: models with such constants are refused
 * @arg: given to @open_file
 * @personality: arithmetic that it will be compiled for, as far as readers obey it; NULL:
 *	ops between DequantizeLinear and QuantizeLinear are on codes
 * @scope: how much of the model, and of what shape
 */
struct npuc_reading {
	const void *(*open_file)(void *arg, const char *location, size_t *size, const char **why);
	void *arg;
	const struct npum_personality *personality;
	struct npuc_scope scope;
};

/** struct npuc_model - a model file, read and checked; opaque */
struct npuc_model;

/**
 * npuc_model_read() - read a model from memory
 * @name: file name for error texts
 * @data: its bytes; the caller keeps them alive as long as the model
 * @size: number of bytes
 * @model: the new model; release with npuc_model_free()
 * @error: filled on failure
 *
 * Return: 0, -EINVAL for a broken file, -EOPNOTSUPP for one of a kind we do not
 * read, -ENOMEM.
 */
int npuc_model_read(const char *name, const void *data, size_t size, struct npuc_model **model,
		    struct npuc_error *error);

/** npuc_model_read_as() - npuc_model_read() as @how says; it is not needed afterwards */
int npuc_model_read_as(const char *name, const void *data, size_t size,
		       const struct npuc_reading *how, struct npuc_model **model,
		       struct npuc_error *error);

/** npuc_model_free() - release a model; NULL is allowed */
void npuc_model_free(struct npuc_model *model);

/**
 * npuc_check() - say for every op where it would run
 * @model: a model
 * @options: NULL for the defaults
 * @verdicts: out: array of @count entries, release with free(), which also ends the life of
 *	its names; types live as long as @model
 * @count: out: ops of the model
 * @error: filled on failure
 *
 * Return: number of ops that run nowhere, or a negative errno: -EINVAL for options that
 * name what there is not, -ENOMEM.
 */
int npuc_check(const struct npuc_model *model, const struct npuc_options *options,
	       struct npuc_verdict **verdicts, size_t *count, struct npuc_error *error);

/**
 * struct npuc_rewrite_info - what can be done about ops that a device refuses
 * @name: for users
 * @text: what it does
 */
struct npuc_rewrite_info {
	const char *name;
	const char *text;
};

/** npuc_rewrite_at() - the i-th rewrite, NULL behind the last */
const struct npuc_rewrite_info *npuc_rewrite_at(uint32_t i);

/**
 * struct npuc_fix_entry - a rewrite that was applied
 * @op: op number in the model
 * @type: its type; lives as long as the model
 * @name: name of its output tensor, which what replaces it writes; likewise
 * @tensor: number of that, in the model and in the file that is written
 * @rewrite: name of the rewrite
 * @reason: why the op was refused
 * @what: what it became
 * @cause: why the numbers differ or do not
 */
struct npuc_fix_entry {
	uint32_t op;
	const char *type;
	const char *name;
	uint32_t tensor;
	const char *rewrite;
	char reason[256];
	char what[256];
	const char *cause;
};

/**
 * struct npuc_fixes - all of them, in order of work
 * @list: entries; an op may have several, as what replaces it may be rewritten again
 * @count: their number
 */
struct npuc_fixes {
	struct npuc_fix_entry *list;
	size_t count;
};

/**
 * struct npuc_fix_options - which rewrites to apply
 * @op: the only op of the model to look at, NPUC_EVERY_OP: all
 * @accepts: is a rewrite of this name wanted? NULL: all are
 * @arg: passed on to @accepts
 */
struct npuc_fix_options {
	uint32_t op;
	bool (*accepts)(void *arg, const char *rewrite);
	void *arg;
};

/** NPUC_EVERY_OP - see &struct npuc_fix_options */
#define NPUC_EVERY_OP 0xffffffffu

/** NPUC_EMITTED_OP - the custom op that npuc_emit_tflite() puts for a partition */
#define NPUC_EMITTED_OP "vnpu"

/**
 * npuc_emit_tflite() - write a model as .tflite with one custom op for each partition of the NPU
 * @model: a model
 * @options: NULL for the defaults
 * @parts: out: custom ops in the file
 * @file: out: the file, release with free()
 * @size: out: its bytes
 * @error: filled on failure
 *
 * The options of such an op are a .npu whose inputs and outputs are the op's, in their order.
 * Ops for the CPU stay as they are.
 *
 * Return: 0; -EINVAL for unknown options; -EOPNOTSUPP for an op that runs nowhere or what a
 * .tflite file cannot hold; -EFBIG; -ENOMEM.
 */
int npuc_emit_tflite(const struct npuc_model *model, const struct npuc_options *options,
		     uint32_t *parts, void **file, size_t *size, struct npuc_error *error);

/**
 * npuc_fix() - rewrite the ops that a device refuses, and write the model out again
 * @model: a model; is not changed
 * @options: the device; NULL for the defaults
 * @fix_options: NULL: everything
 * @fixes: what was done; release with npuc_fixes_free()
 * @file: a .tflite file, release with free()
 * @size: its bytes
 * @error: filled on failure
 *
 * Ops that no rewrite answers stay.  Nothing to do is no failure: the file is the model then.
 *
 * Return: 0; -EINVAL for unknown options; -EOPNOTSUPP for what a .tflite file cannot hold;
 * -EFBIG; -ENOMEM.
 */
int npuc_fix(const struct npuc_model *model, const struct npuc_options *options,
	     const struct npuc_fix_options *fix_options, struct npuc_fixes *fixes, void **file,
	     size_t *size, struct npuc_error *error);

/** npuc_fixes_free() - release the list */
void npuc_fixes_free(struct npuc_fixes *fixes);

/**
 * npuc_compile() - make a .npu artefact, see libnpu/npu_file.h
 * @model: a model; may be compiled any number of times
 * @options: NULL for the defaults
 * @artefact: out: its bytes, release with free()
 * @size: out: their number
 * @error: filled on failure
 *
 * Return: 0; -EOPNOTSUPP when an op is refused (@error names op and constraint);
 * -EINVAL for unknown options; -ENOMEM.
 */
int npuc_compile(struct npuc_model *model, const struct npuc_options *options, void **artefact,
		 size_t *size, struct npuc_error *error);

/**
 * struct npuc_transpose - a TRANSPOSE that is left when a model is compiled
 * @op: its number in the model file, NPUC_ADDED for one that the compiler added
 * @name: of its output
 * @bytes: that it moves
 * @by_type: what needs its axes in this order: type of an op, or "output"
 * @by_name: its output's name
 * @why: a sentence
 */
struct npuc_transpose {
	uint32_t op;
	char name[128];
	uint64_t bytes;
	char by_type[32];
	char by_name[128];
	char why[64];
};

/**
 * npuc_transposes() - list the TRANSPOSEs that are left, and who needs them
 * @model: the model
 * @options: as for npuc_compile()
 * @list: out: one for each, release with free()
 * @count: out: their number
 * @error: filled on failure
 *
 * Ops that the device refuses stay as they are, so that it can be asked of any model.
 *
 * Return: 0 or a negative errno as of npuc_compile().
 */
int npuc_transposes(struct npuc_model *model, const struct npuc_options *options,
		    struct npuc_transpose **list, size_t *count, struct npuc_error *error);

/**
 * npuc_config_check() - look for what no model could make sense of
 * @config: the knobs
 * @error: filled on failure: "KEY: WHY", which names all keys that contradict each other
 *
 * Return: 0 or -EINVAL.
 */
int npuc_config_check(const struct npuc_config *config, struct npuc_error *error);

/**
 * struct npuc_cost - what a record of a program costs on a target, see cost.h
 * @macs: multiply-accumulates
 * @bytes: moved from and to memory
 * @l1_bytes: moved from and to on-chip memory
 * @compute: cycles of computing
 * @transfer: cycles of moving bytes
 * @overhead: cycles that it costs before
 * @cycles: that pass because of it
 * @peak: multiply-accumulates per cycle that the target could do of its kind
 */
struct npuc_cost {
	uint64_t macs;
	uint64_t bytes;
	uint64_t l1_bytes;
	uint64_t compute;
	uint64_t transfer;
	uint64_t overhead;
	uint64_t cycles;
	uint64_t peak;
};

/**
 * npuc_estimate() - say what the records of a program cost, without running it
 * @program: a program, see vnpu_program.h
 * @size: its bytes
 * @target: where it is to run
 * @costs: out: one for each record, release with free()
 * @count: out: their number
 *
 * Return: 0, -EINVAL for an invalid program, -ENOMEM.
 */
int npuc_estimate(const void *program, size_t size, const struct npum_target *target,
		  struct npuc_cost **costs, size_t *count);

/**
 * npuc_disassemble() - print a program as text
 * @program: a program, see vnpu_program.h; 8-byte aligned
 * @size: its bytes
 * @write: called with pieces of text and @arg; a non-zero return stops
 * @arg: passed on to @write
 *
 * Return: 0, -EINVAL for an invalid program, or what @write returned.
 */
int npuc_disassemble(const void *program, size_t size, int (*write)(void *arg, const char *text),
		     void *arg);

#endif /* NPUC_H */
