// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * If: a condition that follows from shapes and constants chooses one graph, whose nodes
 * then count as the model's own, numbered on behind them.  The other one is not looked at.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "import.h"

/* A constant truth value; false when it is none. */
static bool truth_of(const struct onnx_import *im, uint32_t value, bool *truth)
{
	const struct onnx_constant *c = value == NPUC_NONE ? NULL : im->values[value].constant;
	uint32_t stored = value == NPUC_NONE ? NPUC_NONE : im->values[value].stored[ONNX_PLAIN];
	const struct npuc_tensor *t = stored == NPUC_NONE ? NULL : &im->b.g.tensors[stored];
	uint8_t byte;

	if (c) {
		if (c->type != ONNX_BOOL || onnx_constant_elements(c) != 1 ||
		    !onnx_constant_copy(c, &byte))
			return false;
	} else {
		if (!t || t->type != NPUC_TYPE_BOOL || t->elements != 1 || t->data_size != 1 ||
		    !t->data)
			return false;
		byte = t->data[0];
	}
	*truth = byte;
	return true;
}

/* Values of the branch; outer names stay what they are. */
static int note_branch(struct onnx_import *im, struct onnx_branch *branch)
{
	uint32_t from = im->value_count;
	int err;

	for (uint32_t i = 0; i < branch->constant_count; i++) {
		struct onnx_constant *c = npuc_build_memory(&im->b, sizeof(*c));
		uint32_t v;

		if (!c)
			return onnx_broken(im);
		if (!branch->constants[i].name.size)
			continue;
		v = onnx_add_value(im, branch->constants[i].name);
		if (v < from || branch->constants[i].external)
			return onnx_refuse(im, "a constant of the branch is in another file or has "
					       "a name that is taken");
		*c = branch->constants[i];
		im->values[v].constant = c;
	}
	err = onnx_note_nodes(im, branch->first, branch->node_count, from);
	for (uint32_t i = 0; i < branch->output_count && !err; i++) {
		uint32_t v = onnx_value(im, branch->outputs[i].name);

		if (v == NPUC_NONE)
			return onnx_refuse(im, "output %u of the branch is computed by no node", i);
		/* another name follows, which nothing is fused across */
		im->values[v].uses++;
		im->values[v].is_output = true;
	}
	return err;
}

static int enter_branch(struct onnx_import *im, struct onnx_branch *branch)
{
	uint32_t at = im->at;
	int err = note_branch(im, branch);

	if (!err)
		err = onnx_import_nodes(im, branch->first, branch->node_count);
	if (err)
		return err;
	im->at = at;
	for (uint32_t i = 0; i < branch->output_count; i++) {
		uint32_t from = onnx_value(im, branch->outputs[i].name);
		uint32_t to = onnx_value(im, im->m.nodes[at].outputs[i]);

		if (to != NPUC_NONE)
			onnx_alias(im, from, to);
	}
	return 0;
}

int onnx_import_if(struct onnx_import *im, const struct onnx_node *n)
{
	struct onnx_branch branch = { 0 };
	struct npuc_pb graph;
	bool truth = false;
	int err;

	if (!truth_of(im, onnx_input(im, n, 0), &truth))
		return onnx_refuse(im, "the condition is computed from the model's inputs; only "
				       "one that follows from shapes and constants is supported");
	if (!onnx_graph(n, truth ? "then_branch" : "else_branch", &graph))
		return onnx_refuse(im, "the %s is missing", truth ? "then_branch" : "else_branch");
	err = onnx_branch_read(&im->m, graph, &branch);
	if (err == -ENOMEM)
		onnx_broken(im);
	else if (err)
		err = onnx_refuse(im, "the branch is malformed");
	else if (branch.input_count || branch.output_count != n->output_count)
		err = onnx_refuse(im, "the branch has %u inputs and %u outputs, of %u",
				  branch.input_count, branch.output_count, n->output_count);
	else
		err = enter_branch(im, &branch);
	free(branch.constants);
	free(branch.outputs);
	return err;
}
