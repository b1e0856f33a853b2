/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Rows that the option tables of several commands share. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "cli.h"

/** OPTION_DEVICE() - row for a const char *@member of struct @args */
#define OPTION_DEVICE(args, member)                                                \
	{                                                                          \
		.name = "device", .letter = 'd', .type = CLI_STRING,               \
		.offset = offsetof(struct args, member), .arg = "DEVICE",          \
		.help = "auto, sim, sim:ISA or /dev/accel/accelN", .value = "auto" \
	}

/** OPTION_THREADS() - row for a uint32_t @member of struct @args */
#define OPTION_THREADS(args, member)                                                          \
	{                                                                                     \
		.name = "threads", .letter = 't', .type = CLI_UINT,                           \
		.offset = offsetof(struct args, member), .arg = "N",                          \
		.help = "worker threads of sim; 0: one for each CPU", .value = "0", .max = 64 \
	}

/** OPTION_PERSONALITY() - row for a const char *@member of struct @args */
#define OPTION_PERSONALITY(args, member)                                       \
	{                                                                      \
		.name = "personality", .letter = 'p', .type = CLI_STRING,      \
		.offset = offsetof(struct args, member), .arg = "PERSONALITY", \
		.help = "whose arithmetic to use; 'npu info' lists them"       \
	}

/** OPTION_FIRMWARE() - row for a const char *@member of struct @args */
#define OPTION_FIRMWARE(args, member)                                                                  \
	{                                                                                              \
		.name = "firmware", .type = CLI_STRING, .offset = offsetof(struct args, member),       \
		.arg = "FILE",                                                                         \
		.help = "image whose personalities to use, on sim; 'npu help fw' says how to make one" \
	}

/** OPTION_INPUTS() - row for a &struct cli_list @member of struct @args */
#define OPTION_INPUTS(args, member)                                                               \
	{                                                                                         \
		.name = "input", .letter = 'i', .type = CLI_LIST,                                 \
		.offset = offsetof(struct args, member), .arg = "FILE",                           \
		.help = "value of the next model input, in the model's order: raw little-endian " \
			".bin, .npy or .png; without any a pattern made from --seed"              \
	}

/** OPTION_SEED() - row for a uint32_t @member of struct @args */
#define OPTION_SEED(args, member)                                                          \
	{                                                                                  \
		.name = "seed", .type = CLI_UINT, .offset = offsetof(struct args, member), \
		.arg = "N", .help = "start of the input pattern", .value = "1"             \
	}

/** OPTION_RESIZE() - row for a bool @member of struct @args */
#define OPTION_RESIZE(args, member)                                                          \
	{                                                                                    \
		.name = "resize", .type = CLI_FLAG, .offset = offsetof(struct args, member), \
		.help = "scale images to the size of the model's input (bilinear)"           \
	}

/** INPUT_NOTES - help on how files become input values */
#define INPUT_NOTES                                                                              \
	"A raw file has exactly the bytes of the input. An .npy has its dtype and shape. "       \
	"Pixels of a .png (0..255, rows from the top, grey or RGB as the model has 1 or 3 "      \
	"channels) become: uint8 inputs the pixel, int8 inputs the pixel - 128, float32 inputs " \
	"the pixel / 255."

#endif /* OPTIONS_H */
