# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Write small .npy and .png files for the tests of the npu tool.

    make_input.py npy FILE DESCR SHAPE [--version N] [--fortran] < bytes
    make_input.py png FILE WIDTH HEIGHT CHANNELS < bytes
"""

import argparse
import struct
import sys
import zlib
from pathlib import Path


def npy(args, data):
    """An .npy file; numpy itself is not needed to write one."""
    shape = "(" + "".join(f"{extent}, " for extent in args.shape) + ")"
    header = f"{{'descr': '{args.descr}', 'fortran_order': {args.fortran}, 'shape': {shape}, }}"
    length = struct.Struct("<H" if args.version == 1 else "<I")
    before = 8 + length.size
    header += " " * (63 - (before + len(header)) % 64) + "\n"
    return (b"\x93NUMPY" + bytes([args.version, 0]) + length.pack(len(header)) +
            header.encode() + data)


def png(args, data):
    """A PNG without filters."""
    row = args.width * args.channels
    lines = b"".join(b"\0" + data[y * row:(y + 1) * row] for y in range(args.height))
    colour = {1: 0, 3: 2}[args.channels]

    def chunk(name, content):
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", args.width, args.height, 8, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) +
            chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(required=True)
    array = kinds.add_parser("npy")
    array.add_argument("file", type=Path)
    array.add_argument("descr")
    array.add_argument("shape", type=lambda text: [int(n) for n in text.split(",")])
    array.add_argument("--version", type=int, default=1)
    array.add_argument("--fortran", action="store_true")
    array.set_defaults(make=npy)
    image = kinds.add_parser("png")
    image.add_argument("file", type=Path)
    for name in ("width", "height", "channels"):
        image.add_argument(name, type=int)
    image.set_defaults(make=png)
    args = parser.parse_args()
    args.file.write_bytes(args.make(args, sys.stdin.buffer.read()))


main()
