/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUM_ISA_H
#define NPUM_ISA_H

#include "npum.h"
#include "npum_personality.h"

/**
 * enum npum_feature - CPU features that op kernels may need
 * @NPUM_FEATURE_AVX2: AVX2, usable (the OS saves the registers)
 * @NPUM_FEATURE_AVX512_VNNI: AVX-512 F, BW, VL, DQ and VNNI, usable
 */
enum npum_feature {
	NPUM_FEATURE_AVX2 = 1 << 0,
	NPUM_FEATURE_AVX512_VNNI = 1 << 1,
};

/**
 * typedef npum_tile_fn - computes one tile of one op
 * @x: where data lies
 * @p: the op's own personality
 * @op: a record of a validated program
 * @tile: 0 .. plan.tiles - 1
 * @scratch: plan.scratch_bytes, aligned to NPUM_SCRATCH_ALIGN
 */
typedef void npum_tile_fn(const struct npum_exec *x, const struct npum_personality *p,
			  const struct vnpu_op *op, u32 tile, void *scratch);

/**
 * typedef npum_handles_fn - can a variant take this op?
 * @p: the op's own personality
 * @op: a record of a validated program
 *
 * A variant that answers no leaves the op to the generic kernel.  The answer
 * may depend on personality and op record alone, never on data.
 */
typedef bool npum_handles_fn(const struct npum_personality *p, const struct vnpu_op *op);

/**
 * struct npum_isa_kernel - one op that an instruction set has a kernel for
 * @opcode: &enum vnpu_opcode
 * @handles: NULL: takes every op of that opcode
 * @run: the kernel; computes exactly the tile and bits of the generic one
 */
struct npum_isa_kernel {
	u32 opcode;
	npum_handles_fn *handles;
	npum_tile_fn *run;
};

/**
 * struct npum_isa - a set of kernels for one instruction set
 * @name: "generic", "avx2", "avx512vnni"; what users type
 * @features: &enum npum_feature bits it needs, all of them
 * @kernels: its kernels, ended by a row with opcode 0
 */
struct npum_isa {
	const char *name;
	u32 features;
	const struct npum_isa_kernel *kernels;
};

extern const struct npum_isa npum_isa_generic;
extern const struct npum_isa npum_isa_avx2;
extern const struct npum_isa npum_isa_avx512vnni;

/*
 * Plain C that counts into npum_exec.counters, see npum_counters.h
 *
 * Gives the bits of all the others, several times slower.  Ops that have nothing
 * to count run on the generic kernels.  Not among those to select.
 */
extern const struct npum_isa npum_isa_counting;

/** npum_isa_select() - the fastest variant that @features allow; never NULL */
const struct npum_isa *npum_isa_select(u32 features);

/** npum_isa_by_name() - NULL when unknown or not allowed by @features */
const struct npum_isa *npum_isa_by_name(const char *name, u32 features);

/** npum_cpu_features() - user space only: what this CPU and OS offer */
u32 npum_cpu_features(void);

#endif /* NPUM_ISA_H */
