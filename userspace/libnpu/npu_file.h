/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The .npu artefact: a compiled model in one file.
 *
 *	struct npu_file_header
 *	struct npu_file_section [section_count]
 *	section contents, each at a multiple of 64 bytes
 *
 * Little-endian throughout.  Strings live in the STRINGS section, NUL-ended;
 * records name them by their byte offset there (offset 0 is the empty string).
 * A reader refuses a newer major version, skips sections it does not know, and
 * checks every offset, count and digest before use.
 */
#ifndef NPU_FILE_H
#define NPU_FILE_H

#include <stdint.h>

/** NPU_FILE_MAGIC - "NPUF" read as a little-endian word */
#define NPU_FILE_MAGIC 0x4655504eu
#define NPU_FILE_MAJOR 1
#define NPU_FILE_MINOR 1
#define NPU_FILE_ALIGN 64u
#define NPU_FILE_MAX_SECTIONS 64u

/**
 * enum npu_section_kind - contents of a section
 * @NPU_SECTION_PROGRAM: program for the device, uapi/vnpu_program.h
 * @NPU_SECTION_CONST: bytes of the CONST slot
 * @NPU_SECTION_STRINGS: NUL-ended strings
 * @NPU_SECTION_TENSORS: array of &struct npu_file_tensor
 * @NPU_SECTION_LAYERS: array of &struct npu_file_layer, in execution order
 * @NPU_SECTION_INFO: one &struct npu_file_info
 * @NPU_SECTION_CONFIG: array of &struct npu_file_knob, since 1.1; only if something was asked for
 * @NPU_SECTION_DEBUG: one &struct npu_file_debug and what it counts, since 1.1; only if asked for
 * @NPU_SECTION_PARTITIONS: array of &struct npu_file_segment, in execution order; only in
 *	files of NPU_FILE_PARTITIONED
 * @NPU_SECTION_HOST_OPS: array of &struct npu_file_host_op, in execution order; only
 *	in files of NPU_FILE_PARTITIONED
 * @NPU_SECTION_MEMORY: array of &struct npu_file_area: who uses which working memory when,
 *	since 1.1; files without it are read, and tell nothing of it
 */
enum npu_section_kind {
	NPU_SECTION_PROGRAM = 1,
	NPU_SECTION_CONST = 2,
	NPU_SECTION_STRINGS = 3,
	NPU_SECTION_TENSORS = 4,
	NPU_SECTION_LAYERS = 5,
	NPU_SECTION_INFO = 6,
	NPU_SECTION_CONFIG = 7,
	NPU_SECTION_DEBUG = 8,
	NPU_SECTION_PARTITIONS = 9,
	NPU_SECTION_HOST_OPS = 10,
	NPU_SECTION_MEMORY = 11,
};

/**
 * struct npu_file_header - first bytes of a .npu file
 * @magic: NPU_FILE_MAGIC
 * @major: NPU_FILE_MAJOR
 * @minor: NPU_FILE_MINOR
 * @size: bytes of the whole file
 * @section_count: entries of the section table that follows
 * @reserved: zero
 */
struct npu_file_header {
	uint32_t magic;
	uint16_t major;
	uint16_t minor;
	uint64_t size;
	uint32_t section_count;
	uint32_t reserved;
};

/**
 * struct npu_file_section - where a section lies
 * @kind: &enum npu_section_kind; each kind at most once
 * @reserved: zero
 * @offset: bytes from the start of the file, multiple of NPU_FILE_ALIGN
 * @size: bytes
 * @digest: XXH64 of the contents, seed 0
 */
struct npu_file_section {
	uint32_t kind;
	uint32_t reserved;
	uint64_t offset;
	uint64_t size;
	uint64_t digest;
};

/**
 * enum npu_tensor_role - what a tensor is to the model
 * @NPU_TENSOR_INPUT: model input number @index
 * @NPU_TENSOR_OUTPUT: model output number @index
 * @NPU_TENSOR_INTERNAL: value between two layers
 * @NPU_TENSOR_STATE: value that the model keeps from run to run, in a STATE slot
 */
enum npu_tensor_role {
	NPU_TENSOR_INPUT = 1,
	NPU_TENSOR_OUTPUT = 2,
	NPU_TENSOR_INTERNAL = 3,
	NPU_TENSOR_STATE = 4,
};

#define NPU_FILE_MAX_RANK 8

/**
 * struct npu_file_tensor - an activation of the model
 * @name: string, as the model file has it
 * @role: &enum npu_tensor_role
 * @index: number among the inputs or outputs
 * @dtype: &enum vnpu_dtype
 * @rank: dimensions used in @shape, 0..NPU_FILE_MAX_RANK
 * @shape: as the model file has it, outermost first
 * @scale: quantisation scale, 0 for unquantised tensors
 * @zero_point: quantisation zero point
 * @slot: program slot it lies in
 * @offset: bytes from the start of the slot
 * @bytes: its size; contiguous
 * @source: tensor number in the model file
 * @reserved: zero
 */
