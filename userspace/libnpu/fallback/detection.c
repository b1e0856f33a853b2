// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * TFLite_Detection_PostProcess: anchors and offsets become boxes, of which those with the best
 * scores stay that do not overlap a better one too much.
 *
 * The arithmetic is that of TensorFlow Lite's detection_postprocess.cc: codes become
 * binary32 by (code - zero point) * scale; centres and half sizes are computed in binary64
 * and rounded to binary32; corners, areas and quotients are binary32, each operation
 * rounded.  Two choices of ours, where TFLite has none: entries behind the last
 * detection are 0 (its fast mode leaves what memory holds), and of equal scores the lower
 * index comes first everywhere.
 *
 * Inputs: offsets [1,N,4 or more] (y, x, h, w first), scores [1,N,K], anchors [N,4].
 * Outputs, all float32: boxes [1,M,4] as ymin, xmin, ymax, xmax; classes [1,M]; scores
 * [1,M]; how many, [1].
 */
#include <math.h>
#include <string.h>

#include "host_ops.h"
#include "npum.h"

enum { OFFSETS, SCORES, ANCHORS, BOXES, CLASSES, BEST, COUNT };

/* Parameters: numbers, then binary32 bits. */
enum {
	MAX_DETECTIONS,
	CLASSES_PER_BOX,
	DETECTIONS_PER_CLASS,
	PER_CLASS,
	CLASS_COUNT,
	SCORE_THRESHOLD,
	OVERLAP_THRESHOLD,
	SCALE_Y,
	SCALE_X,
	SCALE_H,
	SCALE_W,
};

/* Bounds of what one call may cost: work is at most detections x boxes, or classes x that. */
#define MOST_BOXES 65536u
#define MOST_CLASSES 4096u
#define MOST_DETECTIONS 1024u
#define MOST_PER_BOX 16u

/* struct box - corners */
struct box {
	float ymin;
	float xmin;
	float ymax;
	float xmax;
};

/* struct entry - a candidate: its score, the box, and the class where that is known */
struct entry {
	float score;
	uint32_t box;
	uint32_t class;
};

/*
 * struct work - one call
 * @candidates and @spare have an entry for each box, @dead a byte.  @best and @merge
 * have room for the detections so far and those of one class.
 */
struct work {
	const struct npu_host_call *call;
	uint32_t boxes;
	uint32_t columns;
	uint32_t background;
	struct box *box;
	struct entry *candidates;
	struct entry *spare;
	struct entry *best;
	struct entry *merge;
	uint8_t *dead;
};

static float real_param(const struct npu_file_host_op *op, uint32_t i)
{
	float value;

	memcpy(&value, &op->param[i], sizeof(value));
	return value;
}

static bool is_real(const struct npu_file_operand *t, uint32_t rank)
{
	return t->dtype == VNPU_DTYPE_FLOAT32 && t->rank == rank;
}

static uint32_t detections(const struct npu_file_host_op *op)
{
	return op->param[MAX_DETECTIONS] * op->param[CLASSES_PER_BOX];
}

static const char *param_problem(const struct npu_file_host_op *op)
{
	float overlap = real_param(op, OVERLAP_THRESHOLD);
	uint32_t classes = op->param[CLASS_COUNT], columns = op->operand[SCORES].shape[2];

	if (!op->param[MAX_DETECTIONS] || op->param[MAX_DETECTIONS] > MOST_DETECTIONS)
		return "max_detections: 1 to 1024 are supported";
	if (!op->param[CLASSES_PER_BOX] || op->param[CLASSES_PER_BOX] > MOST_PER_BOX)
		return "max_classes_per_detection: 1 to 16 are supported";
	if (!op->param[DETECTIONS_PER_CLASS] || op->param[DETECTIONS_PER_CLASS] > MOST_DETECTIONS)
		return "detections_per_class: 1 to 1024 are supported";
	if (op->param[PER_CLASS] > 1)
		return "use_regular_nms: neither 0 nor 1";
	if (!classes || classes > MOST_CLASSES || columns < classes || columns - classes > 1)
		return "num_classes: not the scores' columns with or without a background";
	if (!(overlap > 0 && overlap <= 1))
		return "nms_iou_threshold: not above 0 and up to 1";
	for (uint32_t i = SCALE_Y; i <= SCALE_W; i++)
		if (!isnormal(real_param(op, i)))
			return "scales: not normal numbers";
	return NULL;
}

