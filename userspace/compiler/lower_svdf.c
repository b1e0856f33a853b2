// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * SVDF.  Each filter makes one feature of an input row and remembers those of the rows
 * before; a unit is the sum of its filters' memories, weighted by age:
 *
 *	feature[f] = input * features[f]
 *	output[u] = bias[u] + sum over its filters f and times t of memory[f][t] * time[f][t]
 *
 * The state holds, for each filter, the features of the last runs but a last column that
 * each run fills anew.  So a run puts state and new features side by side in WINDOW, reads
 * that, and keeps all of it but its oldest column.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "delegate.h"
#include "flatbuffer.h"
#include "lower.h"
#include "npum.h"
#include "pack.h"
#include "svdf.h"

/* Scratch buffers; COLUMN has the new features, NARROW the same as codes of an int8 state. */
enum buffer { COLUMN, NARROW, WINDOW, PRODUCTS, SUMS, BUFFERS };

/**
 * struct job - one op on its way into records
 * @c: the compilation
 * @number: the op
 * @op: the same
 * @s: sizes
 * @state: the state
 * @element: bytes of an element of the state
 * @root: scratch buffers
 */
struct job {
	struct npuc_compilation *c;
	uint32_t number;
	const struct npuc_op *op;
	struct npuc_svdf s;
	const struct npuc_tensor *state;
	uint32_t element;
	uint32_t root[BUFFERS];
};

static void begin(struct job *j, struct npuc_compilation *c, uint32_t number)
{
	*j = (struct job){ .c = c, .number = number, .op = &c->graph->ops[number] };
	npuc_svdf(c->graph, j->op, &j->s);
	j->state = npuc_input(c->graph, j->op, NPUC_SVDF_STATE);
	j->element = npuc_type_size(j->state->type);
}

static int buffer(struct job *j, enum buffer b, uint64_t bytes)
{
	j->root[b] = npuc_scratch(j->c, bytes);
	return j->root[b] == NPUC_NONE ? -ENOMEM : 0;
}

static const struct npuc_tensor *input(const struct job *j, uint32_t i)
{
	return npuc_input(j->c->graph, j->op, i);
}

static struct npuc_record *record(const struct job *j, uint32_t opcode)
{
	return npuc_record(j->c, j->number, opcode);
}

/* Let an operand be @count columns from @first on of rows of all filters @pitch wide. */
static void columns(const struct job *j, struct npuc_record *r, uint32_t k, uint32_t pitch,
		    uint32_t first, uint32_t count)
{
	const uint32_t row = pitch * j->element;
	struct vnpu_tensor *t = npuc_tensor_of(r, k);

	t->offset += first * j->element;
	memcpy(t->shape, (uint32_t[4]){ 1, j->s.batch, j->s.filters, count }, sizeof(t->shape));
	memcpy(t->stride,
	       (uint32_t[4]){ j->s.batch * j->s.filters * row, j->s.filters * row, row,
			      j->element },
	       sizeof(t->stride));
}

/* A scratch buffer with elements of the state. */
static void scratch(const struct job *j, struct npuc_record *r, uint32_t k, enum buffer b)
{
	npuc_operand_root(r, k, j->root[b], npuc_dtype(j->state->type),
			  (uint32_t[4]){ 1, 1, 1, 1 });
	npuc_tensor_of(r, k)->zero_point = (int32_t)npuc_zero_point(j->state, 0);
}

/* All columns but one between the state and WINDOW. */
static int copy_memory(const struct job *j, bool keep)
{
	uint32_t memory = j->s.memory, from = keep ? NPUC_OUT : 0, window = keep ? 0 : NPUC_OUT;
	struct npuc_record *r;
	int err;

	if (memory == 1)
		return 0;
	r = record(j, VNPU_OP_COPY);
	if (!r)
		return -ENOMEM;
	err = npuc_operand(j->c, r, from, j->op->inputs[NPUC_SVDF_STATE]);
	columns(j, r, from, memory, 0, memory - 1);
	scratch(j, r, window, WINDOW);
	columns(j, r, window, memory, keep, memory - 1);
	return err;
}

static int add_column(const struct job *j, enum buffer features)
{
	struct npuc_record *r = record(j, VNPU_OP_COPY);

	if (!r)
		return -ENOMEM;
	scratch(j, r, 0, features);
	columns(j, r, 0, 1, 0, 1);
	scratch(j, r, NPUC_OUT, WINDOW);
	columns(j, r, NPUC_OUT, j->s.memory, j->s.memory - 1, 1);
	return 0;
}

/* WINDOW as this run sees it. */
static int fill_window(const struct job *j, enum buffer features)
{
	int err = copy_memory(j, false);

	return err ? err : add_column(j, features);
}

