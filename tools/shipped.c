// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "shipped.h"

#include <stdbool.h>
#include <string.h>

/* Made from firmware/ by tools/build.mk: {name, text, size} of each, in order of names. */
static const struct shipped descriptions[] = {
#include "descriptions.inc"
};

#define COUNT (sizeof(descriptions) / sizeof(descriptions[0]))

const struct shipped *shipped_at(uint32_t i)
{
	return i < COUNT ? &descriptions[i] : NULL;
}

const struct shipped *shipped_named(const char *name)
{
	size_t length = strcspn(name, ".");

	if (strcmp(name + length, ".yaml"))
		return NULL;
	for (uint32_t i = 0; i < COUNT; i++)
		if (strlen(descriptions[i].name) == length &&
		    !memcmp(descriptions[i].name, name, length))
			return &descriptions[i];
	return NULL;
}

/* A device says so at the start of a line. */
static bool describes_device(const struct shipped *s)
{
	return strstr(s->text, "\ndevice: ") || !strncmp(s->text, "device: ", 8);
}

const char *shipped_target_at(uint32_t i)
{
	for (uint32_t n = 0; n < COUNT; n++)
		if (describes_device(&descriptions[n]) && !i--)
			return descriptions[n].name;
	return NULL;
}