const char *npu_host_detection_problem(const struct npu_file_host_op *op)
{
	const struct npu_file_operand *t = op->operand;
	uint32_t most = detections(op), boxes = t[OFFSETS].shape[1];

	if (t[OFFSETS].rank != 3 || t[SCORES].rank != 3 || t[ANCHORS].rank != 2 ||
	    t[OFFSETS].shape[0] != 1 || t[SCORES].shape[0] != 1 || t[OFFSETS].shape[2] < 4 ||
	    t[SCORES].shape[1] != boxes || t[ANCHORS].shape[0] != boxes ||
	    t[ANCHORS].shape[1] != 4 || boxes > MOST_BOXES)
		return "inputs: not [1,N,4], [1,N,K] and [N,4] with N up to 65536";
	for (uint32_t i = OFFSETS; i <= ANCHORS; i++)
		if (t[i].dtype != VNPU_DTYPE_FLOAT32 &&
		    (t[i].dtype != VNPU_DTYPE_UINT8 || t[i].zero_point < 0 ||
		     t[i].zero_point > UINT8_MAX))
			return "inputs: neither float32 nor uint8";
	if (t[OFFSETS].dtype != t[ANCHORS].dtype)
		return "inputs: offsets and anchors of different types";
	if (param_problem(op))
		return param_problem(op);
	if (!is_real(&t[BOXES], 3) || !is_real(&t[CLASSES], 2) || !is_real(&t[BEST], 2) ||
	    !is_real(&t[COUNT], 1) || t[BOXES].shape[0] != 1 || t[BOXES].shape[1] != most ||
	    t[BOXES].shape[2] != 4 || t[CLASSES].shape[0] != 1 || t[CLASSES].shape[1] != most ||
	    t[BEST].shape[0] != 1 || t[BEST].shape[1] != most || t[COUNT].shape[0] != 1)
		return "outputs: not float32 [1,M,4], [1,M], [1,M] and [1]";
	return NULL;
}

/* Entries that detections so far and those of one more class can have. */
static uint32_t merge_room(const struct npu_file_host_op *op)
{
	return op->param[MAX_DETECTIONS] + op->param[DETECTIONS_PER_CLASS];
}

size_t npu_host_detection_scratch_bytes(const struct npu_file_host_op *op)
{
	size_t boxes = op->operand[OFFSETS].shape[1];

	return boxes * (sizeof(struct box) + 2 * sizeof(struct entry) + 1) +
	       2 * merge_room(op) * sizeof(struct entry);
}

static void lay_out(struct work *w, const struct npu_host_call *call)
{
	const struct npu_file_host_op *op = call->op;
	uint32_t room = merge_room(op);

	w->call = call;
	w->boxes = op->operand[OFFSETS].shape[1];
	w->columns = op->operand[SCORES].shape[2];
	w->background = w->columns - op->param[CLASS_COUNT];
	w->box = call->scratch;
	w->candidates = (struct entry *)(w->box + w->boxes);
	w->spare = w->candidates + w->boxes;
	w->best = w->spare + w->boxes;
	w->merge = w->best + room;
	w->dead = (uint8_t *)(w->merge + room);
}

/* Element @i of an input as a real number. */
static float value_at(const struct npu_host_call *call, uint32_t operand, size_t i)
{
	const struct npu_file_operand *t = &call->op->operand[operand];
	float value;

	if (t->dtype == VNPU_DTYPE_UINT8)
		return ((float)call->data[operand][i] - (float)t->zero_point) * t->scale;
	memcpy(&value, call->data[operand] + sizeof(value) * i, sizeof(value));
	return value;
}

