// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Instruction-set variants and the choice among them. */
#include "npum_isa.h"
#include "npum_kernels.h"

/* Op tables of the SIMD variants exist only where their objects are built. */
#ifdef __x86_64__
#define NPUM_HAVE_X86 1
#else
#define NPUM_HAVE_X86 0
#endif

#define NPUM_OP(name, params, in0, in1, in2, out, traits, check, plan, run_fn) \
	{ .opcode = VNPU_OP_##name, .run = run_fn },

static const struct npum_isa_kernel generic_kernels[] = {
#include "npum_ops.def"
	{ 0 },
};

const struct npum_isa npum_isa_generic = {
	.name = "generic",
	.kernels = generic_kernels,
};

/* fastest first */
static const struct npum_isa *const variants[] = {
#if NPUM_HAVE_X86
	&npum_isa_avx512vnni,
	&npum_isa_avx2,
#endif
	&npum_isa_generic,
};

static bool allowed(const struct npum_isa *isa, u32 features)
{
	return (isa->features & features) == isa->features;
}

const struct npum_isa *npum_isa_select(u32 features)
{
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		if (allowed(variants[i], features))
			return variants[i];
	return &npum_isa_generic;
}

const struct npum_isa *npum_isa_by_name(const char *name, u32 features)
{
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		if (!strcmp(variants[i]->name, name))
			return allowed(variants[i], features) ? variants[i] : NULL;
	return NULL;
}
