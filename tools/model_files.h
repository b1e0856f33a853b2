/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Files beside a model that some of its constants lie in. */
#ifndef MODEL_FILES_H
#define MODEL_FILES_H

#include "file.h"

/**
 * struct model_files - those that were opened
 * @model: path of the model, whose folder none of them may be outside of
 * @at: their contents
 * @count: entries of @at
 * @why: text of the last failure
 */
struct model_files {
	const char *model;
	struct file *at;
	size_t count;
	char why[128];
};

/** model_files_open() - open_file of &struct npuc_reading; @arg is a &struct model_files */
const void *model_files_open(void *arg, const char *location, size_t *size, const char **why);

/** model_files_free() - release all of them */
void model_files_free(struct model_files *files);

#endif /* MODEL_FILES_H */
