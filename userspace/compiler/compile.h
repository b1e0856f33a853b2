/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The state of one compilation, that the passes hand on:
 *
 *	check	places:		which side can run each op
 *	partition places, order
 *	fuse...	folds:		which ops disappear into others
 *	place	homes:		which tensors share memory with which
 *	lower	records, constants
 *	plan	where each home lies
 *	emit	the program, then the artefact
 */
#ifndef NPUC_COMPILE_H
#define NPUC_COMPILE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "bytes.h"
#include "graph.h"
#include "npu_file.h"
#include "npuc.h"
#include "npum_personality.h"
#include "npum_target.h"
#include "vnpu_program.h"

struct npuc_capabilities;

/**
 * struct npuc_model - see npuc.h
 * @name: file name, owned
 * @data: the file, the caller's
 * @size: its bytes
 * @bytes: with those of other files that constants lie in
 * @nchw: pictures have their channels outside, as ONNX has them
 * @graph: what was read
 */
struct npuc_model {
	char *name;
	const void *data;
	size_t size;
	size_t bytes;
	bool nchw;
	struct npuc_graph graph;
};

/**
 * struct npuc_fold - what fusion did to an op
 * @gone: another op does its work; it makes no records
 * @input: tensor read as input 0
 * @output: tensor written as output 0
 * @through: op whose table comes first, NPUC_NONE: there is none
 * @before: rows and columns of padding in front of the input, taken over from a PAD
 * @range: codes that the output is clamped to beside its own activation
 * @real_range: likewise values of a floating-point output
 */
struct npuc_fold {
	bool gone;
	uint32_t input;
	uint32_t output;
	uint32_t through;
	uint32_t before[2];
	int32_t range[2];
	float real_range[2];
};

/**
 * struct npuc_home - memory of a tensor
 * @root: tensor whose memory it lies in, itself if it has its own
 * @offset: bytes from the start of the root
 * @stride: bytes between neighbours along N, H, W, C
 * @used: some record reads or writes it
 */
struct npuc_home {
	uint32_t root;
	uint32_t offset;
	uint32_t stride[4];
	bool used;
};

/** NPUC_OPERANDS - operands of a record: inputs, then the output */
#define NPUC_OPERANDS (VNPU_OP_INPUTS + 1)
/** NPUC_OUT - number of the output among the operands */
#define NPUC_OUT VNPU_OP_INPUTS
/** NPUC_IN_CONST - in place of a root: the operand lies in the CONST slot */
#define NPUC_IN_CONST 0xfffffffeu

/**
 * npuc_output_root() - in place of a root: the memory of a model output
 * @i: number of the output
 *
 * For outputs that are copies of a tensor that lives elsewhere.
 *
 * Return: a number that no tensor has.
 */
static inline uint32_t npuc_output_root(uint32_t i)
{
	return 0x80000000u | i;
}

/**
 * struct npuc_record - an op of the program under construction
 * @op: the record; operand offsets count from the start of their root (or of CONST),
 *	slots are still unset
 * @root: root tensor of each operand, NPUC_IN_CONST, a scratch buffer of npuc_scratch(),
 *	or NPUC_NONE if absent
 */
struct npuc_record {
	struct vnpu_op op;
	uint32_t root[NPUC_OPERANDS];
};

/**
 * struct npuc_layer - the records of one op of the model
 * @op: op number, NPUC_NONE for a copy behind the last op
 * @output: tensor it computes
 * @first: its first record; of host operators the first op, once the segments are known
 * @count: number of records, or 1 for a host operator
 * @place: &enum npu_file_place
 * @host_op: it is a host operator
 * @partition: once the segments are known; of layers without records, that of the one before
 */
struct npuc_layer {
	uint32_t op;
	uint32_t output;
	uint32_t first;
	uint32_t count;
	uint32_t place;
	bool host_op;
	uint32_t partition;
};

/**
 * struct npuc_host_op - a host operator of the program under construction
 * @op: what the artefact will have; slots and offsets of operands as of records
 * @root: root of each operand, as of records
 * @before: the record in front of which it runs
 */
