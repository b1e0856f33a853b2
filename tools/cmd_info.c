// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What is there: devices, arithmetics, instruction sets. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>

#include "device.h"
#include "npum_fields.h"
#include "npum_isa.h"
#include "npum_personality.h"
#include "options.h"
#include "table.h"
#include "term.h"

struct info_args {
	const char *device;
	const char *firmware;
};

static const struct npum_isa *const isas[] = { &npum_isa_generic, &npum_isa_avx2,
					       &npum_isa_avx512vnni };

#define ISA_COUNT (sizeof(isas) / sizeof(isas[0]))

static bool device_offers(const struct npu_device_info *info, uint32_t id)
{
	for (size_t i = 0; i < info->personality_count; i++)
		if (info->personalities[i].id == id)
			return true;
	return false;
}

static bool isa_usable(const struct npum_isa *isa)
{
	return (isa->features & ~npum_cpu_features()) == 0;
}

/*
 * The arithmetics to show: those of the device in its order, then those that only the
 * tool is built with.
 */
static bool personality_at(const struct npu_device_info *info, size_t i,
			   struct npu_personality_info *p)
{
	const struct npum_personality *built_in;

	if (i < info->personality_count) {
		*p = info->personalities[i];
		return true;
	}
	i -= info->personality_count;
	for (uint32_t n = 0; (built_in = npum_personality_at(npum_builtin_set(), n)); n++) {
		if (device_offers(info, built_in->id) || i--)
			continue;
		*p = (struct npu_personality_info){ .id = built_in->id,
						    .digest = built_in->digest,
						    .evidence = built_in->evidence };
		snprintf(p->name, sizeof(p->name), "%s", built_in->name);
		snprintf(p->summary, sizeof(p->summary), "%s", built_in->summary);
		return true;
	}
	return false;
}

static const char *evidence_name(const struct npu_personality_info *p)
{
	const char *name = npum_evidence_name(p->evidence);

	return name ? name : "?";
}

static json_t *personalities_report(const struct npu_device_info *info)
{
	struct npu_personality_info p;
	json_t *array = json_array();
	char digest[17];

	for (size_t i = 0; personality_at(info, i, &p); i++) {
		snprintf(digest, sizeof(digest), "%016" PRIx64, p.digest);
		json_array_append_new(array,
				      json_pack("{s:I, s:o, s:s, s:s, s:o, s:b}", "id",
						(json_int_t)p.id, "name", report_string(p.name),
						"digest", digest, "evidence", evidence_name(&p),
						"summary", report_string(p.summary), "on_device",
						i < info->personality_count));
	}
	return array;
}

static json_t *firmware_report(const struct npu_firmware_info *fw)
{
	return json_pack("{s:b, s:o, s:o, s:o, s:I, s:I}", "built_in", fw->built_in, "version",
			 report_string(fw->version), "file", report_string(fw->file), "target",
			 report_string(fw->target), "crc", (json_int_t)fw->crc, "generation",
			 (json_int_t)fw->generation);
}

static json_t *limit_report(const struct npu_limit *limit)
{
	return json_pack("{s:I, s:I}", "used", (json_int_t)limit->used, "max",
			 (json_int_t)limit->max);
}

/* What the user can hold of the device; null where nobody counts. */
static json_t *limits_report(struct npu_device *dev)
{
	struct npu_limits limits;

	if (npu_device_limits(dev, &limits, NULL))
		return json_null();
	return json_pack("{s:b, s:I, s:o, s:o, s:o}", "exempt", limits.exempt, "queue_depth",
			 (json_int_t)limits.queue_depth, "contexts", limit_report(&limits.contexts),
			 "programs", limit_report(&limits.programs), "memory",
			 limit_report(&limits.memory));
}

