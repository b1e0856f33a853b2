// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Records under construction and their operands. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "delegate.h"
#include "error.h"
#include "lower.h"
#include "npum.h"

struct vnpu_tensor *npuc_tensor_of(struct npuc_record *r, uint32_t k)
{
	return k == NPUC_OUT ? &r->op.out : &r->op.in[k];
}

struct npuc_record *npuc_record(struct npuc_compilation *c, uint32_t source, uint32_t opcode)
{
	struct npuc_record *r;
	uint32_t capacity;

	if (c->record_count == VNPU_MAX_OPS) {
		npuc_fail(c->error, -EOPNOTSUPP, "%s: needs more than %u program records",
			  c->model->name, VNPU_MAX_OPS);
		return NULL;
	}
	if (c->record_count == c->record_capacity) {
		capacity = c->record_capacity ? 2 * c->record_capacity : 64;
		r = realloc(c->records, capacity * sizeof(*r));
		if (!r) {
			npuc_no_memory(c);
			return NULL;
		}
		c->records = r;
		c->record_capacity = capacity;
	}
	r = &c->records[c->record_count++];
	memset(r, 0, sizeof(*r));
	r->op.opcode = opcode;
	r->op.source = source;
	if (source != NPUC_NONE && npuc_personality(c, source) != c->personality)
		r->op.personality = c->personality->rest;
	for (uint32_t k = 0; k < NPUC_OPERANDS; k++)
		r->root[k] = NPUC_NONE;
	return r;
}

static void dense_strides(struct vnpu_tensor *t, uint32_t element)
{
	for (int i = 3; i >= 0; i--) {
		t->stride[i] = element;
		element *= t->shape[i];
	}
}

static void *reserve_const(struct npuc_compilation *c, size_t bytes, size_t *offset)
{
	void *to = npuc_bytes_reserve(&c->constants, bytes, 64, offset);

	if (!to)
		npuc_fail(c->error, -ENOMEM,
			  "%s: out of memory for constants, %zu bytes behind %zu (limit %zu)",
			  c->model->name, bytes, c->constants.size, c->constants.limit);
	return to;
}

int npuc_operand(struct npuc_compilation *c, struct npuc_record *r, uint32_t k, uint32_t tensor)
{
	const struct npuc_tensor *t = &c->graph->tensors[tensor];
	struct npuc_home *home = &c->homes[tensor];
	struct vnpu_tensor *v = npuc_tensor_of(r, k);
	size_t offset;
	void *to;

	v->dtype = (uint8_t)npuc_dtype(t->type);
	v->layout = VNPU_LAYOUT_NHWC;
	v->zero_point = npuc_type_size(t->type) == 1 ? (int32_t)npuc_zero_point(t, 0) : 0;
	npuc_shape_nhwc(&t->shape, v->shape);
	if (t->data && home->root != NPUC_IN_CONST) {
		to = reserve_const(c, t->data_size, &offset);
		if (!to)
			return -ENOMEM;
		memcpy(to, t->data, t->data_size);
		home->root = NPUC_IN_CONST;
		home->offset = (uint32_t)offset;
	}
	memcpy(v->stride, home->stride, sizeof(v->stride));
	v->offset = home->offset;
	r->root[k] = home->root;
	home->used = !t->data;
	return 0;
}

void npuc_operand_shape(struct npuc_record *r, uint32_t k, const uint32_t shape[4])
{
	struct vnpu_tensor *v = npuc_tensor_of(r, k);
	uint32_t element = v->stride[3];

	memcpy(v->shape, shape, sizeof(v->shape));
	dense_strides(v, element);
}

void *npuc_operand_packed(struct npuc_compilation *c, struct npuc_record *r, uint32_t k,
			  uint32_t layout, uint32_t dtype, const uint32_t shape[4], size_t bytes)
{
	struct vnpu_tensor *v = npuc_tensor_of(r, k);
	size_t offset;
	void *to = reserve_const(c, bytes, &offset);

	if (!to)
		return NULL;
	v->offset = (uint32_t)offset;
	v->dtype = (uint8_t)dtype;
	v->layout = (uint8_t)layout;
	memcpy(v->shape, shape, sizeof(v->shape));
	r->root[k] = NPUC_IN_CONST;
	return to;
}

uint8_t *npuc_operand_lut(struct npuc_compilation *c, struct npuc_record *r, uint32_t type)
{
	return npuc_operand_packed(c, r, 1, VNPU_LAYOUT_LUT, npuc_dtype(type),
				   (uint32_t[4]){ 1, 1, 1, VNPU_LUT_ENTRIES }, VNPU_LUT_ENTRIES);
}

