#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Run the digits model through the npu tool and compare every output byte.

    test_inference.py [--npu FILE] [--model FILE] [--device D] [--held-out N]

First the ten PNG inputs, then N of the held-out digits as raw tensors, spread over the
classes; both against outputs of TFLite's reference arithmetic.  Prints TAP.
"""

from __future__ import annotations

import argparse
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DIGITS = ROOT / "models" / "digits"
CLASSES = 10


class Refused(Exception):
    """The npu tool failed or wrote something else than its contract says."""


class Tool:
    """The npu tool with a model and a device."""

    def __init__(self, npu: Path, model: Path, device: str) -> None:
        self._command = [str(npu), "run", str(model), "--device", device]

    def run(self, source: Path) -> bytes:
        """Bytes of the model's output for one input file."""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([*self._command, "-i", str(source), "-o", folder],
                                  capture_output=True, text=True, check=False)
            if done.returncode:
                raise Refused(f"exit {done.returncode}: {done.stderr.strip()}")
            found = json.loads((Path(folder) / "outputs.json").read_text())["outputs"][0]
            if (found["dtype"], found["shape"], found["zero_point"]) != ("int8", [1, 10], -128):
                raise Refused(f"outputs.json: {found}")
            return (Path(folder) / "0.bin").read_bytes()


def read_idx(path: Path) -> list[bytes]:
    """Items of an IDX file of bytes."""
    content = path.read_bytes()
    dimensions = content[3]
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path}: is not an IDX file of bytes")
    count, *shape = struct.unpack_from(f">{dimensions}I", content, 4)
    size, start = 1, 4 + 4 * dimensions
    for extent in shape:
        size *= extent
    return [content[start + i * size:start + (i + 1) * size] for i in range(count)]


def best(output: bytes) -> int:
    """Index of the greatest int8 value, the first of equals."""
    values = struct.unpack(f"{len(output)}b", output)
    return values.index(max(values))


def check(number: int, name: str, complaint: str) -> bool:
    """Print one TAP line; an empty complaint is a pass."""
    print(f"{'not ok' if complaint else 'ok'} {number} - {name}")
    if complaint:
        print(f"# {complaint}")
    return not complaint


def compare(tool: Tool, source: Path, wanted: bytes) -> tuple[bytes, str]:
    """Output for an input, and what is wrong with it."""
    try:
        output = tool.run(source)
    except (Refused, OSError, ValueError, KeyError, IndexError) as error:
        return b"", f"{source.name}: {error}"
    differing = sum(a != b for a, b in zip(output, wanted)) + abs(len(output) - len(wanted))
    return output, f"{source.name}: {differing} bytes differ" if differing else ""


def pictures(tool: Tool) -> bool:
    """The PNG inputs: right bytes and right digits."""
    passed = True
    for digit in range(CLASSES):
        wanted = (DIGITS / "golden" / f"digit_{digit}.bin").read_bytes()
        source = DIGITS / "inputs" / f"digit_{digit}.png"
        output, complaint = compare(tool, source, wanted)
        if not complaint and best(output) != digit:
            complaint = f"read as {best(output)}"
        passed &= check(digit + 1, source.name, complaint)
    return passed


def held_out(tool: Tool, count: int) -> bool:
    """Raw inputs: right bytes; says how many are read rightly."""
    images = read_idx(DIGITS / "heldout" / "images.idx3-ubyte")
    labels = read_idx(DIGITS / "heldout" / "labels.idx1-ubyte")
    golden = (DIGITS / "golden" / "heldout.bin").read_bytes()
    count = min(count, len(images))
    chosen = [i * len(images) // count for i in range(count)]
    complaints, right = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for i in chosen:
            source = Path(folder) / f"heldout_{i}.bin"
            source.write_bytes(bytes(pixel ^ 0x80 for pixel in images[i]))
            output, complaint = compare(tool, source, golden[i * CLASSES:(i + 1) * CLASSES])
            right += bool(output) and best(output) == labels[i][0]
            if complaint:
                complaints.append(complaint)
    print(f"# {right} of {count} held-out digits read rightly")
    summary = f"{len(complaints)} of {count}, first {complaints[0]}" if complaints else ""
    return check(CLASSES + 1, f"{count} held-out digits", summary)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--npu", type=Path, default=ROOT / "build" / "bin" / "npu")
    parser.add_argument("--model", type=Path, default=DIGITS / "digits_int8.tflite")
    parser.add_argument("--device", default="sim")
    parser.add_argument("--held-out", type=int, default=200, metavar="N")
    arguments = parser.parse_args()
    tool = Tool(arguments.npu, arguments.model, arguments.device)
    print("TAP version 13")
    print(f"1..{CLASSES + (arguments.held_out > 0)}")
    passed = pictures(tool)
    if arguments.held_out > 0:
        passed &= held_out(tool, arguments.held_out)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
