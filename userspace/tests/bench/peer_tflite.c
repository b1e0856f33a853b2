// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Time a .tflite model in the native TensorFlow Lite 2.9 of the npm package
 * tfjs-tflite-node: the peer that `npu bench` is measured against.
 *
 *	peer_tflite builtin|xnnpack THREADS RUNS MODEL
 *
 * prints the fastest and the median time of one inference in milliseconds.
 * For a quantised model the library's default is the builtin kernels: its own
 * XNNPACK default takes float ops only, so int8 needs the delegate with flags.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tensorflow/lite/c/c_api.h"

/* The package ships no header for the delegate; layout as of TFLite 2.9. */
struct xnnpack_options {
	int32_t num_threads;
	uint32_t flags;
	void *weights_cache;
	char headroom[64];
};

enum { XNNPACK_FLAG_QS8 = 1, XNNPACK_FLAG_QU8 = 2 };

struct xnnpack_options TfLiteXNNPackDelegateOptionsDefault(void);
TfLiteDelegate *TfLiteXNNPackDelegateCreate(const struct xnnpack_options *options);

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void die(const char *what)
{
	fprintf(stderr, "peer_tflite: %s\n", what);
	exit(3);
}

static TfLiteInterpreter *open_model(const char *path, const char *kernels, int threads)
{
	TfLiteModel *model = TfLiteModelCreateFromFile(path);
	TfLiteInterpreterOptions *options = TfLiteInterpreterOptionsCreate();
	TfLiteInterpreter *interpreter;

	if (!model)
		die("cannot load the model");
	TfLiteInterpreterOptionsSetNumThreads(options, threads);
	if (!strcmp(kernels, "xnnpack")) {
		struct xnnpack_options xnnpack = TfLiteXNNPackDelegateOptionsDefault();

		xnnpack.num_threads = threads;
		xnnpack.flags = XNNPACK_FLAG_QS8 | XNNPACK_FLAG_QU8;
		TfLiteInterpreterOptionsAddDelegate(options, TfLiteXNNPackDelegateCreate(&xnnpack));
	} else if (strcmp(kernels, "builtin")) {
		die("kernels are builtin or xnnpack");
	}
	interpreter = TfLiteInterpreterCreate(model, options);
	if (!interpreter || TfLiteInterpreterAllocateTensors(interpreter) != kTfLiteOk)
		die("the library refuses the model");
	return interpreter;
}

/* Inputs that exercise every code, the same in every run. */
static void fill_inputs(TfLiteInterpreter *interpreter)
{
	for (int i = 0; i < TfLiteInterpreterGetInputTensorCount(interpreter); i++) {
		TfLiteTensor *input = TfLiteInterpreterGetInputTensor(interpreter, i);
		size_t bytes = TfLiteTensorByteSize(input);
		unsigned char *data = TfLiteTensorData(input);
		uint32_t state = 1;

		for (size_t k = 0; k < bytes; k++) {
			state = state * 1664525u + 1013904223u;
			data[k] = (unsigned char)(state >> 24);
		}
	}
}

int main(int argc, char **argv)
{
	TfLiteInterpreter *interpreter;
	double *ms;
	int runs;

	if (argc != 5 || atoi(argv[2]) < 1 || atoi(argv[3]) < 1) {
		fprintf(stderr, "usage: peer_tflite builtin|xnnpack THREADS RUNS MODEL\n");
		return 2;
	}
	runs = atoi(argv[3]);
	ms = calloc((size_t)runs, sizeof(*ms));
	if (!ms)
		die("out of memory");
	interpreter = open_model(argv[4], argv[1], atoi(argv[2]));
	fill_inputs(interpreter);
	for (int i = -3; i < runs; i++) {
		double start = now_ms();

		if (TfLiteInterpreterInvoke(interpreter) != kTfLiteOk)
			die("the inference failed");
		if (i >= 0)
			ms[i] = now_ms() - start;
	}
	qsort(ms, (size_t)runs, sizeof(*ms), by_value);
	printf("%.4f %.4f\n", ms[0], ms[runs / 2]);
	return 0;
}
