/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Hostile programs: validated, and run when they are accepted. */
#ifndef PROGRAM_RUN_H
#define PROGRAM_RUN_H

#include "npum.h"

/**
 * program_run() - validate bytes and run what is accepted on random data
 * @data: the program, of any alignment
 * @size: its bytes
 *
 * Slots have exactly the bytes that the program declares, so that a sanitiser
 * sees each access beyond them.  Every instruction set of this CPU runs on the
 * same data; abort() when their bits differ.
 *
 * Return: true when the program was accepted.
 */
bool program_run(const void *data, size_t size);

#endif /* PROGRAM_RUN_H */
