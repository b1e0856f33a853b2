# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""A writer of flatbuffers that remembers where every number lies that a reader must not trust.

A table is a dict of field number to value; a value is one of
    ("B", 3), ("I", 3), ("q", 3)        a number of 1, 4 or 8 bytes
    ("I", [3, 4]), ("f", [0.5]), b""    a vector of numbers, of bytes
    "name"                              a string
    {...}, [{...}, {...}]               a table, a vector of tables
"""

import struct


class Flat:
    """data: the file; marks: (place, kind, what) of each offset, count, vtable and field."""

    def __init__(self, root, identifier=b"TFL3"):
        self.data = bytearray(8)
        self.data[4:8] = identifier
        self.marks = []
        self.point(0, self.table(root, "model"), "model")

    def point(self, place, target, what):
        """An offset counts from itself."""
        struct.pack_into("<I", self.data, place, target - place)
        self.marks.append((place, "offset", what))

    def align(self):
        self.data += bytes(-len(self.data) % 4)
        return len(self.data)

    def table(self, fields, what):
        size = 4
        places = {}
        for number, value in sorted(fields.items()):
            places[number] = size
            width = struct.calcsize("<" + value[0]) if isinstance(value, tuple) and not isinstance(value[1], list) else 4
            size += (width + 3) // 4 * 4
        slots = 1 + max(fields, default=-1)
        vtable = self.align()
        self.data += struct.pack(f"<HH{slots}H", 4 + 2 * slots, size, *(places.get(i, 0) for i in range(slots)))
        self.marks += [(vtable, "vtable size", what), (vtable + 2, "table size", what)]
        at = self.align()
        self.data += struct.pack("<i", at - vtable) + bytes(size - 4)
        self.marks.append((at, "vtable", what))
        for number, value in sorted(fields.items()):
            self.field(at + places[number], value, f"{what}.{number}")
        return at

    def field(self, place, value, what):
        if isinstance(value, tuple) and not isinstance(value[1], list):
            struct.pack_into("<" + value[0], self.data, place, value[1])
            self.marks.append((place, "number", what))
        elif isinstance(value, dict):
            self.point(place, self.table(value, what), what)
        else:
            self.point(place, self.vector(value, what), what)

    def vector(self, value, what):
        at = self.align()
        self.marks.append((at, "count", what))
        if isinstance(value, str):
            text = value.encode()
            self.data += struct.pack("<I", len(text)) + text + b"\0"
        elif isinstance(value, (bytes, bytearray)):
            self.data += struct.pack("<I", len(value)) + value
        elif isinstance(value, tuple):
            self.data += struct.pack(f"<I{len(value[1])}{value[0]}", len(value[1]), *value[1])
        else:
            self.data += struct.pack("<I", len(value)) + bytes(4 * len(value))
            for i, table in enumerate(value):
                self.point(at + 4 + 4 * i, self.table(table, f"{what}[{i}]"), f"{what}[{i}]")
        return at
