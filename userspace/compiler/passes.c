// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "passes.h"

#include "dump.h"

#define NPUC_PASS(id, name, run, level, text) { { name, text, level }, run },

static const struct {
	struct npuc_pass_info info;
	int (*run)(struct npuc_compilation *c);
} passes[] = {
#include "passes.def"
};

#define COUNT (sizeof(passes) / sizeof(passes[0]))

_Static_assert(COUNT <= 64, "npuc_options.disabled has a bit for each");

const struct npuc_pass_info *npuc_pass_at(uint32_t i)
{
	return i < COUNT ? &passes[i].info : NULL;
}

int npuc_passes_run(struct npuc_compilation *c)
{
	int err = 0;

	for (uint32_t i = 0; i < COUNT && !err; i++) {
		if (!passes[i].run || (passes[i].info.level && !npuc_pass_on(c, i)))
			continue;
		err = passes[i].run(c);
		if (!err)
			err = npuc_dump(c, c->graph, c->dumped++, passes[i].info.name);
	}
	return err;
}
