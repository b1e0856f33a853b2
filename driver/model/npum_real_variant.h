/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The floating-point kernels exist once as source and are compiled for each
 * instruction set: the generic objects are the files npum_real_*.c themselves, and
 * npum_avx2_real.c and npum_avx512_real.c include them all, with NPUM_VARIANT(name)
 * defined to what becomes of their names.
 *
 * IEEE 754 says what each operation gives, contraction is off, loops are only
 * vectorised across different results, and not-a-number is stored in one form: the
 * bits are the same, and userspace/tests/model holds the variants to it.
 */
#ifndef NPUM_REAL_VARIANT_H
#define NPUM_REAL_VARIANT_H

#ifdef NPUM_VARIANT
#define npum_real_load NPUM_VARIANT(npum_real_load)
#define npum_real_store NPUM_VARIANT(npum_real_store)
#define npum_real_count_row NPUM_VARIANT(npum_real_count_row)
#define npum_real_sum_add NPUM_VARIANT(npum_real_sum_add)
#define npum_real_sum_fuse NPUM_VARIANT(npum_real_sum_fuse)
#define npum_real_gather NPUM_VARIANT(npum_real_gather)
#define npum_real_weights NPUM_VARIANT(npum_real_weights)
#define npum_real_biases NPUM_VARIANT(npum_real_biases)
#define npum_real_finish NPUM_VARIANT(npum_real_finish)
#define npum_real_finish_plain NPUM_VARIANT(npum_real_finish_plain)
#define npum_real_finish_sum NPUM_VARIANT(npum_real_finish_sum)
#define npum_real_block_terms NPUM_VARIANT(npum_real_block_terms)
#define npum_real_term_at NPUM_VARIANT(npum_real_term_at)
#define npum_real_product_is_plain NPUM_VARIANT(npum_real_product_is_plain)
#define npum_real_begin NPUM_VARIANT(npum_real_begin)
#define npum_product_f NPUM_VARIANT(npum_product_f)
#define npum_depthwise_f NPUM_VARIANT(npum_depthwise_f)
#define npum_hybrid NPUM_VARIANT(npum_hybrid)
#define npum_element NPUM_VARIANT(npum_element)
#define npum_cast NPUM_VARIANT(npum_cast)
#define npum_reduce NPUM_VARIANT(npum_reduce)
#define npum_arg NPUM_VARIANT(npum_arg)
#define npum_softmax_f NPUM_VARIANT(npum_softmax_f)
#define npum_avg_pool_f NPUM_VARIANT(npum_avg_pool_f)
#define npum_max_pool_f NPUM_VARIANT(npum_max_pool_f)
#define npum_bilinear_f NPUM_VARIANT(npum_bilinear_f)
#endif

#endif /* NPUM_REAL_VARIANT_H */
