# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Broken and malicious .tflite files: (name, bytes), all to be refused by the reader."""

import copy
import struct

from flat import Flat

FLOAT32, INT32, INT8 = 0, 2, 9
ADD, CONV_2D, RESHAPE, CUSTOM = 0, 3, 22, 32
# Field numbers of TFLite's schema.
VERSION, OPCODES, SUBGRAPHS, BUFFERS = 0, 1, 2, 4
TENSORS, INPUTS, OUTPUTS, OPERATORS = range(4)
SHAPE, TYPE, BUFFER, NAME, QUANT = range(5)
SCALE, ZERO, AXIS = 2, 3, 6
OP_CODE, OP_IN, OP_OUT, OP_OPTIONS_TYPE, OP_OPTIONS = range(5)


def tensor(name, kind, shape, buffer=0, scale=(0.5,), zero=(0,)):
    quant = {SCALE: ("f", list(scale)), ZERO: ("q", list(zero)), AXIS: ("I", 0)}
    fields = {SHAPE: ("i", list(shape)), TYPE: ("B", kind), BUFFER: ("I", buffer), NAME: name}
    return fields | ({QUANT: quant} if scale else {})


def operator(code, inputs, outputs, kind=0, options=None):
    fields = {OP_CODE: ("I", code), OP_IN: ("i", list(inputs)), OP_OUT: ("i", list(outputs))}
    return fields | ({OP_OPTIONS_TYPE: ("B", kind), OP_OPTIONS: options} if options else {})


def base():
    """CONV_2D of 3 filters, then a RESHAPE."""
    conv = {0: ("B", 1), 1: ("I", 1), 2: ("I", 1), 3: ("B", 0), 4: ("I", 1), 5: ("I", 1)}
    graph = {
        TENSORS: [
            tensor("input", INT8, [1, 4, 4, 2]),
            tensor("weights", INT8, [3, 1, 1, 2], 1, (0.1, 0.2, 0.3), (0, 0, 0)),
            tensor("bias", INT32, [3], 2, (0.05, 0.1, 0.15), (0, 0, 0)),
            tensor("conv", INT8, [1, 4, 4, 3]),
            tensor("shape", INT32, [2], 3, ()),
            tensor("output", INT8, [1, 48]),
        ],
        INPUTS: ("i", [0]),
        OUTPUTS: ("i", [5]),
        OPERATORS: [operator(0, [0, 1, 2], [3], 1, conv), operator(1, [3, 4], [5])],
    }
    return {
        VERSION: ("I", 3),
        OPCODES: [{0: ("B", CONV_2D), 3: ("I", CONV_2D)}, {0: ("B", RESHAPE), 3: ("I", RESHAPE)}],
        SUBGRAPHS: [graph],
        BUFFERS: [{}, {0: bytes(range(6))}, {0: bytes(12)}, {0: struct.pack("<2i", 1, 48)}],
    }


def changed(change):
    model = copy.deepcopy(base())
    change(model, model[SUBGRAPHS][0])
    return bytes(Flat(model).data)


def overwritten():
    """Each offset, count and vtable of the model, pointing where it must not."""
    flat = Flat(base())
    size = len(flat.data)
    wrong = {
        "offset": ("<I", [0, size]),
        "count": ("<I", [0xFFFFFFFF]),
        "vtable": ("<i", [-0x80000000]),
        "vtable size": ("<H", [0xFFFF]),
        "table size": ("<H", [0]),
    }
    for place, kind, what in flat.marks:
        # buffer 0 is the empty one by the schema, and nobody looks at it
        if what == "model.4[0]":
            continue
        form, values = wrong.get(kind, ("", []))
        for value in values:
            data = bytearray(flat.data)
            struct.pack_into(form, data, place, value)
            yield f"{kind} of {what} is {value}", bytes(data)


def cut():
    data = bytes(Flat(base()).data)
    for part in range(16):
        size = len(data) * part // 16
        yield f"cut to {size} bytes", data[:size]


def set_tensor(number, field, value):
    return lambda model, graph: graph[TENSORS][number].__setitem__(field, value)


def set_op(number, field, value):
    return lambda model, graph: graph[OPERATORS][number].__setitem__(field, value)


def set_graph(field, value):
    return lambda model, graph: graph.__setitem__(field, value)


def set_model(field, value):
    return lambda model, graph: model.__setitem__(field, value)


def loop(model, graph):
    """Two ops that wait for each other."""
    graph[TENSORS] += [tensor("a", INT8, [1, 48]), tensor("b", INT8, [1, 48])]
    graph[OPERATORS] += [operator(1, [7, 4], [6]), operator(1, [6, 4], [7])]


def many_ops(model, graph):
    """More ops than the reader takes."""
    graph[OPERATORS] = [operator(1, [3, 4], [5])] * 20000


def many_tensors(model, graph):
    graph[TENSORS] += [{SHAPE: ("i", [1])}] * 70000


