#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""input_processors and output_processors against a reference that is written out here.

    processors.py [--npu FILE] [--models DIR] [--device D]

Each case runs a real model twice: with a configuration on what a camera would give, and without
one on what the reference makes of the same; all outputs must be the same bytes.  All
arithmetic of the reference is binary32, rounded after each step.  Prints TAP.
"""

import argparse
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODELS = Path(os.environ.get("NPU_MODELS", ROOT.parent / "shared" / "models"))
FULL = [1, 0, 1.402, -179.456, 1, -0.344136, -0.714136, 135.458816, 1, 1.772, 0, -226.816]
LIMITED = [1.164384, 0, 1.596027, -222.9216, 1.164384, -0.391762, -0.812968, 135.575296,
           1.164384, 2.017232, 0, -276.83584]  # fmt: skip


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def half_away(x):
    return int(math.floor(abs(x) + 0.5) * (1 if x >= 0 else -1))


def clamp(x, low, high):
    return max(low, min(high, x))


class Picture:
    """Numbers [H][W][C]."""

    def __init__(self, rows):
        self.rows = rows

    def map(self, function):
        """function(channel, number) of every number."""
        return Picture([[[function(c, x) for c, x in enumerate(p)] for p in row] for row in self.rows])

    def nhwc(self):
        return [x for row in self.rows for pixel in row for x in pixel]

    def nchw(self):
        return [pixel[c] for c in range(len(self.rows[0][0])) for row in self.rows for pixel in row]

    def swapped(self):
        return Picture([[pixel[::-1] for pixel in row] for row in self.rows])

    def cut(self, amounts):
        (_, _, top, bottom, left, right, _, _) = amounts
        return Picture([row[left : len(row) - right] for row in self.rows[top : len(self.rows) - bottom]])

    def pad(self, amounts, value):
        (_, _, top, bottom, left, right, _, _) = amounts
        channels = len(self.rows[0][0])
        width = len(self.rows[0]) + left + right
        border = [[value] * channels]
        rows = [border * left + row + border * right for row in self.rows]
        return Picture([border * width] * top + rows + [border * width] * bottom)


def picture(rng, height, width, channels, low=0, high=255):
    return Picture([[[rng.randint(low, high) for _ in range(channels)] for _ in range(width)] for _ in range(height)])


def yuv(rng, form, height, width):
    """(bytes as a camera gives them, Picture of Y, U, V): U and V of the pixel's block."""
    y = [[rng.randint(0, 255) for _ in range(width)] for _ in range(height)]
    tall = 2 if "420" in form else 1
    u, v = ([[rng.randint(0, 255) for _ in range(width // 2)] for _ in range(height // tall)] for _ in range(2))
    if form == "YUV420SP":
        data = sum(y, []) + [x for a, b in zip(u, v) for pair in zip(a, b) for x in pair]
    elif form == "YVU420SP":
        data = sum(y, []) + [x for a, b in zip(u, v) for pair in zip(b, a) for x in pair]
    else:
        data = []
        for r in range(height):
            for c in range(width // 2):
                a, b = y[r][2 * c], y[r][2 * c + 1]
                data += [a, u[r][c], b, v[r][c]] if form == "YUYV422" else [u[r][c], a, v[r][c], b]
    seen = [[[y[r][c], u[r // tall][c // 2], v[r // tall][c // 2]] for c in range(width)] for r in range(height)]
    return bytes(data), Picture(seen)


def convert(seen, matrix, to_bgr=False, pixels=True):
    """The matrix, products in order and the constant last, then 8-bit pixels."""
    matrix = [f32(x) for x in matrix]

    def pixel(yuv_):
        out = []
        for row in range(3):
            acc = 0.0
            for x, w in zip(yuv_, matrix[4 * row : 4 * row + 3]):
                acc = f32(acc + f32(x * w))
            out.append(f32(acc + matrix[4 * row + 3]))
        if pixels:
            out = [clamp(half_away(x), 0, 255) for x in out]
        return out[::-1] if to_bgr else out

    return Picture([[pixel(p) for p in row] for row in seen.rows])


def normalise(seen, mean, std):
    mean, std = (([f32(x) for x in v] * 3)[:3] if len(v) == 1 else [f32(x) for x in v] for v in (mean, std))
    return seen.map(lambda c, x: f32(f32(x - mean[c]) / std[c]))


def pack(numbers, dtype):
    if dtype == "FP16":
        return struct.pack(f"<{len(numbers)}e", *numbers)
    return struct.pack(f"<{len(numbers)}{dict(U8='B', S8='b', S16='h', S32='i', FP32='f')[dtype]}", *numbers)


class Model:
    """A model of the set: its only input, and what quantises it."""

    def __init__(self, tool, name):
        self.path = next(p for p in (MODELS / name).iterdir() if p.suffix in (".tflite", ".onnx"))
        self.tool = tool
        with tempfile.TemporaryDirectory() as folder:
            artefact = Path(folder) / "m.npu"
            tool("compile", str(self.path), "-o", str(artefact))
            tensors = json.loads(tool("objdump", str(artefact), "--json"))["tensors"]
        self.input = next(t for t in tensors if t["role"] == "input")

    def codes(self, numbers):
        """What QUANTIZE makes of them under the default personality; floats stay."""
        if self.input["dtype"] == "float32":
            return struct.pack(f"<{len(numbers)}f", *numbers)
        low, high, letter = {"int8": (-128, 127, "b"), "uint8": (0, 255, "B")}[self.input["dtype"]]
        scale, zero = f32(self.input["scale"]), self.input["zero_point"]
        return struct.pack(f"<{len(numbers)}{letter}",
                           *(clamp(half_away(f32(x / scale)) + zero, low, high) for x in numbers))  # fmt: skip

    def outputs(self, data, config=None, options=()):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "in.bin"
            source.write_bytes(data)
            more = list(options)
            if config:
                (Path(folder) / "c.json").write_text(json.dumps(config))
                more += ["--config", f"{folder}/c.json"]
            self.tool("run", str(self.path), "--device", self.tool.device, "-i", str(source), "-o", f"{folder}/out",
                      *more)  # fmt: skip
            info = json.loads((Path(folder) / "out/outputs.json").read_text())
            count = len(info["outputs"])
            return info["outputs"], [(Path(folder) / f"out/{i}.bin").read_bytes() for i in range(count)]


class Tool:
    def __init__(self, npu, device):
        self.npu, self.device = npu, device

    def __call__(self, *args):
        result = subprocess.run([self.npu, *args], text=True, capture_output=True, check=False)
        if result.returncode:
            raise AssertionError(f"npu {' '.join(args)}: exit {result.returncode}: {result.stderr.strip()}")
        return result.stdout


def entry(**keys):
    return {"input_processors": [{"tensor_name": "DEFAULT", **keys}]}


def cases(tool, rng):
    """(name, model, configuration, bytes given, bytes that the model itself takes)"""
    int8 = Model(tool, "resnet8_cifar_int8")
    real = Model(tool, "resnet8_cifar_float")
    uint8 = Model(tool, "mobilenet_v1_0.25_128_uint8")
    mnist = Model(tool, "onnx_mnist_float")
    mean, std = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]

    for form in ("YUV420SP", "YVU420SP", "YUYV422", "UYVY422"):
        for mode, matrix, to in (("FullRange", FULL, "RGB"), ("LimitedRange", LIMITED, "BGR")):
            data, seen = yuv(rng, form, 32, 32)
            seen = normalise(convert(seen, matrix, to == "BGR"), [127.5], [0.5])
            yield (f"{form} {mode} to {to}, int8", int8,
                   entry(src_format=form, tensor_format=to, csc_mode=mode, mean=[127.5], std=[0.5]),
                   data, int8.codes(seen.nhwc()))  # fmt: skip
    data, seen = yuv(rng, "YUV420SP", 32, 32)
    matrix = [0.25, 0.5, -0.5, 3, 1, 0, 0.125, -20, -0.75, 0.3, 0.1, 7.5]
    yield ("Matrix gives what it gives", real, entry(src_format="YUV420SP", csc_mode="Matrix", csc_mat=matrix),
           data, real.codes(convert(seen, matrix, pixels=False).nhwc()))  # fmt: skip
    yield ("YUV without conversion", real, entry(src_format="YUV420SP"), data, real.codes(seen.nhwc()))

    seen = picture(rng, 128, 128, 3)
    yield ("BGR to RGB, uint8 codes as they are", uint8, entry(src_format="BGR", tensor_format="RGB"),
           bytes(seen.nhwc()), bytes(seen.swapped().nhwc()))  # fmt: skip
    yield ("NCHW given to an NHWC model", uint8, entry(src_layout="NCHW"), bytes(seen.nchw()), bytes(seen.nhwc()))
    yield ("mean and std by channel on plain pixels", uint8, entry(src_dtype="U8", mean=mean, std=std),
           bytes(seen.nhwc()), uint8.codes(normalise(seen, mean, std).nhwc()))  # fmt: skip
    yield ("mean and std in NCHW, BGR", uint8,
           entry(src_dtype="U8", src_layout="NCHW", src_format="BGR", tensor_format="RGB", mean=mean, std=std),
           bytes(seen.nchw()), uint8.codes(normalise(seen.swapped(), mean, std).nhwc()))  # fmt: skip

    for dtype, low, high in (("U8", 0, 255), ("S8", -128, 127), ("S16", -32768, 32767), ("S32", -99999, 99999),
                             ("FP16", -2048, 2048), ("FP32", -9999, 9999)):  # fmt: skip
        seen = picture(rng, 32, 32, 3, low, high)
        yield (f"{dtype} to float32", real, entry(src_dtype=dtype, std=[3]),
               pack(seen.nhwc(), dtype), real.codes(normalise(seen, [0], [3]).nhwc()))  # fmt: skip
        yield (f"{dtype} to int8", int8, entry(src_dtype=dtype), pack(seen.nhwc(), dtype),
               int8.codes([float(x) for x in seen.nhwc()]))  # fmt: skip

    amounts, cut = [0, 0, 3, 1, 2, 4, 0, 0], [0, 0, 5, 6, 1, 2, 0, 0]
    seen = picture(rng, 32 - 4 + 11, 32 - 6 + 3, 3)
    yield ("slicing, then padding with 114, then mean", int8,
           entry(src_dtype="U8", slicing=cut, padding=amounts, padding_constant_value=114, mean=mean, std=std),
           bytes(seen.nhwc()), int8.codes(normalise(seen.cut(cut).pad(amounts, 114), mean, std).nhwc()))  # fmt: skip
    seen = picture(rng, 32 - 4, 32 - 6, 3, -128, 127)
    yield ("padding of codes", int8, entry(padding=amounts, padding_constant_value=-128),
           pack(seen.nhwc(), "S8"), pack(seen.pad(amounts, -128).nhwc(), "S8"))  # fmt: skip

    seen = picture(rng, 28, 28, 1)
    yield ("NHWC pixels to an ONNX model", mnist, entry(src_layout="NHWC", src_dtype="U8", std=[255]),
           bytes(seen.nhwc()), mnist.codes(normalise(seen, [0], [255]).nchw()))  # fmt: skip
    named = entry(src_dtype="U8", std=[255])
    named["input_processors"].append({"tensor_name": mnist.input["name"], "src_dtype": "U8", "mean": [7]})
    yield ("an entry of the input's name counts more than DEFAULT", mnist, named, bytes(seen.nhwc()),
           mnist.codes([x - 7.0 for x in seen.nhwc()]))  # fmt: skip


def outputs(tool, rng):
    """(name, passed) of output_processors."""
    int8 = Model(tool, "resnet8_cifar_int8")
    mnist = Model(tool, "onnx_mnist_float")
    data = pack(picture(rng, 32, 32, 3, -128, 127).nhwc(), "S8")
    info, (codes,) = int8.outputs(data)
    numbers = struct.unpack(f"{len(codes)}b", codes)
    scale, zero = f32(info[0]["scale"]), info[0]["zero_point"]

    def of(**keys):
        return {"output_processors": [{"tensor_name": "DEFAULT", **keys}]}

    real = int8.outputs(data, of(output_dtype="FP32"))
    yield "int8 codes as FP32", real[1][0] == struct.pack(f"<{len(codes)}f", *(f32(scale * (x - zero)) for x in numbers))
    raised = int8.outputs(data, of(output_dtype="U8"))
    yield "int8 codes as U8", raised[1][0] == bytes(x + 128 for x in numbers)
    yield "and the zero point is raised", raised[0][0]["zero_point"] == zero + 128
    turned = int8.outputs(data, of(dst_perm=[1, 0]))
    yield "dst_perm turns the axes", turned[0][0]["shape"] == info[0]["shape"][::-1] and turned[1][0] == codes
    data = mnist.codes([float(x) for x in picture(rng, 28, 28, 1).nchw()])
    _, (plain,) = mnist.outputs(data)
    want = bytes(clamp(half_away(x), 0, 255) for x in struct.unpack(f"<{len(plain) // 4}f", plain))
    yield "floats as U8", mnist.outputs(data, of(output_dtype="U8"))[1][0] == want


def suppressed(tool, rng):
    """(name, passed): the model's own first and last TRANSPOSE, done here."""
    model = Model(tool, "onnx_conv_qdq_u8u8")
    n, c, h, w = model.input["shape"]
    numbers = [rng.uniform(-1, 1) for _ in range(n * c * h * w)]
    nhwc = [numbers[(k * h + y) * w + x] for y in range(h) for x in range(w) for k in range(c)]
    info, want = model.outputs(struct.pack(f"<{len(numbers)}f", *numbers))
    got = model.outputs(struct.pack(f"<{len(nhwc)}f", *nhwc), options=["--suppress-input"])
    yield "suppress-input takes what the first op reads", got[1] == want
    turned = model.outputs(struct.pack(f"<{len(numbers)}f", *numbers), options=["--suppress-output"])
    _, oc, oh, ow = info[0]["shape"]
    plain = struct.unpack(f"<{oc * oh * ow}f", want[0])
    inner = [plain[(k * oh + y) * ow + x] for y in range(oh) for x in range(ow) for k in range(oc)]
    yield "suppress-output gives what the last op writes", turned[1][0] == struct.pack(f"<{len(inner)}f", *inner)
    yield "in its shape", turned[0][0]["shape"] == [1, oh, ow, oc]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npu", default=os.environ.get("NPU", str(ROOT / "build/bin/npu")))
    parser.add_argument("--device", default="sim")
    args = parser.parse_args()
    if not MODELS.is_dir():
        print("1..0 # SKIP no models")
        return 0
    tool, rng, points = Tool(args.npu, args.device), random.Random(7), []

    def point(name, passed, note=""):
        points.append(passed)
        print(f"{'' if passed else 'not '}ok {len(points)} - {name}")
        if note:
            print(f"# {note}")

    for name, model, config, given, taken in cases(tool, rng):
        try:
            point(name, model.outputs(given, config)[1] == model.outputs(taken)[1])
        except AssertionError as error:
            point(name, False, str(error))
    for group in (outputs, suppressed):
        for name, passed in group(tool, rng):
            point(name, passed)
    print(f"1..{len(points)}")
    return 0 if all(points) else 1


if __name__ == "__main__":
    sys.exit(main())
