/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A reader for the protobuf wire format that trusts nothing, allocates nothing
 * and does not recurse: a message is a view of bytes, and a field that is a
 * message is read by a view of its own.  Libraries unpack whole files, with
 * memory and stack as a hostile file pleases.
 */
#ifndef NPUC_PROTOBUF_H
#define NPUC_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct npuc_pb - a message being read
 * @at: next byte
 * @end: behind its last byte
 * @broken: a field was malformed or left the message; nothing more is read
 */
struct npuc_pb {
	const uint8_t *at;
	const uint8_t *end;
	bool broken;
};

/**
 * enum npuc_pb_wire - how a field's value is written
 * @NPUC_PB_VARINT: in 7-bit groups
 * @NPUC_PB_FIXED64: 8 bytes
 * @NPUC_PB_BYTES: a length, then bytes: strings, messages, packed numbers
 * @NPUC_PB_FIXED32: 4 bytes
 */
enum npuc_pb_wire {
	NPUC_PB_VARINT = 0,
	NPUC_PB_FIXED64 = 1,
	NPUC_PB_BYTES = 2,
	NPUC_PB_FIXED32 = 5,
};

/**
 * struct npuc_pb_field - one field of a message
 * @number: its number
 * @wire: &enum npuc_pb_wire
 * @value: VARINT, FIXED64, FIXED32
 * @data: BYTES: first one, inside the message; else none, but never NULL
 * @size: BYTES: their number; else 0
 */
struct npuc_pb_field {
	uint32_t number;
	uint32_t wire;
	uint64_t value;
	const uint8_t *data;
	size_t size;
};

/** npuc_pb_message() - a view of @size bytes at @data */
struct npuc_pb npuc_pb_message(const void *data, size_t size);

/** npuc_pb_next() - read the next field; false at the end, and when the message is broken */
bool npuc_pb_next(struct npuc_pb *m, struct npuc_pb_field *f);

/**
 * npuc_pb_number() - take a number off a repeated field
 * @f: the field: one number, or BYTES of packed ones; the number is taken off
 * @wire: what its numbers are: VARINT, FIXED32 or FIXED64
 * @value: set
 *
 * Return: false when no whole number is left.
 */
bool npuc_pb_number(struct npuc_pb_field *f, uint32_t wire, uint64_t *value);

#endif /* NPUC_PROTOBUF_H */
