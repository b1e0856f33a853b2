// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* LSTM of .onnx files against the standard's formulas in binary64, one number after the other. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "onnx_file.h"
#include "run.h"

enum { STEPS = 3, BATCH = 2, INPUTS = 3, UNITS = 2, GATES = 4 };
enum { X, W, R, B, LENGTHS, H, C, P, OPERANDS };

/* What of the results the device's own exp and tanh may cost. */
#define BOUND 2e-6

/**
 * struct lstm_case - a node
 * @direction: NULL for the default
 * @batch_first: batches come before steps and directions
 * @has: bit for each operand that is there
 */
struct lstm_case {
	const char *direction;
	bool batch_first;
	uint32_t has;
};

#define ALWAYS (1u << X | 1u << W | 1u << R)

static const struct lstm_case cases[] = {
	{ NULL, false, ALWAYS },
	{ "forward", false, ALWAYS | 1u << B },
	{ "reverse", false, ALWAYS | 1u << B | 1u << H | 1u << C },
	{ "bidirectional", false, ALWAYS | 1u << B | 1u << H | 1u << C },
	{ "bidirectional", true, ALWAYS | 1u << B | 1u << H | 1u << C | 1u << P },
	{ NULL, false, ALWAYS | 1u << P | 1u << LENGTHS },
	{ NULL, true, ALWAYS | 1u << H },
};

/**
 * struct lstm_data - operands and results, directions first
 */
struct lstm_data {
	float x[STEPS][BATCH][INPUTS];
	float w[2][GATES * UNITS][INPUTS];
	float r[2][GATES * UNITS][UNITS];
	float b[2][2 * GATES * UNITS];
	float h[2][BATCH][UNITS];
	float c[2][BATCH][UNITS];
	float p[2][3 * UNITS];
	double y[2][STEPS][BATCH][UNITS];
	double last_h[2][BATCH][UNITS];
	double last_c[2][BATCH][UNITS];
};

static void draw(float *to, size_t count, uint32_t *state)
{
	for (size_t i = 0; i < count; i++) {
		*state = *state * 1664525u + 1013904223u;
		to[i] = (float)((int32_t)*state >> 16) / 32768.0f;
	}
}

static void draw_all(struct lstm_data *d, const struct lstm_case *c)
{
	uint32_t state = 7;

	memset(d, 0, sizeof(*d));
	draw(&d->x[0][0][0], STEPS * BATCH * INPUTS, &state);
	draw(&d->w[0][0][0], 2 * GATES * UNITS * INPUTS, &state);
	draw(&d->r[0][0][0], 2 * GATES * UNITS * UNITS, &state);
	if (c->has >> B & 1)
		draw(&d->b[0][0], 4 * GATES * UNITS, &state);
	if (c->has >> H & 1)
		draw(&d->h[0][0][0], 2 * BATCH * UNITS, &state);
	if (c->has >> C & 1)
		draw(&d->c[0][0][0], 2 * BATCH * UNITS, &state);
	if (c->has >> P & 1)
		draw(&d->p[0][0], 6 * UNITS, &state);
}

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

/* One sequence in one direction; gates are input, output, forget and cell. */
static void reference(struct lstm_data *d, uint32_t direction, uint32_t n, bool backward)
{
	double *h = d->last_h[direction][n], *c = d->last_c[direction][n];
	const float *p = d->p[direction];

	for (uint32_t u = 0; u < UNITS; u++) {
		h[u] = (double)d->h[direction][n][u];
		c[u] = (double)d->c[direction][n][u];
	}
	for (uint32_t i = 0; i < STEPS; i++) {
		uint32_t t = backward ? STEPS - 1 - i : i;
		double sum[GATES * UNITS];

		for (uint32_t g = 0; g < GATES * UNITS; g++) {
			sum[g] = (double)d->b[direction][g] +
				 (double)d->b[direction][GATES * UNITS + g];
			for (uint32_t k = 0; k < INPUTS; k++)
				sum[g] += (double)d->w[direction][g][k] * (double)d->x[t][n][k];
			for (uint32_t k = 0; k < UNITS; k++)
				sum[g] += (double)d->r[direction][g][k] * h[k];
		}
		for (uint32_t u = 0; u < UNITS; u++) {
			double in = sigmoid(sum[u] + (double)p[u] * c[u]);
			double forget =
				sigmoid(sum[2 * UNITS + u] + (double)p[2 * UNITS + u] * c[u]);

			c[u] = forget * c[u] + in * tanh(sum[3 * UNITS + u]);
			h[u] = sigmoid(sum[UNITS + u] + (double)p[UNITS + u] * c[u]) * tanh(c[u]);
			d->y[direction][t][n][u] = h[u];
		}
	}
}

/* From [first][second][units] to the other order of the first two, and back. */
static void exchange(const float *from, float *to, uint32_t first, uint32_t second, uint32_t size)
{
	for (uint32_t i = 0; i < first; i++)
		for (uint32_t k = 0; k < second; k++)
			memcpy(to + (k * first + i) * size, from + (i * second + k) * size,
			       size * sizeof(*to));
}

static const float *order(const struct lstm_case *c, const void *from, float *room, uint32_t first,
			  uint32_t second, uint32_t size)
{
	if (!c->batch_first)
		return from;
	exchange(from, room, first, second, size);
	return room;
}

