# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Broken and malicious .onnx files: (name, bytes), all to be refused by the reader."""

import struct

from proto import LENGTH, Proto, length, varint

FLOAT, UINT8, INT32, INT64 = 1, 2, 6, 7
# Field numbers of onnx.proto.
IR, GRAPH, OPSET = 1, 7, 8
NODE, INITIALIZER, INPUT, OUTPUT = 1, 5, 11, 12


def tensor(name, kind, dims, raw):
    return [*((1, dim) for dim in dims), (2, kind), (8, name), (9, raw)]


def external(name, kind, dims, **entries):
    """A tensor in another file."""
    list_of = [(13, [(1, key), (2, str(value))]) for key, value in entries.items()]
    return [*((1, dim) for dim in dims), (2, kind), (8, name), *list_of, (14, 1)]


def value(name, kind=FLOAT, dims=(1, 2, 4, 4)):
    return [(1, name), (2, [(1, [(1, kind), (2, [(1, [(1, dim)]) for dim in dims])])])]


def ints(name, numbers):
    return (5, [(1, name), *((8, number) for number in numbers), (20, 7)])


def node(op, inputs, outputs, *attributes):
    return [*((1, name) for name in inputs), *((2, name) for name in outputs), (4, op), *attributes]


WEIGHTS = tensor("w", FLOAT, [3, 2, 1, 1], struct.pack("<6f", *range(6)))
CONV = node("Conv", ["x", "w"], ["c"], ints("kernel_shape", [1, 1]), ints("strides", [1, 1]))
RELU = node("Relu", ["c"], ["y"])


def model(nodes=(CONV, RELU), constants=(WEIGHTS,), inputs=(value("x"),), outputs=(value("y"),), opset=13):
    graph = [(NODE, n) for n in nodes] + [(2, "g")] + [(INITIALIZER, c) for c in constants]
    graph += [(INPUT, v) for v in inputs] + [(OUTPUT, v) for v in outputs]
    return [(IR, 8), (GRAPH, graph), (OPSET, [(2, opset)])]


def written(*args, **more):
    return bytes(Proto(model(*args, **more)).data)


def with_constant(constant):
    return written(constants=[constant])


def before_conv(*nodes, constants=()):
    """The input goes through other nodes first."""
    conv = node("Conv", ["t", "w"], ["c"], ints("kernel_shape", [1, 1]))
    return written([*nodes, conv, RELU], [WEIGHTS, *constants])


def numbers(name, *values):
    return tensor(name, INT64, [len(values)], struct.pack(f"<{len(values)}q", *values))


def reshaped(*dims):
    return before_conv(node("Reshape", ["x", "s"], ["t"]), constants=[numbers("s", *dims)])


def bomb(op, *dims):
    """A few bytes that ask for very many: what is computed from constants is folded."""
    constants = [tensor("one", FLOAT, [1], struct.pack("<f", 1)), numbers("s", *dims)]
    if op == "ConstantOfShape":
        return written([node(op, ["s"], ["k"]), node("Add", ["x", "k"], ["y"])], constants)
    return written([node(op, ["one", "s"], ["k"]), node("Add", ["x", "k"], ["y"])], constants)


def doubling():
    """Forty tensors, each twice as long as the one before."""
    nodes = [node("Concat", [f"k{i}", f"k{i}"], [f"k{i + 1}"], (5, [(1, "axis"), (3, 0), (20, 2)])) for i in range(40)]
    start = tensor("k0", FLOAT, [1024], bytes(4096))
    return written([*nodes, node("Add", ["x", "k40"], ["y"])], [start])


def nested(depth):
    """If in If in If."""
    inner = [(NODE, node("Relu", ["x"], ["y"])), (INPUT, value("x")), (OUTPUT, value("y"))]
    for _ in range(depth):
        branch = (5, [(1, "then_branch"), (6, bytes(Proto(inner).data)), (20, 5)])
        inner = [(NODE, node("If", ["x"], ["y"], branch)), (INPUT, value("x")), (OUTPUT, value("y"))]
    return bytes(Proto([(IR, 8), (GRAPH, inner), (OPSET, [(2, 13)])]).data)


