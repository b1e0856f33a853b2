/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The layout of everything that crosses between programs: sizes, the offset of
 * each member, the numbers of the ioctls.  abi.sh compiles it for 64 and for 32
 * bits.  A line here may be added; the only change is that of a size (and with it of
 * an ioctl's number) where a struct grew at its end.
 */
#ifndef ABI_H
#define ABI_H

#include "drm/vnpu_accel.h"
#include "npu_file.h"
#include "vnpu_fw.h"
#include "vnpu_program.h"

#define SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), "size of " #type)
#define AT(type, member, offset) \
	_Static_assert(__builtin_offsetof(struct type, member) == (offset), #type "." #member)
#define IOCTL(name, number) _Static_assert(DRM_IOCTL_VNPU_##name == (number), #name)

SIZE(drm_vnpu_array, 16);
AT(drm_vnpu_array, stride, 0);
AT(drm_vnpu_array, count, 4);
AT(drm_vnpu_array, array, 8);

SIZE(drm_vnpu_dev_query, 24);
AT(drm_vnpu_dev_query, type, 0);
AT(drm_vnpu_dev_query, size, 4);
AT(drm_vnpu_dev_query, pointer, 8);
AT(drm_vnpu_dev_query, stride, 16);
AT(drm_vnpu_dev_query, count, 20);

SIZE(drm_vnpu_dev_info, 64);
AT(drm_vnpu_dev_info, program_major, 0);
AT(drm_vnpu_dev_info, program_minor, 4);
AT(drm_vnpu_dev_info, cores, 8);
AT(drm_vnpu_dev_info, workers, 12);
AT(drm_vnpu_dev_info, isa, 16);
AT(drm_vnpu_dev_info, priorities, 20);
AT(drm_vnpu_dev_info, max_slots, 24);
AT(drm_vnpu_dev_info, max_jobs, 28);
AT(drm_vnpu_dev_info, max_contexts, 32);
AT(drm_vnpu_dev_info, max_programs, 36);
AT(drm_vnpu_dev_info, max_program_bytes, 40);
AT(drm_vnpu_dev_info, default_timeout_ms, 44);
AT(drm_vnpu_dev_info, max_timeout_ms, 48);
AT(drm_vnpu_dev_info, pad, 52);
AT(drm_vnpu_dev_info, max_bo_bytes, 56);

SIZE(drm_vnpu_personality_info, 448);
AT(drm_vnpu_personality_info, id, 0);
AT(drm_vnpu_personality_info, pad, 4);
AT(drm_vnpu_personality_info, name, 8);
AT(drm_vnpu_personality_info, digest, 40);
AT(drm_vnpu_personality_info, evidence, 48);
AT(drm_vnpu_personality_info, rest, 52);
AT(drm_vnpu_personality_info, field_count, 56);
AT(drm_vnpu_personality_info, pad2, 60);
AT(drm_vnpu_personality_info, summary, 64);
AT(drm_vnpu_personality_info, field, 192);

SIZE(drm_vnpu_firmware_info, 976);
AT(drm_vnpu_firmware_info, major, 0);
AT(drm_vnpu_firmware_info, minor, 4);
AT(drm_vnpu_firmware_info, crc, 8);
AT(drm_vnpu_firmware_info, generation, 12);
AT(drm_vnpu_firmware_info, flags, 16);
AT(drm_vnpu_firmware_info, dtypes, 20);
AT(drm_vnpu_firmware_info, field_count, 24);
AT(drm_vnpu_firmware_info, pad, 28);
AT(drm_vnpu_firmware_info, version, 32);
AT(drm_vnpu_firmware_info, file, 96);
AT(drm_vnpu_firmware_info, target, 160);
AT(drm_vnpu_firmware_info, runs, 192);
AT(drm_vnpu_firmware_info, cycles, 208);
AT(drm_vnpu_firmware_info, field, 720);

SIZE(drm_vnpu_bo_create, 16);
AT(drm_vnpu_bo_create, size, 0);
AT(drm_vnpu_bo_create, flags, 8);
AT(drm_vnpu_bo_create, handle, 12);

SIZE(drm_vnpu_bo_info, 24);
AT(drm_vnpu_bo_info, handle, 0);
AT(drm_vnpu_bo_info, pad, 4);
AT(drm_vnpu_bo_info, size, 8);
AT(drm_vnpu_bo_info, mmap_offset, 16);

SIZE(drm_vnpu_bo_wait, 16);
AT(drm_vnpu_bo_wait, handle, 0);
AT(drm_vnpu_bo_wait, flags, 4);
AT(drm_vnpu_bo_wait, timeout_ns, 8);

SIZE(drm_vnpu_program_create, 32);
AT(drm_vnpu_program_create, data, 0);
AT(drm_vnpu_program_create, size, 8);
AT(drm_vnpu_program_create, flags, 12);
AT(drm_vnpu_program_create, handle, 16);
AT(drm_vnpu_program_create, refusal, 20);
AT(drm_vnpu_program_create, refused_op, 24);
AT(drm_vnpu_program_create, refused_field, 28);

SIZE(drm_vnpu_slot_info, 16);
AT(drm_vnpu_slot_info, kind, 0);
AT(drm_vnpu_slot_info, access, 4);
AT(drm_vnpu_slot_info, bytes, 8);

SIZE(drm_vnpu_program_query, 40);
AT(drm_vnpu_program_query, handle, 0);
AT(drm_vnpu_program_query, pad, 4);
AT(drm_vnpu_program_query, op_count, 8);
AT(drm_vnpu_program_query, slot_count, 12);
AT(drm_vnpu_program_query, macs, 16);
AT(drm_vnpu_program_query, slots, 24);

SIZE(drm_vnpu_program_destroy, 8);
AT(drm_vnpu_program_destroy, handle, 0);
AT(drm_vnpu_program_destroy, pad, 4);

SIZE(drm_vnpu_ctx_create, 16);
AT(drm_vnpu_ctx_create, priority, 0);
AT(drm_vnpu_ctx_create, flags, 4);
AT(drm_vnpu_ctx_create, timeout_ms, 8);
AT(drm_vnpu_ctx_create, handle, 12);

SIZE(drm_vnpu_ctx_query, 56);
AT(drm_vnpu_ctx_query, handle, 0);
AT(drm_vnpu_ctx_query, pad, 4);
AT(drm_vnpu_ctx_query, state, 8);
AT(drm_vnpu_ctx_query, priority, 12);
AT(drm_vnpu_ctx_query, timeout_ms, 16);
AT(drm_vnpu_ctx_query, fault_op, 20);
AT(drm_vnpu_ctx_query, submitted, 24);
AT(drm_vnpu_ctx_query, completed, 32);
AT(drm_vnpu_ctx_query, failed, 40);
AT(drm_vnpu_ctx_query, busy_ns, 48);

SIZE(drm_vnpu_ctx_destroy, 8);
AT(drm_vnpu_ctx_destroy, handle, 0);
AT(drm_vnpu_ctx_destroy, pad, 4);

SIZE(drm_vnpu_sync, 16);
AT(drm_vnpu_sync, handle, 0);
AT(drm_vnpu_sync, flags, 4);
AT(drm_vnpu_sync, point, 8);

SIZE(drm_vnpu_binding, 24);
AT(drm_vnpu_binding, handle, 0);
AT(drm_vnpu_binding, flags, 4);
AT(drm_vnpu_binding, offset, 8);
AT(drm_vnpu_binding, size, 16);

SIZE(drm_vnpu_op_profile, 16);
AT(drm_vnpu_op_profile, start_ns, 0);
AT(drm_vnpu_op_profile, end_ns, 8);

SIZE(drm_vnpu_op_counters, 80);
AT(drm_vnpu_op_counters, values, 0);
AT(drm_vnpu_op_counters, clamped_low, 8);
AT(drm_vnpu_op_counters, clamped_high, 16);
AT(drm_vnpu_op_counters, ties, 24);
AT(drm_vnpu_op_counters, overflows, 32);
AT(drm_vnpu_op_counters, infs, 40);
AT(drm_vnpu_op_counters, nans, 48);
AT(drm_vnpu_op_counters, lut_low, 56);
AT(drm_vnpu_op_counters, lut_high, 64);
AT(drm_vnpu_op_counters, acc_bits, 72);
AT(drm_vnpu_op_counters, pad, 76);

SIZE(drm_vnpu_job, 80);
AT(drm_vnpu_job, program, 0);
AT(drm_vnpu_job, flags, 4);
AT(drm_vnpu_job, bindings, 8);
AT(drm_vnpu_job, syncs, 24);
AT(drm_vnpu_job, profile, 40);
AT(drm_vnpu_job, pad, 44);
AT(drm_vnpu_job, profile_offset, 48);
AT(drm_vnpu_job, counters_offset, 56);
AT(drm_vnpu_job, counters_stride, 64);
AT(drm_vnpu_job, pad2, 68);
AT(drm_vnpu_job, const_digest, 72);

SIZE(drm_vnpu_submit, 32);
AT(drm_vnpu_submit, ctx, 0);
AT(drm_vnpu_submit, flags, 4);
AT(drm_vnpu_submit, jobs, 8);
AT(drm_vnpu_submit, failed_job, 24);
AT(drm_vnpu_submit, pad, 28);

SIZE(vnpu_program_header, 48);
AT(vnpu_program_header, magic, 0);
AT(vnpu_program_header, major, 4);
AT(vnpu_program_header, minor, 6);
AT(vnpu_program_header, size, 8);
AT(vnpu_program_header, personality, 12);
AT(vnpu_program_header, slot_offset, 16);
AT(vnpu_program_header, slot_count, 20);
AT(vnpu_program_header, slot_size, 24);
AT(vnpu_program_header, op_offset, 28);
AT(vnpu_program_header, op_count, 32);
AT(vnpu_program_header, op_size, 36);
AT(vnpu_program_header, personality_digest, 40);

SIZE(vnpu_slot_desc, 8);
AT(vnpu_slot_desc, kind, 0);
AT(vnpu_slot_desc, bytes, 4);

SIZE(vnpu_tensor, 48);
AT(vnpu_tensor, slot, 0);
AT(vnpu_tensor, offset, 4);
AT(vnpu_tensor, dtype, 8);
AT(vnpu_tensor, layout, 9);
AT(vnpu_tensor, reserved, 10);
AT(vnpu_tensor, zero_point, 12);
AT(vnpu_tensor, shape, 16);
AT(vnpu_tensor, stride, 32);

SIZE(vnpu_params, 112);
AT(vnpu_params, kernel, 0);
AT(vnpu_params, stride, 8);
AT(vnpu_params, dilation, 16);
AT(vnpu_params, pad, 24);
AT(vnpu_params, clamp, 32);
AT(vnpu_params, mult, 40);
AT(vnpu_params, shift, 52);
AT(vnpu_params, left_shift, 64);
AT(vnpu_params, diff_min, 68);
AT(vnpu_params, axes, 72);
AT(vnpu_params, count, 76);
AT(vnpu_params, mode, 80);
AT(vnpu_params, scale, 84);
AT(vnpu_params, fill, 88);
AT(vnpu_params, offset, 92);
AT(vnpu_params, alpha, 96);

SIZE(vnpu_op, 320);
AT(vnpu_op, opcode, 0);
AT(vnpu_op, personality, 4);
AT(vnpu_op, flags, 8);
AT(vnpu_op, source, 12);
AT(vnpu_op, in, 16);
AT(vnpu_op, out, 160);
AT(vnpu_op, p, 208);

SIZE(vnpu_requant_block, 192);
AT(vnpu_requant_block, bias, 0);
AT(vnpu_requant_block, mult, 64);
AT(vnpu_requant_block, shift, 128);

SIZE(vnpu_fw_header, 32);
AT(vnpu_fw_header, magic, 0);
AT(vnpu_fw_header, major, 4);
AT(vnpu_fw_header, minor, 6);
AT(vnpu_fw_header, size, 8);
AT(vnpu_fw_header, crc, 12);
AT(vnpu_fw_header, section_offset, 16);
AT(vnpu_fw_header, section_count, 20);
AT(vnpu_fw_header, section_size, 24);
AT(vnpu_fw_header, reserved, 28);

SIZE(vnpu_fw_section, 32);
AT(vnpu_fw_section, kind, 0);
AT(vnpu_fw_section, flags, 4);
AT(vnpu_fw_section, offset, 8);
AT(vnpu_fw_section, size, 12);
AT(vnpu_fw_section, count, 16);
AT(vnpu_fw_section, record_size, 20);
AT(vnpu_fw_section, crc, 24);
AT(vnpu_fw_section, reserved, 28);

SIZE(vnpu_fw_personality, 184);
AT(vnpu_fw_personality, id, 0);
AT(vnpu_fw_personality, evidence, 4);
AT(vnpu_fw_personality, rest, 8);
AT(vnpu_fw_personality, field_count, 12);
AT(vnpu_fw_personality, sources_offset, 16);
AT(vnpu_fw_personality, sources_size, 20);
AT(vnpu_fw_personality, name, 24);
AT(vnpu_fw_personality, summary, 56);

SIZE(vnpu_fw_target, 40);
AT(vnpu_fw_target, name, 0);
AT(vnpu_fw_target, dtypes, 32);
AT(vnpu_fw_target, field_count, 36);

SIZE(vnpu_fw_op, 8);
AT(vnpu_fw_op, opcode, 0);
AT(vnpu_fw_op, cycles, 4);

SIZE(npu_file_header, 24);
AT(npu_file_header, magic, 0);
AT(npu_file_header, major, 4);
AT(npu_file_header, minor, 6);
AT(npu_file_header, size, 8);
AT(npu_file_header, section_count, 16);
AT(npu_file_header, reserved, 20);

SIZE(npu_file_section, 32);
AT(npu_file_section, kind, 0);
AT(npu_file_section, reserved, 4);
AT(npu_file_section, offset, 8);
AT(npu_file_section, size, 16);
AT(npu_file_section, digest, 24);

SIZE(npu_file_tensor, 80);
AT(npu_file_tensor, name, 0);
AT(npu_file_tensor, role, 4);
AT(npu_file_tensor, index, 8);
AT(npu_file_tensor, dtype, 12);
AT(npu_file_tensor, rank, 16);
AT(npu_file_tensor, shape, 20);
AT(npu_file_tensor, scale, 52);
AT(npu_file_tensor, zero_point, 56);
AT(npu_file_tensor, slot, 60);
AT(npu_file_tensor, offset, 64);
AT(npu_file_tensor, bytes, 68);
AT(npu_file_tensor, source, 72);
AT(npu_file_tensor, reserved, 76);

SIZE(npu_file_layer, 32);
AT(npu_file_layer, type, 0);
AT(npu_file_layer, name, 4);
AT(npu_file_layer, source, 8);
AT(npu_file_layer, first_op, 12);
AT(npu_file_layer, op_count, 16);
AT(npu_file_layer, output, 20);
AT(npu_file_layer, macs, 24);

SIZE(npu_file_info, 56);
AT(npu_file_info, model, 0);
AT(npu_file_info, compiler, 4);
AT(npu_file_info, personality, 8);
AT(npu_file_info, flags, 12);
AT(npu_file_info, model_digest, 16);
AT(npu_file_info, static_bytes, 24);
AT(npu_file_info, temp_bytes, 32);
AT(npu_file_info, io_bytes, 40);
AT(npu_file_info, temp_bound, 48);

SIZE(npu_file_area, 24);
AT(npu_file_area, name, 0);
AT(npu_file_area, slot, 4);
AT(npu_file_area, offset, 8);
AT(npu_file_area, bytes, 12);
AT(npu_file_area, first_op, 16);
AT(npu_file_area, last_op, 20);

IOCTL(DEV_QUERY, 0xc0186440);
IOCTL(BO_CREATE, 0xc0106441);
IOCTL(BO_INFO, 0xc0186442);
IOCTL(BO_WAIT, 0x40106443);
IOCTL(PROGRAM_CREATE, 0xc0206444);
IOCTL(PROGRAM_QUERY, 0xc0286445);
IOCTL(PROGRAM_DESTROY, 0x40086446);
IOCTL(CTX_CREATE, 0xc0106447);
IOCTL(CTX_QUERY, 0xc0386448);
IOCTL(CTX_DESTROY, 0x40086449);
IOCTL(SUBMIT, 0xc020644a);

#undef SIZE
#undef AT
#undef IOCTL

#endif /* ABI_H */
