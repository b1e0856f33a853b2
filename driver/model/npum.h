/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The NPU math model: validates programs and computes their ops.
 *
 * Plain C without kernel or libc beyond npum_port.h.  The same objects are
 * linked into vnpu.ko, into libnpu's `sim` device, into unit tests and fuzzers.
 *
 * The way through it:
 *
 *	npum_program_validate()		bytes -> struct npum_program, or a refusal
 *	npum_op_plan()			op -> tiles, scratch, whether it needs the FPU
 *	npum_op_run()			one tile of one op
 *
 * Tiles of one op are independent and may run on any thread in any order; the
 * ops of a program run in order.  The bits never depend on the instruction set,
 * the number of tiles in flight or the caller's threads.
 *
 * Safety: only the validated program decides addresses.  Whatever a slot holds
 * (weights, tables, activations), and even if it changes while an op runs, the
 * model stays inside the slots' declared bytes and has no undefined behaviour.
 */
#ifndef NPUM_H
#define NPUM_H

#include "npum_port.h"
#include "vnpu_program.h"

struct npum_counters;
struct npum_isa;
struct npum_personality;
struct npum_personality_set;

/**
 * enum npum_slot_access - how a program uses a slot
 * @NPUM_SLOT_READ: some op reads it
 * @NPUM_SLOT_WRITE: some op writes it
 */
enum npum_slot_access {
	NPUM_SLOT_READ = 1,
	NPUM_SLOT_WRITE = 2,
};

/**
 * struct npum_slot - what a validated program does with one slot
 * @kind: &enum vnpu_slot_kind
 * @access: &enum npum_slot_access bits; 0: no op touches it
 * @bytes: bytes that a binding must offer
 */
struct npum_slot {
	u32 kind;
	u32 access;
	u32 bytes;
};

/**
 * struct npum_program - summary of a validated program; points into its bytes
 * @ops: op records, op_count of them, inside the caller's buffer
 * @op_count: number of op records
 * @slot_count: number of slots in @slot
 * @personality: default personality of the ops
 * @l1_slot: its slot of on-chip memory, which the device provides; NPUM_NO_INDEX: none
 * @scratch_bytes: the largest scratch any of its ops needs for one tile
 * @macs: multiply-accumulates of one run
 * @slot: what it needs of each slot
 */
struct npum_program {
	const struct vnpu_op *ops;
	u32 op_count;
	u32 slot_count;
	const struct npum_personality *personality;
	u32 l1_slot;
	u32 scratch_bytes;
	u64 macs;
	struct npum_slot slot[VNPU_MAX_SLOTS];
};

/** NPUM_NO_INDEX - in a refusal: not about one op or field */
#define NPUM_NO_INDEX (~0u)

/**
 * struct npum_refusal - why and where a program was refused
 * @reason: &enum vnpu_refusal
 * @op: index of the op record (or slot description); NPUM_NO_INDEX: the header
 * @field: 0..2 inputs, 3 output, 4 parameters; NPUM_NO_INDEX: the record itself
 */
struct npum_refusal {
	u32 reason;
	u32 op;
	u32 field;
};

/**
 * npum_program_validate() - check a program against the allowlist
 * @data: the program; 8-byte aligned, owned by the caller, must stay unchanged
 *	and alive as long as @prog is used
 * @size: its bytes
 * @set: personalities of the device; unchanged and alive as long as @prog is used
 * @prog: filled on success
 * @why: filled on refusal
 *
 * O(ops); allocates nothing.
 *
 * Return: 0, or -ENOEXEC with @why set.
 */
int npum_program_validate(const void *data, size_t size, const struct npum_personality_set *set,
			  struct npum_program *prog, struct npum_refusal *why);

/** npum_refusal_text() - one sentence for a &enum vnpu_refusal; never NULL */
const char *npum_refusal_text(u32 reason);

/**
 * struct npum_op_plan - how an op is cut for execution
 * @tiles: independent pieces, at least 1; one piece is some 1e6 multiply-
 *	accumulates or a few 10 kB of moved data at the most, which keeps it
 *	under 100 us on the SIMD paths
 * @scratch_bytes: scratch that each tile in flight needs
 * @fpu: the tile function uses vector or floating-point registers: in the
 *	kernel it must be called between kernel_fpu_begin() and _end()
 */
struct npum_op_plan {
	u32 tiles;
	u32 scratch_bytes;
	bool fpu;
};

/** npum_op_plan() - cut a validated op, of @program's or its own personality, for @isa */
void npum_op_plan(const struct npum_isa *isa, const struct npum_personality *program,
		  const struct vnpu_op *op, struct npum_op_plan *plan);

