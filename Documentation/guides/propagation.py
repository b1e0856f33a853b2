#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""propagation.py: draw propagation.svg from the output of build/test/compiler_propagation.

    build/test/compiler_propagation | Documentation/guides/propagation.py > Documentation/guides/propagation.svg
"""

import re
import sys

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 60, 20, 20, 50
FLOOR, CEILING = -2, 2  # powers of ten of per cent

rows = [tuple(map(float, m.groups())) for m in
        re.finditer(r"^# +(\d+) ([\d.]+) ([\d.]+) [\d.]+$", sys.stdin.read(), re.M)]


def x(layer):
    return LEFT + (layer - 1) * (WIDTH - LEFT - RIGHT) / (len(rows) - 1)


def y(per_cent):
    from math import log10
    share = (log10(max(per_cent, 10.0 ** FLOOR)) - FLOOR) / (CEILING - FLOOR)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def line(points, colour):
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'


def text(at_x, at_y, words, anchor="middle"):
    return f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="{anchor}">{words}</text>'


print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
      'font-family="sans-serif" font-size="13">')
print("<!-- SPDX-License-Identifier: GPL-2.0-only OR MIT; made by propagation.py -->")
print(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>')
for power in range(FLOOR, CEILING + 1):
    at = y(10.0 ** power)
    print(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
    print(text(LEFT - 6, at + 4, f"{10.0 ** power:g} %", "end"))
for layer, _, _ in rows[::3]:
    print(text(x(layer), HEIGHT - BOTTOM + 18, f"{layer:g}"))
print(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "layer"))
print(line([(a, b) for a, b, _ in rows], "#2a6fb0"))
print(line([(a, c) for a, _, c in rows], "#c0392b"))
print(text(x(15), y(rows[14][1]) - 10, "local: each layer on equal inputs"))
print(text(x(15), y(rows[14][2]) + 24, "accumulated: in its own run"))
print("</svg>")
