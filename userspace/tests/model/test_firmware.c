// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The reader of firmware images: one valid image, all its damaged relatives, and older and newer ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../driver/tests/firmware_cases.h"

#define REASONS (VNPU_FW_REFUSAL_OPCODE + 1)

static struct npum_personality_set set;
static struct npum_target target;

static int parse(const void *image, size_t size, struct npum_fw_refusal *why)
{
	/* A copy of exactly @size bytes, so that a sanitiser sees each read behind it. */
	u8 *copy = malloc(size + 1);
	int err;

	assert_non_null(copy);
	/* and at an odd address */
	memcpy(copy + 1, image, size);
	err = npum_firmware_parse(copy + 1, size, &set, &target, why);
	free(copy);
	return err;
}

static void test_valid(void **state)
{
	struct firmware_image image = firmware_valid;
	struct npum_fw_version version;
	struct npum_fw_refusal why;
	const char *text;
	u32 size;

	(void)state;
	firmware_seal(&image);
	assert_int_equal(parse(&image, sizeof(image), &why), 0);
	assert_int_equal(set.count, 2);
	assert_string_equal(set.at[0].name, "one");
	assert_int_equal(set.at[0].id, 1000);
	assert_int_equal(set.at[0].evidence, NPUM_EVIDENCE_EXACT);
	for (u32 i = 0; npum_field_at(i); i++)
		assert_int_equal(npum_field_get(npum_field_at(i), &set.at[0]),
				 npum_field_at(i)->usual);
	assert_string_equal(set.at[1].summary,
			    "A multiplier of 16 bits, convolutions rounded once");
	assert_int_equal(set.at[1].rest, 1000);
	assert_int_equal(set.at[1].evidence, NPUM_EVIDENCE_GUESS);
	assert_int_equal(set.at[1].mult_bits, 16);
	assert_int_equal(set.at[1].conv_signed, NPUM_ROUND_SINGLE);
	assert_ptr_equal(set.at[1].set, &set);
	assert_true(set.at[1].digest && set.at[1].digest != set.at[0].digest);

	assert_string_equal(target.name, "small");
	assert_int_equal(target.max_kernel, 11);
	assert_int_equal(target.max_step, NPUM_MAX_STEP);
	assert_true(npum_target_runs(&target, VNPU_OP_SOFTMAX_TABLE));
	assert_false(npum_target_runs(&target, VNPU_OP_SUB));
	assert_false(npum_target_runs(&target, NPUM_TARGET_OPCODES));
	assert_int_equal(target.cycles[VNPU_OP_DEPTHWISE], 50);

	npum_firmware_version(&image, &version);
	assert_string_equal(version.text, "test 1.0!");
	assert_int_equal(version.major, 1);
	assert_int_equal(version.crc, image.header.crc);
	text = npum_firmware_sources(&image, 1, &size);
	assert_int_equal(size, 12);
	assert_memory_equal(text, "a dump\n1234;", 12);
	npum_firmware_sources(&image, 2, &size);
	assert_int_equal(size, 0);
}

static void test_refusals(void **state)
{
	bool met[REASONS] = { [VNPU_FW_REFUSAL_NONE] = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(firmware_cases); i++) {
		const struct firmware_case *c = &firmware_cases[i];
		struct npum_fw_refusal why = { 0 };
		struct firmware_image image;
		size_t size = firmware_apply(c, &image);

		if (parse(&image, size, &why) != -ENOEXEC || why.reason != c->reason ||
		    why.section != c->section || why.record != c->record || why.field != c->field)
			fail_msg("%s: %u (%s) in %d, %d, %d at %u", c->name, why.reason,
				 why.sentence, (int)why.section, (int)why.record, (int)why.field,
				 why.offset);
		assert_true(why.offset <= sizeof(image));
		assert_non_null(why.sentence);
		met[why.reason] = true;
	}
	for (u32 i = 0; i < REASONS; i++) {
		if (!met[i])
			fail_msg("no image is refused because %s", npum_fw_refusal_text(i));
		assert_string_not_equal(npum_fw_refusal_text(i), "unknown reason");
	}
	assert_string_equal(npum_fw_refusal_text(REASONS), "unknown reason");
}

