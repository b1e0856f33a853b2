# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""int8 arithmetic of every op, bit for bit as TFLite's reference kernels compute it.

An independent second source for the outputs of the shipped int8 model.  Values are
held as int64, so that no intermediate can overflow unnoticed.
"""

from __future__ import annotations

import numpy as np

from fixed_point import (doubling_high_multiply, exponential, quantise_multiplier, reciprocal,
                         rescale, rounding_shift_right)
from graph import Array, Graph, Kernel, Op, Windows


def _scale(graph: Graph, name: str) -> float:
    """Scale of an activation, as the double that TFLite computes with."""
    return float(graph.tensors[name].scales()[0])


def _centred(graph: Graph, name: str, values: Array) -> Array:
    return values.astype(np.int64) - graph.tensors[name].zero_point


def _finish(graph: Graph, op: Op, values: Array) -> Array:
    """Add the zero point of the output and clamp to int8 or to the fused activation."""
    zero_point = graph.tensors[op.output].zero_point
    relu = op.options.get("fused_activation_function") == "RELU"
    return np.clip(values + zero_point, max(zero_point, -128) if relu else -128,
                   127).astype(np.int8)


def _rescale_channels(graph: Graph, op: Op, sums: Array) -> Array:
    """Bring sums of products to the output's scale, channel by channel."""
    ratio = _scale(graph, op.inputs[0]), _scale(graph, op.output)
    pairs = [quantise_multiplier(ratio[0] * float(s) / ratio[1])
             for s in graph.tensors[op.inputs[1]].scales()]
    multiplier, shift = np.array(pairs, np.int64).T
    return _finish(graph, op, rescale(sums, multiplier, shift))


def conv(graph: Graph, op: Op, x: Array, weights: Array, bias: Array) -> Array:
    """CONV_2D"""
    taps = Windows(_centred(graph, op.inputs[0], x), op, weights.shape[1:3]).columns()
    # Below 2**53 sums of integers are exact in double, and its matrix product is fast.
    flat = weights.reshape(len(weights), -1).astype(np.float64)
    sums = (taps.reshape(-1, taps.shape[3]).astype(np.float64) @ flat.T).astype(np.int64)
    return _rescale_channels(graph, op, (sums + bias).reshape(*taps.shape[:3], -1))


def depthwise(graph: Graph, op: Op, x: Array, weights: Array, bias: Array) -> Array:
    """DEPTHWISE_CONV_2D with depth multiplier 1"""
    taps = Windows(_centred(graph, op.inputs[0], x), op, weights.shape[1:3])
    factors = weights.reshape(-1, weights.shape[3])
    return _rescale_channels(graph, op, sum(tap * w for tap, w in zip(taps, factors)) + bias)


def fully_connected(graph: Graph, op: Op, x: Array, weights: Array, bias: Array) -> Array:
    """FULLY_CONNECTED with one scale for the weights"""
    sums = _centred(graph, op.inputs[0], x) @ weights.T.astype(np.int64) + bias
    # Alone among LiteRT's reference kernels it rounds once, in double, halves away from zero.
    source, weight = (float(graph.tensors[name].scales()[0]) for name in op.inputs[:2])
    exact = sums * (source * weight / _scale(graph, op.output))
    return _finish(graph, op, (np.sign(exact) * np.floor(np.abs(exact) + 0.5)).astype(np.int64))


def add(graph: Graph, op: Op, x: Array, y: Array) -> Array:
    """ADD: both inputs in twice the greater scale, with 20 more bits"""
    headroom = 20
    scales = [_scale(graph, name) for name in op.inputs]
    common = 2 * max(scales)
    first, second = (
        rescale(_centred(graph, name, values) << headroom, *quantise_multiplier(scale / common))
        for name, values, scale in zip(op.inputs, (x, y), scales))
    back = common / ((1 << headroom) * _scale(graph, op.output))
    return _finish(graph, op, rescale(first + second, *quantise_multiplier(back)))


def _pool_taps(op: Op, x: Array) -> list[Array]:
    return list(Windows(x, op, (op.options["filter_height"], op.options["filter_width"])))


def max_pool(_: Graph, op: Op, x: Array) -> Array:
    """MAX_POOL_2D"""
    return np.maximum.reduce(_pool_taps(op, x))


def average_pool(_: Graph, op: Op, x: Array) -> Array:
    """AVERAGE_POOL_2D without padding: halves away from the raw zero"""
    taps = _pool_taps(op, x.astype(np.int64))
    total, half = sum(taps), len(taps) // 2
    average = np.where(total > 0, (total + half) // len(taps), -((half - total) // len(taps)))
    return average.astype(np.int8)


def reshape(graph: Graph, op: Op, x: Array, _shape: Array) -> Array:
    """RESHAPE that keeps the batch"""
    return x.reshape(len(x), *graph.tensors[op.output].shape[1:])


def softmax(graph: Graph, op: Op, x: Array) -> Array:
    """SOFTMAX over the last axis, in fixed point with 5 integer bits; the sum has 12"""
    integer_bits, sum_bits = 5, 12
    real = op.options["beta"] * _scale(graph, op.inputs[0]) * (1 << (31 - integer_bits))
    multiplier, shift = quantise_multiplier(min(real, float((1 << 31) - 1)))
    radius = ((1 << integer_bits) - 1) * (1 << (31 - integer_bits)) // (1 << shift)
    below = x.astype(np.int64) - x.max(axis=-1, keepdims=True)
    counts = below >= -radius
    scaled = doubling_high_multiply(np.where(counts, below, 0) << shift, multiplier)
    powers = np.where(counts, exponential(scaled), 0)
    total = rounding_shift_right(powers, sum_bits).sum(axis=-1, keepdims=True)
    mantissa, exponent = reciprocal(total, sum_bits)
    shares = rounding_shift_right(doubling_high_multiply(mantissa, powers), exponent + 31 - 8)
    return _finish(graph, op, np.where(counts, shares, 0))


KERNELS: dict[str, Kernel] = {
    "CONV_2D": conv,
    "DEPTHWISE_CONV_2D": depthwise,
    "ADD": add,
    "MAX_POOL_2D": max_pool,
    "AVERAGE_POOL_2D": average_pool,
    "RESHAPE": reshape,
    "FULLY_CONNECTED": fully_connected,
    "SOFTMAX": softmax,
}


def quantise_image(images: Array) -> Array:
    """uint8 [count, 28, 28] -> the int8 network's input: pixel p becomes p - 128."""
    return (images[..., None].astype(np.int16) - 128).astype(np.int8)
