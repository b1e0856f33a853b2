/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory shared by values that are not needed at the same time: finding places in
 * one arena for areas that each are wanted for a span of steps.
 *
 * The least that any arrangement needs is the greatest sum of areas wanted at one
 * step.  Reaching it is a packing problem (NP-hard), so places are searched for in
 * bounded time: good orders first, then small changes of the best one.  What is
 * found depends on the areas alone.
 */
#ifndef NPUC_ARENA_H
#define NPUC_ARENA_H

#include <stdint.h>

/** NPUC_ARENA_ALIGN - alignment in bytes of areas, as vector loads and bindings like it */
#define NPUC_ARENA_ALIGN 64u

/**
 * struct npuc_area - memory wanted for some time
 * @id: the caller's number; no two areas have the same
 * @first: first step that needs it
 * @last: last step that needs it, not before @first
 * @size: bytes, a multiple of NPUC_ARENA_ALIGN
 * @offset: out: where it lies, a multiple of NPUC_ARENA_ALIGN
 */
struct npuc_area {
	uint32_t id;
	uint32_t first;
	uint32_t last;
	uint64_t size;
	uint64_t offset;
};

/**
 * npuc_arena_live() - bytes wanted at each step
 * @areas: areas
 * @count: their number
 * @steps: number of steps, more than every @last
 * @live: out: one number for each step
 *
 * Return: the greatest of them, below which no arrangement can be; @step is set to
 * the first step that has it.
 */
uint64_t npuc_arena_live(const struct npuc_area *areas, uint32_t count, uint32_t steps,
			 uint64_t *live, uint32_t *step);

/**
 * npuc_arena_place() - give areas their offsets; no two that share a step overlap
 * @areas: areas; their order is changed
 * @count: their number
 * @bound: enough is enough: the search ends when it needs no more than this
 *
 * Return: bytes that the arrangement needs; UINT64_MAX when out of memory.
 */
uint64_t npuc_arena_place(struct npuc_area *areas, uint32_t count, uint64_t bound);

/** npuc_arena_stack() - the same without sharing: each area behind the one before */
uint64_t npuc_arena_stack(struct npuc_area *areas, uint32_t count);

#endif /* NPUC_ARENA_H */
