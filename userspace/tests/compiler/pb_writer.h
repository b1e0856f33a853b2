/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Writes protobuf messages, to make small .onnx files. */
#ifndef TEST_PB_WRITER_H
#define TEST_PB_WRITER_H

#include <stddef.h>
#include <stdint.h>

/** PB_BYTES - room of a message */
#define PB_BYTES 4096

/**
 * struct pb_writer - a message under construction
 * @data: its bytes
 * @size: their number; the test fails when they do not fit
 */
struct pb_writer {
	uint8_t data[PB_BYTES];
	size_t size;
};

/** pb_varint() - append a number field */
void pb_varint(struct pb_writer *w, uint32_t field, uint64_t value);

/** pb_float() - append a 32-bit floating-point field */
void pb_float(struct pb_writer *w, uint32_t field, float value);

/** pb_bytes() - append a field of bytes */
void pb_bytes(struct pb_writer *w, uint32_t field, const void *data, size_t size);

/** pb_text() - append a string field */
void pb_text(struct pb_writer *w, uint32_t field, const char *text);

/** pb_message() - append a message field */
void pb_message(struct pb_writer *w, uint32_t field, const struct pb_writer *m);

#endif /* TEST_PB_WRITER_H */
