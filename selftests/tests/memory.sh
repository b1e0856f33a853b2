#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# memory.sh: what is said of a model's memory is what the kernel counts, with on-chip memory and
# without, and its outputs are the same.
exec userspace/tests/cli/memory.py --device /dev/accel/accel0 digits person_detect_int8 kws_dscnn_int8