def shared_inputs():
    """Ops of which each names the same long list: few bytes, very many tensor numbers."""
    model = base()
    graph = model[SUBGRAPHS][0]
    graph[OPERATORS] = [operator(1, [3, 4] * 2000, [5])] + [operator(1, [3, 4], [5])] * 2000
    flat = Flat(model)
    places = {what: at for at, kind, what in flat.marks if kind == "offset"}
    first = places["model.2[0].3[0].1"]
    target = first + struct.unpack_from("<I", flat.data, first)[0]
    for i in range(1, 2001):
        place = places[f"model.2[0].3[{i}].1"]
        # offsets only lead forward, and wrap around in 32 bits
        struct.pack_into("<I", flat.data, place, (target - place) & 0xFFFFFFFF)
    return bytes(flat.data)


CHANGES = {
    "schema version 2": set_model(VERSION, ("I", 2)),
    "schema version 4294967295": set_model(VERSION, ("I", 0xFFFFFFFF)),
    "no subgraph": set_model(SUBGRAPHS, []),
    "no op codes": set_model(OPCODES, []),
    "no buffers": set_model(BUFFERS, []),
    "no tensors": set_graph(TENSORS, []),
    "no ops": set_graph(OPERATORS, []),
    "an input that is no tensor": set_graph(INPUTS, ("i", [6])),
    "an input of number -1": set_graph(INPUTS, ("i", [-1])),
    "an input twice": set_graph(INPUTS, ("i", [0, 0])),
    "an input that is a constant": set_graph(INPUTS, ("i", [0, 1])),
    "no input": set_graph(INPUTS, ("i", [])),
    "an output that is no tensor": set_graph(OUTPUTS, ("i", [0x7FFFFFFF])),
    "an output of number -1": set_graph(OUTPUTS, ("i", [-1])),
    "an op that reads no tensor": set_op(0, OP_IN, ("i", [0, 1, 99])),
    "an op that reads tensor -2": set_op(0, OP_IN, ("i", [0, 1, -2])),
    "an op that writes no tensor": set_op(1, OP_OUT, ("i", [-1])),
    "an op without output": set_op(1, OP_OUT, ("i", [])),
    "an op that writes a constant": set_op(0, OP_OUT, ("i", [1])),
    "an op that writes the input": set_op(0, OP_OUT, ("i", [0])),
    "an op that reads its own output": set_op(0, OP_IN, ("i", [3, 1, 2])),
    "two ops that write one tensor": set_op(1, OP_OUT, ("i", [3])),
    "two ops that wait for each other": loop,
    "ops in the wrong order": lambda model, graph: graph[OPERATORS].reverse(),
    "an op code that does not exist": set_op(0, OP_CODE, ("I", 2)),
    "an op code of 4294967295": set_op(0, OP_CODE, ("I", 0xFFFFFFFF)),
    "buffer 4 of 4": set_tensor(1, BUFFER, ("I", 4)),
    "buffer 4294967295": set_tensor(1, BUFFER, ("I", 0xFFFFFFFF)),
    "a buffer behind the end of the file": lambda model, graph: model[BUFFERS].__setitem__(
        1, {1: ("Q", 1 << 40), 2: ("Q", 6)}
    ),
    "a buffer that wraps around": lambda model, graph: model[BUFFERS].__setitem__(
        1, {1: ("Q", (1 << 64) - 2), 2: ("Q", 6)}
    ),
    "a dimension of -1": set_tensor(0, SHAPE, ("i", [1, -1, 4, 2])),
    "a dimension of -2147483648": set_tensor(0, SHAPE, ("i", [1, -0x80000000, 4, 2])),
    "9 dimensions": set_tensor(0, SHAPE, ("i", [1] * 9)),
    "70000 dimensions": set_tensor(0, SHAPE, ("i", [1] * 70000)),
    "3 scales along a dimension of 1": set_tensor(1, QUANT, {SCALE: ("f", [1, 1, 1]), ZERO: ("q", [0] * 3), AXIS: ("I", 1)}),
    "scales along dimension 4 of 4": set_tensor(1, QUANT, {SCALE: ("f", [1, 1, 1]), ZERO: ("q", [0] * 3), AXIS: ("I", 4)}),
    "scales along dimension -1": set_tensor(1, QUANT, {SCALE: ("f", [1, 1, 1]), ZERO: ("q", [0] * 3), AXIS: ("i", -1)}),
    "3 scales and 2 zero points": set_tensor(1, QUANT, {SCALE: ("f", [1, 1, 1]), ZERO: ("q", [0] * 2), AXIS: ("I", 0)}),
    "20000 ops": many_ops,
    "70000 tensors": many_tensors,
}


def cases():
    good = bytes(Flat(base()).data)
    yield "empty file", b""
    yield "one byte", b"\x1c"
    yield "another identifier", good[:4] + b"TFL4" + good[8:]
    yield "zeros behind the identifier", good[:8] + bytes(4096)
    yield "ones behind the identifier", good[:8] + b"\xff" * 4096
    yield "a root that points at itself", bytes(4) + good[4:]
    yield "a root in the identifier", struct.pack("<I", 4) + good[4:]
    yield "shared lists of inputs", shared_inputs()
    yield from cut()
    yield from overwritten()
    for name, change in CHANGES.items():
        yield name, changed(change)