def lying_lengths():
    """Each message's and text's length, one more, one less than nothing, and all that fits."""
    proto = Proto(model())
    for place, size, what in proto.marks:
        for lie in (len(proto.data), 0x7FFFFFFF):
            data = bytearray(proto.data)
            data[place : place + LENGTH] = length(lie)
            yield f"length of {what} is {lie}, not {size}", bytes(data)


def cut():
    data = written()
    # Whatever is cut off, the graph's own length no longer fits, or the version of operators is gone.
    for part in range(24):
        size = len(data) * part // 24
        yield f"cut to {size} bytes", data[:size]


def external_cases():
    """Constants in other files, where no constant may come from."""
    for where in (
        "/etc/passwd",
        "../outside.bin",
        "a/../../outside.bin",
        "..",
        ".",
        "",
        "missing.bin",
        "/dev/zero",
        "/proc/self/mem",
        "a\0b",
        "x" * 5000,
    ):
        yield f"external {where[:24]!r}", with_constant(external("w", FLOAT, [3, 2, 1, 1], location=where))
    for offset, count in ((1 << 62, 24), (-1, 24), (0, 1 << 62), (0, -1), (0, 23), ("x", 24), (0, "9" * 40)):
        entries = {"location": "case.onnx", "offset": offset, "length": count}
        yield f"external offset {offset} length {count}", with_constant(external("w", FLOAT, [3, 2, 1, 1], **entries))
    yield "external without location", with_constant(external("w", FLOAT, [3, 2, 1, 1], offset=0))


