#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What options of the compiler do to artefacts: passes, debug database, precision, differences.

    artefact.py [--npu FILE] [--models DIR]

Prints TAP.  Models of the set that are not there are skipped.
"""

import argparse
import json
import os
import re
import struct
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import npu_tests  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
MODELS = Path(os.environ.get("NPU_MODELS", ROOT.parent / "shared" / "models"))
INT8 = str(ROOT / "models/digits/digits_int8.tflite")
FLOAT = str(ROOT / "models/digits/digits_float.tflite")


class Tests(npu_tests.Tests):
    def compile(self, model, name, *options):
        """(path, objdump's report) of the model compiled so."""
        path = self.folder / f"{name}.npu"
        self.run("compile", model, "-o", path, *options)
        return path, json.loads(self.run("objdump", path, "--json").stdout)

    def outputs(self, model, *options):
        out = self.folder / "out"
        self.run("run", model, "--device", "sim", "-o", out, *options)
        info = json.loads((out / "outputs.json").read_text())["outputs"]
        return [(out / f"{i}.bin").read_bytes() for i in range(len(info))]


def passes(t, model):
    """Passes change programs and never outputs."""
    want = t.outputs(model)
    sizes = {}
    for level in ("0", "1", "2"):
        path, report = t.compile(model, f"O{level}", f"-O{level}")
        sizes[level] = (report["memory"]["temporary_bytes"], sum(layer["op_count"] for layer in report["layers"]))
        t.point(f"-O{level} gives the same outputs", t.outputs(path) == want)
    t.point("-O1 takes fewer records than -O0", sizes["1"][1] < sizes["0"][1], sizes)
    t.point("-O2 takes no more of anything", all(a <= b for a, b in zip(sizes["2"], sizes["1"])), sizes)
    every, _ = t.compile(model, "none", "--disable-pass", "fuse-pad", "--disable-pass", "fuse-activation",
                         "--disable-pass", "reshape-in-place", "--disable-pass", "concat-in-place")  # fmt: skip
    same = t.run("diff", every, t.folder / "O0.npu", "--json", want=None)
    parts = {d["section"] for d in json.loads(same.stdout)["differences"]}
    t.point("without each pass it is what -O0 makes", parts <= {"CONFIG"}, same.stdout)
    kept, report = t.compile(model, "kept", "--keep-all")
    t.point("--keep-all is noted", report["keep_all"])
    t.run("run", kept, "--device", "sim", "--dump-tensors", t.folder / "tensors")
    t.point("and tensors can be dumped", (t.folder / "tensors/tensors.json").exists())


def dumps(t, model):
    folder = t.folder / "graph"
    t.run("compile", model, "-o", t.folder / "g.npu", "--dump-graph", folder, "--relax-fp32")
    names = sorted(p.name for p in folder.iterdir())
    steps = [re.sub(r"^\d\d-|\.json$", "", n) for n in names if n.endswith(".json")]
    t.point("a dump before and after each step", steps[:2] == ["read", "retype"] and steps[-1] == "emit", steps)
    states = [json.loads((folder / n).read_text()) for n in names if n.endswith(".json")]
    t.point("the first is the model", {o["type"] for o in states[0]["ops"]} == {
        o["type"] for o in json.loads(t.run("check", model, "--json").stdout)["ops"]})  # fmt: skip
    t.point("the second has other types", any(x["type"] == "float16" for x in states[1]["tensors"]) and
            not any(x["type"] == "float16" for x in states[0]["tensors"]))  # fmt: skip
    t.point("the last has places and records", all("lies_in" in x for x in states[-1]["tensors"] if x["role"] != "constant")
            and sum(o["records"] for o in states[-1]["ops"]) > 0)  # fmt: skip
    dots = [(folder / n).read_text() for n in names if n.endswith(".dot")]
    t.point("and each is a graph in dot, too", len(dots) == len(states) and all(
        d.startswith("digraph") and d.endswith("}\n") and d.count(" -> ") > 3 for d in dots))  # fmt: skip


def debug(t, model):
    path, report = t.compile(model, "debug", "--gen-debug-info")
    ops = report["debug"]
    program = sum(layer["op_count"] for layer in report["layers"])
    covered = sorted(r for o in ops for r in range(o["first_record"], o["first_record"] + o["records"]))
    copies = [r for layer in report["layers"] if layer["source"] in (None, 0xFFFFFFFF)
              for r in range(layer["first_op"], layer["first_op"] + layer["op_count"])]  # fmt: skip
    t.point("every record belongs to one op of the database", sorted(covered + copies) == list(range(program)))
    check = json.loads(t.run("check", model, "--json").stdout)["ops"]
    t.point("every op of the model is in it", [(o["source"], o["type"]) for o in ops] == [(c["op"], c["type"]) for c in check])
    written = [[x["name"] for x in o["tensors"] if x["use"] == "writes"] for o in ops]
    t.point("with the names of its tensors", all(c["name"] in w for c, w in zip(check, written)))
    t.point("a fused op names the one that does its work", all(
        ops[o["into"]]["became"] == "records" for o in ops if o["became"] == "folded"))  # fmt: skip
    text = t.run("objdump", path).stdout
    t.point("objdump shows it", "debug op" in text and check[0]["name"] in text)
    plain, _ = t.compile(model, "plain")
    t.point("without the option there is none", "debug" not in json.loads(t.run("objdump", plain, "--json").stdout))
    t.point("and outputs are the same", t.outputs(path) == t.outputs(plain))


def damage(t, model):
    """One bit anywhere in a section: refused by the section's name."""
    path, report = t.compile(model, "whole", "--gen-debug-info")
    data = path.read_bytes()
    broken = t.folder / "broken.npu"
    for section in report["sections"]:
        for at in (section["offset"], section["offset"] + section["bytes"] // 2, section["offset"] + section["bytes"] - 1):
            broken.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
            result = t.run("run", broken, "--device", "sim", want=None)
            if result.returncode != 3 or section["name"] not in result.stderr or result.stderr.count("\n") != 1:
                t.point(f"a damaged {section['name']} is refused", False, f"byte {at}: {result.returncode} {result.stderr}")
                break
        else:
            t.point(f"a damaged {section['name']} is refused by name", True)


def structure(t, model):
    """The debug database with its digest made right again, but wrong in itself."""
    path, report = t.compile(model, "whole", "--gen-debug-info")
    data = bytearray(path.read_bytes())
    index = next(i for i, s in enumerate(report["sections"]) if s["name"] == "DEBUG")
    start = report["sections"][index]["offset"]
    # kind 8 is ours: an unknown kind is skipped, so the file is read without it
    struct.pack_into("<I", data, 24 + 32 * index, 77)
    (t.folder / "unknown.npu").write_bytes(data)
    t.point("a section of another kind is skipped", t.run("run", t.folder / "unknown.npu", "--device", "sim").returncode == 0)
    count = struct.unpack_from("<I", path.read_bytes(), start)[0]
    t.point("the section counts its ops", count == len(report["debug"]))


def differences(t, model):
    one, _ = t.compile(model, "one")
    two, _ = t.compile(model, "two", "-O0")
    three, _ = t.compile(model, "three", "--personality", "ort")
    same = t.run("diff", one, one)
    t.point("the same artefact is the same", "are the same" in same.stdout)
    other = t.run("diff", one, two, want=1)
    t.point("another -O differs in options and program", all(x in other.stdout for x in ("CONFIG", "PROGRAM", "records")))
    report = json.loads(t.run("diff", one, three, "--json", want=1).stdout)
    found = {(d["section"], d["what"]): (d["a"], d["b"]) for d in report["differences"]}
    t.point("another personality is told", found.get(("INFO", "personality")) == ("tflite-ref", "ort"), report)
    back = json.loads(t.run("diff", three, one, "--json", want=1).stdout)
    t.point("from either side", len(back["differences"]) == len(report["differences"]) and not back["same"])
    refused = t.run("diff", one, model, want=3)
    t.point("a source model is refused", "npu compile" in refused.stderr and refused.stderr.count("\n") == 1)


def plans(t, model):
    lines = t.run("compile", model, "-o", t.folder / "p.npu", "--show-exec-plan").stdout.splitlines()
    ops = json.loads(t.run("check", model, "--json").stdout)["ops"]
    shown = [line for line in lines if " NPU tflite-ref " in line]
    t.point("the plan has a line for each op", len(shown) == len(ops))
    plan = json.loads(t.run("compile", model, "-o", t.folder / "p.npu", "--show-exec-plan", "--json").stdout)["plan"]
    t.point("with instructions", any(p["instructions"] == "CONV2D" for p in plan if p["type"] == "CONV_2D"))
    (t.folder / "p.npu").unlink()
    result = t.run("compile", model, "--check-target-only")
    t.point("--check-target-only says so and builds nothing", "ops run on the NPU" in result.stdout and
            not (t.folder / "p.npu").exists())  # fmt: skip


def ratio(text):
    """(dB with, dB without) of an answer."""
    found = re.search(r"against float32: ([\d.]+|exact)(?: dB)?, without it ([\d.-]+|exact)", text)
    return tuple(float("inf") if x == "exact" else float(x) for x in found.groups()) if found else None


def precision(t):
    def answers(model, name, *options):
        _, report = t.compile(model, name, *options)
        shown = json.loads(t.run("compile", model, "-o", t.folder / "x.npu", "--show-config", "--json", *options).stdout)
        return report, {c["option"]: c for c in shown["config"]}

    report, config = answers(FLOAT, "relaxed", "--relax-fp32")
    inner = [x for x in report["tensors"] if x["role"] == "internal"]
    t.point("--relax-fp32 computes in float16", inner and sum(x["dtype"] == "float16" for x in inner) >= len(inner) - 1)
    t.point("and is applied", config["relax_fp32"]["applied"] is True)
    snr = ratio(config["relax_fp32"]["because"])
    t.point("its effect is measured", snr and 40 < snr[0] < 120 and snr[1] == float("inf"), config["relax_fp32"])
    _, config = answers(INT8, "relaxed8", "--relax-fp32")
    t.point("on an int8 model it is not, and why", config["relax_fp32"]["applied"] is False and
            config["relax_fp32"]["because"], config["relax_fp32"])  # fmt: skip
    wide, real = (next((MODELS / n).glob("*.tflite"), None) if (MODELS / n).is_dir() else None
                  for n in ("resnet8_cifar_int16x8", "resnet8_cifar_float"))  # fmt: skip
    if not wide or not real:
        t.skip("--opt-accuracy on real models", "the models are not there")
        return
    report, config = answers(wide, "accurate", "--opt-accuracy")
    inner = {x["dtype"] for x in report["tensors"] if x["role"] == "internal"}
    t.point("--opt-accuracy computes int16 in float16", "float16" in inner and "int16" not in inner, inner)
    for step in ("int16", "bias", "pool"):
        found = config[f"opt_accuracy.{step}"]
        t.point(f"its step {step} is applied and measured", found["applied"] and ratio(found["because"]), found)
    types = [layer["type"] for layer in report["layers"]]
    convs = sum(x == "CONV_2D" for x in types)
    t.point("each convolution is followed by an ADD", sum(x == "ADD" for x in types) >= convs, types)
    t.point("and the average goes in two steps", types.count("AVERAGE_POOL_2D") == 2, types)
    half, config = answers(real, "half", "--opt-accuracy", "--relax-fp32", "--personality", "mdla")
    snr = ratio(config["opt_accuracy.pool"]["because"])
    t.point("shorter sums in a half-precision accumulator are measured", snr, config["opt_accuracy.pool"])
    layers = t.folder / "layers.json"
    layers.write_text('{"layer_configs": [{"op_type": "CONV_2D", "data_type": "FP16"}, '
                      '{"op_types": ["FULLY_CONNECTED"], "data_type": "S8"}]}')  # fmt: skip
    _, config = answers(wide, "layers", "--config", str(layers))
    t.point("layer_configs: convolutions in FP16", config["layer_configs[0].data_type"]["applied"], config)
    t.point("and what cannot be is told", config["layer_configs[1].data_type"]["applied"] is False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npu", default=os.environ.get("NPU", str(ROOT / "build/bin/npu")))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        t = Tests(args.npu, folder)
        groups = [(passes, FLOAT), (passes, INT8), (dumps, FLOAT), (debug, INT8), (debug, FLOAT), (damage, INT8),
                  (structure, INT8), (differences, INT8), (plans, INT8), (precision,)]  # fmt: skip
        for group, *model in groups:
            try:
                group(t, *model)
            except (AssertionError, KeyError) as error:
                t.point(group.__name__, False, repr(error))
        return t.end()


if __name__ == "__main__":
    sys.exit(main())