/* New features as int16, by products of codes. */
static int lower_features(const struct job *j, const struct npum_personality *p, double factor)
{
	const struct npuc_tensor *features = input(j, NPUC_SVDF_FEATURES);
	uint32_t filters = j->s.filters, terms = j->s.terms;
	struct npuc_weights w = { features->data, true, 0, filters, terms, terms, 1 };
	struct npuc_record *r = record(j, VNPU_OP_GATES);
	struct vnpu_requant_block *table;
	int32_t zero;
	void *to;
	int err;

	if (!r)
		return -ENOMEM;
	zero = (int32_t)npuc_zero_point(input(j, NPUC_SVDF_INPUT), 0);
	err = npuc_operand(j->c, r, 0, npuc_in(j->c, j->number, NPUC_SVDF_INPUT));
	if (err)
		return err;
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, 1, j->s.batch, terms });
	to = npuc_operand_packed(j->c, r, 1, VNPU_LAYOUT_WEIGHTS, VNPU_DTYPE_UINT8,
				 (uint32_t[4]){ filters, 1, 1, terms },
				 (size_t)npuc_packed_bytes(filters, terms));
	if (!to)
		return -ENOMEM;
	npuc_pack_blocked(&w, to);
	r->op.in[1].zero_point = 128;
	table = npuc_operand_packed(j->c, r, 2, VNPU_LAYOUT_REQUANT, VNPU_DTYPE_INT32,
				    (uint32_t[4]){ 1, 1, 1, filters }, npuc_requant_bytes(filters));
	for (uint32_t o = 0; o < filters && table; o++)
		npuc_requant_row(table, o, npuc_fold_bias(&w, o, 0, zero),
				 npuc_multiplier(p, p->requant, factor));
	npuc_operand_root(r, NPUC_OUT, j->root[COLUMN], VNPU_DTYPE_INT16,
			  (uint32_t[4]){ 1, 1, j->s.batch, filters });
	return table ? 0 : -ENOMEM;
}

/* From int16 to the codes of an int8 state. */
static int narrow(const struct job *j, const struct npum_personality *p)
{
	struct npuc_record *r = record(j, VNPU_OP_REQUANTIZE_I16);
	const uint32_t shape[4] = { 1, 1, j->s.batch, j->s.filters };

	if (!r)
		return -ENOMEM;
	npuc_operand_root(r, 0, j->root[COLUMN], VNPU_DTYPE_INT16, shape);
	npuc_operand_root(r, NPUC_OUT, j->root[NARROW], VNPU_DTYPE_INT8, shape);
	r->op.out.zero_point = (int32_t)npuc_zero_point(j->state, 0);
	r->op.p.clamp[0] = INT8_MIN;
	r->op.p.clamp[1] = INT8_MAX;
	npuc_rescale(r, 2, npuc_quantise_multiplier(p->requant, 1.0));
	return 0;
}

static int lower_time(const struct job *j, const struct npum_personality *p, double factor)
{
	const struct npuc_tensor *time = input(j, NPUC_SVDF_TIME), *bias = input(j, NPUC_SVDF_BIAS);
	const uint32_t units = j->s.units, terms = j->s.rank * j->s.memory;
	struct npuc_record *r = record(j, VNPU_OP_SVDF_TIME);
	struct vnpu_requant_block *table;
	int err;

	if (!r)
		return -ENOMEM;
	scratch(j, r, 0, WINDOW);
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, j->s.batch, units, terms });
	err = npuc_operand_data(j->c, r, 1, npuc_dtype(time->type),
				(uint32_t[4]){ 1, 1, units, terms }, time->data);
	if (!err)
		err = npuc_operand(j->c, r, NPUC_OUT, npuc_out(j->c, j->number));
	if (err)
		return err;
	npuc_operand_shape(r, NPUC_OUT, (uint32_t[4]){ 1, 1, j->s.batch, units });
	/* LiteRT bounds it by the type alone: the function is RELU, which the scale stands for. */
	r->op.p.clamp[0] = INT8_MIN;
	r->op.p.clamp[1] = INT8_MAX;
	table = npuc_operand_packed(j->c, r, 2, VNPU_LAYOUT_REQUANT, VNPU_DTYPE_INT32,
				    (uint32_t[4]){ 1, 1, 1, units }, npuc_requant_bytes(units));
	for (uint32_t u = 0; u < units && table; u++)
		npuc_requant_row(table, u,
				 bias ? (int32_t)npuc_le32(bias->data + 4 * (size_t)u) : 0,
				 npuc_multiplier(p, p->requant, factor));
	return table ? 0 : -ENOMEM;
}

