#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Run real models through the npu tool and compare with what the real runtime gave.

    models.py [--npu FILE] [--models DIR] [--device D]... [MODEL]...

DIR holds a folder for each model with golden.json: its input files and, for each runtime, its
output files or their digests.  Under each personality every byte must be the same as its runtime
gave, on every instruction set of this machine; plain C and devices in guests run large images
under the default personality only.  Models in floating point have a bound instead: the greatest difference
of an output from the runtime's, against its greatest magnitude.  Every model of DIR has a row: one with an op that the NPU refuses is
skipped with the op and the reason, but those that it is known to take fail, and those that are known to be
refused fail when they no longer are.  At the end stands a table of all of them and of the models of this
repository: how much of each the NPU runs, in how many partitions, how exactly, and in how much memory.
Prints TAP.
"""

import argparse
import hashlib
import itertools
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODELS = Path(os.environ.get("NPU_MODELS", ROOT.parent / "shared" / "models"))
# Whose outputs each personality must repeat.
RUNTIMES = {
    "tflite-ref": "litert-ref",
    "tflite-opt": "litert-opt",
    "xnnpack": "litert-xnn",
    "ort": "ort-O99",
    "ort-o0": "ort-O0",
}
# The personalities that models of a kind are run under; the first is the default one.
PERSONALITIES = {
    "tflite": ["tflite-ref", "tflite-opt", "xnnpack"],
    "onnx": ["ort", "ort-o0"],
}
# Input elements of what plain C takes no more than a second or two for.
SMALL = 128 * 128 * 3
MUST_RUN = {
    "ad01_dynrange",
    "ad01_int8",
    "blazeface_front_int8",
    "blazeface_short_f16",
    "conformer_layer_float",
    "dbface_256_int8_hswish",
    "deeplab_pascal_257_os16_uint8",
    "deeplab_pascal_513_os8_uint8",
    "hello_world_float",
    "hello_world_int8",
    "kws_dscnn_int8",
    "micro_speech_int8",
    "mnist_conv_fc_srq_a8w8",
    "mnist_lstm_float",
    "mnist_lstm_int8",
    "mobilenet_edgetpu_1.0_224_uint8",
    "mobilenet_v1_0.25_128_uint8",
    "mobilenet_v2_1.0_224_uint8",
    "movenet_lightning_int8",
    "person_detect_int8",
    "resnet8_cifar_float",
    "resnet8_cifar_int16x8",
    "resnet8_cifar_int8",
    "seanet_add1_int16",
    "seanet_conv0_int16",
    "seanet_conv14_int16",
    "seanet_conv5_int16",
    "seanet_leaky_relu3_int16",
    "seanet_pad1_int16",
    "seanet_quantize1_int16",
    "seanet_strided_slice3_int16",
    "seanet_sub0_int16",
    # its last op is a host operator of floats: every bit of it is compared, too
    "ssd_mobilenet_v1_coco_uint8",
    "tf2_mobilenet_v2_1.0_224_int8",
    "vww_96_int8",
    "onnx_conv_qdq_s8s8_pc",
    "onnx_conv_qdq_u8u8",
    "onnx_edgetpu_excerpt_qdq",
    "onnx_mnist_float",
    "onnx_mnist_qdq_s8s8",
    "onnx_mobilenet_v2_qlinear",
    "onnx_rfb320_qdq_u8s8_pc",
    "onnx_silero_vad_float",
    "onnx_superres_qdq_u8s8",
}
# Models in floating point: the stated bound under each personality, in the order of RUNTIMES.  Sums are in the
# order of the reference kernels; the other runtimes sum in another one.  Where only some outputs are real
# numbers that the NPU computed, by the number of the output; the others are exact.
BOUNDS = {
    # XNNPACK multiplies and adds the bias in one rounding
    "ad01_dynrange": (0, 0, 1e-6),
    "blazeface_short_f16": (0, 5e-6, 5e-6),
    # exp, tanh and rsqrt are the model's own; the other runtimes' output is kept as a digest only
    "conformer_layer_float": (1e-6, 1e-6, 1e-6),
    # EXP in binary32, behind the last convolution
    "dbface_256_int8_hswish": {1: (0, 0, 1e-6)},
    "hello_world_float": (0, 1e-6, 1e-6),
    "mnist_lstm_float": (1e-6, 1e-6, 1e-6),
    "resnet8_cifar_float": (0, 1e-6, 1e-6),
    "onnx_mnist_float": (1e-6, 1e-6),
    # one probability near 0 and a recurrent state; ONNX Runtime's own levels differ by 2.1e-6
    "onnx_silero_vad_float": (5e-6, 1e-6),
}
# Models that the NPU does not run as a whole: their partitions.  All others are one, on the NPU.
PARTITIONS = {
    # TFLite_Detection_PostProcess is the CPU's
    "ssd_mobilenet_v1_coco_uint8": 2,
}
# Models of this repository; digits' outputs are compared in userspace/tests/digits and by run.sh.
OWN = ROOT / "models"
# What the NPU refuses for good or for now, and the op that it is.
REFUSED = {}


# Inputs under which a model is known to differ under a personality, and the cause, as
# (model, personality, label of the input): text.  It fails when it is equal.
DIFFERS = {}


class Report:
    """TAP on standard output."""

    def __init__(self):
        self.count = self.failures = 0
        self.exactness = {}
        self.differing = {}

    def point(self, passed, name):
        self.count += 1
        self.failures += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name}", flush=True)

    def note(self, name, passed, error, bound):
        """What a run of a model on a device showed; the table has the worst of all."""
        before = self.exactness.get(name, (True, 0, None))
        self.exactness[name] = (
            before[0] and passed, max(before[1], error), bound if before[2] is None else max(before[2], bound or 0)
        )  # fmt: skip

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}", flush=True)

    def finish(self):
        print(f"1..{self.count}")
        sys.exit(self.failures > 0)


class Tool:
    """The npu tool."""

    def __init__(self, path):
        self.path = path

    def call(self, *args):
        """Exit code, standard output, standard error."""
        done = subprocess.run([self.path, *map(str, args)], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr.strip()

    def devices(self):
        """sim with each instruction set that this machine has."""
        code, out, error = self.call("info", "--device", "sim", "--json")
        if code:
            sys.exit(error)
        return [f"sim:{isa}" for isa, usable in json.loads(out)["host_isa"].items() if usable]

    def refusal(self, model, personality, shapes):
        """Why neither the NPU nor the CPU takes a model, "" if they do."""
        code, out, error = self.call("check", model, "--json", "--personality", personality, *shapes)
        if code == 0:
            return ""
        if code != 1:
            return error
        op = next((op for op in json.loads(out)["ops"] if op["placement"] == "none"), None)
        return f"op {op['op']} {op['type']}: {op['reason']}" if op else ""


    def placement(self, model, personality, shapes):
        """(what check says, what the artefact holds or None) of a model."""
        code, out, error = self.call("check", model, "--json", "--personality", personality, *shapes)
        if code not in (0, 1):
            return None, None, error
        check = json.loads(out)
        if check["refused"]:
            return check, None, ""
        with tempfile.TemporaryDirectory() as folder:
            artefact = Path(folder) / "x.npu"
            code, _, error = self.call("compile", model, "-o", artefact, "--personality", personality, *shapes)
            if code:
                return check, None, error
            return check, json.loads(self.call("objdump", artefact, "--json")[1]), ""


class Table:
    """Where each model runs, how exactly, and in how much memory."""

    TITLES = ("model", "ops", "on NPU", "MACs on NPU", "partitions", "outputs", "static", "temporary", "bound")

    def __init__(self):
        self.rows = []

    def add(self, tool, name, path, report, shapes=()):
        """A row; the model that runs whole must be one partition, and its memory what is alive at one time."""
        personality = PERSONALITIES["onnx" if path.suffix == ".onnx" else "tflite"][0]
        check, dump, error = tool.placement(path, personality, shapes)
        if check is None and name in REFUSED:
            self.rows.append((name, *["-"] * 4, f"refused: {REFUSED[name]}", *["-"] * 3))
            return
        if check is None:
            report.point(False, f"{name}: {error}")
            return
        row = [name, str(check["op_count"]), f"{100 * check['npu'] / max(check['op_count'], 1):.1f} %"]
        if dump is None:
            op = next(op for op in check["ops"] if op["placement"] == "none")
            self.rows.append((*row, "-", "-", f"refused: {op['type']}", "-", "-", "-"))
            return
        memory, layers = dump["memory"], dump["layers"]
        macs = sum(layer["macs"] for layer in layers)
        ours = sum(layer["macs"] for layer in layers if layer["place"] == "npu")
        passed, worst, bound = report.exactness.get(name, (True, 0, None))
        exact = "exact" if bound is None else f"{worst:.2g} of {bound:g}"
        exact = exact if name in report.exactness else "not compared here"
        if name in report.differing:
            exact = f"{exact} but {len(report.differing[name])} known"
        self.rows.append((
            *row, f"{100 * ours / macs:.1f} %" if macs else "-", str(check["partitions"]),
            exact if passed else "WRONG", str(memory["static_bytes"]), str(memory["temporary_bytes"]),
            str(memory["temporary_bound_bytes"]),
        ))  # fmt: skip
        wanted = PARTITIONS.get(name, 1)
        report.point(check["partitions"] == wanted, f"{name} runs in {wanted} partition{'s' * (wanted > 1)}")

    def show(self):
        """As comments of TAP."""
        rows = [self.TITLES, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.TITLES))]
        for row in rows:
            cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
            print("# " + "  ".join(cells).rstrip(), flush=True)


def shapes_of(golden):
    """Options that fix the dimensions that the file leaves open, as those were whose outputs are kept."""
    if not golden.get("dims"):
        return []
    return [
        word
        for tensor in golden["inputs"]
        for word in ("--input-shape", f"{tensor['name']}={'x'.join(map(str, tensor['shape']))}")
    ]


def error_of(found, wanted):
    """Greatest difference of binary32 numbers against the greatest magnitude; of what is no number, infinite."""
    if len(found) != len(wanted):
        return math.inf
    pairs = list(zip(*(struct.unpack(f"<{len(data) // 4}f", data) for data in (found, wanted))))
    if not all(math.isfinite(x) for x, _ in pairs):
        return math.inf
    return max(abs(x - y) for x, y in pairs) / max(abs(y) for _, y in pairs)


def difference(folder, output, runtime, found, bound=None):
    """What is wrong with an output, "" if nothing is; and the measured error of a floating-point one."""
    # Of large outputs there is the reference kernels' file and a digest of the others'.
    name = output["variants"].get(runtime) or output["variants"].get("litert-ref")
    if bound is not None and output["dtype"] == "FLOAT32" and name:
        error = error_of(found, (folder / name).read_bytes())
        return (f"error {error:.3g}, bound {bound:g}" if not error <= bound else ""), error
    return exact_difference(folder, output, runtime, found), 0


def exact_difference(folder, output, runtime, found):
    """What is wrong with an output of which every byte counts; "" if nothing is."""
    name = output["variants"].get(runtime)
    if not name:
        same = hashlib.sha256(found).hexdigest().startswith(output["sha256"][runtime])
        return "" if same else "another digest"
    wanted = (folder / name).read_bytes()
    if found == wanted:
        return ""
    return f"{sum(x != y for x, y in zip(found, wanted))} of {len(wanted)} bytes differ"


def bound_of(golden, output, personality):
    """The stated bound of an output in floating point, None for others."""
    bounds = BOUNDS.get(golden["name"])
    if isinstance(bounds, dict):
        bounds = bounds.get(output["index"])
    return bounds and bounds[PERSONALITIES[golden["kind"]].index(personality)]


def run_case(tool, folder, golden, case, device, personality):
    """What is wrong with the outputs for one set of inputs, "" if nothing is; and their measured error."""
    worst = 0
    inputs = [word for name in case["inputs"] for word in ("-i", folder / name)]
    with tempfile.TemporaryDirectory() as out:
        code, _, error = tool.call(
            "run", folder / golden["model"], "--device", device, "--personality", personality, "-o", out, *inputs,
            *shapes_of(golden),
        )  # fmt: skip
        if code:
            return error, worst
        for output in case["outputs"]:
            found = (Path(out) / f"{output['index']}.bin").read_bytes()
            bound = bound_of(golden, output, personality)
            complaint, error = difference(folder, output, RUNTIMES[personality], found, bound)
            worst = max(worst, error)
            if complaint:
                return f"output {output['index']}: {complaint}", worst
    return "", worst


def is_slow(golden, device):
    """Large images in plain C, or in a guest that may be emulated."""
    return not device.startswith("sim:avx") and max(math.prod(i["shape"]) for i in golden["inputs"]) > SMALL


def run_model(tool, folder, golden, device, personality, report):
    """All cases of a model on a device: one test point."""
    wrong = {}
    worst = 0
    for case in golden["cases"]:
        complaint, error = run_case(tool, folder, golden, case, device, personality)
        worst = max(worst, error)
        cause = DIFFERS.get((golden["name"], personality, case["label"]))
        if cause and (not complaint or complaint.startswith("output ")):
            print(f"# {golden['name']}, {case['label']}: expected to differ: {cause}: {complaint}")
            report.differing.setdefault(golden["name"], set()).add((personality, case["label"]))
            complaint = "" if complaint else f"is equal, though expected to differ: {cause}"
        if complaint:
            wrong[case["label"]] = complaint
    name = f"{golden['name']} as {personality} on {device}, {len(golden['cases'])} inputs"
    bounds = [bound_of(golden, output, personality) for output in golden["cases"][0]["outputs"]]
    bounds = [bound for bound in bounds if bound is not None]
    report.note(golden["name"], not wrong, worst, max(bounds, default=None))
    if bounds:
        name += f", error {worst:.3g}, bound {max(bounds):g}"
    report.point(not wrong, name)
    for label, complaint in wrong.items():
        print(f"# {label}: {complaint}")


def takes(tool, folder, golden, report):
    """Is the model one to run?  If not, its row says why."""
    name = golden["name"]
    reason = tool.refusal(folder / golden["model"], PERSONALITIES[golden["kind"]][0], shapes_of(golden))
    if name in REFUSED:
        known = bool(reason) and REFUSED[name] in reason
        report.point(known, f"{name} is refused because of {REFUSED[name]}")
        if not known:
            print(f"# {reason or 'it is not refused any more'}")
    elif reason and name in MUST_RUN:
        report.point(False, f"{name}: {reason}")
    elif reason:
        report.skip(name, f"not run: {reason}")
    return not reason


def run_devices(tool, folder, golden, devices, personalities, report):
    """A row for each personality and device."""
    for personality, device in itertools.product(personalities, devices):
        status = golden["status"].get(RUNTIMES[personality], "no golden")
        if status != "ok":
            report.skip(f"{golden['name']} as {personality}", f"not run: {RUNTIMES[personality]}: {status}")
        elif personality == PERSONALITIES[golden["kind"]][0] or not is_slow(golden, device):
            run_model(tool, folder, golden, device, personality, report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npu", type=Path, default=Path(os.environ.get("NPU", ROOT / "build/bin/npu")))
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--device", action="append")
    parser.add_argument("--personality", action="append", choices=RUNTIMES)
    parser.add_argument("only", nargs="*", metavar="MODEL")
    args = parser.parse_args()
    tool, report = Tool(args.npu.resolve()), Report()
    found = sorted(args.models.glob("*/golden.json"))
    if not found:
        report.skip("real models", f"no folder {args.models}; NPU_MODELS names another one")
        report.finish()
    devices, table = args.device or tool.devices(), Table()
    for path in found:
        golden = json.loads(path.read_text())
        personalities = [p for p in PERSONALITIES[golden["kind"]] if p in (args.personality or RUNTIMES)]
        if golden["name"] not in (args.only or [golden["name"]]) or not personalities:
            continue
        if takes(tool, path.parent, golden, report):
            run_devices(tool, path.parent, golden, devices, personalities, report)
        if not args.device:
            table.add(tool, golden["name"], path.parent / golden["model"], report, shapes_of(golden))
    for path in sorted(OWN.glob("*/*.tflite")) if not args.device and not args.only else []:
        table.add(tool, path.stem, path, report)
    table.show()
    report.finish()


main()