static bool has_case(u32 from, u32 to)
{
	for (size_t i = 0; i < ARRAY_SIZE(firmware_cases); i++)
		for (size_t w = 0; w < ARRAY_SIZE(firmware_cases[i].write); w++) {
			const struct firmware_write *write = &firmware_cases[i].write[w];

			if (write->bytes && write->offset >= from && write->offset < to)
				return true;
		}
	return false;
}

/* Every word of the header, of a section record, of the records' fixed parts has its case. */
static void test_cases_for_every_field(void **state)
{
	const u32 personality = offsetof(struct firmware_image, personality);
	const u32 pitch = sizeof(firmware_valid.personality[0]);
	const u32 wanted[][2] = {
		{ 0, sizeof(struct vnpu_fw_header) },
		{ offsetof(struct firmware_image, target.fixed.dtypes),
		  offsetof(struct firmware_image, target.between) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		for (u32 at = wanted[i][0]; at < wanted[i][1]; at += 4)
			if (!has_case(at, at + 4))
				fail_msg("no case damages byte %u", at);
	for (u32 at = 0; at < pitch; at += 4) {
		u32 one = personality + at;
		/* a character of each text stands for all */
		bool text = at >= offsetof(struct vnpu_fw_personality, name) &&
			    at < sizeof(struct vnpu_fw_personality);

		if (!text && !has_case(one, one + 4) && !has_case(one + pitch, one + pitch + 4))
			fail_msg("no case damages byte %u of a personality", at);
	}
	for (u32 at = 0; at < sizeof(struct vnpu_fw_section); at += 4) {
		bool found = false;

		for (u32 s = 0; s < FIRMWARE_SECTIONS; s++) {
			u32 from = (u32)sizeof(struct vnpu_fw_header) +
				   s * (u32)sizeof(struct vnpu_fw_section) + at;

			found = found || has_case(from, from + 4);
		}
		if (!found)
			fail_msg("no case damages byte %u of a section record", at);
	}
}

/* Whatever bit changes on the way, somebody notices. */
static void test_every_bit(void **state)
{
	struct firmware_image image = firmware_valid;
	struct npum_fw_refusal why;

	(void)state;
	firmware_seal(&image);
	for (size_t i = 0; i < sizeof(image) * 8; i++) {
		((u8 *)&image)[i / 8] ^= (u8)(1 << i % 8);
		assert_int_equal(parse(&image, sizeof(image), &why), -ENOEXEC);
		((u8 *)&image)[i / 8] ^= (u8)(1 << i % 8);
	}
	for (size_t size = 0; size < sizeof(image); size++) {
		assert_int_equal(parse(&image, size, &why), -ENOEXEC);
		assert_int_equal(why.reason, VNPU_FW_REFUSAL_TRUNCATED);
	}
	assert_int_equal(npum_firmware_parse(&image, sizeof(image), &set, &target, NULL), 0);
}

/* An image whose records have @fields fields, from the valid one; Return: its bytes. */
static u32 resize_fields(u32 fields, u32 minor, u8 *out)
{
	const u32 fixed = sizeof(struct vnpu_fw_personality);
	struct vnpu_fw_section *section = (void *)(out + sizeof(struct vnpu_fw_header));
	struct vnpu_fw_header *header = (void *)out;
	u32 at = offsetof(struct firmware_image, version), size = at;

	memset(out, 0, 4096);
	memcpy(out, &firmware_valid, at);
	for (u32 s = 0; s < FIRMWARE_SECTIONS; s++) {
		const u8 *from = (const u8 *)&firmware_valid + section[s].offset;

		at = round_up(size, 8);
		section[s].offset = at;
		if (section[s].kind == VNPU_FW_PERSONALITIES) {
			section[s].record_size = fixed + 4 * fields;
			section[s].size = 2 * section[s].record_size;
			for (u32 i = 0; i < 2; i++) {
				struct vnpu_fw_personality *p =
					(void *)(out + at + i * section[s].record_size);

				memcpy(p, from + i * sizeof(firmware_valid.personality[0]),
				       fixed + 4 * min(fields, (u32)FIRMWARE_FIELDS));
				p->field_count = fields;
			}
		} else {
			memcpy(out + at, from, section[s].size);
		}
		section[s].crc = firmware_crc(out + at, section[s].size);
		size = at + section[s].size;
	}
	size = round_up(size, 8);
	header->minor = (u16)minor;
	header->size = size;
	header->crc = 0;
	header->crc = firmware_crc(out, size);
	return size;
}

static _Alignas(8) u8 other[4096];

static void seal_other(u32 size)
{
	struct vnpu_fw_section *section = (void *)(other + sizeof(struct vnpu_fw_header));
	struct vnpu_fw_header *header = (void *)other;

	for (u32 s = 0; s < FIRMWARE_SECTIONS; s++)
		section[s].crc = firmware_crc(other + section[s].offset, section[s].size);
	header->crc = 0;
	header->crc = firmware_crc(other, size);
}

static void test_older_has_usual_values(void **state)
{
	struct npum_fw_refusal why;
	u32 size;
	u64 digest[2];

	(void)state;
	size = resize_fields(FIRMWARE_FIELDS, VNPU_FW_MINOR, other);
	assert_int_equal(parse(other, size, &why), 0);
	digest[0] = set.at[0].digest;
	digest[1] = set.at[1].digest;
	size = resize_fields(FIELD_mult_bits + 1, VNPU_FW_MINOR, other);
	assert_int_equal(parse(other, size, &why), 0);
	assert_int_equal(set.at[0].digest, digest[0]);
	assert_int_equal(set.at[1].digest, digest[1]);
	assert_int_equal(set.at[1].real_width, 1);
	/* without the field it was not the same arithmetic */
	size = resize_fields(FIELD_mult_bits, VNPU_FW_MINOR, other);
	assert_int_equal(parse(other, size, &why), 0);
	assert_int_equal(set.at[1].mult_bits, 31);
	assert_int_not_equal(set.at[1].digest, digest[1]);
}

static void test_newer_is_taken_if_it_asks_for_nothing_new(void **state)
{
	struct vnpu_fw_section *section = (void *)(other + sizeof(struct vnpu_fw_header));
	struct npum_fw_refusal why;
	u32 size = resize_fields(FIRMWARE_FIELDS + 3, VNPU_FW_MINOR + 1, other);
	u32 *field = (u32 *)(other + section[1].offset + sizeof(struct vnpu_fw_personality)) +
		     FIRMWARE_FIELDS + 1;
	struct vnpu_fw_op *op = (void *)(other + section[3].offset);
	struct vnpu_fw_target *t = (void *)(other + section[2].offset);

	(void)state;
	assert_int_equal(parse(other, size, &why), 0);
	*field = 1;
	seal_other(size);
	assert_int_equal(parse(other, size, &why), -ENOEXEC);
	assert_int_equal(why.reason, VNPU_FW_REFUSAL_UNKNOWN_FIELD);
	assert_int_equal(why.section, 1);
	assert_int_equal(why.record, 0);
	assert_int_equal(why.field, FIRMWARE_FIELDS + 1);
	assert_int_equal(why.offset, (u8 *)field - other);
	*field = 0;

	/* ops and dtypes that only the newer device has, and a section */
	op[3].opcode = 70000;
	t->dtypes |= 1u << 31;
	section[4].kind = 77;
	seal_other(size);
	assert_int_equal(parse(other, size, &why), -ENOEXEC);
	assert_int_equal(why.reason, VNPU_FW_REFUSAL_SOURCES);
	for (u32 i = 0; i < 2; i++) {
		struct vnpu_fw_personality *p =
			(void *)(other + section[1].offset + i * section[1].record_size);

		p->sources_offset = 0;
		p->sources_size = 0;
	}
	seal_other(size);
	assert_int_equal(parse(other, size, &why), 0);
	assert_int_equal(target.dtypes, firmware_valid.target.fixed.dtypes);
	assert_false(npum_target_runs(&target, VNPU_OP_SOFTMAX_TABLE));
	assert_true(npum_target_runs(&target, VNPU_OP_ADD));
	npum_firmware_sources(other, 0, &size);
	assert_int_equal(size, 0);
}

static void test_crc(void **state)
{
	(void)state;
	/* the check value of CRC-32/ISO-HDLC */
	assert_int_equal(npum_crc32(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(npum_crc32(npum_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
	assert_int_equal(firmware_crc("123456789", 9), 0xcbf43926);
}

/* struct limit_case - an op that a small device does not take */
struct limit_case {
	struct vnpu_op op;
	u32 reason;
	u32 field;
};

#define TENSOR(type_, h, w, c)                                        \
	{                                                             \
		.dtype = VNPU_DTYPE_##type_, .shape = { 1, h, w, c }, \
	}

static void test_limits(void **state)
{
	const struct limit_case cases[] = {
		{ { .opcode = VNPU_OP_COPY }, VNPU_REFUSAL_OPCODE, NPUM_NO_INDEX },
		{ { .opcode = VNPU_OP_ADD,
		    .in = { TENSOR(INT8, 8, 8, 8), TENSOR(INT16, 8, 8, 8) } },
		  VNPU_REFUSAL_DTYPE,
		  1 },
		{ { .opcode = VNPU_OP_ADD, .out = TENSOR(INT32, 8, 8, 8) }, VNPU_REFUSAL_DTYPE, 3 },
		{ { .opcode = VNPU_OP_ADD, .out = TENSOR(INT8, 8, 101, 8) }, VNPU_REFUSAL_SHAPE, 3 },
		{ { .opcode = VNPU_OP_AVG_POOL, .p.kernel = { 8, 4 } }, VNPU_REFUSAL_WINDOW, 4 },
		{ { .opcode = VNPU_OP_AVG_POOL, .p.kernel = { 9, 1 } }, VNPU_REFUSAL_WINDOW, 4 },
		{ { .opcode = VNPU_OP_ADD, .p.stride = { 1, 3 } }, VNPU_REFUSAL_WINDOW, 4 },
		{ { .opcode = VNPU_OP_MEAN, .p.count = 65 }, VNPU_REFUSAL_COST, 4 },
		{ { .opcode = VNPU_OP_RESIZE_NEAREST, .in = { TENSOR(INT8, 51, 1, 1) } },
		  VNPU_REFUSAL_SHAPE,
		  0 },
		{ { .opcode = VNPU_OP_RESIZE_NEAREST, .out = TENSOR(INT8, 1, 51, 1) },
		  VNPU_REFUSAL_SHAPE,
		  3 },
		{ { .opcode = VNPU_OP_SOFTMAX, .in = { TENSOR(INT8, 1, 1, 41) } },
		  VNPU_REFUSAL_SHAPE,
		  0 },
		/* what it just takes */
		{ { .opcode = VNPU_OP_AVG_POOL, .p.kernel = { 8, 2 }, .p.stride = { 2, 2 } }, 0, 0 },
		{ { .opcode = VNPU_OP_MEAN, .p.count = 64, .out = TENSOR(INT8, 100, 1, 1) }, 0, 0 },
		{ { .opcode = VNPU_OP_RESIZE_NEAREST, .out = TENSOR(INT8, 50, 50, 1) }, 0, 0 },
		{ { .opcode = VNPU_OP_SOFTMAX, .in = { TENSOR(INT8, 1, 1, 40) } }, 0, 0 },
	};
	struct npum_target small = {
		.dtypes = BIT(VNPU_DTYPE_INT8),
		.max_dim = 100,
		.max_kernel = 8,
		.max_step = 2,
		.max_window = 16,
		.max_reduce = 64,
		.max_resize = 50,
		.max_row = 40,
		.runs = { 1ull << VNPU_OP_ADD | 1ull << VNPU_OP_AVG_POOL | 1ull << VNPU_OP_MEAN |
			  1ull << VNPU_OP_RESIZE_NEAREST | 1ull << VNPU_OP_SOFTMAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 field, reason = npum_target_check(&small, &cases[i].op, &field);

		if (reason != cases[i].reason || (reason && field != cases[i].field))
			fail_msg("case %zu: %u in %d", i, reason, (int)field);
	}
}

/* What the model is built with is within its own limits and takes every op that there is. */
static void test_builtin(void **state)
{
	const struct npum_target *t = npum_builtin_target();
	const struct npum_field *f;

	(void)state;
	for (u32 i = 0; (f = npum_target_field_at(i)); i++)
		assert_in_range(npum_field_get(f, t), f->least, f->most);
	for (u32 opcode = 0; opcode < NPUM_TARGET_OPCODES; opcode++)
		assert_int_equal(npum_target_runs(t, opcode), npum_op_info(opcode) != NULL);
	assert_null(npum_op_info(NPUM_TARGET_OPCODES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_cases_for_every_field),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_older_has_usual_values),
		cmocka_unit_test(test_newer_is_taken_if_it_asks_for_nothing_new),
		cmocka_unit_test(test_crc),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_builtin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