struct npuc_host_op {
	struct npu_file_host_op op;
	uint32_t root[NPU_HOST_OPERANDS];
	uint32_t before;
};

/**
 * struct npuc_plan - where everything lies
 * @temp_offset: per tensor and scratch buffer: bytes from the start of TEMP, or of STATE,
 *	for roots that lie there
 * @on_chip: per root: it lies in L1
 * @slots: the program's slot table
 * @slot_count: entries of @slots
 * @const_slot: CONST's number, NPUC_NONE if unused
 * @temp_slot: TEMP's number, NPUC_NONE if unused
 * @state_slot: STATE's number, NPUC_NONE if unused
 * @l1_slot: L1's number, NPUC_NONE if unused
 * @input_slot: number of the first input's slot
 * @output_slot: number of the first output's slot
 * @temp_bytes: size of TEMP
 * @state_bytes: size of STATE
 * @l1_bytes: size of L1
 * @temp_bound: greatest sum of temporaries alive at one time
 * @io_bytes: sizes of inputs and outputs together
 * @areas: who uses which working memory when; steps are records
 * @area_count: entries of @areas
 */
struct npuc_plan {
	uint32_t *temp_offset;
	bool *on_chip;
	struct vnpu_slot_desc slots[VNPU_MAX_SLOTS];
	uint32_t slot_count;
	uint32_t const_slot;
	uint32_t temp_slot;
	uint32_t state_slot;
	uint32_t l1_slot;
	uint32_t input_slot;
	uint32_t output_slot;
	uint64_t temp_bytes;
	uint64_t state_bytes;
	uint64_t l1_bytes;
	uint64_t temp_bound;
	uint64_t io_bytes;
	struct npuc_area *areas;
	uint32_t area_count;
};

/**
 * struct npuc_compilation - one run of the compiler
 * @model: what is compiled
 * @graph: @model's graph, or what the configuration made of it, or @fused, or @sunk
 * @fused: what npuc_fuse_norms() made, or empty
 * @sunk: what npuc_transpose_sink() made, or empty
 * @personality: arithmetic compiled for
 * @target: device compiled for
 * @options: what the caller asked for, NULL for the defaults
 * @l1_bytes: on-chip memory that may be used
 * @keep_all: give every tensor memory of its own
 * @debug_info: the artefact gets a debug database
 * @dumped: steps handed to options.dump so far
 * @disabled: passes that are switched off, bit n: row n of passes.def
 * @places: of each op: &enum npuc_placement
 * @order: all ops, in the order that they run in
 * @folds: one per op
 * @homes: one per tensor
 * @constants: contents of the CONST slot
 * @records: the program so far
 * @record_count: records in use
 * @record_capacity: records allocated
 * @scratch: bytes of each buffer that records of one op share beside tensors
 * @scratch_count: entries of @scratch
 * @streams: the last so many of @scratch are for weights on their way through L1
 * @layers: one per op in execution order, then copies to outputs
 * @layer_count: entries of @layers
 * @host_ops: in execution order
 * @host_op_count: entries of @host_ops
 * @segments: what runs where, in execution order
 * @segment_count: entries of @segments
 * @plan: filled by npuc_plan()
 * @program: the finished program
 * @error: where failures are explained
 */
struct npuc_compilation {
	const struct npuc_model *model;
	const struct npuc_graph *graph;
	struct npuc_graph fused;
	struct npuc_graph sunk;
	const struct npum_personality *personality;
	const struct npum_target *target;
	const struct npuc_options *options;
	uint64_t l1_bytes;
	bool keep_all;
	bool debug_info;
	uint32_t dumped;
	uint64_t disabled;
	uint8_t *places;
	uint32_t *order;
	struct npuc_fold *folds;
	struct npuc_home *homes;
	struct npuc_bytes constants;
	struct npuc_record *records;
	uint32_t record_count;
	uint32_t record_capacity;
	uint64_t *scratch;
	uint32_t scratch_count;
	uint32_t streams;
	struct npuc_layer *layers;
	uint32_t layer_count;
	struct npuc_host_op *host_ops;
	uint32_t host_op_count;
	struct npu_file_segment *segments;
	uint32_t segment_count;
	struct npuc_plan plan;
	struct npuc_bytes program;
	struct npuc_error *error;
};

