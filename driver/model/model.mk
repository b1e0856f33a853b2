# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The model's objects, included by the kernel's Kbuild and by the user-space Makefile.
# model-fpu-objs need floating point or vector registers and flags of their own.
model-objs := npum_prog.o npum_check.o npum_check_i16.o npum_check_lstm.o npum_check_real.o npum_op.o
model-objs += npum_exec.o npum_isa.o npum_whole.o npum_counting.o npum_walk.o
model-objs += npum_personality.o npum_builtin.o npum_fields.o npum_firmware.o npum_target.o
model-objs += npum_conv.o npum_conv_generic.o npum_pool.o npum_elementwise.o npum_move.o npum_softmax.o
model-objs += npum_reduce.o npum_resize.o npum_pick.o npum_lstm.o npum_svdf.o npum_matmul.o
model-objs += npum_i16_conv.o npum_i16_vector.o npum_i16_elementwise.o npum_i16_sigmoid.o
model-objs += npum_i16_reduce.o npum_i16_softmax.o
model-fpu-objs := npum_float.o npum_pool_float.o npum_softmax_table.o npum_math.o
model-fpu-objs += npum_real_tile.o npum_real_product.o npum_real_depthwise.o npum_real_hybrid.o
model-fpu-objs += npum_real_value.o npum_real_sum.o npum_real_element.o npum_real_reduce.o npum_real_window.o
model-avx2-objs := npum_avx2.o npum_avx2_conv.o npum_avx2_depthwise.o npum_avx2_elementwise.o
model-avx2-objs += npum_avx2_real.o npum_avx2_i16.o
model-avx512-objs := npum_avx512.o npum_avx512_conv.o npum_avx512_product.o \
		      npum_avx512_depthwise.o npum_avx512_elementwise.o
model-avx512-objs += npum_avx512_real.o npum_avx512_i16.o
model-x86-objs := $(model-avx2-objs) $(model-avx512-objs)
