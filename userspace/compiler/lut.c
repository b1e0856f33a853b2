// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "lut.h"

#include <math.h>

#include "quantise.h"

static uint8_t clamp_code(uint32_t type, float code)
{
	int32_t range[2];

	npuc_type_range(type, range);
	if (!(code > (float)range[0]))
		return (uint8_t)range[0];
	if (code > (float)range[1])
		return (uint8_t)range[1];
	return (uint8_t)(int32_t)code;
}

/* Of an EXPONENT table: the lowest code, and eight octaves of up to 32 segments. */
#define MOST_POINTS (1 + 8 * 32 + 1)

/**
 * struct design - an 8-bit function as points and what lies between them
 * @p: personality
 * @in: input
 * @out: output
 * @f: the function
 * @count: of points
 * @where: they lie, as distances from the lowest code
 * @point: they are, output codes less the middle one in units of 2^(8 - lut_bits)
 */
struct design {
	const struct npum_personality *p;
	const struct npuc_tensor *in;
	const struct npuc_tensor *out;
	float (*f)(float);
	uint32_t count;
	double where[MOST_POINTS];
	int64_t point[MOST_POINTS];
};

/**
 * struct place - where a code lies
 * @left: the point before it
 * @part: of the way to the next one, in units of 1 / @whole
 * @whole: see @part
 */
struct place {
	uint32_t left, part, whole;
};

static uint32_t in_octave(const struct npum_personality *p)
{
	uint32_t each = (p->lut_points - 1) / 8;

	return each ? each : 1;
}

static void set_places(struct design *d)
{
	uint32_t each = in_octave(d->p);

	d->count = d->p->lut_points;
	for (uint32_t i = 0; i < d->count; i++)
		d->where[i] = 255.0 * i / (d->count - 1);
	if (d->p->lut_index == NPUM_LUT_LINEAR)
		return;
	d->count = 8 * each + 2;
	d->where[0] = 0;
	for (uint32_t i = 0; i <= 8 * each; i++)
		d->where[1 + i] = ldexp(1 + (double)(i % each) / each, (int)(i / each));
}

static struct place place_of(const struct npum_personality *p, uint32_t distance)
{
	uint32_t octave = 0, each = in_octave(p), steps = distance * (p->lut_points - 1);

	if (p->lut_index == NPUM_LUT_LINEAR)
		return (struct place){ steps / 255, steps % 255, 255 };
	if (!distance)
		return (struct place){ 0, 0, 1 };
	while (distance >> (octave + 1))
		octave++;
	steps = (distance - (1u << octave)) * each;
	return (struct place){ 1 + octave * each + (steps >> octave), steps & ((1u << octave) - 1),
			       1u << octave };
}

/*
 * The function with lut_bits bits of which 8 stand ahead of the point.  Codes of the output, not
 * its values, are what is kept: they have a range of 256 whatever the zero point is.
 */
static int64_t point_at(const struct design *d, double distance)
{
	double unit = exp2((double)d->p->lut_bits - 8), most = 128 * unit, value;
	int32_t range[2];
	float code;

	npuc_type_range(d->in->type, range);
	code = (float)(range[0] + distance);
	value = (double)d->f(npuc_scale(d->in, 0) * (code - (float)npuc_zero_point(d->in, 0)));
	npuc_type_range(d->out->type, range);
	value = value / (double)npuc_scale(d->out, 0) + (double)npuc_zero_point(d->out, 0) -
		(range[0] + 128);
	/* the lowest code where there is no number */
	return (int64_t)nearbyint(fmin(fmax(value * unit, -most), most - 1));
}

/* What is to be taken from a point so that its chord misses less: half of the miss in the middle. */
static double correction(double left, double right, double middle)
{
	return round((round((left + right) / 2) - middle) / 2);
}

static void set_points(struct design *d)
{
	set_places(d);
	for (uint32_t i = 0; i < d->count; i++)
		d->point[i] = point_at(d, d->where[i]);
	if (d->p->lut_correction != NPUM_LUT_CORRECT_ALL)
		return;
	for (uint32_t i = 0; i + 1 < d->count; i++) {
		int64_t middle = point_at(d, (d->where[i] + d->where[i + 1]) / 2);

		d->point[i] -= (int64_t)correction((double)d->point[i], (double)d->point[i + 1],
						   (double)middle);
	}
}

