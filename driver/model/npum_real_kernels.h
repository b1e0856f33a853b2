/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Rows of a variant's table for the kernels that npum_real_variant.h names. */
#ifndef NPUM_REAL_KERNELS_H
#define NPUM_REAL_KERNELS_H

#include "npum_isa.h"

/* @v: what NPUM_VARIANT() puts behind the names */
#define NPUM_REAL_PROTOTYPES(v)            \
	npum_tile_fn npum_product_f_##v;   \
	npum_tile_fn npum_depthwise_f_##v; \
	npum_tile_fn npum_hybrid_##v;      \
	npum_tile_fn npum_element_##v;     \
	npum_tile_fn npum_reduce_##v;      \
	npum_tile_fn npum_avg_pool_f_##v;  \
	npum_tile_fn npum_max_pool_f_##v;  \
	npum_tile_fn npum_softmax_f_##v;   \
	npum_tile_fn npum_bilinear_f_##v;  \
	npum_tile_fn npum_cast_##v;        \
	npum_tile_fn npum_arg_##v;

#define NPUM_REAL_KERNELS(v)                                               \
	{ VNPU_OP_CONV2D_F, NULL, npum_product_f_##v },                    \
		{ VNPU_OP_DEPTHWISE_F, NULL, npum_depthwise_f_##v },       \
		{ VNPU_OP_FULLY_CONNECTED_F, NULL, npum_product_f_##v },   \
		{ VNPU_OP_FULLY_CONNECTED_HYBRID, NULL, npum_hybrid_##v }, \
		{ VNPU_OP_BATCH_MATMUL_F, NULL, npum_product_f_##v },      \
		{ VNPU_OP_UNARY, NULL, npum_element_##v },                 \
		{ VNPU_OP_BINARY, NULL, npum_element_##v },                \
		{ VNPU_OP_REDUCE, NULL, npum_reduce_##v },                 \
		{ VNPU_OP_AVG_POOL_F, NULL, npum_avg_pool_f_##v },         \
		{ VNPU_OP_MAX_POOL_F, NULL, npum_max_pool_f_##v },         \
		{ VNPU_OP_SOFTMAX_F, NULL, npum_softmax_f_##v },           \
		{ VNPU_OP_RESIZE_BILINEAR_F, NULL, npum_bilinear_f_##v },  \
		{ VNPU_OP_CAST, NULL, npum_cast_##v },                     \
	{                                                                  \
		VNPU_OP_ARG, NULL, npum_arg_##v                            \
	}

#endif /* NPUM_REAL_KERNELS_H */