static void open_case(struct run *r, const struct lstm_case *c, const struct lstm_data *d,
		      uint32_t directions)
{
	static const char *const names[OPERANDS] = { "x", "w", "r", "b", "l", "h", "c", "p" };
	static const int32_t lengths[BATCH] = { STEPS, STEPS };
	static float states[2][2 * BATCH * UNITS];
	const uint32_t first = c->batch_first ? BATCH : directions;
	const uint32_t second = c->batch_first ? directions : BATCH;
	const struct onnx_file_tensor operands[OPERANDS] = {
		[W] = { "w", ONNX_FLOAT, 3, { directions, GATES * UNITS, INPUTS }, d->w },
		[R] = { "r", ONNX_FLOAT, 3, { directions, GATES * UNITS, UNITS }, d->r },
		[B] = { "b", ONNX_FLOAT, 2, { directions, 2 * GATES * UNITS }, d->b },
		[LENGTHS] = { "l", ONNX_INT32, 1, { BATCH }, lengths },
		[H] = { "h",
			ONNX_FLOAT,
			3,
			{ first, second, UNITS },
			order(c, d->h, states[0], directions, BATCH, UNITS) },
		[C] = { "c",
			ONNX_FLOAT,
			3,
			{ first, second, UNITS },
			order(c, d->c, states[1], directions, BATCH, UNITS) },
		[P] = { "p", ONNX_FLOAT, 2, { directions, 3 * UNITS }, d->p },
	};
	const uint32_t steps[] = { c->batch_first ? BATCH : STEPS, c->batch_first ? STEPS : BATCH };
	struct onnx_file f = {
		.opset = 14,
		.nodes = { { "LSTM", { NULL }, { "y", "yh", "yc" } } },
		.inputs = { { "x", ONNX_FLOAT, 3, { steps[0], steps[1], INPUTS } } },
		.outputs = { { "y", ONNX_FLOAT, 1, { 1 } },
			     { "yh", ONNX_FLOAT, 1, { 1 } },
			     { "yc", ONNX_FLOAT, 1, { 1 } } },
	};
	const struct pb_writer *w;
	uint32_t constants = 0, attribute = 0;

	for (uint32_t i = 0; i < OPERANDS; i++) {
		f.nodes[0].inputs[i] = c->has >> i & 1 ? names[i] : "";
		if (c->has >> i & 1 && i != X)
			f.constants[constants++] = operands[i];
	}
	if (c->direction) {
		f.nodes[0].attributes[attribute].name = "direction";
		f.nodes[0].attributes[attribute++].text = c->direction;
	}
	if (c->batch_first) {
		f.nodes[0].attributes[attribute].name = "layout";
		f.nodes[0].attributes[attribute].count = 1;
		f.nodes[0].attributes[attribute].list[0] = 1;
	}
	w = onnx_file_write(&f);
	run_open_as(r, "model.onnx", w->data, w->size, NULL, false);
}

/* Place of a result: steps 1 for a last state. */
static uint32_t place(const struct lstm_case *c, uint32_t steps, uint32_t directions, uint32_t t,
		      uint32_t d, uint32_t n)
{
	if (c->batch_first)
		return ((n * steps + t) * directions + d) * UNITS;
	return ((t * directions + d) * BATCH + n) * UNITS;
}

static void compare(struct run *r, const struct lstm_case *c, const struct lstm_data *data,
		    uint32_t directions)
{
	const float *y = (const float *)run_bytes(r, run_io(r, NPU_TENSOR_OUTPUT, 0));
	const float *h = (const float *)run_bytes(r, run_io(r, NPU_TENSOR_OUTPUT, 1));
	const float *cell = (const float *)run_bytes(r, run_io(r, NPU_TENSOR_OUTPUT, 2));

	for (uint32_t d = 0; d < directions; d++)
		for (uint32_t n = 0; n < BATCH; n++)
			for (uint32_t u = 0; u < UNITS; u++) {
				uint32_t at = place(c, 1, directions, 0, d, n) + u;

				assert_true(fabs((double)h[at] - data->last_h[d][n][u]) < BOUND);
				assert_true(fabs((double)cell[at] - data->last_c[d][n][u]) < BOUND);
				for (uint32_t t = 0; t < STEPS; t++) {
					at = place(c, STEPS, directions, t, d, n) + u;
					assert_true(fabs((double)y[at] - data->y[d][t][n][u]) <
						    BOUND);
				}
			}
}

static void test_formulas(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct lstm_case *c = &cases[i];
		bool both = c->direction && !strcmp(c->direction, "bidirectional");
		bool reverse = c->direction && !strcmp(c->direction, "reverse");
		float room[STEPS * BATCH * INPUTS];
		struct lstm_data d;
		struct run r;

		draw_all(&d, c);
		for (uint32_t n = 0; n < BATCH; n++) {
			reference(&d, 0, n, reverse);
			reference(&d, 1, n, true);
		}
		open_case(&r, c, &d, 1 + both);
		memcpy(run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0)),
		       order(c, d.x, room, STEPS, BATCH, INPUTS), sizeof(d.x));
		run_go(&r);
		compare(&r, c, &d, 1 + both);
		run_close(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formulas),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-onnx-lstm", tests, NULL, NULL);
}