static float score_of(const struct work *w, uint32_t box, uint32_t class)
{
	return value_at(w->call, SCORES, (size_t)box * w->columns + w->background + class);
}

/* Centre of a box along one axis. */
static float centre(float offset, float scale, float size, float anchor)
{
	return (float)((double)offset / (double)scale * (double)size + (double)anchor);
}

static float half(float offset, float scale, float size)
{
	return (float)(0.5 * exp((double)offset / (double)scale) * (double)size);
}

/* False when a box ends before it begins. */
static bool decode(const struct work *w)
{
	const struct npu_host_call *call = w->call;
	const struct npu_file_host_op *op = call->op;
	size_t step = op->operand[OFFSETS].shape[2];

	for (uint32_t i = 0; i < w->boxes; i++) {
		float t[4], anchor[4], y, x, h, w2;
		struct box *box = &w->box[i];

		for (uint32_t k = 0; k < 4; k++) {
			t[k] = value_at(call, OFFSETS, i * step + k);
			anchor[k] = value_at(call, ANCHORS, 4 * (size_t)i + k);
		}
		y = centre(t[0], real_param(op, SCALE_Y), anchor[2], anchor[0]);
		x = centre(t[1], real_param(op, SCALE_X), anchor[3], anchor[1]);
		h = half(t[2], real_param(op, SCALE_H), anchor[2]);
		w2 = half(t[3], real_param(op, SCALE_W), anchor[3]);
		*box = (struct box){ y - h, x - w2, y + h, x + w2 };
		if (box->ymin > box->ymax || box->xmin > box->xmax)
			return false;
	}
	return true;
}

static float larger(float a, float b)
{
	return a < b ? b : a;
}

static float smaller(float a, float b)
{
	return b < a ? b : a;
}

/* Intersection against union; 0 of boxes without area. */
static float overlap(const struct box *a, const struct box *b)
{
	float area_a = (a->ymax - a->ymin) * (a->xmax - a->xmin);
	float area_b = (b->ymax - b->ymin) * (b->xmax - b->xmin);
	float height, width, common;

	if (area_a <= 0 || area_b <= 0)
		return 0;
	height = smaller(a->ymax, b->ymax) - larger(a->ymin, b->ymin);
	width = smaller(a->xmax, b->xmax) - larger(a->xmin, b->xmin);
	common = larger(height, 0) * larger(width, 0);
	return common / (area_a + area_b - common);
}

/* Greatest score first, equal ones as they are: runs of growing length are merged. */
static void sort_entries(struct entry *entries, struct entry *spare, uint32_t count)
{
	struct entry *from = entries, *to = spare, *swap;

	for (uint32_t run = 1; run < count; run *= 2) {
		for (uint32_t start = 0; start < count; start += 2 * run) {
			uint32_t middle = min(start + run, count), end = min(middle + run, count);
			uint32_t a = start, b = middle;

			for (uint32_t k = start; k < end; k++)
				to[k] = a < middle && (b == end || from[a].score >= from[b].score) ?
						from[a++] :
						from[b++];
		}
		swap = from;
		from = to;
		to = swap;
	}
	if (from != entries)
		memcpy(entries, from, count * sizeof(*entries));
}

/* The candidates that reach the threshold, best first, without those that a better one covers. */
static uint32_t suppress(const struct work *w, uint32_t count, uint32_t most, struct entry *kept)
{
	float threshold = real_param(w->call->op, OVERLAP_THRESHOLD);
	uint32_t found = 0;

	sort_entries(w->candidates, w->spare, count);
	memset(w->dead, 0, count);
	for (uint32_t i = 0; i < count && found < most; i++) {
		const struct box *box = &w->box[w->candidates[i].box];

		if (w->dead[i])
			continue;
		kept[found++] = w->candidates[i];
		for (uint32_t j = i + 1; j < count; j++)
			if (!w->dead[j])
				w->dead[j] = overlap(box, &w->box[w->candidates[j].box]) >
					     threshold;
	}
	return found;
}

