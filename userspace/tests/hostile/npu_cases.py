# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Broken and malicious .npu files: (name, bytes), made from a good one; all to be refused."""

import struct

from xxh64 import xxh64

HEADER, ENTRY = 24, 32
PROGRAM, CONST, STRINGS, TENSORS, LAYERS, INFO = range(1, 7)
TENSOR_BYTES, LAYER_BYTES = 80, 32
INTERNAL = 3  # the role of a tensor that is neither input nor output


def sections(data):
    """Place of the table's entry, offset and size of each section, by its kind."""
    found = {}
    for i in range(struct.unpack_from("<I", data, 16)[0]):
        at = HEADER + ENTRY * i
        kind, _, offset, size, _ = struct.unpack_from("<IIQQQ", data, at)
        found[kind] = (at, offset, size)
    return found


def patched(good, place, form, value):
    data = bytearray(good)
    struct.pack_into(form, data, place, value)
    return data


def sealed(data):
    """With digests that fit again: a file that somebody made so, not one that was damaged."""
    for at, offset, size in sections(data).values():
        struct.pack_into("<Q", data, at + 24, xxh64(bytes(data[offset : offset + size])))
    return bytes(data)


HEADER_FIELDS = {
    "magic": (0, "<I", [0, 0xFFFFFFFF]),
    "major": (4, "<H", [0, 2, 0xFFFF]),
    "size": (8, "<Q", [0, 23, 1 << 40, (1 << 64) - 1]),
    "section count": (16, "<I", [0, 65, 0xFFFFFFFF]),
    "reserved": (20, "<I", [1]),
}
ENTRY_FIELDS = {
    "kind": (0, "<I", [0]),
    "reserved": (4, "<I", [1]),
    "offset": (8, "<Q", [0, 1, 64, 1 << 40, (1 << 64) - 64]),
    "size": (16, "<Q", [1 << 40, (1 << 64) - 1]),
    "digest": (24, "<Q", [0]),
}
TENSOR_FIELDS = {
    "name": (0, "<I", [0x7FFFFFFF, 0xFFFFFFFF]),
    "role": (4, "<I", [0, 9]),
    "index": (8, "<I", [0xFFFFFFFF]),
    "dtype": (12, "<I", [0, 99]),
    "rank": (16, "<I", [9, 0xFFFFFFFF]),
    "dimension": (20, "<I", [0xFFFFFFFF]),
    "slot": (60, "<I", [0xFFFFFFFF]),
    "offset": (64, "<I", [0xFFFFFFFF]),
    "bytes": (68, "<I", [0, 0xFFFFFFFF]),
    "reserved": (76, "<I", [1]),
}
LAYER_FIELDS = {
    "type": (0, "<I", [0xFFFFFFFF]),
    "name": (4, "<I", [0xFFFFFFFF]),
    "first op": (12, "<I", [0xFFFFFFFF]),
    "op count": (16, "<I", [0xFFFFFFFF]),
    "output": (20, "<I", [0x7FFFFFFF]),
}
INFO_FIELDS = {
    "model": (0, "<I", [0xFFFFFFFF]),
    "compiler": (4, "<I", [0xFFFFFFFF]),
    "personality": (8, "<I", [0xFFFFFFFF]),
}


def fields(good, what, base, table, seal):
    for name, (place, form, values) in table.items():
        for value in values:
            data = patched(good, base + place, form, value)
            yield f"{what}: {name} is {value}", sealed(data) if seal else bytes(data)


def programs(good, program):
    """Words of the program that no device takes; which personality it names is a device's own matter."""
    slots, slot_count, slot_size, ops, op_count, op_size = struct.unpack_from("<6I", good, program + 16)
    words = {f"header word {i}": 4 * i for i in range(10) if i != 3}
    words |= {f"kind of slot {i}": slots + slot_size * i for i in range(slot_count)}
    words |= {f"bytes of slot {i}": slots + slot_size * i + 4 for i in range(slot_count)}
    words |= {f"opcode of op {i}": ops + op_size * i for i in range(op_count)}
    for name, place in words.items():
        yield f"program: {name} is 4294967295", sealed(patched(good, program + place, "<I", 0xFFFFFFFF))


def cases(good):
    found = sections(good)
    yield "empty file", b""
    for part in range(1, 24):
        size = len(good) * part // 24
        yield f"cut to {size} bytes", good[:size]
    yield "a byte more", good + b"\0"
    yield from fields(good, "header", 0, HEADER_FIELDS, False)
    for kind, (at, offset, size) in found.items():
        yield from fields(good, f"section {kind}", at, ENTRY_FIELDS, False)
        yield f"section {kind}: a bit of its contents", bytes(patched(good, offset, "<B", good[offset] ^ 1))
        # what is not there cannot be read, and what is cut off neither
        data = patched(good, at, "<I", 63)
        yield f"section {kind} is missing", bytes(data)
        if kind not in (CONST, STRINGS):
            yield f"section {kind} is a byte short", sealed(patched(good, at + 16, "<Q", size - 1))
    yield "two sections in one place", bytes(patched(good, found[CONST][0] + 8, "<Q", found[PROGRAM][1]))
    _, tensors, size = found[TENSORS]
    for i in range(size // TENSOR_BYTES):
        role = struct.unpack_from("<I", good, tensors + TENSOR_BYTES * i + 4)[0]
        table = {name: field for name, field in TENSOR_FIELDS.items() if name != "index" or role != INTERNAL}
        yield from fields(good, f"tensor {i}", tensors + TENSOR_BYTES * i, table, True)
    _, layers, size = found[LAYERS]
    for i in range(size // LAYER_BYTES):
        yield from fields(good, f"layer {i}", layers + LAYER_BYTES * i, LAYER_FIELDS, True)
    yield from fields(good, "info", found[INFO][1], INFO_FIELDS, True)
    _, strings, size = found[STRINGS]
    yield "strings without end", sealed(patched(good, strings + size - 1, "<B", 65))
    yield from programs(good, found[PROGRAM][1])
