# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Fixed-point arithmetic of TFLite's reference kernels, bit for bit, on int64 arrays."""

from __future__ import annotations

import math

import numpy as np

from graph import Array

INT32_MIN, INT32_MAX = -(1 << 31), (1 << 31) - 1


def quantise_multiplier(real: float) -> tuple[int, int]:
    """real = multiplier * 2**(shift - 31), multiplier in [2**30, 2**31)."""
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    multiplier = math.floor(fraction * (1 << 31) + 0.5)
    if multiplier == 1 << 31:
        return multiplier >> 1, shift + 1
    return (0, 0) if shift < -31 else (multiplier, shift)


def doubling_high_multiply(a: Array, b: Array | int) -> Array:
    """round(a * b / 2**31), halves upwards; the one overflow does not occur here."""
    product = np.asarray(a, np.int64) * b
    nudged = product + np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    return np.where(nudged >= 0, nudged >> 31, -(-nudged >> 31))


def rounding_shift_right(x: Array, exponent: Array | int) -> Array:
    """round(x / 2**exponent), halves away from zero."""
    mask = (np.int64(1) << np.asarray(exponent, np.int64)) - 1
    return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0))


def saturating_shift_left(x: Array, exponent: int) -> Array:
    return np.clip(np.asarray(x, np.int64) << exponent, INT32_MIN, INT32_MAX)


def rescale(x: Array, multiplier: Array | int, shift: Array | int) -> Array:
    """x times a quantised multiplier, with TFLite's two roundings."""
    left = np.maximum(shift, 0)
    right = np.maximum(np.negative(shift), 0)
    return rounding_shift_right(doubling_high_multiply(x << left, multiplier), right)


def exponential(x: Array) -> Array:
    """exp(x) for x <= 0: x with 26 fractional bits, the result with 31."""
    quarter = 1 << 24
    low = (x & (quarter - 1)) - quarter
    rest = low - x
    y = (low << 5) + (1 << 28)
    y2 = doubling_high_multiply(y, y)
    y3 = doubling_high_multiply(y2, y)
    y4 = doubling_high_multiply(y2, y2)
    third = 715827883
    series = doubling_high_multiply(rounding_shift_right(y4, 2) + y3, third) + y2
    exp_minus_eighth = 1895147668
    result = exp_minus_eighth + doubling_high_multiply(
        y + rounding_shift_right(series, 1), exp_minus_eighth)
    # exp(-1/4), exp(-1/2), exp(-1), ... for the bits above a quarter
    for bit, factor in enumerate((1672461947, 1302514674, 790015084, 290630308, 39332535, 720401,
                                  242), start=24):
        result = np.where(rest & (1 << bit), doubling_high_multiply(result, factor), result)
    return np.where(x == 0, INT32_MAX, result)


def reciprocal(x: Array, integer_bits: int) -> tuple[Array, Array]:
    """1/x for x > 0 with integer_bits above the point.

    Returns a mantissa with 31 fractional bits and the right shift that goes with it.
    """
    headroom = 32 - np.array([int(v).bit_length() for v in np.ravel(x)]).reshape(np.shape(x))
    half_divisor = ((x << headroom) - (1 << 31) + INT32_MAX + 1) >> 1
    # Newton's iterations with 29 fractional bits, from 48/17 - 32/17 * divisor / 2
    y = 1515870810 + doubling_high_multiply(half_divisor, -1010580540)
    for _ in range(3):
        error = (1 << 29) - doubling_high_multiply(half_divisor, y)
        y = y + saturating_shift_left(doubling_high_multiply(y, error), 2)
    return saturating_shift_left(y, 1), integer_bits - headroom
