# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Post-training quantisation of a float graph to int8, by TFLite's conventions.

Activations: asymmetric int8, the range seen in calibration.  Convolution weights:
symmetric int8 in -127..127, one scale per output channel; fully connected weights:
one scale.  Biases: int32 at the scale of the products.  Softmax: 1/256 and -128.
"""

from __future__ import annotations

from typing import Optional

import numpy as np

import float_kernels
from graph import Array, Graph, Op, Tensor, evaluate

# Outputs with their input's scale, as TFLite demands of them.
SAME_SCALE = {"MAX_POOL_2D", "AVERAGE_POOL_2D", "RESHAPE"}
# Axis of the weights with a scale per slice; None: one scale.
WEIGHT_AXIS: dict[str, Optional[int]] = {
    "CONV_2D": 0,
    "DEPTHWISE_CONV_2D": 3,
    "FULLY_CONNECTED": None,
}


def _activation(tensor: Tensor, scale: float | np.floating, zero_point: int) -> Tensor:
    return Tensor(tensor.name, tensor.shape, np.int8, scale=np.array([scale], np.float32),
                  zero_point=zero_point)


def _from_range(tensor: Tensor, values: Array) -> Tensor:
    """The least and the greatest value, widened to include zero, become -128 and 127."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    scale = (high - low) / 255
    zero_point = int(np.clip(round(-128 - low / scale), -128, 127))
    return _activation(tensor, scale, zero_point)


def _weights(tensor: Tensor, axis: Optional[int]) -> Tensor:
    others = tuple(i for i in range(len(tensor.shape)) if i != axis)
    values = tensor.contents()
    peak = np.abs(values).max(axis=None if axis is None else others, keepdims=True)
    if not peak.all():
        raise ValueError(f"{tensor.name}: a channel of nothing but zeros has no scale")
    scale = (peak / 127).astype(np.float32)
    data = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
    return Tensor(tensor.name, tensor.shape, np.int8, data, scale.reshape(-1), axis=axis or 0)


def _bias(tensor: Tensor, source: Tensor, weights: Tensor) -> Tensor:
    scale = source.scales() * weights.scales()
    data = np.rint(tensor.contents() / scale.astype(np.float64)).astype(np.int32)
    return Tensor(tensor.name, tensor.shape, np.int32, data, scale)


def _output(op: Op, result: Graph, tensor: Tensor, values: Array) -> Tensor:
    if op.code in SAME_SCALE:
        source = result.tensors[op.inputs[0]]
        return _activation(tensor, source.scales()[0], source.zero_point)
    if op.code == "SOFTMAX":
        return _activation(tensor, 1 / 256, -128)
    return _from_range(tensor, values)


def quantise(graph: Graph, calibration: Array) -> Graph:
    """The int8 twin of a float graph; its input is 0..1 with pixel p as p - 128.

    calibration: float inputs whose activation ranges are taken.
    """
    values = evaluate(graph, float_kernels.KERNELS, calibration)
    result = Graph(graph.input, graph.output)
    result.add(_activation(graph.tensors[graph.input], 1 / 255, -128))
    for op in graph.ops:
        tensors = [graph.tensors[name] for name in op.inputs]
        if op.code in WEIGHT_AXIS:
            weights = _weights(tensors[1], WEIGHT_AXIS[op.code])
            result.add(weights)
            result.add(_bias(tensors[2], result.tensors[op.inputs[0]], weights))
        else:
            for tensor in tensors:
                if tensor.name not in result.tensors:
                    result.add(tensor)
        result.add(_output(op, result, graph.tensors[op.output], values[op.output]))
        result.ops.append(op)
    return result