/** npuc_source() - number in the model file of op @op of the graph, NPUC_NONE if it has none */
static inline uint32_t npuc_source(const struct npuc_compilation *c, uint32_t op)
{
	return op == NPUC_NONE ? NPUC_NONE : c->graph->ops[op].number;
}

/** npuc_tensor_bytes() - size of a dense tensor in bytes */
uint64_t npuc_tensor_bytes(const struct npuc_tensor *t);

/** npuc_compilation_of() - a compilation at its beginning, without a graph */
struct npuc_compilation npuc_compilation_of(const struct npuc_model *model,
					    const struct npuc_options *options,
					    const struct npuc_capabilities *can,
					    struct npuc_error *error);

/** npuc_prepare() - choose the passes; fails for options that the target or the passes do not fit */
int npuc_prepare(struct npuc_compilation *c);

/** npuc_compilation_free() - release what the passes made; the compilation itself is the caller's */
void npuc_compilation_free(struct npuc_compilation *c);

/** npuc_check_model() - do ops, inputs and outputs fit the device? */
int npuc_check_model(struct npuc_compilation *c);

/** npuc_fuse_norms() - pass "fuse-norm", fuse_norm.c: @fused, if anything can be fused */
int npuc_fuse_norms(struct npuc_compilation *c);

/** npuc_transpose_sink() - let TRANSPOSEs meet: the graph is another one behind */
int npuc_transpose_sink(struct npuc_compilation *c);

/** npuc_list_transposes() - the TRANSPOSEs of the graph as it is; the caller frees @list */
int npuc_list_transposes(const struct npuc_compilation *c, struct npuc_transpose **list,
			 size_t *count);
/** npuc_assign() - fill the places; fails for an op that runs nowhere or options that fit no op */
int npuc_assign(struct npuc_compilation *c);

/** npuc_partition() - fill the order, and move to the host what the options do not let the NPU keep */
int npuc_partition(struct npuc_compilation *c);

/** npuc_no_folds() - fill the folds: every op is for itself */
int npuc_no_folds(struct npuc_compilation *c);

/** npuc_fuse_activations() - stand-alone activations into what is in front of them */
int npuc_fuse_activations(struct npuc_compilation *c);

/** npuc_fuse_pads() - PAD into convolutions */
int npuc_fuse_pads(struct npuc_compilation *c);

/** npuc_fuse_tables() - functions of one 8-bit code into the next one */
int npuc_fuse_tables(struct npuc_compilation *c);

/** npuc_drop_dead() - ops whose outputs nobody reads */
int npuc_drop_dead(struct npuc_compilation *c);

/** npuc_place() - fill the homes: reshapes share memory, concatenated inputs are written in place */
int npuc_place(struct npuc_compilation *c);

/** npuc_lower() - fill records, layers and constants */
int npuc_lower(struct npuc_compilation *c);

/** npuc_stream() - have weights copied to L1 while the op in front of theirs computes */
int npuc_stream(struct npuc_compilation *c);

/** npuc_plan() - fill the plan, and the slot numbers and offsets of all records */
int npuc_plan(struct npuc_compilation *c);

/** npuc_locate() - slot and offset of a root, NPUC_IN_CONST or npuc_output_root() */
void npuc_locate(const struct npuc_compilation *c, uint32_t root, uint32_t *slot, uint32_t *offset);

/** npuc_dtype() - &enum vnpu_dtype of a type, NONE if the NPU has none */
uint32_t npuc_dtype(uint32_t type);

/** npuc_emit() - make the program from records and plan, and validate it */
int npuc_emit(struct npuc_compilation *c);

/** npuc_artefact() - write the .npu file, which takes @c's constants; the caller frees @bytes */
int npuc_artefact(struct npuc_compilation *c, struct npuc_bytes *bytes);

/** npuc_constants_limit() - most bytes of constants that a model of @file bytes may come to */
size_t npuc_constants_limit(size_t file);

/** npuc_no_memory() - fill the error; returns -ENOMEM */
int npuc_no_memory(const struct npuc_compilation *c);

#endif /* NPUC_COMPILE_H */
