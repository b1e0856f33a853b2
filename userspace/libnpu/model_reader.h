/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Reading a .npu file: what the readers of its sections share.  Everything in it is checked here. */
#ifndef NPU_MODEL_READER_H
#define NPU_MODEL_READER_H

#include "error.h"
#include "model.h"

/**
 * struct npu_model_reader - a file that is read
 * @name: its name, for errors
 * @model: what becomes of it
 * @error: where the readers say what is wrong
 */
struct npu_model_reader {
	const char *name;
	struct npu_model *model;
	struct npu_error *error;
};

/** npu_model_bad() - say what is wrong with a section; Return: -EINVAL */
#define npu_model_bad(r, kind, format, ...)                                 \
	npu_fail((r)->error, -EINVAL, "%s: section %s: " format, (r)->name, \
		 npu_file_section_name(kind), ##__VA_ARGS__)

/** npu_model_section() - the bytes of a section; of size 0 when the file has none */
static inline const struct npu_file_span *npu_model_section(const struct npu_model_reader *r,
							    enum npu_section_kind kind)
{
	return &r->model->file.section[kind];
}

/** npu_model_read_tensors() - the section TENSORS; needs the program */
int npu_model_read_tensors(const struct npu_model_reader *r);

/** npu_model_read_layers() - the section LAYERS; needs tensors and partitions */
int npu_model_read_layers(const struct npu_model_reader *r);

/** npu_model_read_areas() - the section MEMORY; needs the program */
int npu_model_read_areas(const struct npu_model_reader *r);

#endif /* NPU_MODEL_READER_H */
