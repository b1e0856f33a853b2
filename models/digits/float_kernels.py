# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Float arithmetic of every op and its gradient."""

from __future__ import annotations

from typing import Callable

import numpy as np

from graph import Array, Graph, Kernel, Op, Windows


def _activate(op: Op, result: Array) -> Array:
    relu = op.options["fused_activation_function"] == "RELU"
    return np.maximum(result, 0, out=result) if relu else result


def _before_activation(op: Op, result: Array, gradient: Array) -> Array:
    relu = op.options["fused_activation_function"] == "RELU"
    return gradient * (result > 0) if relu else gradient


def conv(_: Graph, op: Op, x: Array, weights: Array, bias: Array) -> Array:
    """CONV_2D"""
    taps = Windows(x, op, weights.shape[1:3]).columns()
    flat = taps.reshape(-1, taps.shape[3]) @ weights.reshape(len(weights), -1).T
    return _activate(op, (flat + bias).reshape(*taps.shape[:3], -1))


def conv_gradient(op: Op, result: Array, gradient: Array, x: Array, weights: Array,
                  _: Array) -> list[Array]:
    gradient = _before_activation(op, result, gradient)
    flat = gradient.reshape(-1, len(weights))
    taps = Windows(x, op, weights.shape[1:3]).columns()
    weight_gradient = flat.T @ taps.reshape(len(flat), -1)
    tap_gradient = (flat @ weights.reshape(len(weights), -1)).reshape(taps.shape)
    scatter = Windows(np.zeros_like(x), op, weights.shape[1:3])
    for i, tap in enumerate(scatter):
        tap += tap_gradient[..., i * x.shape[3]:(i + 1) * x.shape[3]]
    return [scatter.inside(), weight_gradient.reshape(weights.shape), flat.sum(axis=0)]


def depthwise(_: Graph, op: Op, x: Array, weights: Array, bias: Array) -> Array:
    """DEPTHWISE_CONV_2D with depth multiplier 1"""
    taps = Windows(x, op, weights.shape[1:3])
    factors = weights.reshape(-1, weights.shape[3])
    return _activate(op, sum(tap * w for tap, w in zip(taps, factors)) + bias)


def depthwise_gradient(op: Op, result: Array, gradient: Array, x: Array, weights: Array,
                       _: Array) -> list[Array]:
    gradient = _before_activation(op, result, gradient)
    taps = Windows(x, op, weights.shape[1:3])
    scatter = Windows(np.zeros_like(x), op, weights.shape[1:3])
    factors = weights.reshape(-1, weights.shape[3])
    weight_gradient = [np.einsum("nhwc,nhwc->c", tap, gradient) for tap in taps]
    for tap, w in zip(scatter, factors):
        tap += gradient * w
    return [scatter.inside(), np.stack(weight_gradient).reshape(weights.shape),
            gradient.sum(axis=(0, 1, 2))]


def add(_: Graph, op: Op, x: Array, y: Array) -> Array:
    """ADD of equal shapes"""
    return _activate(op, x + y)


def add_gradient(op: Op, result: Array, gradient: Array, _x: Array, _y: Array) -> list[Array]:
    gradient = _before_activation(op, result, gradient)
    return [gradient, gradient]


def _pool_windows(op: Op, x: Array) -> Windows:
    return Windows(x, op, (op.options["filter_height"], op.options["filter_width"]))


def max_pool(_: Graph, op: Op, x: Array) -> Array:
    """MAX_POOL_2D"""
    return np.maximum.reduce(list(_pool_windows(op, x)))


def max_pool_gradient(op: Op, result: Array, gradient: Array, x: Array) -> list[Array]:
    scatter = _pool_windows(op, np.zeros_like(x))
    free = np.ones(result.shape, bool)
    for tap, slot in zip(_pool_windows(op, x), scatter):
        winner = free & (tap == result)
        slot += gradient * winner
        free &= ~winner
    return [scatter.inside()]


def average_pool(_: Graph, op: Op, x: Array) -> Array:
    """AVERAGE_POOL_2D without padding"""
    taps = list(_pool_windows(op, x))
    return np.add.reduce(taps) / np.float32(len(taps))


def average_pool_gradient(op: Op, _: Array, gradient: Array, x: Array) -> list[Array]:
    scatter = _pool_windows(op, np.zeros_like(x))
    share = gradient / np.float32(op.options["filter_height"] * op.options["filter_width"])
    for tap in scatter:
        tap += share
    return [scatter.inside()]


def reshape(graph: Graph, op: Op, x: Array, _shape: Array) -> Array:
    """RESHAPE that keeps the batch"""
    return x.reshape(len(x), *graph.tensors[op.output].shape[1:])


def reshape_gradient(_op: Op, _r: Array, gradient: Array, x: Array, _s: Array) -> list[Array]:
    return [gradient.reshape(x.shape)]


def fully_connected(_: Graph, op: Op, x: Array, weights: Array, bias: Array) -> Array:
    """FULLY_CONNECTED"""
    return _activate(op, x @ weights.T + bias)


def fully_connected_gradient(op: Op, result: Array, gradient: Array, x: Array, weights: Array,
                             _: Array) -> list[Array]:
    gradient = _before_activation(op, result, gradient)
    return [gradient @ weights, gradient.T @ x, gradient.sum(axis=0)]


def softmax(_: Graph, op: Op, x: Array) -> Array:
    """SOFTMAX over the last axis"""
    powers = np.exp((x - x.max(axis=-1, keepdims=True)) * np.float32(op.options["beta"]))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_gradient(op: Op, result: Array, gradient: Array, _: Array) -> list[Array]:
    inner = (gradient * result).sum(axis=-1, keepdims=True)
    return [np.float32(op.options["beta"]) * result * (gradient - inner)]


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

GRADIENTS: dict[str, Callable[..., list[Array]]] = {
    "CONV_2D": conv_gradient,
    "DEPTHWISE_CONV_2D": depthwise_gradient,
    "ADD": add_gradient,
    "MAX_POOL_2D": max_pool_gradient,
    "AVERAGE_POOL_2D": average_pool_gradient,
    "RESHAPE": reshape_gradient,
    "FULLY_CONNECTED": fully_connected_gradient,
    "SOFTMAX": softmax_gradient,
}


def backpropagate(graph: Graph, values: dict[str, Array], gradient: Array) -> dict[str, Array]:
    """Gradients of the loss for every trainable tensor.

    values: what evaluate() returned.  gradient: of the loss, for the graph's output.
    """
    gradients = {graph.output: gradient}
    for op in reversed(graph.ops):
        inputs = [values[n] if n in values else graph.tensors[n].data for n in op.inputs]
        parts = GRADIENTS[op.code](op, values[op.output], gradients.pop(op.output), *inputs)
        for name, part in zip(op.inputs, parts):
            gradients[name] = gradients[name] + part if name in gradients else part
    del gradients[graph.input]
    return gradients