struct npu_file_tensor {
	uint32_t name;
	uint32_t role;
	uint32_t index;
	uint32_t dtype;
	uint32_t rank;
	uint32_t shape[NPU_FILE_MAX_RANK];
	float scale;
	int32_t zero_point;
	uint32_t slot;
	uint32_t offset;
	uint32_t bytes;
	uint32_t source;
	uint32_t reserved;
};

/** NPU_FILE_NONE - "no such tensor" in an index field */
#define NPU_FILE_NONE 0xffffffffu

/**
 * struct npu_file_layer - one op of the model file and what became of it
 * @type: string, e.g. "CONV_2D"
 * @name: string, the name of its output tensor
 * @source: op number in the model file
 * @first_op: first op that computes it: a record of the program, or behind these a host
 *	operator
 * @op_count: number of ops, consecutive and of one kind; 0: folded into another layer or free
 * @output: its output in TENSORS, NPU_FILE_NONE if it is not materialised
 * @macs: multiply-accumulates
 */
struct npu_file_layer {
	uint32_t type;
	uint32_t name;
	uint32_t source;
	uint32_t first_op;
	uint32_t op_count;
	uint32_t output;
	uint64_t macs;
};

/**
 * struct npu_file_area - working memory that a value has for some time
 * @name: string, the tensor's name; empty for what an op needs beside its tensors
 * @slot: program slot it lies in, TEMP or L1
 * @offset: bytes from the start of the slot
 * @bytes: its size
 * @first_op: first record of the program that needs it
 * @last_op: last record that needs it
 *
 * Areas that share a record share no byte.
 */
struct npu_file_area {
	uint32_t name;
	uint32_t slot;
	uint32_t offset;
	uint32_t bytes;
	uint32_t first_op;
	uint32_t last_op;
};

/*
 * Partitions.  A model that the device cannot run alone is a sequence of partitions,
 * each on one side: a program for the device, or records of the same format and host
 * operators that the library computes in the process.  All of them share the slots of
 * PROGRAM, which holds the records of both sides in execution order; so a tensor
 * that crosses a border is neither copied nor moved.  A side's program is its records
 * under the same slots.
 *
 * Ops are numbered through: the records of PROGRAM, then the entries of HOST_OPS.
 * Segments name every op exactly once, each kind in its order.  A file without
 * partitions is one for the device.  Files with them have NPU_FILE_PARTITIONED in
 * npu_file_info.flags, which readers that do not know them refuse.
 */

/**
 * enum npu_file_place - where a segment runs
 * @NPU_FILE_DEVICE: on the device
 * @NPU_FILE_HOST: in the library
 */
enum npu_file_place {
	NPU_FILE_DEVICE = 1,
	NPU_FILE_HOST = 2,
};

/**
 * struct npu_file_segment - consecutive ops of one kind of a partition
 * @partition: number of the partition, from 0; neighbours in the list have the same one or
 *	the next
 * @place: &enum npu_file_place, the same for all segments of a partition; host operators
 *	run on the host
 * @first_op: first op
 * @op_count: number of ops, not 0
 */
struct npu_file_segment {
	uint32_t partition;
	uint32_t place;
	uint32_t first_op;
	uint32_t op_count;
};

#define NPU_HOST_OPERANDS 8
#define NPU_HOST_PARAMS 16
#define NPU_HOST_MAX_RANK 4

/**
 * enum npu_host_op_kind - what a host operator computes, see fallback/host_ops.def
 * @NPU_HOST_DETECTION: TFLite_Detection_PostProcess
 * @NPU_HOST_EXPECT: nothing; the run fails when its operand 0 does not have the values
 *	of operand 1
 */
enum npu_host_op_kind {
	NPU_HOST_DETECTION = 1,
	NPU_HOST_EXPECT = 2,
};

/**
 * struct npu_file_operand - where a host operator reads or writes
 * @slot: slot of PROGRAM
 * @offset: bytes from its start, a multiple of the element's size
 * @dtype: &enum vnpu_dtype
 * @rank: dimensions used in @shape, 0..NPU_HOST_MAX_RANK
 * @shape: outermost first; elements lie densely
 * @scale: of quantised codes, else 0
 * @zero_point: of quantised codes
 */
struct npu_file_operand {
	uint32_t slot;
	uint32_t offset;
	uint32_t dtype;
	uint32_t rank;
	uint32_t shape[NPU_HOST_MAX_RANK];
	float scale;
	int32_t zero_point;
};

