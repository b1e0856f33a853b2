/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reader of the core dumps of a device, see vnpu_coredump.h.  A dump may come from
 * anybody: nothing in it is believed before it was checked.
 */
#ifndef COREDUMP_H
#define COREDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vnpu_coredump.h"

/**
 * struct coredump_records - a section of records
 * @bytes: the first one; NULL: there is no such section
 * @stride: bytes from one to the next
 * @count: their number
 */
struct coredump_records {
	const unsigned char *bytes;
	size_t stride;
	size_t count;
};

/**
 * struct coredump - a dump that was checked; points into the file's bytes
 * @minor: version of the format
 * @fault: what went wrong
 * @device: on which device; zeros when the dump does not say
 * @firmware: with what
 * @context: whose job it was
 * @program: bytes of the program; NULL: it is not there
 * @program_size: bytes that are there
 * @program_whole: bytes that it had
 * @bindings: &struct vnpu_coredump_binding
 * @jobs: &struct vnpu_coredump_job
 * @events: &struct vnpu_coredump_event
 * @contents: sections with memory of buffers
 *
 * All texts end with a zero.
 */
struct coredump {
	uint32_t minor;
	struct vnpu_coredump_fault fault;
	struct vnpu_coredump_device device;
	struct vnpu_coredump_firmware firmware;
	struct vnpu_coredump_context context;
	const unsigned char *program;
	size_t program_size;
	uint64_t program_whole;
	struct coredump_records bindings;
	struct coredump_records jobs;
	struct coredump_records events;
	uint32_t contents;
};

/**
 * coredump_parse() - check a dump and find its parts
 * @data: bytes of the file; must outlive @dump
 * @size: their number
 * @dump: filled
 * @at: out: the byte that the refusal is about
 *
 * Return: NULL, or what is wrong with it.
 */
const char *coredump_parse(const void *data, size_t size, struct coredump *dump, size_t *at);

/**
 * coredump_record() - one record of a section
 * @records: the section
 * @i: which one; behind the last: there is none
 * @record: filled; what the file's are shorter is zero
 * @size: bytes of it
 *
 * Return: whether there is one.
 */
bool coredump_record(const struct coredump_records *records, size_t i, void *record, size_t size);

#endif /* COREDUMP_H */
