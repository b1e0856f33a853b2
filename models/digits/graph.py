# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""A network as data: tensors, ops and their order, in the terms of the TFLite schema.

Layouts are TFLite's: activations NHWC, convolution weights [out, height, width, in],
depthwise weights [1, height, width, channels], fully connected weights [out, in].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Optional

import numpy as np

Array = np.ndarray


@dataclass
class Tensor:
    """A value of the network.

    shape: with batch 1 in front for activations.
    data: contents of a constant, None for an activation.
    scale: float32 vector, one entry per slice along axis, or one in all; None if unquantised.
    zero_point: the same for every slice.
    """

    name: str
    shape: tuple[int, ...]
    dtype: Any = np.float32
    data: Optional[Array] = None
    scale: Optional[Array] = None
    zero_point: int = 0
    axis: int = 0

    def contents(self) -> Array:
        """data, of what must be a constant."""
        if self.data is None:
            raise ValueError(f"{self.name} is not a constant")
        return self.data

    def scales(self) -> Array:
        """scale, of what must be quantised."""
        if self.scale is None:
            raise ValueError(f"{self.name} is not quantised")
        return self.scale


@dataclass
class Op:
    """One operator.

    code: name of the builtin operator in the schema.
    inputs: tensor names, in the operator's order.
    options: fields of the operator's options table, enums by name.
    """

    code: str
    inputs: list[str]
    output: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Graph:
    """A network with one input and one output; ops in execution order."""

    input: str
    output: str
    tensors: dict[str, Tensor] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)

    def add(self, tensor: Tensor) -> str:
        """Add a tensor and return its name."""
        if tensor.name in self.tensors:
            raise ValueError(f"tensor {tensor.name} exists already")
        self.tensors[tensor.name] = tensor
        return tensor.name


Kernel = Callable[..., Array]


def evaluate(graph: Graph, kernels: dict[str, Kernel], batch: Array) -> dict[str, Array]:
    """Run every op on a batch of inputs; return every activation by name.

    kernels: op code -> function of (graph, op, *input values).
    """
    values = {graph.input: batch}
    for op in graph.ops:
        inputs = [values[n] if n in values else graph.tensors[n].data for n in op.inputs]
        values[op.output] = kernels[op.code](graph, op, *inputs)
    return values


def window_output(size: int, kernel: int, stride: int, padding: str) -> tuple[int, int, int]:
    """Output size and padding before and behind, along one axis, as TFLite computes them."""
    if padding == "VALID":
        return (size - kernel) // stride + 1, 0, 0
    output = -(-size // stride)
    total = max((output - 1) * stride + kernel - size, 0)
    return output, total // 2, total - total // 2


class Windows:
    """The taps of a sliding window over a batch, as strided views of one padded copy.

    padded: the copy; writing through the views scatters into it.
    height, width: size of the output.
    """

    def __init__(self, batch: Array, op: Op, kernel: tuple[int, ...]) -> None:
        stride = op.options["stride_h"], op.options["stride_w"]
        padding = op.options["padding"]
        self.kernel, self.stride = kernel, stride
        self.height, top, bottom = window_output(batch.shape[1], kernel[0], stride[0], padding)
        self.width, left, right = window_output(batch.shape[2], kernel[1], stride[1], padding)
        self._inside = np.s_[:, top:top + batch.shape[1], left:left + batch.shape[2], :]
        self.padded = np.pad(batch, ((0, 0), (top, bottom), (left, right), (0, 0)))

    def __iter__(self) -> Iterator[Array]:
        for y in range(self.kernel[0]):
            for x in range(self.kernel[1]):
                yield self.padded[:, y:y + self.stride[0] * self.height:self.stride[0],
                                  x:x + self.stride[1] * self.width:self.stride[1], :]

    def columns(self) -> Array:
        """Taps side by side: [batch, height, width, taps * channels]."""
        return np.concatenate(list(self), axis=3)

    def inside(self) -> Array:
        """The padded copy without its padding."""
        return self.padded[self._inside]
