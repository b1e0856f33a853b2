/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* From ops of the model to records of the program. */
#ifndef NPUC_LOWER_H
#define NPUC_LOWER_H

#include "compile.h"
#include "quantise.h"
#include "shape.h"

/**
 * typedef npuc_lower_fn - makes the records of one op
 * @c: the compilation
 * @number: the op, which holds all its constraints
 *
 * Return: 0, -ENOMEM or -EOPNOTSUPP with the error filled.
 */
typedef int npuc_lower_fn(struct npuc_compilation *c, uint32_t number);

/**
 * enum npuc_family - element types that are computed with in one way
 * @NPUC_Q8: int8 and uint8
 * @NPUC_Q16: int16
 * @NPUC_REAL: float32 and float16
 * @NPUC_INT: int32 and int64
 * @NPUC_BOOL: bool
 * @NPUC_CODES: those of quantised numbers
 * @NPUC_ANY: all of them
 */
enum npuc_family {
	NPUC_Q8 = 1 << 0,
	NPUC_Q16 = 1 << 1,
	NPUC_REAL = 1 << 2,
	NPUC_INT = 1 << 3,
	NPUC_BOOL = 1 << 4,
	NPUC_CODES = NPUC_Q8 | NPUC_Q16,
	NPUC_ANY = NPUC_Q8 | NPUC_Q16 | NPUC_REAL | NPUC_INT | NPUC_BOOL,
};

/**
 * enum npuc_trait - what passes may do with a lowering
 * @NPUC_STRIDED: writes its output with whatever strides it has: into a slice of a larger one
 * @NPUC_CLAMPS: ends in a clamp, which a RELU behind it may narrow
 * @NPUC_PLAIN: takes codes for plain numbers, with or without a scale
 * @NPUC_MOVES: moves elements as they are: scale and zero point stay the same, too
 * @NPUC_CONVERTS: the output's type is not the inputs'; constraints say which
 * @NPUC_MANY: may have several outputs
 * @NPUC_STATEFUL: reads and writes variable tensors, which keep their values from run to run
 */
enum npuc_trait {
	NPUC_STRIDED = 1 << 0,
	NPUC_CLAMPS = 1 << 1,
	NPUC_PLAIN = 1 << 2,
	NPUC_MOVES = 1 << 3,
	NPUC_CONVERTS = 1 << 4,
	NPUC_MANY = 1 << 5,
	NPUC_STATEFUL = 1 << 6,
};

/**
 * struct npuc_operator - a row NPUC_OPERATOR of lowerings.def
 * @builtin: &enum tflite_builtin
 * @least: fewest inputs
 * @most: most inputs
 * @first: input that is the first activation
 * @activations: inputs from there that are activations
 * @infer: computes the outputs' shapes
 */
struct npuc_operator {
	uint32_t builtin;
	uint32_t least;
	uint32_t most;
	uint32_t first;
	uint32_t activations;
	npuc_infer_fn *infer;
};

/**
 * struct npuc_lowering - a row NPUC_LOWERING of lowerings.def
 * @builtin: &enum tflite_builtin
 * @families: &enum npuc_family bits of types that it takes
 * @lower: makes the records
 * @traits: &enum npuc_trait bits
 */
struct npuc_lowering {
	uint32_t builtin;
	uint32_t families;
	npuc_lower_fn *lower;
	uint32_t traits;
};

/** npuc_family() - &enum npuc_family of an element type, 0 if it has none */
uint32_t npuc_family(uint32_t type);

/** npuc_operator() - row of the operator, NULL if the NPU does not have it */
const struct npuc_operator *npuc_operator(uint32_t builtin);

