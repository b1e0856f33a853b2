/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tiles of ADD, SUB, MUL and REQUANTIZE for the vector variants: what prepares one is the same
 * for all of them.  Included at the end of a file with
 *
 * ISA(name)		name of a type or function of the instruction set
 * ISA_TILE(name)	name of its kernel
 * ISA_SET1(v)		a vector of 32-bit integers
 *
 * and with struct elementwise, sum_codes(), float_codes(), fused_codes(), run_tile(),
 * run_product() and run_single() defined.
 */

static void init_operands(struct elementwise *e, const struct npum_personality *p,
			  const struct vnpu_op *op)
{
	u32 i;

	ISA(output_init)(&e->output, p, op);
	memset(e->operand, 0, sizeof(e->operand));
	for (i = 0; i < 2; i++) {
		e->flip[i] = _mm_set1_epi8((char)npum_signed_flip(&op->in[i]));
		e->zero[i] = ISA_SET1(npum_signed_zero(&op->in[i]));
	}
}

static void init_rescale(struct elementwise *e, struct ISA(requant) * to,
			 const struct ISA(output) * o, const struct vnpu_op *op, u32 i, u32 size)
{
	struct npum_rescale *r = &e->rescale;

	npum_rescale_init(r, op, i, size, o->t.single, o->t.is_float);
	ISA(requant_init)(to, o, (const u8 *)&r->table, r->terms);
	e->lift = r->lift;
}

void ISA_TILE(sum)(const struct npum_exec *x, const struct npum_personality *p,
		   const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct elementwise *e = scratch;
	u32 i;

	init_operands(e, p, op);
	if (npum_adds_in_float(p)) {
		npum_sum_init_float(&e->sum, p, op);
		for (i = 0; i < 2; i++)
			e->zero[i] = ISA_SET1(npum_sum_zero(p, op, i));
		run_tile(e, x, op, tile, p->add_form == NPUM_ADD_FUSED ? fused_codes : float_codes);
		return;
	}
	e->terms = e->output;
	e->terms.zero = ISA_SET1(0);
	for (i = 0; i < 2; i++)
		init_rescale(e, &e->term[i], &e->terms, op, i, U32_MAX);
	init_rescale(e, &e->result, &e->output, op, 2, U32_MAX);
	e->lift = op->p.left_shift;
	e->negative = op->opcode == VNPU_OP_SUB ? -1 : 0;
	npum_sum_init(&e->sum, op);
	run_tile(e, x, op, tile, sum_codes);
}

void ISA_TILE(product)(const struct npum_exec *x, const struct npum_personality *p,
		       const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct elementwise *e = scratch;

	init_operands(e, p, op);
	init_rescale(e, &e->result, &e->output, op, 2, 255 * 255);
	run_product(e, x, op, tile);
}

void ISA_TILE(requantize)(const struct npum_exec *x, const struct npum_personality *p,
			  const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct elementwise *e = scratch;

	init_operands(e, p, op);
	init_rescale(e, &e->result, &e->output, op, 2, 255);
	run_single(e, x, op, tile);
}
