#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Run ONNX's own tests of single operators through the npu tool.

    onnx_nodes.py [--npu FILE] [--data DIR] [--device D] [--least N] [--list] [TEST]...

DIR holds a folder for each test with model.onnx, inputs and outputs (Debian: libonnx-testdata).
A test passes when all outputs are as wanted, within the tolerances of ONNX's own runner
(relative 1e-3, absolute 1e-7); it is refused when the npu tool says why it does not take the
model.  Prints TAP: one point for each failure, one for the number of those that pass.
"""

import argparse
import collections
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

ROOT = Path(__file__).resolve().parents[3]
DATA = Path("/usr/share/libonnx-testdata/data")
RELATIVE, ABSOLUTE = 1e-3, 1e-7
LEAST = 637  # of the 1072 of ONNX 1.12
# TensorProto.DataType
TYPES = {
    1: numpy.float32, 2: numpy.uint8, 3: numpy.int8, 4: numpy.uint16, 5: numpy.int16, 6: numpy.int32,
    7: numpy.int64, 9: numpy.bool_, 10: numpy.float16, 11: numpy.float64, 12: numpy.uint32, 13: numpy.uint64,
}  # fmt: skip


def fields(data):
    """Number and value of each field of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(key & 7)
        if size is None:
            size = varint()
        at += size
        yield key >> 3, data[at - size : at]


def tensor(path):
    """The array in a file; None when it is no tensor, or of elements that no tensor slot takes."""
    try:
        return tensor_proto(path)
    except (ValueError, TypeError, IndexError):  # a SequenceProto or an OptionalProto
        return None


def tensor_proto(path):
    """The array in a TensorProto file."""
    dims, kind, raw, packed = [], 0, None, b""
    for number, value in fields(path.read_bytes()):
        if number == 1:
            dims += [value] if isinstance(value, int) else [v for v in varints(value)]
        elif number == 2:
            kind = value
        elif number == 9:
            raw = value
        elif number in (4, 10) and isinstance(value, bytes):
            packed += value
        elif number in (5, 7):
            packed += b"".join(
                (v & (1 << 64) - 1).to_bytes(8, "little") for v in ([value] if isinstance(value, int) else varints(value))
            )
    dtype = TYPES.get(kind)
    if dtype is None:
        return None
    if raw is not None:
        return numpy.frombuffer(raw, dtype).reshape(dims)
    if kind in (1, 11):
        return numpy.frombuffer(packed, dtype).reshape(dims)
    whole = numpy.frombuffer(packed, numpy.int64)
    if kind == 10:
        return whole.astype(numpy.uint16).view(numpy.float16).reshape(dims)
    return whole.astype(dtype).reshape(dims)


def varints(data):
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def numbered(folder, kind):
    return sorted(folder.glob(f"{kind}_*.pb"), key=lambda p: int(p.stem.split("_")[1]))


def differs(found, wanted):
    """What is wrong with an output; "" if nothing is."""
    if found.size != wanted.nbytes:
        return f"{found.size} bytes instead of {wanted.nbytes}"
    found = found.view(wanted.dtype if wanted.dtype != numpy.bool_ else numpy.uint8).reshape(wanted.shape)
    if wanted.dtype.kind == "f":
        same = numpy.isclose(found.astype(numpy.float64), wanted.astype(numpy.float64), RELATIVE, ABSOLUTE, True)
    else:
        same = found == wanted
    return "" if numpy.all(same) else f"{numpy.sum(~same)} of {wanted.size} elements differ"


def run(npu, device, folder):
    """("passed", ""), ("refused", reason) or ("failed", complaint)."""
    for data in sorted(folder.glob("test_data_set_*")):
        inputs = [tensor(p) for p in numbered(data, "input")]
        outputs = [tensor(p) for p in numbered(data, "output")]
        if any(t is None for t in inputs + outputs):
            return "refused", "strings, sequences, optional or complex values"
        with tempfile.TemporaryDirectory() as work:
            command = [npu, "run", folder / "model.onnx", "--device", device, "-o", work]
            for i, array in enumerate(inputs):
                path = Path(work) / f"in{i}.bin"
                path.write_bytes(array.tobytes())
                command += ["-i", path]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
            if done.returncode in (1, 3):
                return "refused", done.stderr.strip().split(": ", 2)[-1]
            if done.returncode:
                return "failed", f"exit {done.returncode}: {done.stderr.strip()[-200:]}"
            for i, wanted in enumerate(outputs):
                path = Path(work) / f"{i}.bin"
                if not path.exists():
                    return "failed", f"output {i} is missing"
                complaint = differs(numpy.fromfile(path, numpy.uint8), wanted)
                if complaint:
                    return "failed", f"output {i}: {complaint}"
    return "passed", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npu", type=Path, default=Path(os.environ.get("NPU", ROOT / "build/bin/npu")))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--device", default="sim")
    parser.add_argument("--least", type=int, help=f"fewest tests that must pass ({LEAST}; 0 if tests are named)")
    parser.add_argument("--list", action="store_true", help="a line for each test")
    parser.add_argument("only", nargs="*", metavar="TEST")
    args = parser.parse_args()
    if args.least is None:
        args.least = 0 if args.only else LEAST
    folders = sorted(p.parent for p in args.data.glob("*/*/model.onnx"))
    if not folders:
        print(f"1..1\nok 1 - onnx node tests # SKIP no {args.data}; install libonnx-testdata")
        return 0
    counts, count = collections.Counter(), 0
    for folder in folders:
        if args.only and folder.name not in args.only:
            continue
        outcome, why = run(args.npu.resolve(), args.device, folder)
        counts[outcome] += 1
        if args.list:
            print(f"# {outcome} {folder.name}: {why}")
        if outcome == "failed":
            count += 1
            print(f"not ok {count} - {folder.name}: {why}", flush=True)
    enough = counts["passed"] >= args.least
    table = ", ".join(f"{counts[k]} {k}" for k in ("passed", "refused", "failed"))
    print(f"{'ok' if enough else 'not ok'} {count + 1} - onnx node tests: {table}; at least {args.least} must pass")
    print(f"1..{count + 1}")
    return not enough or counts["failed"] > 0


sys.exit(main())
