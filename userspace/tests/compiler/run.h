/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Compiles models and runs the artefacts on the model's generic kernels. */
#ifndef TEST_RUN_H
#define TEST_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "fb_writer.h"
#include "npu_file.h"
#include "npuc.h"
#include "npum.h"

/**
 * struct run - a compiled model with memory for its slots
 * @artefact: the .npu file
 * @size: its bytes
 * @program: its program
 * @tensors: its TENSORS section
 * @tensor_count: rows of @tensors
 * @layers: its LAYERS section
 * @layer_count: rows of @layers
 * @info: its INFO section
 * @exec: slots; CONST is filled, STATE as before the first run, all else holds 0xaa
 */
struct run {
	uint8_t *artefact;
	size_t size;
	struct npum_program program;
	const struct npu_file_tensor *tensors;
	uint32_t tensor_count;
	const struct npu_file_layer *layers;
	uint32_t layer_count;
	const struct npu_file_info *info;
	struct npum_exec exec;
};

/**
 * run_open() - compile a model file; fails the test when it does not compile
 * @r: filled
 * @data: the file
 * @size: its bytes
 * @personality: name, NULL for the default
 * @keep_all: as in &struct npuc_options
 */
void run_open(struct run *r, const uint8_t *data, size_t size, const char *personality,
	      bool keep_all);

/** run_open_as() - as run_open(), with a file name, whose end says what it is */
void run_open_as(struct run *r, const char *name, const uint8_t *data, size_t size,
		 const char *personality, bool keep_all);

/** run_open_with() - likewise, with all options */
void run_open_with(struct run *r, const char *name, const uint8_t *data, size_t size,
		   const struct npuc_options *options);

/** run_go() - run the program once */
void run_go(struct run *r);

/** run_close() - release everything */
void run_close(struct run *r);

/** run_tensor() - row of a tensor of the model by its number; NULL if it has none */
const struct npu_file_tensor *run_tensor(const struct run *r, uint32_t source);

/** run_io() - row of a model input or output */
const struct npu_file_tensor *run_io(const struct run *r, uint32_t role, uint32_t index);

/** run_bytes() - memory of a tensor */
uint8_t *run_bytes(const struct run *r, const struct npu_file_tensor *t);

/** run_string() - a string of the artefact */
const char *run_string(const struct run *r, uint32_t offset);

/** run_pass() - the bit of a pass in &npuc_options.disabled; fails the test when there is none */
uint64_t run_pass(const char *name);

#endif /* TEST_RUN_H */