/** NPUM_SCRATCH_ALIGN - alignment in bytes of scratch memory */
#define NPUM_SCRATCH_ALIGN 64u

/**
 * struct npum_exec - where a program's data lies during one run
 * @isa: instruction-set variant, from npum_isa_select(), or npum_isa_counting
 * @personality: of the program
 * @counters: what a tile's counts are added to, by one thread at a time; NULL: nobody
 *	counts, or else @isa is npum_isa_counting
 * @slot: base address of each slot, 64-byte aligned and as long as the program's
 *	slot[].bytes; NULL where the program does not access the slot
 */
struct npum_exec {
	const struct npum_isa *isa;
	const struct npum_personality *personality;
	struct npum_counters *counters;
	u8 *slot[VNPU_MAX_SLOTS];
};

/**
 * npum_op_run() - compute one tile of one op
 * @x: where data lies
 * @op: a record of a validated program
 * @tile: 0 .. plan.tiles - 1
 * @scratch: plan.scratch_bytes, aligned to NPUM_SCRATCH_ALIGN; contents
 *	undefined before and after
 *
 * Never fails, allocates or sleeps.
 */
void npum_op_run(const struct npum_exec *x, const struct vnpu_op *op, u32 tile, void *scratch);

/** npum_op_macs() - multiply-accumulates of an op, 0 for ops that have none */
u64 npum_op_macs(const struct vnpu_op *op);

/**
 * enum npum_operand - what an op takes in an operand's place
 * @NPUM_OPERAND_NONE: nothing; the record is all zero
 * @NPUM_OPERAND_Q8: int8 or uint8, NHWC
 * @NPUM_OPERAND_ANY: any dtype, NHWC
 * @NPUM_OPERAND_INDEX: int32, NHWC
 * @NPUM_OPERAND_REAL: float32, NHWC
 * @NPUM_OPERAND_WEIGHTS: uint8, VNPU_LAYOUT_WEIGHTS
 * @NPUM_OPERAND_DEPTHWISE: uint8, VNPU_LAYOUT_DEPTHWISE
 * @NPUM_OPERAND_REQUANT: int32, VNPU_LAYOUT_REQUANT
 * @NPUM_OPERAND_LUT: int8 or uint8, VNPU_LAYOUT_LUT
 * @NPUM_OPERAND_LUT_REAL: float32, VNPU_LAYOUT_LUT
 * @NPUM_OPERAND_LUT_PAIR: int8 or uint8, VNPU_LAYOUT_LUT_PAIR
 * @NPUM_OPERAND_I16: int16, NHWC
 * @NPUM_OPERAND_LUT_I16: int16, VNPU_LAYOUT_LUT with VNPU_LUT_POINTS elements
 * @NPUM_OPERAND_ROWS_INT: int8 or int16, VNPU_LAYOUT_ROWS
 * @NPUM_OPERAND_ROWS_REAL: float32 or float16, VNPU_LAYOUT_ROWS
 * @NPUM_OPERAND_ROWS_INT8: int8, VNPU_LAYOUT_ROWS
 * @NPUM_OPERAND_ROWS_DEPTHWISE_INT: int8 or int16, VNPU_LAYOUT_ROWS_DEPTHWISE
 * @NPUM_OPERAND_ROWS_DEPTHWISE_REAL: float32 or float16, VNPU_LAYOUT_ROWS_DEPTHWISE
 * @NPUM_OPERAND_REQUANT_WIDE: int64, VNPU_LAYOUT_REQUANT_WIDE
 * @NPUM_OPERAND_VECTOR_REAL: float32, VNPU_LAYOUT_VECTOR
 * @NPUM_OPERAND_FLOAT: float32 or float16, NHWC
 * @NPUM_OPERAND_TRUTH: uint8 with zero point 0, NHWC
 * @NPUM_OPERAND_WHOLE: int32 or int64, NHWC
 * @NPUM_OPERAND_INTEGER: any integer dtype, NHWC
 * @NPUM_OPERAND_CODES: int8, uint8 or int16, NHWC
 * @NPUM_OPERAND_CODES_WIDE: int8, uint8, int16 or int32, NHWC
 */