/* The class with the greatest score below those of @taken, first of equal ones. */
static uint32_t next_class(const struct work *w, uint32_t box, const uint32_t *taken,
			   uint32_t count)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t c = 0; c < w->call->op->param[CLASS_COUNT]; c++) {
		bool free = true;

		for (uint32_t k = 0; k < count; k++)
			free &= taken[k] != c;
		if (free && (best == UINT32_MAX || score_of(w, box, c) > score_of(w, box, best)))
			best = c;
	}
	return best;
}

static void put_real(const struct npu_host_call *call, uint32_t operand, size_t i, float value)
{
	memcpy(call->data[operand] + sizeof(value) * i, &value, sizeof(value));
}

static void put_detection(const struct work *w, uint32_t i, const struct entry *e)
{
	memcpy(w->call->data[BOXES] + sizeof(struct box) * i, &w->box[e->box], sizeof(struct box));
	put_real(w->call, CLASSES, i, (float)e->class);
	put_real(w->call, BEST, i, e->score);
}

/* One suppression over the best score of each box. */
static uint32_t detect_fast(const struct work *w)
{
	const struct npu_file_host_op *op = w->call->op;
	uint32_t per_box = min(op->param[CLASSES_PER_BOX], op->param[CLASS_COUNT]);
	float threshold = real_param(op, SCORE_THRESHOLD);
	uint32_t count = 0, found;

	for (uint32_t i = 0; i < w->boxes; i++) {
		uint32_t class = next_class(w, i, NULL, 0);
		float score = score_of(w, i, class);

		if (score >= threshold)
			w->candidates[count++] = (struct entry){ score, i, class };
	}
	found = suppress(w, count, op->param[MAX_DETECTIONS], w->best);
	for (uint32_t i = 0; i < found; i++) {
		struct entry e = w->best[i];
		uint32_t taken[MOST_PER_BOX];

		for (uint32_t k = 0; k < per_box; k++) {
			e.class = taken[k] = next_class(w, e.box, taken, k);
			e.score = score_of(w, e.box, e.class);
			put_detection(w, op->param[CLASSES_PER_BOX] * i + k, &e);
		}
	}
	return found;
}

/* A suppression for each class; the best of all classes stay. */
static uint32_t detect_per_class(const struct work *w)
{
	const struct npu_file_host_op *op = w->call->op;
	float threshold = real_param(op, SCORE_THRESHOLD);
	uint32_t found = 0;

	for (uint32_t c = 0; c < op->param[CLASS_COUNT]; c++) {
		uint32_t count = 0;

		for (uint32_t i = 0; i < w->boxes; i++) {
			float score = score_of(w, i, c);

			if (score >= threshold)
				w->candidates[count++] = (struct entry){ score, i, c };
		}
		found += suppress(w, count, op->param[DETECTIONS_PER_CLASS], w->best + found);
		sort_entries(w->best, w->merge, found);
		found = min(found, op->param[MAX_DETECTIONS]);
	}
	for (uint32_t i = 0; i < found; i++)
		put_detection(w, i, &w->best[i]);
	return found;
}

int npu_host_detection_run(const struct npu_host_call *call, struct npu_error *error)
{
	struct work w;
	uint32_t found;

	lay_out(&w, call);
	if (!decode(&w))
		return npu_fail(
			error, -EINVAL,
			"op %u TFLite_Detection_PostProcess: a box ends before it begins; its "
			"anchors are wrong",
			call->op->source);
	for (uint32_t i = BOXES; i <= COUNT; i++)
		memset(call->data[i], 0, npu_host_operand_bytes(&call->op->operand[i]));
	found = call->op->param[PER_CLASS] ? detect_per_class(&w) : detect_fast(&w);
	put_real(call, COUNT, 0, (float)found);
	return 0;
}
