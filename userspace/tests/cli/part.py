#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Parts of models, --start-tensor and --end-tensor, against what the whole has in the same tensors.

    part.py [--npu FILE] [--models DIR]

For every op of a model two parts: up to its output, and from its output on.  Both must give the
whole model's bytes.  Prints TAP.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import npu_tests  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
MODELS = Path(os.environ.get("NPU_MODELS", ROOT.parent / "shared" / "models"))
DIGITS = ROOT / "models/digits/digits_int8.tflite"
# of the models folder: a network with branches and one that comes from .onnx
MORE = ("resnet8_cifar_int8", "onnx_mnist_float")


class Tests(npu_tests.Tests):
    def tensors(self, model):
        """Every tensor that has a place after a run, by name, but those that share one; and the inputs."""
        out, found, shared = self.folder / "tensors", {}, set()
        self.run("run", model, "--device", "sim", "--dump-tensors", out)
        listed = json.loads((out / "tensors.json").read_text())["tensors"]
        for tensor in (t for t in listed if t.get("file")):
            name, data = tensor["name"], (out / tensor["file"]).read_bytes()
            shared |= {name} if found.get(name, data) != data else set()
            found[name] = data
        inputs = [t["name"] for t in listed if t["role"] == "input"]
        return {name: data for name, data in found.items() if name not in shared}, inputs

    def part(self, model, known, *options):
        """What differs of the part's outputs, given what the whole has as inputs; and its ops."""
        artefact, out = self.folder / "part.npu", self.folder / "out"
        self.run("compile", model, "-o", artefact, *options)
        dump = json.loads(self.run("objdump", artefact, "--json").stdout)
        given = []
        for number, tensor in enumerate(t for t in dump["tensors"] if t["role"] == "input"):
            path = self.folder / f"in{number}"
            path.write_bytes(known[tensor["name"]])
            given += ["-i", path]
        self.run("run", artefact, "--device", "sim", "-o", out, *given)
        names = [t["name"] for t in json.loads((out / "outputs.json").read_text())["outputs"]]
        wrong = [n for k, n in enumerate(names) if (out / f"{k}.bin").read_bytes() != known[n]]
        return f"{options}: {wrong} differ" if wrong or not names else "", len(dump["layers"])


def both_parts(t, title, model):
    known, inputs = t.tensors(model)
    ops = json.loads(t.run("check", model, "--json").stdout)["ops"]
    wrong = []
    done = 0
    for op in ops[:-1]:
        if op["name"] not in known or op["name"] in inputs:
            continue
        for option in ("--end-tensor", "--start-tensor"):
            why, layers = t.part(model, known, option, op["name"])
            wrong += [why] if why else []
            wrong += [f"{op['name']}: {layers} layers"] if not 0 < layers <= len(ops) else []
        done += 1
    t.point(f"{title}: parts up to and from {done} tensors give the whole's bytes", done > 2 and not wrong, wrong)


def digits(t):
    known, _ = t.tensors(DIGITS)
    both_parts(t, "digits", DIGITS)
    why, layers = t.part(DIGITS, known, "--start-tensor", "pool1", "--end-tensor", "block4/pointwise")
    t.point("a part between two tensors has the ops between them", not why and layers == 6, why or layers)
    why, _ = t.part(DIGITS, known, "--end-tensor", "pool1", "--end-tensor", "block4/add")
    t.point("several ends are outputs in their order", not why, why)
    why, _ = t.part(DIGITS, known, "--start-tensor", "block1/pointwise")
    t.point("a part that needs the model's input has it behind the named one", not why, why)
    for options, text in (
        (("--end-tensor", "poool1"), "--end-tensor 'poool1': there is no such tensor; 'npu check' lists"),
        (("--start-tensor", "pool1", "--end-tensor", "pool1"), "the part begins with 'pool1' and ends with it, no op lies between"),
        (("--start-tensor", "pool2", "--end-tensor", "pool1"), "--start-tensor 'pool2': nothing up to the end reads it"),
        (("--start-tensor", "probabilities"), "the part begins with 'probabilities' and ends with it"),
    ):
        for command in ("run", "check", "memory"):
            said = t.run(command, DIGITS, *options, want=3).stderr
            if text not in said or said.count("\n") != 1 or "digits_int8.tflite" not in said:
                break
        else:
            said = ""
        t.point(f"refused: {' '.join(options)}", not said, said)
    t.run("compile", DIGITS, "-o", t.folder / "whole.npu")
    said = t.run("run", t.folder / "whole.npu", "--end-tensor", "pool1", want=3).stderr
    t.point("an artefact is not cut", "is compiled already, without --end-tensor" in said, said)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    ap.add_argument("--npu", default=ROOT / "build/bin/npu")
    ap.add_argument("--models", type=Path, default=MODELS)
    opt = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        t = Tests(opt.npu, folder)
        digits(t)
        for name in MORE:
            found = [p for p in sorted((opt.models / name).glob("*")) if p.suffix in (".tflite", ".onnx")]
            if found:
                both_parts(t, name, found[0])
            else:
                t.skip(name, f"not in {opt.models}")
        code = t.end()
    sys.exit(code)


main()