static int print_json(const struct cli *cli, struct npu_device *dev)
{
	const struct npu_device_info *info = npu_device_info(dev);
	json_t *report = report_new("npu-info");
	json_t *device = device_report(dev);
	json_t *isa = json_object();

	json_object_set_new(device, "program_major", json_integer(info->program_major));
	json_object_set_new(device, "program_minor", json_integer(info->program_minor));
	json_object_set_new(device, "max_bo_bytes", json_integer((json_int_t)info->max_bo_bytes));
	json_object_set_new(device, "default_timeout_ms", json_integer(info->default_timeout_ms));
	json_object_set_new(device, "firmware", firmware_report(&info->firmware));
	json_object_set_new(device, "limits", limits_report(dev));
	json_object_set_new(report, "device", device);
	json_object_set_new(report, "personalities", personalities_report(info));
	for (size_t i = 0; i < ISA_COUNT; i++)
		json_object_set_new(isa, isas[i]->name, json_boolean(isa_usable(isas[i])));
	json_object_set_new(report, "host_isa", isa);
	return report_print(cli, report, CLI_OK);
}

static int print_personalities(const struct cli *cli, const struct npu_device_info *info)
{
	static const struct table_column columns[] = {
		{ .title = "personality" },
		{ .title = "evidence" },
		{ .title = "on device" },
		{ .title = "summary" },
		{ NULL },
	};
	struct table *table = table_new(columns);
	struct npu_personality_info p;
	int rc = CLI_OK;

	for (size_t i = 0; personality_at(info, i, &p); i++) {
		table_cell(table, "%s", p.name);
		table_cell(table, "%s", evidence_name(&p));
		table_cell(table, "%s", i < info->personality_count ? "yes" : "no");
		table_cell(table, "%s", p.summary);
	}
	if (table_print(table, stdout))
		rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
	return rc;
}

static void print_limits(struct npu_device *dev)
{
	struct npu_limits limits;

	if (npu_device_limits(dev, &limits, NULL))
		return;
	printf("limits       %" PRIu64 " of %" PRIu64 " contexts, %" PRIu64 " of %" PRIu64
	       " programs, %.1f of %.1f MiB in use by this user%s\n",
	       limits.contexts.used, limits.contexts.max, limits.programs.used, limits.programs.max,
	       (double)limits.memory.used / (1 << 20), (double)limits.memory.max / (1 << 20),
	       limits.exempt ? ", who may have more" : "");
	printf("             at most %u jobs of one context queued\n", limits.queue_depth);
}

static int print_text(const struct cli *cli, struct npu_device *dev)
{
	const struct npu_device_info *info = npu_device_info(dev);

	printf("version      npu %s\n", NPU_VERSION);
	device_print(dev);
	printf("programs     format %u.%u, at most %u bytes, %u slots\n", info->program_major,
	       info->program_minor, info->max_program_bytes, info->max_slots);
	term_printf("firmware     %s \"%s\", target %s\n",
		    info->firmware.built_in ? "built-in" : info->firmware.file,
		    info->firmware.version, info->firmware.target);
	print_limits(dev);
	printf("host         ");
	for (size_t i = 0; i < ISA_COUNT; i++)
		printf("%s%s %s", i ? ", " : "", isas[i]->name, isa_usable(isas[i]) ? "yes" : "no");
	puts("\n");
	return print_personalities(cli, info);
}

static int info_run(const struct cli *cli, const void *args_)
{
	const struct info_args *args = args_;
	struct npu_device *dev;
	int rc = device_open(cli, args->device, args->firmware, 0, &dev);

	if (rc)
		return rc;
	rc = cli->json ? print_json(cli, dev) : print_text(cli, dev);
	npu_device_close(dev);
	return rc;
}

static const struct cli_option options[] = {
	OPTION_DEVICE(info_args, device),
	OPTION_FIRMWARE(info_args, firmware),
	CLI_END,
};

const struct cli_command cmd_info = {
	.name = "info",
	.summary = "Show the device, its instruction sets and the arithmetics it offers.",
	.notes = "Evidence says how sure we are that a personality is what it names: exact was "
		 "proved bit by bit against the real runtime, documented is written down by its "
		 "maker, guess is inferred.",
	.options = options,
	.args_size = sizeof(struct info_args),
	.run = info_run,
};
