/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUM_PERSONALITY_H
#define NPUM_PERSONALITY_H

#include "npum_port.h"
#include "vnpu_program.h"

/**
 * enum npum_rounding - how a product is brought back to the output scale
 * @NPUM_ROUND_DOUBLE: saturating doubling high multiply rounded half up, then a
 *	shift rounded half away from zero: two roundings (gemmlowp, TFLite)
 * @NPUM_ROUND_SINGLE: one shift of the 64-bit product, rounded half up
 * @NPUM_ROUND_AWAY: one shift of the 64-bit product, rounded half away from zero
 */
enum npum_rounding {
	NPUM_ROUND_DOUBLE = 0,
	NPUM_ROUND_SINGLE,
	NPUM_ROUND_AWAY,
};

/**
 * enum npum_evidence - how sure we are that a personality is what it names
 * @NPUM_EVIDENCE_EXACT: proved bit by bit here against the real runtime
 * @NPUM_EVIDENCE_DOCUMENTED: written down by its maker
 * @NPUM_EVIDENCE_GUESS: inferred
 */
enum npum_evidence {
	NPUM_EVIDENCE_EXACT = 0,
	NPUM_EVIDENCE_DOCUMENTED,
	NPUM_EVIDENCE_GUESS,
};

/**
 * struct npum_personality - an arithmetic, as data
 * @id: &enum vnpu_personality_id
 * @name: what users type
 * @summary: one line for listings
 * @evidence: &enum npum_evidence
 * @requant: rounding of every multiplication by a quantised multiplier
 * @fully_connected: the same for FULLY_CONNECTED, which some runtimes bring back
 *	in floating point where their other kernels use integers
 * @resize: rounding of bilinear interpolation in 10-bit weights: DOUBLE half
 *	away from zero, SINGLE half up
 *
 * Op kernels read these fields; none asks for an id or a name.
 */
struct npum_personality {
	u32 id;
	const char *name;
	const char *summary;
	enum npum_evidence evidence;
	enum npum_rounding requant;
	enum npum_rounding fully_connected;
	enum npum_rounding resize;
};

/** npum_personality_by_id() - NULL for an unknown id */
const struct npum_personality *npum_personality_by_id(u32 id);

/** npum_personality_by_name() - NULL for an unknown name */
const struct npum_personality *npum_personality_by_name(const char *name);

/** npum_personality_at() - the i-th of the table for listings, NULL behind the last */
const struct npum_personality *npum_personality_at(u32 i);

#endif /* NPUM_PERSONALITY_H */
