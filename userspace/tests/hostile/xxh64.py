# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""XXH64 with seed 0, by its specification: the digest of the sections of an artefact."""

import struct

P1, P2, P3, P4, P5 = (
    0x9E3779B185EBCA87,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)
MASK = (1 << 64) - 1


def rotl(x, bits):
    return (x << bits | x >> (64 - bits)) & MASK


def take(acc, word):
    return rotl((acc + word * P2) & MASK, 31) * P1 & MASK


def xxh64(data):
    at, end = 0, len(data)
    if end >= 32:
        lanes = [(P1 + P2) & MASK, P2, 0, -P1 & MASK]
        for at in range(0, end - 31, 32):
            words = struct.unpack_from("<4Q", data, at)
            lanes = [take(lane, word) for lane, word in zip(lanes, words)]
        at += 32
        acc = sum(rotl(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            acc = ((acc ^ take(0, lane)) * P1 + P4) & MASK
    else:
        acc = P5
    acc = (acc + end) & MASK
    while end - at >= 8:
        acc ^= take(0, struct.unpack_from("<Q", data, at)[0])
        acc = (rotl(acc, 27) * P1 + P4) & MASK
        at += 8
    if end - at >= 4:
        acc ^= struct.unpack_from("<I", data, at)[0] * P1 & MASK
        acc = (rotl(acc, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        acc = rotl(acc ^ byte * P5 & MASK, 11) * P1 & MASK
    acc ^= acc >> 33
    acc = acc * P2 & MASK
    acc ^= acc >> 29
    acc = acc * P3 & MASK
    return acc ^ acc >> 32
