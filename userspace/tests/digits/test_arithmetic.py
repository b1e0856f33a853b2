#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Check the arithmetic that the digits model is trained and predicted with."""

from __future__ import annotations

import sys
import unittest
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models" / "digits"))

import dataset  # noqa: E402
import fixed_point  # noqa: E402
import float_kernels  # noqa: E402
from graph import Graph, evaluate  # noqa: E402
from network import digits_network  # noqa: E402


def half_away(value: Fraction) -> int:
    """Round to the nearest integer, halves away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


class Gradients(unittest.TestCase):
    """Back-propagation against difference quotients, in double."""

    LABELS = (1, 2, 3)
    STEP = 1e-6

    def setUp(self) -> None:
        self.random = np.random.default_rng(0)
        self.graph: Graph = digits_network(1)
        for tensor in self.graph.tensors.values():
            if tensor.data is not None and tensor.dtype == np.float32:
                tensor.data = tensor.data.astype(np.float64)
                # Away from zero biases: there, RELU has no derivative.
                if tensor.name.endswith("bias"):
                    tensor.data = self.random.normal(0, 0.1, tensor.shape)
        self.batch = self.random.random((3, dataset.SIZE, dataset.SIZE, 1))

    def loss(self) -> float:
        values = evaluate(self.graph, float_kernels.KERNELS, self.batch)
        return float(-np.log(values[self.graph.output][range(3), self.LABELS]).sum())

    def test_every_tensor(self) -> None:
        values = evaluate(self.graph, float_kernels.KERNELS, self.batch)
        start = np.zeros_like(values[self.graph.output])
        start[range(3), self.LABELS] = -1 / values[self.graph.output][range(3), self.LABELS]
        gradients = float_kernels.backpropagate(self.graph, values, start)
        trainable = {n for n, t in self.graph.tensors.items()
                     if t.data is not None and t.dtype == np.float32}
        self.assertEqual(set(gradients), trainable)
        for name, gradient in gradients.items():
            data = self.graph.tensors[name].data
            where = np.unravel_index(np.abs(gradient).argmax(), data.shape)
            original = data[where]
            data[where] = original + self.STEP
            above = self.loss()
            data[where] = original - self.STEP
            below = self.loss()
            data[where] = original
            quotient = (above - below) / (2 * self.STEP)
            self.assertAlmostEqual(quotient / gradient[where], 1, 4, name)


class FixedPoint(unittest.TestCase):
    """Integer arithmetic against exact fractions and real functions."""

    def setUp(self) -> None:
        self.random = np.random.default_rng(0)

    def test_shift_rounds_half_away(self) -> None:
        values = np.arange(-70, 71)
        for exponent in range(6):
            wanted = [half_away(Fraction(int(v), 1 << exponent)) for v in values]
            self.assertEqual(fixed_point.rounding_shift_right(values, exponent).tolist(), wanted)

    def test_high_multiply_rounds_half_up(self) -> None:
        a, b = self.random.integers(-(1 << 31) + 1, 1 << 31, (2, 1000))
        a[0], b[0], a[1], b[1] = 1 << 30, 1, -(1 << 30), 1
        wanted = [int((Fraction(int(x) * int(y), 1 << 31) + Fraction(1, 2)).__floor__())
                  for x, y in zip(a, b)]
        self.assertEqual(fixed_point.doubling_high_multiply(a, b).tolist(), wanted)

    def test_multiplier(self) -> None:
        for real in (1e-9, 0.25, 0.3, 0.99999999999, 1.0, 7.1):
            multiplier, shift = fixed_point.quantise_multiplier(real)
            self.assertTrue(1 << 30 <= multiplier < 1 << 31)
            self.assertAlmostEqual(multiplier * 2.0 ** (shift - 31) / real, 1, 8)

    def test_exponential(self) -> None:
        x = -self.random.integers(0, 31 << 26, 1000)
        error = fixed_point.exponential(x) / 2.0 ** 31 - np.exp(x / 2.0 ** 26)
        self.assertLess(np.abs(error).max(), 1e-6)

    def test_reciprocal(self) -> None:
        x = self.random.integers(1 << 19, 1 << 31, 1000)
        mantissa, shift = fixed_point.reciprocal(x, 12)
        ratio = mantissa / 2.0 ** (31.0 + shift) * (x / 2.0 ** 19)
        self.assertLess(np.abs(ratio - 1).max(), 1e-6)


if __name__ == "__main__":
    unittest.main()