/* v / @by, @by > 0 */
static int64_t divide(enum npum_lut_round round, int64_t v, int64_t by)
{
	int64_t down = v / by - (v % by < 0), rest = v - down * by;

	switch (round) {
	case NPUM_LUT_ROUND_FLOOR:
		return down;
	case NPUM_LUT_ROUND_UP:
		return down + (2 * rest >= by);
	case NPUM_LUT_ROUND_AWAY:
		return down + (2 * rest > by || (2 * rest == by && v > 0));
	default:
		return down + (2 * rest > by || (2 * rest == by && down & 1));
	}
}

static void lut_interpolated(struct design *d, uint8_t lut[256])
{
	int64_t unit = (int64_t)1 << (d->p->lut_bits - 8);
	int32_t range[2], codes[2];

	set_points(d);
	npuc_type_range(d->in->type, range);
	npuc_type_range(d->out->type, codes);
	for (uint32_t n = 0; n < 256; n++) {
		struct place at = place_of(d->p, n);
		int64_t v = d->point[at.left] * (at.whole - at.part);

		/* the last code may lie on the last point */
		if (at.part)
			v += d->point[at.left + 1] * at.part;
		v = divide(d->p->lut_round, v, at.whole * unit) + codes[0] + 128;
		lut[(uint8_t)(range[0] + (int32_t)n)] = clamp_code(d->out->type, (float)v);
	}
}

void npuc_lut_function(const struct npum_personality *p, const struct npuc_tensor *in,
		       const struct npuc_tensor *out, float (*f)(float), uint8_t lut[256])
{
	float scale = npuc_scale(in, 0), inverse = 1 / npuc_scale(out, 0);
	int32_t zero = (int32_t)npuc_zero_point(in, 0);
	int32_t range[2];

	if (p->lut == NPUM_LUT_INTERPOLATED) {
		lut_interpolated(&(struct design){ .p = p, .in = in, .out = out, .f = f }, lut);
		return;
	}
	npuc_type_range(in->type, range);
	for (int32_t code = range[0]; code <= range[1]; code++) {
		float value = scale * (float)(code - zero);
		float steps = p->quantize == NPUM_QUANTIZE_EVEN ? f(value) / npuc_scale(out, 0) :
								  f(value) * inverse;

		steps = p->quantize == NPUM_QUANTIZE_DIVIDE ? roundf(steps) : nearbyintf(steps);
		lut[(uint8_t)code] = clamp_code(out->type, steps + (float)npuc_zero_point(out, 0));
	}
}

static float same(float x)
{
	return x;
}

void npuc_lut_rescale(const struct npum_personality *p, const struct npuc_tensor *in,
		      const struct npuc_tensor *out, uint8_t lut[256])
{
	float inverse = 1.f / npuc_scale(out, 0);
	float scale = npuc_scale(in, 0) * inverse;
	float bias = (float)-npuc_zero_point(in, 0) * scale;

	if (p->quantize == NPUM_QUANTIZE_EVEN) {
		npuc_lut_function(p, in, out, same, lut);
		return;
	}
	for (int32_t code = 0; code < 256; code++) {
		float steps = roundf((float)code * scale + bias);

		lut[code] = clamp_code(out->type, steps + (float)npuc_zero_point(out, 0));
	}
}

static int16_t limit(double code)
{
	return (int16_t)fmin(fmax(code, INT16_MIN), INT16_MAX);
}

void npuc_points(const struct npum_personality *p, double (*f)(double), double low, double high,
		 double step, int16_t points[VNPU_LUT_POINTS])
{
	const int intervals = VNPU_LUT_POINTS - 1;
	double width = (high - low) / intervals, half = width / 2;
	/* codes over their range, as the runtime forms it */
	double inverse = 65536 / (step * INT16_MAX - step * INT16_MIN);

	for (int i = 0; i < intervals; i++) {
		double here = round(f(low + i * width) * inverse);
		double next = f(low + (i + 1) * width) * inverse;
		double middle = round(f(low + i * width + half) * inverse);

		if (p->lut_correction != NPUM_LUT_CORRECT_NONE)
			here -= correction(here, next, middle);
		points[i] = limit(here);
	}
	points[intervals] = limit(round(f(high) * inverse));
}
