/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is done to the graph of a model ahead of the passes, because the configuration asks
 * for it.  Each step makes a new graph and leaves the one before as it was.
 */
#ifndef NPUC_ADAPT_H
#define NPUC_ADAPT_H

#include "compile.h"
#include "constraints.h"
#include "edit.h"

/** NPUC_ADAPT_STEPS - most steps */
#define NPUC_ADAPT_STEPS 8

/**
 * struct npuc_adapt - the graph on its way
 * @model: what is compiled
 * @config: what is asked for
 * @can: what it is compiled for
 * @answers: where is told what became of it; NULL: nowhere
 * @error: where failures are explained
 * @graphs: what each step made
 * @names: of the steps
 * @count: steps so far
 */
struct npuc_adapt {
	const struct npuc_model *model;
	const struct npuc_config *config;
	struct npuc_capabilities can;
	struct npuc_answers *answers;
	struct npuc_error *error;
	struct npuc_graph graphs[NPUC_ADAPT_STEPS];
	const char *names[NPUC_ADAPT_STEPS];
	uint32_t count;
};

/** npuc_adaptation() - an adaptation at its beginning */
struct npuc_adapt npuc_adaptation(const struct npuc_model *model,
				  const struct npuc_options *options,
				  const struct npuc_capabilities *can, struct npuc_error *error);

/**
 * npuc_adapt() - do all that the configuration asks for
 * @r: with model, config, answers and error; release with npuc_adapt_free() also on failure
 *
 * Return: 0; -EINVAL when the configuration does not fit the model, -ENOMEM.
 */
int npuc_adapt(struct npuc_adapt *r);

/** npuc_adapted() - the graph after the last step */
const struct npuc_graph *npuc_adapted(const struct npuc_adapt *r);

/** npuc_adapt_free() - release the graphs */
void npuc_adapt_free(struct npuc_adapt *r);

/** npuc_adapt_begin() - begin a step from the newest graph; 0 or -ENOMEM */
int npuc_adapt_begin(struct npuc_adapt *r, struct npuc_edit *e);

/** npuc_adapt_end() - end a step, whose graph is the newest then; 0 or -ENOMEM with error filled */
int npuc_adapt_end(struct npuc_adapt *r, struct npuc_edit *e, const char *name);

/** npuc_answer() - tell what became of a knob; a lack of memory loses the answer */
void npuc_answer(struct npuc_answers *answers, const char *key, enum npuc_applied applied,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

/** npuc_unfit() - the configuration does not fit the model: "MODEL: KEY: why"; Return: -EINVAL */
int npuc_unfit(struct npuc_adapt *r, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** npuc_io_number() - which of @count model inputs or outputs has the name; NPUC_NONE */
uint32_t npuc_io_number(const struct npuc_graph *g, const uint32_t *list, uint32_t count,
			const char *name);

/**
 * npuc_processor_fits() - is there the tensor that a processor names?
 * @r: the adaptation
 * @kind: "input" or "output"
 * @index: of the processor in the configuration
 * @name: tensor_name of it
 * @list: the model's tensors of this kind
 * @count: entries of @list
 *
 * Return: 0, or what npuc_unfit() says.
 */
int npuc_processor_fits(struct npuc_adapt *r, const char *kind, size_t index, const char *name,
			const uint32_t *list, uint32_t count);

/** npuc_accuracy_step() - is opt_accuracy asked for, with this of its &enum npuc_accuracy_step? */
bool npuc_accuracy_step(const struct npuc_config *config, uint32_t step);

/* The steps; each does nothing when it is not asked for. */

/** npuc_suppress() - take conversions of layout away from inputs and outputs */
int npuc_suppress(struct npuc_adapt *r);

/** npuc_accuracy() - opt_accuracy: biases apart, average pooling in steps */
int npuc_accuracy(struct npuc_adapt *r);

/** npuc_retype() - relax_fp32, opt_accuracy, layer_configs: other types to compute in */
int npuc_retype(struct npuc_adapt *r);

/** npuc_process_inputs() - input_processors */
int npuc_process_inputs(struct npuc_adapt *r);

/** npuc_process_outputs() - output_processors */
int npuc_process_outputs(struct npuc_adapt *r);

#endif /* NPUC_ADAPT_H */
