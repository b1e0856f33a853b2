// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "measure.h"

#include <stdlib.h>

#include "device.h"
#include "input.h"
#include "term.h"

#define USUAL_RUNS 20u

int measure_check(const struct cli *cli, const struct measure_args *args)
{
	if (!args->measured && args->runs)
		return cli_error(cli, CLI_USAGE, "--runs", "nothing runs without --measured");
	return CLI_OK;
}

/* Sim with the image that a description would be. */
static int open_described(const struct cli *cli, const struct firmware *fw, uint32_t threads,
			  struct npu_device **dev)
{
	struct npu_device_options options = { .threads = threads, .firmware_name = "target" };
	struct npu_error error = { 0 };
	void *image = firmware_image(fw, &options.firmware_size);
	int rc = CLI_OK;

	options.firmware = image;
	if (!image)
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	if (npu_device_open("sim", &options, dev, &error))
		rc = cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	free(image);
	return rc;
}

static int run(const struct cli *cli, uint32_t runs, struct npu_device *dev,
	       const struct npu_model *model, struct npu_session *session, struct profile *profile)
{
	static const struct cli_list no_files;
	const struct input_source pattern = { .files = &no_files, .seed = 1 };
	struct npu_error error = { 0 };
	int rc = input_fill(cli, &pattern, model, session);

	for (uint32_t i = 0; i <= runs && !rc; i++) {
		term_progress(cli, "run", i, runs + 1);
		if (npu_session_run(session, &error))
			rc = device_error(cli, dev, &error);
		else if (i)
			profile_add(profile, model, session);
	}
	term_progress(cli, "run", 1, 1);
	return rc;
}

static int run_on(const struct cli *cli, const struct measure_args *args, struct npu_device *dev,
		  const struct npu_model *model, struct profile *profile)
{
	const struct npu_session_options options = { .profile = true };
	struct npu_error error = { 0 };
	struct npu_session *session;
	int rc;

	device_note_threads(cli, dev, args->threads);
	if (npu_session_create(dev, model, &options, &session, &error))
		return device_error(cli, dev, &error);
	rc = run(cli, args->runs ? args->runs : USUAL_RUNS, dev, model, session, profile);
	npu_session_free(session);
	return rc;
}

int measure_layers(const struct cli *cli, const struct measure_args *args,
		   const struct target *target, const struct npu_model *model,
		   struct profile *profile)
{
	struct npu_device *dev = target->dev;
	int rc = CLI_OK;

	if (profile_init(profile, model))
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	if (!dev)
		rc = target->fw ? open_described(cli, target->fw, args->threads, &dev) :
				  device_open(cli, "sim", NULL, args->threads, &dev);
	if (!rc)
		rc = run_on(cli, args, dev, model, profile);
	if (!target->dev)
		npu_device_close(dev);
	if (rc)
		profile_free(profile);
	return rc;
}
