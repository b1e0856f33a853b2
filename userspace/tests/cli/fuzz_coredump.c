// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* libFuzzer on the reader of core dumps: what it accepts lies in the file. */
#include <stdlib.h>

#include "../../../tools/coredump.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct coredump_records *records, const uint8_t *data, size_t size)
{
	unsigned char record[256];

	if (records->count && (records->bytes < data || records->count > size / records->stride ||
			       records->bytes + records->count * records->stride > data + size))
		abort();
	for (size_t i = 0; coredump_record(records, i, record, sizeof(record)); i++)
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct coredump dump;
	size_t at;

	if (coredump_parse(data, size, &dump, &at)) {
		if (at > size)
			abort();
		return 0;
	}
	walk(&dump.bindings, data, size);
	walk(&dump.jobs, data, size);
	walk(&dump.events, data, size);
	if (dump.program &&
	    (dump.program < data || dump.program + dump.program_size > data + size ||
	     dump.program_whole < dump.program_size))
		abort();
	if (strlen(dump.device.kernel) >= sizeof(dump.device.kernel))
		abort();
	return 0;
}
