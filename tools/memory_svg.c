// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The plan of working memory as a picture: a panel for TEMP and one for L1. */
#include <inttypes.h>

#include "memory.h"
#include "vnpu_program.h"

#define WIDTH 960.0
#define HEIGHT 360.0
#define LEFT 90.0
#define GAP 50.0
/* Areas that are too narrow for text tell their name to the mouse only. */
#define TEXT_WIDTH 7.0
#define TEXT_HEIGHT 12.0

/** struct panel - one kind of memory on the picture */
struct panel {
	uint32_t kind;
	const char *title;
	uint64_t bytes;
	double top;
};

/* Names come from files. */
static void put_text(FILE *stream, const char *text, size_t most)
{
	for (; *text && most; text++, most--) {
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(stream, "&#%d;", *text);
		else
			fputc(*text >= ' ' && *text < 127 ? *text : '?', stream);
	}
}

static void put_area(const struct npu_model *model, const struct panel *panel, size_t index,
		     const struct npu_area_info *area, FILE *stream)
{
	const double step = WIDTH / npu_model_info(model)->record_count;
	const double scale = HEIGHT / (double)panel->bytes;
	double w = step * (area->last_op - area->first_op + 1), h = scale * area->bytes;
	double x = LEFT + step * area->first_op;
	double y = panel->top + HEIGHT - scale * area->offset - h;

	/* Hues that lie far apart for areas that follow each other: the golden angle. */
	fprintf(stream,
		"<g><rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
		"fill=\"hsl(%zu,55%%,75%%)\" stroke=\"#333\" stroke-width=\"0.4\"/>",
		x, y, w, h, index * 137 % 360);
	fputs("<title>", stream);
	put_text(stream, *area->name ? area->name : "(scratch)", 200);
	fprintf(stream, ": %u bytes at %u, records %u to %u</title>", area->bytes, area->offset,
		area->first_op, area->last_op);
	if (h >= TEXT_HEIGHT && w >= 4 * TEXT_WIDTH) {
		fprintf(stream, "<text x=\"%.2f\" y=\"%.2f\">", x + 3, y + h / 2 + 4);
		put_text(stream, area->name, (size_t)((w - 6) / TEXT_WIDTH));
		fputs("</text>", stream);
	}
	fputs("</g>\n", stream);
}

static void put_axes(const struct npu_model *model, const struct panel *panel, FILE *stream)
{
	const uint32_t ops = npu_model_info(model)->record_count;

	fprintf(stream,
		"<text x=\"%.2f\" y=\"%.2f\" class=\"title\">%s, %" PRIu64 " bytes</text>\n", LEFT,
		panel->top - 8, panel->title, panel->bytes);
	for (uint32_t i = 0; i <= 4; i++)
		fprintf(stream,
			"<line x1=\"%.2f\" x2=\"%.2f\" y1=\"%.2f\" y2=\"%.2f\" stroke=\"#ccc\"/>"
			"<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"end\">%" PRIu64 "</text>\n",
			LEFT - 4, LEFT + WIDTH, panel->top + HEIGHT * (4 - i) / 4,
			panel->top + HEIGHT * (4 - i) / 4, LEFT - 8,
			panel->top + HEIGHT * (4 - i) / 4 + 4, panel->bytes * i / 4);
	for (uint32_t i = 0; i <= 4; i++)
		fprintf(stream,
			"<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">%s%" PRIu64 "</text>\n",
			LEFT + WIDTH * i / 4, panel->top + HEIGHT + 16, i ? "" : "record ",
			(uint64_t)ops * i / 4);
}

static void put_panel(const struct npu_model *model, const struct panel *panel, FILE *stream)
{
	const struct npu_area_info *area;

	put_axes(model, panel, stream);
	for (size_t i = 0; (area = npu_model_area(model, i)); i++)
		if (memory_slot_kind(model, area->slot) == panel->kind && panel->bytes)
			put_area(model, panel, i, area, stream);
}

void memory_svg(const struct npu_model *model, FILE *stream)
{
	const struct npu_model_info *info = npu_model_info(model);
	const struct panel panels[] = {
		{ VNPU_SLOT_TEMP, "temporary memory", info->temp_bytes, GAP + 20 },
		{ VNPU_SLOT_L1, "on-chip memory (L1)", info->l1_bytes, 2 * GAP + 20 + HEIGHT },
	};
	double height = (info->l1_bytes ? 2 : 1) * (HEIGHT + GAP) + 40;

	fprintf(stream,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"font-family=\"sans-serif\" font-size=\"11\">\n"
		"<style>.title{font-size:13px;font-weight:bold}</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
		"<text x=\"%.2f\" y=\"22\" font-size=\"15\">",
		LEFT + WIDTH + 20, height, LEFT);
	put_text(stream, info->name, 100);
	fputs("</text>\n", stream);
	put_panel(model, &panels[0], stream);
	if (info->l1_bytes)
		put_panel(model, &panels[1], stream);
	fputs("</svg>\n", stream);
}