enum npum_operand {
	NPUM_OPERAND_NONE = 0,
	NPUM_OPERAND_Q8,
	NPUM_OPERAND_ANY,
	NPUM_OPERAND_INDEX,
	NPUM_OPERAND_REAL,
	NPUM_OPERAND_WEIGHTS,
	NPUM_OPERAND_DEPTHWISE,
	NPUM_OPERAND_REQUANT,
	NPUM_OPERAND_LUT,
	NPUM_OPERAND_LUT_REAL,
	NPUM_OPERAND_LUT_PAIR,
	NPUM_OPERAND_I16,
	NPUM_OPERAND_LUT_I16,
	NPUM_OPERAND_ROWS_INT,
	NPUM_OPERAND_ROWS_REAL,
	NPUM_OPERAND_ROWS_INT8,
	NPUM_OPERAND_ROWS_DEPTHWISE_INT,
	NPUM_OPERAND_ROWS_DEPTHWISE_REAL,
	NPUM_OPERAND_REQUANT_WIDE,
	NPUM_OPERAND_VECTOR_REAL,
	NPUM_OPERAND_FLOAT,
	NPUM_OPERAND_TRUTH,
	NPUM_OPERAND_WHOLE,
	NPUM_OPERAND_INTEGER,
	NPUM_OPERAND_CODES,
	NPUM_OPERAND_CODES_WIDE,
};

/**
 * enum npum_trait - what kind of op it is, as bits
 * @NPUM_TRAIT_ELEMENTWISE: each output element depends on the input elements in
 *	its own place only: inputs have the output's shape, may be broadcast by
 *	strides of 0, and may be the very bytes of the output (in place)
 * @NPUM_TRAIT_REPEATS: inputs may be broadcast by strides of 0, but not in place
 */
enum npum_trait {
	NPUM_TRAIT_ELEMENTWISE = 1 << 0,
	NPUM_TRAIT_REPEATS = 1 << 1,
};

/**
 * struct npum_op_info - a row of the op table, npum_ops.def
 * @opcode: &enum vnpu_opcode
 * @name: upper-case name used in listings, e.g. "CONV2D"
 * @inputs: operands in in[] that must be present
 * @params: bits of &enum npum_param that the op reads; the others must be zero
 * @traits: bits of &enum npum_trait
 * @operand: &enum npum_operand of in[0..2] and out
 */
struct npum_op_info {
	u32 opcode;
	const char *name;
	u32 inputs;
	u32 params;
	u32 traits;
	u8 operand[VNPU_OP_INPUTS + 1];
};

/**
 * enum npum_param - groups of &struct vnpu_params fields, as bits
 * @NPUM_PARAM_WINDOW: kernel, stride, dilation, pad
 * @NPUM_PARAM_CLAMP: clamp
 * @NPUM_PARAM_RESCALE0: mult[0], shift[0]
 * @NPUM_PARAM_RESCALE1: mult[1], shift[1]
 * @NPUM_PARAM_RESCALE2: mult[2], shift[2]
 * @NPUM_PARAM_LEFT_SHIFT: left_shift
 * @NPUM_PARAM_DIFF_MIN: diff_min
 * @NPUM_PARAM_AXES: axes, count
 * @NPUM_PARAM_MODE: mode
 * @NPUM_PARAM_SCALE: scale
 * @NPUM_PARAM_FILL: fill
 * @NPUM_PARAM_OFFSET: offset
 * @NPUM_PARAM_ALPHA: alpha
 * @NPUM_PARAM_BETA: beta
 * @NPUM_PARAM_REAL_CLAMP: real_clamp
 */
enum npum_param {
	NPUM_PARAM_WINDOW = 1 << 0,
	NPUM_PARAM_CLAMP = 1 << 1,
	NPUM_PARAM_RESCALE0 = 1 << 2,
	NPUM_PARAM_RESCALE1 = 1 << 3,
	NPUM_PARAM_RESCALE2 = 1 << 4,
	NPUM_PARAM_LEFT_SHIFT = 1 << 5,
	NPUM_PARAM_DIFF_MIN = 1 << 6,
	NPUM_PARAM_AXES = 1 << 7,
	NPUM_PARAM_MODE = 1 << 8,
	NPUM_PARAM_SCALE = 1 << 9,
	NPUM_PARAM_FILL = 1 << 10,
	NPUM_PARAM_OFFSET = 1 << 11,
	NPUM_PARAM_ALPHA = 1 << 12,
	NPUM_PARAM_BETA = 1 << 13,
	NPUM_PARAM_REAL_CLAMP = 1 << 14,
};

/** npum_op_info() - row of the op table, NULL for an unknown opcode */
const struct npum_op_info *npum_op_info(u32 opcode);

/** npum_dtype_size() - bytes of one element, 0 for an unknown or absent dtype */
u32 npum_dtype_size(u32 dtype);

/** npum_dtype_name() - "int8", "uint8", "int32", "float32", "none" or "?" */
const char *npum_dtype_name(u32 dtype);

#endif /* NPUM_H */