uint32_t npuc_scratch(struct npuc_compilation *c, uint64_t bytes)
{
	uint64_t *list = realloc(c->scratch, ((size_t)c->scratch_count + 1) * sizeof(*list));

	if (!list) {
		npuc_no_memory(c);
		return NPUC_NONE;
	}
	c->scratch = list;
	list[c->scratch_count] = bytes;
	return c->graph->tensor_count + c->scratch_count++;
}

void npuc_operand_root(struct npuc_record *r, uint32_t k, uint32_t root, uint32_t dtype,
		       const uint32_t shape[4])
{
	struct vnpu_tensor *v = npuc_tensor_of(r, k);

	v->dtype = (uint8_t)dtype;
	v->layout = VNPU_LAYOUT_NHWC;
	memcpy(v->shape, shape, sizeof(v->shape));
	dense_strides(v, npum_dtype_size(dtype));
	r->root[k] = root;
}

int npuc_operand_data(struct npuc_compilation *c, struct npuc_record *r, uint32_t k, uint32_t dtype,
		      const uint32_t shape[4], const void *data)
{
	size_t size = (size_t)shape[0] * shape[1] * shape[2] * shape[3] * npum_dtype_size(dtype);
	size_t offset;
	void *to = reserve_const(c, size, &offset);

	if (!to)
		return -ENOMEM;
	memcpy(to, data, size);
	npuc_operand_root(r, k, NPUC_IN_CONST, dtype, shape);
	r->op.in[k].offset = (uint32_t)offset;
	return 0;
}

int npuc_operand_number(struct npuc_compilation *c, struct npuc_record *r, uint32_t k,
			uint32_t dtype, const void *number)
{
	int err = npuc_operand_data(c, r, k, dtype, (uint32_t[4]){ 1, 1, 1, 1 }, number);

	npuc_broadcast(r, k);
	return err;
}

void npuc_broadcast(struct npuc_record *r, uint32_t k)
{
	struct vnpu_tensor *in = &r->op.in[k];

	for (int i = 0; i < 4; i++) {
		if (in->shape[i] == r->op.out.shape[i])
			continue;
		in->shape[i] = r->op.out.shape[i];
		in->stride[i] = 0;
	}
}

int npuc_plain_record(struct npuc_compilation *c, uint32_t number, uint32_t opcode,
		      struct npuc_record **record)
{
	const struct npuc_operator *o = npuc_operator(c->graph->ops[number].builtin);
	struct npuc_record *r = npuc_record(c, number, opcode);
	int err = 0;

	if (!r)
		return -ENOMEM;
	for (uint32_t i = 0; i < o->activations && !err; i++)
		err = npuc_operand(c, r, i, npuc_in(c, number, o->first + i));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	*record = r;
	return err;
}

uint32_t npuc_real_bits(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

void npuc_real_range(uint32_t activation, float range[2])
{
	range[0] = activation == NPUC_ACTIVATION_NONE	      ? -INFINITY :
		   activation == NPUC_ACTIVATION_RELU_N1_TO_1 ? -1.0f :
								0.0f;
	range[1] = activation == NPUC_ACTIVATION_RELU6	      ? 6.0f :
		   activation == NPUC_ACTIVATION_RELU_N1_TO_1 ? 1.0f :
								INFINITY;
}

void npuc_real_clamp(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		     uint32_t activation)
{
	const float *fused = c->folds[number].real_range;
	float range[2];

	npuc_real_range(activation, range);
	r->op.p.real_clamp[0] = npuc_real_bits(range[0] > fused[0] ? range[0] : fused[0]);
	r->op.p.real_clamp[1] = npuc_real_bits(range[1] < fused[1] ? range[1] : fused[1]);
}

void npuc_rescale(struct npuc_record *r, uint32_t k, struct npuc_multiplier m)
{
	r->op.p.mult[k] = m.mult;
	r->op.p.shift[k] = m.shift;
}

void npuc_clamp(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		uint32_t activation)
{
	const struct npuc_fold *fold = &c->folds[number];
	int32_t range[2];

	npuc_activation_range(npuc_output(c->graph, &c->graph->ops[number]), activation, range);
	r->op.p.clamp[0] = range[0] > fold->range[0] ? range[0] : fold->range[0];
	r->op.p.clamp[1] = range[1] < fold->range[1] ? range[1] : fold->range[1];
}
