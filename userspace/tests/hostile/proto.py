# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""A writer of protocol buffers that remembers where every length lies.

A message is a list of (field number, value); a value is an int (varint), a float (binary32),
bytes or str, or a list (a message).  Lengths take five bytes each, which is allowed and lets
another number be written over them.
"""

import struct

LENGTH = 5


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def length(number):
    """Five bytes of seven bits; what is more of the number is lost."""
    return bytes(number >> 7 * i & 127 | (128 if i < LENGTH - 1 else 0) for i in range(LENGTH))


class Proto:
    """data: the message; marks: (place, length, what) of each length in it."""

    def __init__(self, message, what="model"):
        self.data = bytearray()
        self.marks = []
        self.message(message, what)

    def message(self, message, what):
        for number, value in message:
            name = f"{what}.{number}"
            if isinstance(value, int):
                self.data += varint(number << 3) + varint(value)
            elif isinstance(value, float):
                self.data += varint(number << 3 | 5) + struct.pack("<f", value)
            else:
                self.field(number, value, name)

    def field(self, number, value, name):
        self.data += varint(number << 3 | 2)
        place = len(self.data)
        self.data += bytes(LENGTH)
        if isinstance(value, list):
            self.message(value, name)
        else:
            self.data += value.encode() if isinstance(value, str) else value
        size = len(self.data) - place - LENGTH
        self.data[place : place + LENGTH] = length(size)
        self.marks.append((place, size, name))
