// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "one_op.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run.h"

struct one_op op;
double want[ONE_OP_NUMBERS];

uint32_t one_op_elements(const struct one_tensor *t)
{
	uint32_t n = 1;

	for (uint32_t i = 0; i < t->rank; i++)
		n *= (uint32_t)t->dim[i];
	assert_true(n <= ONE_OP_NUMBERS);
	return n;
}

static void store(uint32_t type, double value, uint8_t *to)
{
	const float real = (float)value;
	const int64_t whole = (int64_t)value;

	if (type == NPUC_TYPE_FLOAT32)
		memcpy(to, &real, sizeof(real));
	else
		memcpy(to, &whole, npuc_type_size(type));
}

static double load(uint32_t type, const uint8_t *from)
{
	float real;
	int32_t word;
	int64_t wide;

	switch (type) {
	case NPUC_TYPE_FLOAT32:
		memcpy(&real, from, sizeof(real));
		return (double)real;
	case NPUC_TYPE_INT32:
		memcpy(&word, from, sizeof(word));
		return word;
	case NPUC_TYPE_INT64:
		memcpy(&wide, from, sizeof(wide));
		return (double)wide;
	case NPUC_TYPE_INT8:
		return (int8_t)*from;
	default:
		return *from;
	}
}

void one_op_random(struct one_tensor *t, double low, double high, uint32_t *seed)
{
	for (uint32_t i = 0; i < one_op_elements(t); i++) {
		double value;
		uint8_t bytes[8];

		*seed = *seed * 1664525u + 1013904223u;
		value = low + (high - low) * (*seed >> 8) / 0x1p24;
		store(t->type, value, bytes);
		t->values[i] = load(t->type, bytes);
	}
}

void one_op_ints(struct one_op *o, uint32_t i, uint32_t count, const int32_t *values)
{
	o->in[i] = (struct one_tensor){
		.type = NPUC_TYPE_INT32, .rank = 1, .dim = { (int32_t)count }, .constant = true
	};
	for (uint32_t k = 0; k < count; k++)
		o->in[i].values[k] = values[k];
}

static void write_numbers(const struct one_tensor *t, uint8_t *to)
{
	for (uint32_t i = 0; i < one_op_elements(t); i++)
		store(t->type, t->values[i], to + (size_t)i * npuc_type_size(t->type));
}

static void describe(const struct one_tensor *t, struct model_tensor *m, uint8_t **data)
{
	*m = (struct model_tensor){
		.type = t->type, .rank = t->rank, .scale = t->scale, .variable = t->variable
	};
	memcpy(m->dim, t->dim, sizeof(m->dim));
	if (!t->constant)
		return;
	m->data_bytes = one_op_elements(t) * npuc_type_size(t->type);
	*data = malloc(m->data_bytes);
	assert_non_null(*data);
	write_numbers(t, *data);
	m->ints = *data;
}

void one_op_run(struct one_op *o)
{
	static struct model model;
	uint8_t *data[ONE_OP_INPUTS] = { NULL };
	struct model_op *mop = &model.ops[0];
	uint32_t next = 0, inputs = 0;
	const struct fb_writer *w;
	struct run r;

	model = (struct model){ .name = "one op" };
	mop->builtin = o->builtin;
	mop->options_type = o->options_type;
	memcpy(mop->options, o->options, sizeof(mop->options));
	for (uint32_t i = 0; i < o->inputs; i++) {
		mop->inputs[i] = o->in[i].absent ? MODEL_ABSENT : next;
		if (o->in[i].absent)
			continue;
		describe(&o->in[i], &model.tensors[next], &data[i]);
		if (!o->in[i].constant && !o->in[i].variable)
			model.inputs[inputs++] = next;
		next++;
	}
	mop->inputs[o->inputs] = MODEL_END;
	describe(&o->out, &model.tensors[next], NULL);
	mop->outputs[0] = next;
	mop->outputs[1] = MODEL_END;
	model.inputs[inputs] = MODEL_END;
	model.outputs[0] = next;
	model.outputs[1] = MODEL_END;

	w = model_write(&model);
	run_open(&r, w->data, w->size, NULL, false);
	inputs = 0;
	for (uint32_t i = 0; i < o->inputs; i++)
		if (!o->in[i].absent && !o->in[i].constant && !o->in[i].variable)
			write_numbers(&o->in[i],
				      run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, inputs++)));
	run_go(&r);
	for (uint32_t i = 0; i < one_op_elements(&o->out); i++)
		o->out.values[i] =
			load(o->out.type, run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0)) +
						  (size_t)i * npuc_type_size(o->out.type));
	run_close(&r);
	for (uint32_t i = 0; i < o->inputs; i++)
		free(data[i]);
}

void one_begin(uint32_t builtin, uint32_t inputs)
{
	op = (struct one_op){ .builtin = builtin, .inputs = inputs };
}

void one_shape(struct one_tensor *t, uint32_t type, uint32_t rank, const int32_t *dim)
{
	t->type = type;
	t->rank = rank;
	memcpy(t->dim, dim, rank * sizeof(t->dim[0]));
}

void one_check(const char *name, uint32_t number, double tolerance)
{
	double top = 0;

	one_op_run(&op);
	for (uint32_t i = 0; i < one_op_elements(&op.out); i++)
		top = fabs(want[i]) > top ? fabs(want[i]) : top;
	for (uint32_t i = 0; i < one_op_elements(&op.out); i++)
		if (!(fabs(op.out.values[i] - want[i]) <= tolerance * top))
			fail_msg("%s %u: element %u is %.9g, wanted %.9g", name, number, i,
				 op.out.values[i], want[i]);
}

void one_constant(struct one_tensor *t, uint32_t rank, const int32_t *dim, uint32_t *seed)
{
	one_shape(t, F32, rank, dim);
	t->constant = true;
	one_op_random(t, -1, 1, seed);
}

double one_at(const double *values, const int32_t *dim, int n, int y, int x, int c)
{
	return values[((n * dim[1] + y) * dim[2] + x) * dim[3] + c];
}
