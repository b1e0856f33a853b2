#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What compiling costs: processor time and memory, of a real model and of a large one.

    compile.py [--npu FILE] [--strict]

Time is that of the processor, so that it does not depend on what else runs; memory is the least limit of
private memory (RLIMIT_DATA) under which `npu compile` succeeds, found by halving: heap, copies of the file
and of the artefact included.  As a test the bounds are five times those that --strict (`make bench`)
holds: 0.3 s for mobilenet_v2 in int8 and 10 s for a model of 100 MB, which is made here; that of memory,
three times the size of the model, is the same.  Prints TAP.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODELS = Path(os.environ.get("NPU_MODELS", ROOT.parent / "shared" / "models"))
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "userspace/tests/hostile"))
import flat  # noqa: E402
import tflite_cases as tflite  # noqa: E402

MIB = 1 << 20
TIMES_OF_SIZE = 3
GENEROUS = 5
FULLY_CONNECTED = 9
FULLY_CONNECTED_OPTIONS = 8
# 24 products of 2048 by 2048 codes: 96 MiB.
LAYERS, WIDTH = 24, 2048


def large_model():
    """A .tflite file of 100 MB: codes in no order, since time must not depend on them."""
    row = bytes((i * i * 167 + i * 13 >> 3) & 255 for i in range(WIDTH))
    weights = b"".join(row[i % 251 :] + row[: i % 251] for i in range(WIDTH))
    tensors = [tflite.tensor("input", tflite.INT8, [1, WIDTH])]
    buffers, ops = [{}], []
    for layer in range(LAYERS):
        buffers += [{0: weights}, {0: bytes(4 * WIDTH)}]
        tensors += [
            tflite.tensor(f"weights{layer}", tflite.INT8, [WIDTH, WIDTH], len(buffers) - 2, (0.01,)),
            tflite.tensor(f"bias{layer}", tflite.INT32, [WIDTH], len(buffers) - 1, (0.005,)),
            tflite.tensor(f"layer{layer}", tflite.INT8, [1, WIDTH]),
        ]
        at = 3 * layer
        ops.append(tflite.operator(0, [at, at + 1, at + 2], [at + 3], FULLY_CONNECTED_OPTIONS, {0: ("B", 0)}))
    graph = {
        tflite.TENSORS: tensors,
        tflite.INPUTS: ("i", [0]),
        tflite.OUTPUTS: ("i", [3 * LAYERS]),
        tflite.OPERATORS: ops,
    }
    codes = [{0: ("B", FULLY_CONNECTED), 3: ("I", FULLY_CONNECTED)}]
    model = {tflite.VERSION: ("I", 3), tflite.OPCODES: codes, tflite.SUBGRAPHS: [graph], tflite.BUFFERS: buffers}
    return bytes(flat.Flat(model).data)


class Compiler:
    """npu compile on one model."""

    def __init__(self, npu, model, out):
        self.command = [npu.resolve(), "compile", model, "-o", out]
        self.size = model.stat().st_size

    def succeeds(self, limit):
        """With so much private memory."""
        done = subprocess.run(
            ["prlimit", f"--data={limit}", *self.command], check=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, close_fds=False,
        )  # fmt: skip
        return done.returncode == 0

    def seconds(self):
        """Processor time, user and system."""
        before = os.times()
        subprocess.run(self.command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        return after.children_user - before.children_user + after.children_system - before.children_system

    def memory(self, most):
        """The least limit that is enough, to a sixteenth of the model's size."""
        low, high = 0, most
        while high - low > max(self.size // 16, MIB // 8):
            middle = (low + high) // 2
            low, high = (low, middle) if self.succeeds(middle) else (middle, high)
        return high


class Report:
    """TAP on standard output."""

    def __init__(self):
        self.points = self.failures = 0

    def point(self, passed, text):
        self.points += 1
        self.failures += not passed
        print(f"{'ok' if passed else 'not ok'} {self.points} - {text}", flush=True)

    def skip(self, text):
        self.points += 1
        print(f"ok {self.points} - {text} # SKIP there is no such model; NPU_MODELS names a folder of them", flush=True)


def measure(report, npu, path, name, bound, strict, folder):
    compiler = Compiler(npu, path, folder / "out.npu")
    seconds = min(compiler.seconds() for _ in range(3 if bound < 1 else 1))
    bound *= 1 if strict else GENEROUS
    size = f"{name}, {compiler.size / 1e6:.1f} MB"
    report.point(seconds < bound, f"{size}: compiled in {seconds:.3f} s of processor time, bound {bound:g} s")
    most = TIMES_OF_SIZE * compiler.size
    enough = compiler.succeeds(most)
    text = f"in {compiler.memory(most) / compiler.size:.2f} times its size" if enough else "not"
    report.point(enough, f"{size}: compiled {text} of private memory, bound {TIMES_OF_SIZE}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npu", type=Path, default=Path(os.environ.get("NPU", ROOT / "build/bin/npu")))
    parser.add_argument("--strict", action="store_true")
    args = parser.parse_args()
    report = Report()
    mobilenet = MODELS / "tf2_mobilenet_v2_1.0_224_int8"
    found = sorted(mobilenet.glob("*.tflite"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if found:
            measure(report, args.npu, found[0], "mobilenet_v2 int8", 0.3, args.strict, folder)
        else:
            report.skip("mobilenet_v2 int8")
        large = folder / "large.tflite"
        large.write_bytes(large_model())
        measure(report, args.npu, large, "a large model", 10, args.strict, folder)
    print(f"1..{report.points}")
    sys.exit(report.failures > 0)


main()