/** npuc_lowering() - how an op is lowered in the type of its first activation, NULL if it is not */
const struct npuc_lowering *npuc_lowering(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_lowering_in() - how an operator is lowered in types of a family, NULL if it is not */
const struct npuc_lowering *npuc_lowering_in(uint32_t builtin, uint32_t family);

/** npuc_operands_present() - usual number of inputs, none left out, all of known shape? */
bool npuc_operands_present(const struct npuc_graph *g, const struct npuc_op *op,
			   const struct npuc_operator *o);

/** npuc_in() - tensor number that input @i of an op reads after fusion */
uint32_t npuc_in(const struct npuc_compilation *c, uint32_t number, uint32_t i);

/** npuc_out() - tensor number that an op writes as output 0 after fusion */
uint32_t npuc_out(const struct npuc_compilation *c, uint32_t number);

/**
 * npuc_record() - begin a record
 * @c: the compilation
 * @source: op number it is made for, NPUC_NONE for none
 * @opcode: &enum vnpu_opcode
 *
 * Return: the record with everything else zero, valid until the next one is begun; NULL
 * with the error filled when there are too many or memory is short.
 */
struct npuc_record *npuc_record(struct npuc_compilation *c, uint32_t source, uint32_t opcode);

/**
 * npuc_operand() - let an operand of a record be a whole tensor, as N, H, W, C
 * @c: the compilation
 * @r: the record
 * @k: operand, 0..2 or NPUC_OUT
 * @tensor: its number; a constant one is appended to CONST
 *
 * Return: 0 or -ENOMEM with the error filled.
 */
int npuc_operand(struct npuc_compilation *c, struct npuc_record *r, uint32_t k, uint32_t tensor);

/** npuc_operand_shape() - view a dense operand in another shape of as many elements */
void npuc_operand_shape(struct npuc_record *r, uint32_t k, const uint32_t shape[4]);

/**
 * npuc_operand_packed() - let an operand be a table or packed weights
 * @c: the compilation
 * @r: the record
 * @k: operand, 0..2
 * @layout: &enum vnpu_layout
 * @dtype: &enum vnpu_dtype
 * @shape: logical shape
 * @bytes: size; the caller fills the bytes that are returned
 *
 * Return: zeroed bytes in CONST, valid until more is appended there; NULL with the error
 * filled when memory is short.
 */
void *npuc_operand_packed(struct npuc_compilation *c, struct npuc_record *r, uint32_t k,
			  uint32_t layout, uint32_t dtype, const uint32_t shape[4], size_t bytes);

/**
 * npuc_opcode() - which opcode computes in the op's type
 * @c: the compilation
 * @number: the op
 * @narrow: opcode of 8-bit codes
 *
 * Return: its sibling for int16 codes where the op has some, else @narrow.
 */
uint32_t npuc_opcode(const struct npuc_compilation *c, uint32_t number, uint32_t narrow);

/** npuc_operand_lut() - let operand 1 be a look-up table; as npuc_operand_packed(), 256 bytes */
uint8_t *npuc_operand_lut(struct npuc_compilation *c, struct npuc_record *r, uint32_t type);

/**
 * npuc_scratch() - working memory for the records of one op
 * @c: the compilation
 * @bytes: its size
 *
 * Return: a root for npuc_operand_root(); NPUC_NONE with the error filled when memory is
 * short.
 */
uint32_t npuc_scratch(struct npuc_compilation *c, uint64_t bytes);

/** npuc_operand_root() - let an operand be dense, at the start of a root of npuc_scratch() */
void npuc_operand_root(struct npuc_record *r, uint32_t k, uint32_t root, uint32_t dtype,
		       const uint32_t shape[4]);

/**
 * npuc_operand_data() - let an input be dense elements that are appended to CONST
 * @c: the compilation
 * @r: the record
 * @k: input, 0..2
 * @dtype: &enum vnpu_dtype
 * @shape: of the elements
 * @data: the elements
 *
 * Return: 0 or -ENOMEM with the error filled.
 */
int npuc_operand_data(struct npuc_compilation *c, struct npuc_record *r, uint32_t k, uint32_t dtype,
		      const uint32_t shape[4], const void *data);

/**
 * npuc_operand_number() - let an input be one number, repeated over the output's shape
 * @c: the compilation
 * @r: the record; its output is set already
 * @k: input, 0..2
 * @dtype: &enum vnpu_dtype
 * @number: an element in memory
 *
 * Return: 0 or -ENOMEM with the error filled.
 */
int npuc_operand_number(struct npuc_compilation *c, struct npuc_record *r, uint32_t k,
			uint32_t dtype, const void *number);

/** npuc_broadcast() - let an input repeat along the axes where it is smaller than the output */
void npuc_broadcast(struct npuc_record *r, uint32_t k);

/**
 * npuc_plain_record() - begin a record with the op's activations and output as they are
 * @c: the compilation
 * @number: the op
 * @opcode: &enum vnpu_opcode
 * @record: set to the record
 *
 * Return: 0 or a negative error with the error filled.
 */
int npuc_plain_record(struct npuc_compilation *c, uint32_t number, uint32_t opcode,
		      struct npuc_record **record);

/** npuc_binary() - set function and clamp of a BINARY record */
void npuc_binary(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		 uint32_t function, uint32_t activation);

/** npuc_set_window() - set the window of a convolution or pooling */
void npuc_set_window(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number);

/** npuc_real_bits() - a number as binary32 bits */
uint32_t npuc_real_bits(float value);

/** npuc_real_clamp() - set the clamp of a floating-point record from activation and fusion */
void npuc_real_clamp(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		     uint32_t activation);

/** npuc_real_range() - values that an activation function leaves */
void npuc_real_range(uint32_t activation, float range[2]);

/** npuc_tensor_of() - operand @k of a record */
struct vnpu_tensor *npuc_tensor_of(struct npuc_record *r, uint32_t k);

/** npuc_rescale() - set multiplier @k of a record */
void npuc_rescale(struct npuc_record *r, uint32_t k, struct npuc_multiplier m);

/** npuc_clamp() - set the clamp from the op's activation and fusion */
void npuc_clamp(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		uint32_t activation);

/** npuc_relu_activation() - activation function that a stand-alone RELU, RELU6, ... is */
uint32_t npuc_relu_activation(uint32_t builtin);

/** npuc_concat_axis() - of the four axes of merge.h the one that CONCATENATION joins along */
uint32_t npuc_concat_axis(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_copy() - make the record that copies a tensor to another of as many bytes */
int npuc_copy(struct npuc_compilation *c, uint32_t source, uint32_t from, uint32_t to);

#define NPUC_LOWERING(name, families, lower, traits) npuc_lower_fn npuc_lower_##lower;
#include "lowerings.def"

#endif /* NPUC_LOWER_H */
