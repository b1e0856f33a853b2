/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_FILE_READ_H
#define NPU_FILE_READ_H

#include "npu.h"
#include "npu_file.h"

#define NPU_SECTION_COUNT (NPU_SECTION_MEMORY + 1)

/**
 * struct npu_file_span - contents of a section
 * @data: first byte, aligned to NPU_FILE_ALIGN; NULL: the file has no such section
 * @size: bytes
 */
struct npu_file_span {
	const void *data;
	uint64_t size;
};

/**
 * struct npu_file - the container of a .npu artefact, checked
 * @section: contents by &enum npu_section_kind
 */
struct npu_file {
	struct npu_file_span section[NPU_SECTION_COUNT];
};

/**
 * npu_file_read() - check header, section table and digests
 * @name: file name for error texts
 * @data: the file, aligned to NPU_FILE_ALIGN; must live as long as @file
 * @size: its bytes
 * @file: where the sections lie; those this library does not know are left out
 * @error: filled on failure
 *
 * Return: 0; -EINVAL for a broken file, -EOPNOTSUPP for a newer format.
 */
int npu_file_read(const char *name, const void *data, size_t size, struct npu_file *file,
		  struct npu_error *error);

/** npu_file_section_name() - e.g. "TENSORS"; "?" for an unknown kind */
const char *npu_file_section_name(uint32_t kind);

#endif /* NPU_FILE_READ_H */
