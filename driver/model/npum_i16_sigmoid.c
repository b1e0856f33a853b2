// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * LOGISTIC_I16 and TANH_I16: a table of the sigmoid with linear interpolation, of
 * its positive half only, since sigmoid(-x) = 1 - sigmoid(x) and
 * tanh(x) = 2 sigmoid(2x) - 1.
 */
#include "npum_i16.h"
#include "npum_kernels.h"
#include "npum_walk.h"

#define POINTS 256u

/*
 * sigmoid(i / 24) in units of 2^-16, the points that TFLite's reference/integer_ops/
 * logistic.h and tanh.h interpolate between.  44 of them lie one above the nearest
 * number, as chords of the curve lie below it.
 */
static const u16 sigmoid[POINTS] = {
	/* clang-format off */
	32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149,
	40794, 41432, 42064, 42688, 43304, 43912, 44511, 45102, 45683, 46255, 46817, 47369,
	47911, 48443, 48964, 49475, 49975, 50464, 50942, 51409, 51865, 52311, 52745, 53169,
	53581, 53983, 54374, 54755, 55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433,
	57724, 58007, 58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370,
	60565, 60753, 60935, 61110, 61279, 61441, 61599, 61750, 61896, 62036, 62172, 62302,
	62428, 62549, 62666, 62778, 62886, 62990, 63090, 63186, 63279, 63368, 63454, 63536,
	63615, 63691, 63765, 63835, 63903, 63968, 64030, 64090, 64148, 64204, 64257, 64308,
	64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652, 64687, 64721, 64754, 64786,
	64816, 64845, 64873, 64900, 64926, 64950, 64974, 64997, 65019, 65039, 65060, 65079,
	65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208, 65221, 65234, 65246, 65258,
	65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360, 65367,
	65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415, 65420, 65425, 65429, 65433,
	65438, 65442, 65445, 65449, 65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474,
	65476, 65479, 65481, 65483, 65485, 65488, 65489, 65491, 65493, 65495, 65497, 65498,
	65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513,
	65514, 65515, 65516, 65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522,
	65523, 65523, 65524, 65524, 65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528,
	65528, 65528, 65529, 65529, 65529, 65529, 65530, 65530, 65530, 65530, 65531, 65531,
	65531, 65531, 65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533,
	65533, 65533, 65533, 65533, 65533, 65534, 65534, 65534, 65534, 65534, 65534, 65534,
	65534, 65534, 65534, 65535,
	/* clang-format on */
};

/*
 * The table's value at |v| in units of 1 / (24 * 2^bits), with @bits more bits
 * than its points have; @most beyond its end.
 */
static u32 interpolate(s32 v, u32 bits, u32 most)
{
	u32 size = v < 0 ? 0u - (u32)v : (u32)v;
	u32 i = size >> bits, part = size & ((1u << bits) - 1);

	if (i >= POINTS - 1)
		return most;
	return ((u32)sigmoid[i] << bits) + part * (u32)(sigmoid[i + 1] - sigmoid[i]);
}

static s16 logistic_code(s32 v)
{
	u32 y = interpolate(v, 9, 0x7fffu << 10);

	/* halves away from 1/2 but for one step, as 1 - y is rounded from just below */
	y = v >= 0 ? y + (1u << 9) : (1u << 25) - y + (1u << 9) - 1;
	return (s16)(y >> 10);
}

static s16 tanh_code(s32 v)
{
	s32 y = (s32)interpolate(v, 8, 0xffffu << 8) - (1 << 23);

	y = v >= 0 ? y + (1 << 7) : -y + (1 << 7) - 1;
	return (s16)(y >> 8);
}

static __always_inline void tile_of(const struct npum_exec *x, const struct vnpu_op *op, u32 tile,
				    s16 (*f)(s32), struct npum_counters *n)
{
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *in = w.at[NPUM_WALK_IN0];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = npum_requant_once(NPUM_ROUND_SINGLE, npum_s16(in), op->p.mult[0],
						  op->p.shift[0]);

			if (n) {
				u32 bits = f == tanh_code ? 8 : 9;

				n->values++;
				n->lut_low += v <= -(s32)((POINTS - 1) << bits);
				n->lut_high += v >= (s32)((POINTS - 1) << bits);
			}
			*(s16 *)(void *)out = f(v);
			in += w.step[NPUM_WALK_IN0];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

static __always_inline void logistic_tile(const struct npum_exec *x,
					  const struct npum_personality *p,
					  const struct vnpu_op *op, u32 tile, void *scratch,
					  struct npum_counters *n)
{
	tile_of(x, op, tile, logistic_code, n);
}

static __always_inline void tanh_tile(const struct npum_exec *x, const struct npum_personality *p,
				      const struct vnpu_op *op, u32 tile, void *scratch,
				      struct npum_counters *n)
{
	tile_of(x, op, tile, tanh_code, n);
}

NPUM_COUNTED(npum_logistic_i16, npum_logistic_i16_counting, logistic_tile)
NPUM_COUNTED(npum_tanh_i16, npum_tanh_i16_counting, tanh_tile)
