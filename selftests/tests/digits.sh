#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# digits.sh: the shipped model through the device, byte for byte, and the digits right.
exec userspace/tests/digits/test_inference.py --device /dev/accel/accel0 --held-out 50
