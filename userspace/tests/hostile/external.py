#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Constants in other places than usual: of .onnx models in files beside the model, and nowhere else; of .tflite
models behind the flatbuffer.  Prints TAP."""

import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import flat  # noqa: E402
import onnx_cases  # noqa: E402
import tflite_cases  # noqa: E402

NPU = Path(os.environ.get("NPU", Path(__file__).resolve().parents[3] / "build/bin/npu")).resolve()
WEIGHTS = struct.pack("<6f", *range(6))
# The weights lie behind 32 other bytes.
PADDING = 32


class Folder:
    """A model's folder, with a folder around it that is none of the model's business."""

    def __init__(self, path):
        self.outside, self.model = path, path / "model"
        (self.model / "deep").mkdir(parents=True)
        for place in (self.outside, self.model, self.model / "deep"):
            (place / "weights.bin").write_bytes(bytes(PADDING) + WEIGHTS)
        (self.model / "inside.bin").symlink_to("deep/weights.bin")
        (self.model / "outside.bin").symlink_to("../weights.bin")
        (self.model / "up").symlink_to("..")
        os.mkfifo(self.model / "pipe.bin")
        self.points = self.failures = 0

    def run(self, constant):
        """Exit code, error text and output of the model with this constant for its weights."""
        return self.run_file("case.onnx", onnx_cases.with_constant(constant))

    def run_file(self, name, data):
        (self.model / name).write_bytes(data)
        done = subprocess.run(
            [NPU, "run", self.model / name, "--device", "sim", "-o", self.outside / "out"], timeout=60,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        output = (self.outside / "out/0.bin").read_bytes() if not done.returncode else b""
        return done.returncode, done.stderr, output

    def point(self, passed, name, what):
        self.points += 1
        self.failures += not passed
        print(f"{'ok' if passed else 'not ok'} {self.points} - {name}", flush=True)
        if not passed:
            print(f"# {what}")


def external(location, **more):
    entries = {"location": location, "offset": PADDING, "length": len(WEIGHTS)} | more
    return onnx_cases.external("w", onnx_cases.FLOAT, [3, 2, 1, 1], **entries)


def behind_flatbuffer(folder):
    """The weights of a .tflite model at its end, as in files over 2 GiB."""
    model = tflite_cases.base()
    _, _, wanted = folder.run_file("plain.tflite", bytes(flat.Flat(model).data))
    buffers = model[tflite_cases.BUFFERS]
    weights = buffers[1][0]
    for moved, name in ((0, "is read, and gives the same bytes"), (1, "is refused if it ends behind the file")):
        buffers[1] = {1: ("Q", 2), 2: ("Q", len(weights))}
        size = len(flat.Flat(model).data)
        buffers[1] = {1: ("Q", size + moved), 2: ("Q", len(weights))}
        code, error, output = folder.run_file("behind.tflite", bytes(flat.Flat(model).data) + weights)
        passed = code == 3 and f"at byte {size + 1}" in error if moved else code == 0 and output == wanted
        folder.point(passed, f"data behind the flatbuffer {name}", f"exit {code}: {error}")


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Folder(Path(temporary))
        _, _, wanted = folder.run(onnx_cases.WEIGHTS)
        for where in ("weights.bin", "./weights.bin", "deep/weights.bin", "inside.bin"):
            code, error, output = folder.run(external(where))
            folder.point(code == 0 and output == wanted, f"{where} is read, and gives the same bytes", error)
        code, error, output = folder.run(
            onnx_cases.external("w", onnx_cases.FLOAT, [3, 2, 1, 1], location="weights.bin", offset=PADDING)
        )
        folder.point(code == 0 and output == wanted, "without a length it is what is left of the file", error)
        for where in ("../weights.bin", "up/weights.bin", "outside.bin", "missing.bin", "pipe.bin", "deep"):
            code, error, _ = folder.run(external(where))
            said = error.startswith("npu run: ") and error.count("\n") == 1 and where in error
            folder.point(code == 3 and said, f"{where} is refused", f"exit {code}: {error}")
        behind_flatbuffer(folder)
    print(f"1..{folder.points}")
    sys.exit(folder.failures > 0)


main()
