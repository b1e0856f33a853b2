# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Writes a graph as a TFLite flatbuffer, schema version 3.

Tables are written by the slot numbers of TFLite's schema.fbs (a field's place in its
table, where a union takes two); a field that is left out has the schema's default.
"""

from __future__ import annotations

from typing import Any, Sequence

import flatbuffers
import numpy as np

from graph import Array, Graph, Op, Tensor

SCHEMA_VERSION = 3
FILE_IDENTIFIER = b"TFL3"
BUFFER_ALIGNMENT = 16

TENSOR_TYPES = {np.dtype(np.float32): 0, np.dtype(np.int32): 2, np.dtype(np.int8): 9}
ENUMS = {
    "padding": {"SAME": 0, "VALID": 1},
    "fused_activation_function": {"NONE": 0, "RELU": 1},
}
SCALARS = {
    "int8": flatbuffers.Builder.PrependInt8Slot,
    "int32": flatbuffers.Builder.PrependInt32Slot,
    "uint32": flatbuffers.Builder.PrependUint32Slot,
    "float32": flatbuffers.Builder.PrependFloat32Slot,
    "offset": flatbuffers.Builder.PrependUOffsetTRelativeSlot,
}

# Options tables: place in union BuiltinOptions, then fields by slot.
CONV_OPTIONS = (1, [("padding", "int8"), ("stride_w", "int32"), ("stride_h", "int32"),
                    ("fused_activation_function", "int8")])
DEPTHWISE_OPTIONS = (2, [("padding", "int8"), ("stride_w", "int32"), ("stride_h", "int32"),
                         ("depth_multiplier", "int32"), ("fused_activation_function", "int8")])
POOL_OPTIONS = (5, [("padding", "int8"), ("stride_w", "int32"), ("stride_h", "int32"),
                    ("filter_width", "int32"), ("filter_height", "int32"),
                    ("fused_activation_function", "int8")])
DENSE_OPTIONS = (8, [("fused_activation_function", "int8")])
SOFTMAX_OPTIONS = (9, [("beta", "float32")])
ADD_OPTIONS = (11, [("fused_activation_function", "int8")])
RESHAPE_OPTIONS = (17, [("new_shape", "offset")])

# Operator: number in enum BuiltinOperator, first version that takes int8, options table.
OPERATORS = {
    "ADD": (0, 2, ADD_OPTIONS),
    "AVERAGE_POOL_2D": (1, 2, POOL_OPTIONS),
    "CONV_2D": (3, 3, CONV_OPTIONS),
    "DEPTHWISE_CONV_2D": (4, 3, DEPTHWISE_OPTIONS),
    "FULLY_CONNECTED": (9, 4, DENSE_OPTIONS),
    "MAX_POOL_2D": (17, 2, POOL_OPTIONS),
    "RESHAPE": (22, 1, RESHAPE_OPTIONS),
    "SOFTMAX": (25, 2, SOFTMAX_OPTIONS),
}

Field = tuple[int, str, Any]


class Writer:
    """One file being built, back to front as flatbuffers are."""

    def __init__(self, graph: Graph, description: str) -> None:
        self._graph = graph
        self._description = description
        self._builder = flatbuffers.Builder(1 << 16)
        self._names = list(graph.tensors)
        self._codes = sorted({op.code for op in graph.ops})
        self._buffers: list[int] = []

    def _table(self, slots: int, fields: Sequence[Field]) -> int:
        self._builder.StartObject(slots)
        for slot, kind, value in fields:
            SCALARS[kind](self._builder, slot, value, 0)
        return self._builder.EndObject()

    def _numbers(self, values: Sequence[float] | Array, dtype: type) -> int:
        return self._builder.CreateNumpyVector(np.asarray(values, dtype))

    def _tables(self, tables: Sequence[int]) -> int:
        self._builder.StartVector(4, len(tables), 4)
        for table in reversed(tables):
            self._builder.PrependUOffsetTRelative(table)
        return self._builder.EndVector()

    def _buffer(self, data: bytes) -> int:
        """Append to the model's buffers; returns the number that tensors refer to."""
        fields: list[Field] = []
        if data:
            self._builder.StartVector(1, len(data), BUFFER_ALIGNMENT)
            self._builder.head -= len(data)
            self._builder.Bytes[self._builder.Head():self._builder.Head() + len(data)] = data
            fields = [(0, "offset", self._builder.EndVector())]
        self._buffers.append(self._table(1, fields))
        return len(self._buffers) - 1

    def _quantisation(self, tensor: Tensor) -> list[Field]:
        if tensor.scale is None:
            return []
        zero_points = [tensor.zero_point] * len(tensor.scale)
        table = self._table(7, [
            (2, "offset", self._numbers(tensor.scale, np.float32)),
            (3, "offset", self._numbers(zero_points, np.int64)),
            (6, "int32", tensor.axis),
        ])
        return [(4, "offset", table)]

    def _tensor(self, tensor: Tensor) -> int:
        buffer = 0
        if tensor.data is not None:
            buffer = self._buffer(np.ascontiguousarray(tensor.data, tensor.dtype).tobytes())
        return self._table(5, [
            (0, "offset", self._numbers(tensor.shape, np.int32)),
            (1, "int8", TENSOR_TYPES[np.dtype(tensor.dtype)]),
            (2, "uint32", buffer),
            (3, "offset", self._builder.CreateString(tensor.name)),
            *self._quantisation(tensor),
        ])

    def _options(self, op: Op) -> list[Field]:
        union, layout = OPERATORS[op.code][2]
        fields = []
        for slot, (name, kind) in enumerate(layout):
            value = op.options[name]
            if name in ENUMS:
                value = ENUMS[name][value]
            elif kind == "offset":
                value = self._numbers(value, np.int32)
            fields.append((slot, kind, value))
        return [(3, "int8", union), (4, "offset", self._table(len(layout), fields))]

    def _operator(self, op: Op) -> int:
        return self._table(5, [
            (0, "uint32", self._codes.index(op.code)),
            (1, "offset", self._numbers([self._names.index(n) for n in op.inputs], np.int32)),
            (2, "offset", self._numbers([self._names.index(op.output)], np.int32)),
            *self._options(op),
        ])

    def _operator_code(self, code: str) -> int:
        number, int8_version, _ = OPERATORS[code]
        quantised = self._graph.tensors[self._graph.input].dtype == np.int8
        version = int8_version if quantised else 1
        self._builder.StartObject(4)
        self._builder.PrependInt8Slot(0, number, 0)
        self._builder.PrependInt32Slot(2, version, 1)
        self._builder.PrependInt32Slot(3, number, 0)
        return self._builder.EndObject()

    def write(self) -> bytes:
        """The contents of the file."""
        self._buffer(b"")
        ends = [self._names.index(n) for n in (self._graph.input, self._graph.output)]
        subgraph = self._table(5, [
            (0, "offset", self._tables([self._tensor(t) for t in self._graph.tensors.values()])),
            (1, "offset", self._numbers(ends[:1], np.int32)),
            (2, "offset", self._numbers(ends[1:], np.int32)),
            (3, "offset", self._tables([self._operator(op) for op in self._graph.ops])),
            (4, "offset", self._builder.CreateString("main")),
        ])
        model = self._table(5, [
            (0, "uint32", SCHEMA_VERSION),
            (1, "offset", self._tables([self._operator_code(c) for c in self._codes])),
            (2, "offset", self._tables([subgraph])),
            (3, "offset", self._builder.CreateString(self._description)),
            (4, "offset", self._tables(self._buffers)),
        ])
        self._builder.Finish(model, file_identifier=FILE_IDENTIFIER)
        return bytes(self._builder.Output())


def serialise(graph: Graph, description: str) -> bytes:
    """The graph as the contents of a .tflite file."""
    return Writer(graph, description).write()
