#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Make of a DeepLab that was exported for NNAPI what TensorFlow exports by default.

    deeplab_original.py NNAPI.tflite ORIGINAL.tflite

freedomtan's re-export changed two things in the graph: RESIZE_BILINEAR no longer has
align_corners, and ARG_MAX gives int32.  Here they are put back: every RESIZE_BILINEAR gets
options with align_corners, every ARG_MAX output type int64.  The weights are the same, so that
both can be compared.  New tables are put behind the file, where offsets can reach them.
"""

import struct
import sys

RESIZE_BILINEAR, ARG_MAX = 23, 56
INT32, INT64 = 2, 4


class Table:
    """A flatbuffer's table in the bytes of a file."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        self.vtable = at - struct.unpack_from("<i", data, at)[0]
        self.fields = (struct.unpack_from("<H", data, self.vtable)[0] - 4) // 2

    def where(self, field):
        """Where a field lies, 0 if it is absent."""
        if field >= self.fields:
            return 0
        offset = struct.unpack_from("<H", self.data, self.vtable + 4 + 2 * field)[0]
        return self.at + offset if offset else 0

    def target(self, field):
        """What an offset leads to."""
        at = self.where(field)
        return at + struct.unpack_from("<I", self.data, at)[0]

    def vector(self, field):
        """Its elements, 32-bit."""
        at = self.target(field)
        count = struct.unpack_from("<I", self.data, at)[0]
        return at + 4, list(struct.unpack_from(f"<{count}i", self.data, at + 4))

    def tables(self, field):
        """A vector of tables."""
        start, offsets = self.vector(field)
        return [Table(self.data, start + 4 * i + o) for i, o in enumerate(offsets)]


def put_resize_options(data):
    """ResizeBilinearOptions {align_corners: true} behind the file."""
    while len(data) % 4:
        data.append(0)
    vtable = len(data)
    # Four fields of which the third, align_corners, is one byte behind the table's start.
    data += struct.pack("<HHHHHH", 12, 8, 0, 0, 4, 0)
    table = len(data)
    data += struct.pack("<iBxxx", table - vtable, 1)
    return table


def main():
    with open(sys.argv[1], "rb") as f:
        data = bytearray(f.read())
    model = Table(data, struct.unpack_from("<I", data, 0)[0])
    codes = [data[code.where(0)] if code.where(0) else 0 for code in model.tables(1)]
    graph = model.tables(2)[0]
    tensors = graph.tables(0)
    for op in graph.tables(3):
        code = codes[struct.unpack_from("<I", data, op.where(0))[0] if op.where(0) else 0]
        if code == RESIZE_BILINEAR:
            options = put_resize_options(data)
            struct.pack_into("<I", data, op.where(4), options - op.where(4))
        elif code == ARG_MAX:
            options = Table(data, op.target(4))
            _, outputs = op.vector(2)
            for at in (options.where(0), tensors[outputs[0]].where(1)):
                assert data[at] == INT32
                data[at] = INT64
    with open(sys.argv[2], "wb") as f:
        f.write(data)


if __name__ == "__main__":
    main()
