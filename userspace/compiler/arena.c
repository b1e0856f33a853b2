// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * One area after the other goes into the smallest gap that is free for its span.
 * Everything depends on the order: some that often serve are tried first; if none
 * meets the bound, the best is changed a little, again and again (hill climbing).
 */
#include "arena.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Steps of placing that the climb may take in all, one for each pair of areas looked at:
 * some 50 ms.  A bound in work, not in time, so that plans are the same everywhere.
 */
#define CLIMB_WORK 20000000u
/**
 * struct arena - areas on their way to their places
 * @count: number of areas
 * @order: areas in the order of placement
 * @placed: those placed so far, by offset
 */
struct arena {
	uint32_t count;
	struct npuc_area **order;
	struct npuc_area **placed;
};

uint64_t npuc_arena_live(const struct npuc_area *areas, uint32_t count, uint32_t steps,
			 uint64_t *live, uint32_t *step)
{
	uint64_t most = 0, sum = 0;

	/* Differences first; sums of unsigned numbers come out right whatever wraps between. */
	memset(live, 0, steps * sizeof(*live));
	for (uint32_t i = 0; i < count; i++) {
		live[areas[i].first] += areas[i].size;
		if (areas[i].last + 1 < steps)
			live[areas[i].last + 1] -= areas[i].size;
	}
	*step = 0;
	for (uint32_t i = 0; i < steps; i++) {
		sum += live[i];
		live[i] = sum;
		if (sum > most) {
			most = sum;
			*step = i;
		}
	}
	return most;
}

static int compare(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* Ties are broken by number, so that plans do not depend on the C library's sort. */
static int larger_first(const void *a, const void *b)
{
	const struct npuc_area *x = a, *y = b;
	int order = compare(y->size, x->size);

	return order ? order : compare(x->id, y->id);
}

static int earlier_first(const void *a, const void *b)
{
	const struct npuc_area *x = a, *y = b;
	int order = compare(x->first, y->first);

	return order ? order : compare(x->id, y->id);
}

static int longer_first(const void *a, const void *b)
{
	const struct npuc_area *x = a, *y = b;
	int order = compare(y->last - y->first, x->last - x->first);

	return order ? order : larger_first(a, b);
}

static int heavier_first(const void *a, const void *b)
{
	const struct npuc_area *x = a, *y = b;
	int order = compare(y->size * (y->last - y->first + 1), x->size * (x->last - x->first + 1));

	return order ? order : compare(x->id, y->id);
}

static bool apart(const struct npuc_area *a, const struct npuc_area *b)
{
	return a->last < b->first || b->last < a->first;
}

/* Offset for @area among those placed already, which are sorted by offset. */
static uint64_t find_gap(const struct npuc_area *area, struct npuc_area *const *placed,
			 uint32_t count)
{
	uint64_t end = 0, best = 0, best_size = UINT64_MAX;

	for (uint32_t i = 0; i < count; i++) {
		const struct npuc_area *p = placed[i];

		if (apart(p, area))
			continue;
		if (p->offset >= end + area->size && p->offset - end < best_size) {
			best = end;
			best_size = p->offset - end;
		}
		if (p->offset + p->size > end)
			end = p->offset + p->size;
	}
	return best_size == UINT64_MAX ? end : best;
}

static uint64_t place(struct arena *arena)
{
	struct npuc_area **placed = arena->placed;
	uint64_t top = 0;

	for (uint32_t i = 0; i < arena->count; i++) {
		struct npuc_area *a = arena->order[i];
		uint32_t at = i;

		a->offset = find_gap(a, placed, i);
		for (; at && placed[at - 1]->offset > a->offset; at--)
			placed[at] = placed[at - 1];
		placed[at] = a;
		if (a->offset + a->size > top)
			top = a->offset + a->size;
	}
	return top;
}

/* Tries the orders until one meets the bound; leaves the areas in the best. */
static uint64_t place_sorted(struct arena *arena, struct npuc_area *areas, uint64_t bound)
{
	static int (*const orders[])(const void *a, const void *b) = {
		larger_first,
		heavier_first,
		longer_first,
		earlier_first,
	};
	uint64_t best = UINT64_MAX;
	size_t chosen = 0;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]) && best > bound; i++) {
		uint64_t top;

		qsort(areas, arena->count, sizeof(*areas), orders[i]);
		top = place(arena);
		if (top < best) {
			best = top;
			chosen = i;
		}
	}
	qsort(areas, arena->count, sizeof(*areas), orders[chosen]);
	return best;
}

/* Marsaglia's xorshift: the same sequence everywhere. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % below;
}

/* One of those that reach the top. */
static const struct npuc_area *highest(const struct arena *arena, uint64_t top)
{
	for (uint32_t i = 0; i < arena->count; i++)
		if (arena->order[i]->offset + arena->order[i]->size == top)
			return arena->order[i];
	return arena->order[0];
}

/* Place in the order of an area that shares a step with @with, drawn by lot. */
static uint32_t pick_rival(const struct arena *arena, const struct npuc_area *with, uint32_t *state)
{
	uint32_t at = draw(state, arena->count);

	while (apart(arena->order[at], with))
		at = (at + 1) % arena->count;
	return at;
}

static void swap(struct arena *arena, uint32_t a, uint32_t b)
{
	struct npuc_area *area = arena->order[a];

	arena->order[a] = arena->order[b];
	arena->order[b] = area;
}

/*
 * What sticks out at the top came too late, or one that shares a step with it too
 * early: exchange such a one with any other in the order, and keep what is no worse.
 */
static uint64_t climb(struct arena *arena, uint64_t bound)
{
	uint64_t work = (uint64_t)arena->count * arena->count, best = place(arena);
	const struct npuc_area *top = highest(arena, best);
	uint32_t state = 2463534242u;

	for (uint64_t left = CLIMB_WORK; left > work && best > bound; left -= work) {
		uint32_t a = pick_rival(arena, top, &state), b = draw(&state, arena->count);
		uint64_t bytes;

		swap(arena, a, b);
		bytes = place(arena);
		if (bytes > best) {
			swap(arena, a, b);
			continue;
		}
		best = bytes;
		top = highest(arena, best);
	}
	return place(arena);
}

uint64_t npuc_arena_place(struct npuc_area *areas, uint32_t count, uint64_t bound)
{
	struct npuc_area **lists = calloc(2 * (size_t)count + 1, sizeof(struct npuc_area *));
	struct arena arena = { count, lists, lists + count };
	uint64_t bytes;

	if (!lists)
		return UINT64_MAX;
	for (uint32_t i = 0; i < count; i++)
		arena.order[i] = &areas[i];
	bytes = place_sorted(&arena, areas, bound);
	bytes = bytes > bound ? climb(&arena, bound) : place(&arena);
	free(lists);
	return bytes;
}

uint64_t npuc_arena_stack(struct npuc_area *areas, uint32_t count)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < count; i++) {
		areas[i].offset = end;
		end += areas[i].size;
	}
	return end;
}
