// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "file.h"

#include <xxhash.h>

#include "error.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are read in place");
_Static_assert(sizeof(struct npu_file_header) == 24, "file format");
_Static_assert(sizeof(struct npu_file_section) == 32, "file format");

static const char *const section_names[NPU_SECTION_COUNT] = {
	[NPU_SECTION_PROGRAM] = "PROGRAM",	 [NPU_SECTION_CONST] = "CONST",
	[NPU_SECTION_STRINGS] = "STRINGS",	 [NPU_SECTION_TENSORS] = "TENSORS",
	[NPU_SECTION_LAYERS] = "LAYERS",	 [NPU_SECTION_INFO] = "INFO",
	[NPU_SECTION_CONFIG] = "CONFIG",	 [NPU_SECTION_DEBUG] = "DEBUG",
	[NPU_SECTION_PARTITIONS] = "PARTITIONS", [NPU_SECTION_HOST_OPS] = "HOST_OPS",
	[NPU_SECTION_MEMORY] = "MEMORY",
};

const char *npu_file_section_name(uint32_t kind)
{
	return kind < NPU_SECTION_COUNT && section_names[kind] ? section_names[kind] : "?";
}

static int check_header(const char *name, const void *data, size_t size, struct npu_error *error)
{
	const struct npu_file_header *header = data;

	if (size < sizeof(*header))
		return npu_fail(error, -EINVAL,
				"%s: header: the file has %zu bytes, a .npu file %zu at least",
				name, size, sizeof(*header));
	if (header->magic != NPU_FILE_MAGIC)
		return npu_fail(error, -EINVAL,
				"%s: header: magic 0x%08x: not a .npu file (0x%08x)", name,
				header->magic, NPU_FILE_MAGIC);
	if (header->major != NPU_FILE_MAJOR)
		return npu_fail(error, -EOPNOTSUPP,
				"%s: header: major %u: this library reads version %u; compile the "
				"model again with the compiler that belongs to it",
				name, header->major, NPU_FILE_MAJOR);
	if (header->size != size)
		return npu_fail(error, -EINVAL,
				"%s: header: size %llu: the file has %zu bytes; it was cut or "
				"appended to",
				name, (unsigned long long)header->size, size);
	if (header->reserved)
		return npu_fail(error, -EINVAL, "%s: header: reserved field is 0x%x, not 0", name,
				header->reserved);
	if (!header->section_count || header->section_count > NPU_FILE_MAX_SECTIONS)
		return npu_fail(error, -EINVAL, "%s: header: section_count %u: 1 to %u are allowed",
				name, header->section_count, NPU_FILE_MAX_SECTIONS);
	if (header->section_count * sizeof(struct npu_file_section) > size - sizeof(*header))
		return npu_fail(error, -EINVAL,
				"%s: header: section_count %u: the table does not fit the file",
				name, header->section_count);
	return 0;
}

static const struct npu_file_section *section_table(const struct npu_file_header *header)
{
	return (const struct npu_file_section *)(header + 1);
}

/* Why entry @i of the table is wrong, or NULL. */
static const char *section_problem(const struct npu_file_header *header, uint32_t i)
{
	const struct npu_file_section *table = section_table(header);
	const struct npu_file_section *s = &table[i];
	uint64_t table_end = sizeof(*header) + header->section_count * sizeof(*s);

	if (!s->kind)
		return "kind 0 is not allowed";
	if (s->reserved)
		return "reserved field is not 0";
	if (s->offset % NPU_FILE_ALIGN)
		return "offset is not a multiple of 64";
	if (s->offset < table_end)
		return "offset lies in the section table";
	if (s->offset > header->size)
		return "offset lies beyond the end of the file";
	if (s->size > header->size - s->offset)
		return "size reaches beyond the end of the file";
	for (uint32_t k = 0; k < i; k++) {
		if (table[k].kind == s->kind)
			return "kind appears twice";
		if (s->offset < table[k].offset + table[k].size &&
		    table[k].offset < s->offset + s->size)
			return "it overlaps the section of another entry";
	}
	return NULL;
}

int npu_file_read(const char *name, const void *data, size_t size, struct npu_file *file,
		  struct npu_error *error)
{
	const struct npu_file_header *header = data;
	int rc = check_header(name, data, size, error);

	if (rc)
		return rc;
	*file = (struct npu_file){ 0 };
	for (uint32_t i = 0; i < header->section_count; i++) {
		const struct npu_file_section *s = &section_table(header)[i];
		const char *problem = section_problem(header, i);
		const uint8_t *contents = (const uint8_t *)data + (problem ? 0 : s->offset);

		if (!problem && XXH64(contents, s->size, 0) != s->digest)
			problem = "digest does not match the contents; the file is damaged";
		if (problem)
			return npu_fail(error, -EINVAL,
					"%s: section table: entry %u (kind %u, %s): %s", name, i,
					s->kind, npu_file_section_name(s->kind), problem);
		if (s->kind < NPU_SECTION_COUNT)
			file->section[s->kind] = (struct npu_file_span){ contents, s->size };
	}
	return 0;
}