int npuc_lower_svdf(struct npuc_compilation *c, uint32_t number)
{
	const struct npum_personality *p = npuc_personality(c, number);
	uint64_t features, window;
	double factors[2];
	bool narrows;
	struct job j;
	int err;

	begin(&j, c, number);
	npuc_svdf_factors(c->graph, j.op, factors);
	features = (uint64_t)j.s.batch * j.s.filters;
	window = features * j.s.memory * j.element;
	narrows = j.element == 1;
	err = buffer(&j, COLUMN, 2 * features);
	if (!err && narrows)
		err = buffer(&j, NARROW, features);
	if (!err)
		err = buffer(&j, WINDOW, window);
	if (!err)
		err = lower_features(&j, p, factors[0]);
	if (!err && narrows)
		err = narrow(&j, p);
	if (!err)
		err = fill_window(&j, narrows ? NARROW : COLUMN);
	if (!err)
		err = lower_time(&j, p, factors[1]);
	return err ? err : copy_memory(&j, true);
}

static int real_features(const struct job *j)
{
	const struct npuc_tensor *features = input(j, NPUC_SVDF_FEATURES);
	bool hybrid = features->type == NPUC_TYPE_INT8;
	struct npuc_record *r =
		record(j, hybrid ? VNPU_OP_FULLY_CONNECTED_HYBRID : VNPU_OP_FULLY_CONNECTED_F);
	uint32_t filters = j->s.filters, terms = j->s.terms;
	uint32_t element = npuc_type_size(features->type);
	void *to;
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(j->c, r, 0, npuc_in(j->c, j->number, NPUC_SVDF_INPUT));
	if (err)
		return err;
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, 1, j->s.batch, terms });
	to = npuc_operand_packed(j->c, r, 1, VNPU_LAYOUT_ROWS, npuc_dtype(features->type),
				 (uint32_t[4]){ filters, 1, 1, terms },
				 npuc_rows_bytes(filters, terms, element));
	if (!to)
		return -ENOMEM;
	npuc_pack_rows(features->data, element, filters, terms, false, to);
	if (!npuc_operand_packed(j->c, r, 2, VNPU_LAYOUT_VECTOR, VNPU_DTYPE_FLOAT32,
				 (uint32_t[4]){ 1, 1, 1, filters },
				 npuc_rows_bytes(filters, 1, sizeof(float))))
		return -ENOMEM;
	npuc_operand_root(r, NPUC_OUT, j->root[COLUMN], VNPU_DTYPE_FLOAT32,
			  (uint32_t[4]){ 1, 1, j->s.batch, filters });
	if (hybrid)
		r->op.p.scale = npuc_real_bits(npuc_scale(features, 0));
	r->op.p.real_clamp[0] = npuc_real_bits(-INFINITY);
	r->op.p.real_clamp[1] = npuc_real_bits(INFINITY);
	return 0;
}

/* Weights of time, those of int8 multiplied out: LiteRT does so once, in binary32. */
static int add_time(const struct job *j, struct npuc_record *r)
{
	const struct npuc_tensor *time = input(j, NPUC_SVDF_TIME);
	const uint32_t shape[4] = { 1, 1, j->s.filters, j->s.memory };
	struct vnpu_tensor *t = &r->op.in[1];
	float *to;

	if (time->type == NPUC_TYPE_FLOAT32)
		return npuc_operand_data(j->c, r, 1, VNPU_DTYPE_FLOAT32, shape, time->data);
	to = npuc_operand_packed(j->c, r, 1, VNPU_LAYOUT_NHWC, VNPU_DTYPE_FLOAT32, shape,
				 (size_t)time->elements * sizeof(float));
	if (!to)
		return -ENOMEM;
	for (uint32_t i = 0; i < time->elements; i++)
		to[i] = (float)(int8_t)time->data[i] * npuc_scale(time, 0);
	t->stride[3] = sizeof(float);
	npuc_operand_shape(r, 1, shape);
	return 0;
}

static int weigh(const struct job *j)
{
	struct npuc_record *r = record(j, VNPU_OP_BINARY);
	int err;

	if (!r)
		return -ENOMEM;
	scratch(j, r, 0, WINDOW);
	columns(j, r, 0, j->s.memory, 0, j->s.memory);
	scratch(j, r, NPUC_OUT, PRODUCTS);
	columns(j, r, NPUC_OUT, j->s.memory, 0, j->s.memory);
	npuc_binary(j->c, r, j->number, VNPU_FN_MUL, NPUC_ACTIVATION_NONE);
	err = add_time(j, r);
	if (!err)
		npuc_broadcast(r, 1);
	return err;
}