def cases():
    yield "empty file", b""
    yield "zeros", bytes(4096)
    yield "ones", b"\xff" * 4096
    yield "text", b"This is not a model.\n" * 100
    yield "a number without end", varint(GRAPH << 3 | 2) + b"\xff" * 64
    yield "a group", varint(3 << 3 | 3) + varint(3 << 3 | 4)
    yield "field number 0", b"\x02\x00"
    yield "no graph", bytes(Proto([(IR, 8), (OPSET, [(2, 13)])]).data)
    yield "an empty graph", bytes(Proto([(IR, 8), (GRAPH, []), (OPSET, [(2, 13)])]).data)
    for opset in (0, 1 << 31, (1 << 64) - 1, 999):
        yield f"opset {opset}", written(opset=opset)
    yield "no opset", bytes(Proto(model()[:2]).data)
    yield from cut()
    yield from lying_lengths()
    yield from external_cases()

    # The graph's own sense.
    yield "an output that nobody computes", written(outputs=[value("z")])
    yield "an output without name", written(outputs=[value("")])
    yield "an input that nobody gives", written(inputs=[value("z")])
    yield "an input without shape", written(inputs=[[(1, "x"), (2, [(1, [(1, FLOAT)])])]])
    yield "an input without type", written(inputs=[[(1, "x")]])
    yield "an input of type 99", written(inputs=[value("x", 99)])
    yield "an input of 9 dimensions", written(inputs=[value("x", dims=[1] * 9)])
    yield "an input of 20000 dimensions", written(inputs=[value("x", dims=[1] * 20000)])
    yield "an input of 2^124 elements", written(inputs=[value("x", dims=[0x7FFFFFFF] * 4)])
    yield "an input of 2^62 elements in two dimensions", written(inputs=[value("x", dims=[1 << 31, 1 << 31])])
    yield "a node that reads its own output", written([node("Add", ["x", "y"], ["y"])])
    yield "nodes that wait for each other", written([node("Relu", ["b"], ["a"]), node("Add", ["a", "x"], ["b"]), RELU])
    yield "nodes in the wrong order", written([RELU, CONV])
    yield "two nodes that compute one value", written([CONV, CONV, RELU])
    yield "a node that writes a constant", written([CONV, node("Relu", ["c"], ["w"]), RELU])
    yield "a node that writes the input", written([node("Relu", ["x"], ["x"]), CONV, RELU])
    yield "a node without inputs", written([node("Conv", [], ["c"]), RELU])
    yield "a node without outputs", written([node("Conv", ["x", "w"], []), RELU])
    yield "a node without type", written([node("", ["x", "w"], ["c"]), RELU])
    yield "a node of an unknown type", written([node("Evil", ["x", "w"], ["c"]), RELU])
    yield "a node of an unknown domain", written([CONV + [(7, "evil.example")], RELU])
    yield "a name with line ends and escapes", written([node("Ev\nil\x1b[31m\r", ["x"], ["c"]), RELU])
    yield "a name of a megabyte", written([node("E" * (1 << 20), ["x"], ["c"]), RELU])
    yield "100000 inputs of one node", written([node("Relu", ["x"] * 100000, ["y"])])
    yield "40000 nodes", written([node("Relu", ["x"], [f"v{i}"]) for i in range(40000)])
    yield "300000 values", written([CONV + [(2, f"v{i}") for i in range(300000)], RELU])
    for depth in (1, 64, 1000):
        yield f"{depth} nodes within each other", nested(depth)

    # Constants.
    yield "weights of 5 numbers, not 6", with_constant(tensor("w", FLOAT, [3, 2, 1, 1], bytes(20)))
    yield "weights of 7 numbers, not 6", with_constant(tensor("w", FLOAT, [3, 2, 1, 1], bytes(28)))
    yield "weights of no number", with_constant(tensor("w", FLOAT, [3, 2, 1, 1], b""))
    yield "weights of type 0", with_constant(tensor("w", 0, [3, 2, 1, 1], bytes(24)))
    yield "weights of type 99", with_constant(tensor("w", 99, [3, 2, 1, 1], bytes(24)))
    yield "weights of text", with_constant(tensor("w", 8, [3, 2, 1, 1], bytes(24)))
    yield "weights of 9 dimensions", with_constant(tensor("w", FLOAT, [1] * 9, bytes(4)))
    yield "weights of 2^93 elements", with_constant(tensor("w", FLOAT, [0x7FFFFFFF] * 3, bytes(24)))
    yield "weights with a dimension of 2^63", with_constant(tensor("w", FLOAT, [1 << 63, 2, 1, 1], bytes(24)))
    yield "weights with a dimension of -1", with_constant(tensor("w", FLOAT, [-1, 2, 1, 1], bytes(24)))
    yield "weights with a dimension of 0", with_constant(tensor("w", FLOAT, [0, 2, 1, 1], b""))
    yield "weights of rank 0", with_constant(tensor("w", FLOAT, [], bytes(4)))
    yield "weights for other channels", with_constant(tensor("w", FLOAT, [3, 7, 1, 1], bytes(84)))
    yield "no weights", written(constants=[])

    # Parameters.
    for name, values in {
        "kernel_shape": ([0, 0], [1 << 40, 1], [-1, -1], [1], [1] * 50, [2, 2]),
        "strides": ([0, 0], [-1, -1], [1 << 40, 1], [1]),
        "dilations": ([0, 0], [-1, 1], [1 << 40, 1]),
        "pads": ([-1] * 4, [1 << 40] * 4, [1]),
        "group": (),
    }.items():
        for numbers_of in values:
            conv = node("Conv", ["x", "w"], ["c"], ints(name, numbers_of))
            yield f"{name} {numbers_of[:4]} of {len(numbers_of)}", written([conv, RELU])
    for group in (0, -1, 3, 1 << 40):
        conv = node("Conv", ["x", "w"], ["c"], (5, [(1, "group"), (3, group), (20, 2)]))
        yield f"{group} groups", written([conv, RELU])
    yield "reshaped to other sizes", reshaped(1, 2, 4, 5)
    yield "reshaped with two free sizes", reshaped(-1, 2, -1, 4)
    yield "reshaped to -5", reshaped(1, 2, -5, 4)
    yield "reshaped to 9 dimensions", reshaped(1, 2, 4, 4, 1, 1, 1, 1, 1)
    yield "reshaped to 2^62", reshaped(1 << 62, 4, 1, 1)
    yield "transposed twice along one axis", before_conv(node("Transpose", ["x"], ["t"], ints("perm", [0, 1, 1, 3])))
    yield "transposed along axis 9", before_conv(node("Transpose", ["x"], ["t"], ints("perm", [0, 1, 2, 9])))
    yield "transposed along 2 axes", before_conv(node("Transpose", ["x"], ["t"], ints("perm", [0, 1])))

    # Little to read, much to make.
    for op in ("ConstantOfShape", "Expand", "Tile"):
        for dims in ([1 << 30], [1 << 62], [-1], [1 << 20, 1 << 20], [1 << 16] * 8):
            yield f"{op} to {dims[:2]} of {len(dims)}", bomb(op, *dims)
    yield "forty doublings", doubling()