/**
 * struct npu_file_host_op - an operation that no program record expresses
 * @kind: &enum npu_host_op_kind
 * @source: op number in the model file
 * @input_count: entries of @operand that are read
 * @output_count: entries behind them that are written
 * @param: parameters, by kind
 * @operand: inputs, then outputs
 */
struct npu_file_host_op {
	uint32_t kind;
	uint32_t source;
	uint32_t input_count;
	uint32_t output_count;
	uint32_t param[NPU_HOST_PARAMS];
	struct npu_file_operand operand[NPU_HOST_OPERANDS];
};

/** NPU_FILE_KEEP_ALL - no tensor shares memory with another: each can be read after a run */
#define NPU_FILE_KEEP_ALL (1u << 0)
/** NPU_FILE_PARTITIONED - the file has partitions */
#define NPU_FILE_PARTITIONED (1u << 1)

/**
 * struct npu_file_info - facts about the compilation
 * @model: string, file name of the source model without its folder
 * @compiler: string, name and version of the compiler
 * @personality: string, e.g. "tflite-ref"
 * @flags: NPU_FILE_*
 * @model_digest: XXH64 of the source file
 * @static_bytes: weights and tables
 * @temp_bytes: working memory
 * @io_bytes: inputs and outputs
 * @temp_bound: greatest sum of temporaries alive at one time: no plan can need less
 */
struct npu_file_info {
	uint32_t model;
	uint32_t compiler;
	uint32_t personality;
	uint32_t flags;
	uint64_t model_digest;
	uint64_t static_bytes;
	uint64_t temp_bytes;
	uint64_t io_bytes;
	uint64_t temp_bound;
};

/**
 * struct npu_file_knob - something that the compiler was asked for, and what became of it
 * @key: string, as in configuration files: "relax_fp32", "input_processors[0].mean"
 * @value: string, what was asked for; "" where @because says it
 * @because: string, what was done or why not
 * @applied: 1: it was; 0: it was not
 */
struct npu_file_knob {
	uint32_t key;
	uint32_t value;
	uint32_t because;
	uint32_t applied;
};

/**
 * struct npu_file_debug - start of the debug database
 * @op_count: entries of the array of &struct npu_file_debug_op that follows
 * @tensor_count: entries of the array of &struct npu_file_debug_tensor behind that
 */
struct npu_file_debug {
	uint32_t op_count;
	uint32_t tensor_count;
};

/**
 * enum npu_debug_fate - what became of an op
 * @NPU_DEBUG_RECORDS: it has records of its own
 * @NPU_DEBUG_FOLDED: the records of op @into do its work
 * @NPU_DEBUG_CONSTANT: the compiler computed its output
 * @NPU_DEBUG_NOTHING: nothing is left to do: input and output are the same memory
 */
enum npu_debug_fate {
	NPU_DEBUG_RECORDS = 0,
	NPU_DEBUG_FOLDED = 1,
	NPU_DEBUG_CONSTANT = 2,
	NPU_DEBUG_NOTHING = 3,
};

/**
 * struct npu_file_debug_op - an op that was compiled, in execution order
 * @type: string, e.g. "CONV_2D"
 * @source: op number in the model file that it is or serves, NPU_FILE_NONE: the
 *	configuration adds it
 * @fate: &enum npu_debug_fate
 * @into: FOLDED: number of the entry that does its work, else NPU_FILE_NONE
 * @first_record: its first record in the program
 * @record_count: number of records, consecutive
 * @first_tensor: its first entry of the array of tensors
 * @tensor_count: number of entries: inputs, then outputs
 */
struct npu_file_debug_op {
	uint32_t type;
	uint32_t source;
	uint32_t fate;
	uint32_t into;
	uint32_t first_record;
	uint32_t record_count;
	uint32_t first_tensor;
	uint32_t tensor_count;
};

/**
 * enum npu_debug_use - what an op does with a tensor
 * @NPU_DEBUG_READS: reads it
 * @NPU_DEBUG_WRITES: writes it
 * @NPU_DEBUG_PARAMETER: knows it since compilation: weights, bias, shapes
 */
enum npu_debug_use {
	NPU_DEBUG_READS = 0,
	NPU_DEBUG_WRITES = 1,
	NPU_DEBUG_PARAMETER = 2,
};

/**
 * struct npu_file_debug_tensor - a tensor of an op
 * @name: string
 * @source: tensor number in the model file; numbers beyond the file's are added
 * @use: &enum npu_debug_use
 * @entry: its entry in TENSORS, NPU_FILE_NONE if it cannot be read back
 */
struct npu_file_debug_tensor {
	uint32_t name;
	uint32_t source;
	uint32_t use;
	uint32_t entry;
};

#endif /* NPU_FILE_H */