/* SUMS as rows of a bias and the sums of the unit's filters: here these. */
static int sum_memories(const struct job *j)
{
	const uint32_t row = (j->s.rank + 1) * (uint32_t)sizeof(float);
	struct npuc_record *r = record(j, VNPU_OP_REDUCE);

	if (!r)
		return -ENOMEM;
	scratch(j, r, 0, PRODUCTS);
	npuc_operand_shape(r, 0, (uint32_t[4]){ j->s.batch, j->s.units, j->s.rank, j->s.memory });
	scratch(j, r, NPUC_OUT, SUMS);
	npuc_operand_shape(r, NPUC_OUT, (uint32_t[4]){ j->s.batch, j->s.units, j->s.rank, 1 });
	r->op.out.offset = sizeof(float);
	r->op.out.stride[0] = j->s.units * row;
	r->op.out.stride[1] = row;
	r->op.p.mode = VNPU_FN_ADD;
	r->op.p.axes = VNPU_AXIS_C;
	r->op.p.count = j->s.memory;
	return 0;
}

static int put_bias(const struct job *j)
{
	const uint32_t row = (j->s.rank + 1) * (uint32_t)sizeof(float);
	const uint32_t shape[4] = { 1, j->s.batch, j->s.units, 1 };
	const struct npuc_tensor *bias = input(j, NPUC_SVDF_BIAS);
	struct npuc_record *r = record(j, VNPU_OP_COPY);
	int err;

	if (!r)
		return -ENOMEM;
	scratch(j, r, NPUC_OUT, SUMS);
	npuc_operand_shape(r, NPUC_OUT, shape);
	r->op.out.stride[0] = j->s.batch * j->s.units * row;
	r->op.out.stride[1] = j->s.units * row;
	r->op.out.stride[2] = row;
	if (!bias)
		return npuc_operand_number(j->c, r, 0, VNPU_DTYPE_FLOAT32, &(float){ 0 });
	err = npuc_operand_data(j->c, r, 0, VNPU_DTYPE_FLOAT32,
				(uint32_t[4]){ 1, 1, j->s.units, 1 }, bias->data);
	if (!err)
		npuc_broadcast(r, 0);
	return err;
}

static int sum_units(const struct job *j)
{
	const uint32_t shape[4] = { 1, j->s.batch, j->s.units, 1 };
	struct npuc_record *r = record(j, VNPU_OP_REDUCE);
	int err;

	if (!r)
		return -ENOMEM;
	scratch(j, r, 0, SUMS);
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, j->s.batch, j->s.units, j->s.rank + 1 });
	err = npuc_operand(j->c, r, NPUC_OUT, npuc_out(j->c, j->number));
	npuc_operand_shape(r, NPUC_OUT, shape);
	r->op.p.mode = VNPU_FN_ADD;
	r->op.p.axes = VNPU_AXIS_C;
	r->op.p.count = j->s.rank + 1;
	return err;
}

static int activate(const struct job *j)
{
	struct npuc_record *r;
	float range[2];
	int err;

	if (j->op->attributes.activation == NPUC_ACTIVATION_NONE)
		return 0;
	r = record(j, VNPU_OP_UNARY);
	if (!r)
		return -ENOMEM;
	err = npuc_operand(j->c, r, 0, npuc_out(j->c, j->number));
	if (!err)
		err = npuc_operand(j->c, r, NPUC_OUT, npuc_out(j->c, j->number));
	npuc_real_range(j->op->attributes.activation, range);
	r->op.p.mode = VNPU_FN_CLAMP;
	r->op.p.alpha = npuc_real_bits(range[0]);
	r->op.p.beta = npuc_real_bits(range[1]);
	return err;
}

int npuc_lower_real_svdf(struct npuc_compilation *c, uint32_t number)
{
	static int (*const steps[])(const struct job *j) = { weigh, sum_memories, put_bias,
							     sum_units, activate };
	uint64_t features;
	struct job j;
	int err;

	begin(&j, c, number);
	features = (uint64_t)j.s.batch * j.s.filters * sizeof(float);
	err = buffer(&j, COLUMN, features);
	if (!err)
		err = buffer(&j, WINDOW, features * j.s.memory);
	if (!err)
		err = buffer(&j, PRODUCTS, features * j.s.memory);
	if (!err)
		err = buffer(&j, SUMS,
			     (uint64_t)j.s.batch * j.s.units * (j.s.rank + 1) * sizeof(float));
	if (!err)
		err = real_features(&j);
	if (!err)
		err = fill_window(&j, COLUMN);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !err; i++)
		err = steps[i](&j);
	return err ? err : copy_memory(&j, true);
}
