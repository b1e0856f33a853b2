#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""npu compile --emit tflite: partitions as custom ops, read back, and run one after the other.

    emit.py [--npu FILE] [--models DIR]

The file is read by our own reader ("npu check") and by the small one here, which follows
every offset of the schema's tables that it meets.  The .npu of each custom op runs on sim; where the
NPU has everything the outputs must be the model's, where sides take turns each part
must give what the whole model has in the tensors at its borders.  Prints TAP.
"""

import argparse
import json
import os
import struct
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import npu_tests  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
MODELS = Path(os.environ.get("NPU_MODELS", ROOT.parent / "shared" / "models"))
INT8 = ROOT / "models/digits/digits_int8.tflite"
FLOAT = ROOT / "models/digits/digits_float.tflite"
IMAGE = ROOT / "models/digits/inputs/digit_7.png"
CUSTOM = 32


class Flat:
    """A table of a flatbuffer."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        vtable = at - struct.unpack_from("<i", data, at)[0]
        size = struct.unpack_from("<H", data, vtable)[0]
        self.fields = struct.unpack_from(f"<{size // 2 - 2}H", data, vtable + 4)

    def number(self, field, kind, default=0):
        where = self.fields[field] if field < len(self.fields) else 0
        return struct.unpack_from("<" + kind, self.data, self.at + where)[0] if where else default

    def _target(self, field):
        where = self.fields[field] if field < len(self.fields) else 0
        return where and self.at + where + struct.unpack_from("<I", self.data, self.at + where)[0]

    def vector(self, field, kind):
        at = self._target(field)
        return struct.unpack_from(f"<{struct.unpack_from('<I', self.data, at)[0]}{kind}", self.data, at + 4) if at else ()

    def tables(self, field):
        at = self._target(field)
        count = struct.unpack_from("<I", self.data, at)[0] if at else 0
        places = [at + 4 + 4 * i for i in range(count)]
        return [Flat(self.data, place + struct.unpack_from("<I", self.data, place)[0]) for place in places]

    def bytes(self, field):
        at = self._target(field)
        return self.data[at + 4 : at + 4 + struct.unpack_from("<I", self.data, at)[0]] if at else b""


def read(path):
    """(ops as (name, inputs, outputs, options), names of the tensors, inputs and outputs of the model)."""
    data = path.read_bytes()
    assert data[4:8] == b"TFL3", data[:8]
    model = Flat(data, struct.unpack_from("<I", data)[0])
    assert model.number(0, "I") == 3
    codes = [(c.number(3, "i"), c.bytes(1).decode()) for c in model.tables(1)]
    (graph,) = model.tables(2)
    buffers = model.tables(4)
    assert not buffers[0].bytes(0)
    names = [t.bytes(3).decode() for t in graph.tables(0)]
    assert all(t.number(2, "I") < len(buffers) for t in graph.tables(0))
    ops = []
    for op in graph.tables(3):
        builtin, custom = codes[op.number(0, "I")]
        ops.append((custom if builtin == CUSTOM else builtin, op.vector(1, "i"), op.vector(2, "i"), op.bytes(5)))
    return ops, names, graph.vector(1, "i"), graph.vector(2, "i")


class Tests(npu_tests.Tests):
    def emit(self, model, *options):
        path = self.folder / "emitted.tflite"
        report = json.loads(self.run("compile", model, "--emit", "tflite", "-o", path, "--json", *options).stdout)
        return report, read(path)

    def tensors(self, model, inputs):
        """Every tensor of the model after a run, by name."""
        out = self.folder / "tensors"
        self.run("run", model, "--device", "sim", "--dump-tensors", out, *inputs)
        listed = json.loads((out / "tensors.json").read_text())["tensors"]
        return {t["name"]: (out / t["file"]).read_bytes() for t in listed if t.get("file")}


def parts(t, ops, names, known):
    """Each custom op's .npu run on what the whole model has there; what differs."""
    for number, (name, inputs, outputs, options) in enumerate(op for op in ops if op[0] == "vnpu"):
        part, out = t.folder / f"part{number}.npu", t.folder / "out"
        part.write_bytes(options)
        given = []
        for i in inputs:
            (t.folder / f"in{i}").write_bytes(known[names[i]])
            given += ["-i", t.folder / f"in{i}"]
        t.run("run", part, "--device", "sim", "-o", out, *given)
        for k, o in enumerate(outputs):
            if (out / f"{k}.bin").read_bytes() != known[names[o]]:
                return f"{name} {number}: output {k} '{names[o]}' differs"
    return ""


def follow(t, title, model, inputs, wanted, *options):
    """The model with these options: its number of parts, what they compute, what our reader says."""
    report, (ops, names, first, last) = t.emit(model, *options)
    ours = [op for op in ops if op[0] == "vnpu"]
    t.point(f"{title}: {wanted} custom ops", len(ours) == wanted == report["npu_partitions"], f"{len(ours)}, {report}")
    t.point(f"{title}: inputs and outputs stay", len(first) == len(inputs) // 2 and len(last) >= 1)
    t.point(f"{title}: options are .npu files", all(op[3][:4] == b"NPUF" for op in ours))
    check = json.loads(t.run("check", t.folder / "emitted.tflite", "--json", want=1).stdout)
    types = [op["type"] for op in check["ops"]]
    t.point(f"{title}: our reader finds them", types.count("vnpu") == wanted and len(types) == len(ops), types)
    wrong = parts(t, ops, names, t.tensors(model, inputs))
    t.point(f"{title}: each part gives the model's bytes", not wrong, wrong)
    return len(ops)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npu", default=os.environ.get("NPU", str(ROOT / "build/bin/npu")))
    parser.add_argument("--models", type=Path, default=MODELS)
    args = parser.parse_args()
    image = ["-i", IMAGE]
    with tempfile.TemporaryDirectory() as folder:
        t = Tests(os.path.realpath(args.npu), folder)
        count = follow(t, "digits", INT8, image, 1)
        t.point("digits: nothing else is left", count == 1, count)
        follow(t, "digits in float", FLOAT, image, 1)
        count = follow(t, "sides that take turns", INT8, image, 5, "--deny", "DEPTHWISE_CONV_2D")
        t.point("sides that take turns: the CPU's ops stay", count == 9, count)
        follow(t, "no more than one part", INT8, image, 1, "--deny", "DEPTHWISE_CONV_2D", "--max-partitions", "1")
        ssd = args.models / "ssd_mobilenet_v1_coco_uint8"
        if ssd.exists():
            golden = json.loads((ssd / "golden.json").read_text())
            count = follow(t, "detector", ssd / golden["model"], ["-i", ssd / golden["cases"][0]["inputs"][0]], 1)
            t.point("detector: its post-processing stays", count == 2, count)
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
