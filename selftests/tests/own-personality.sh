#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# own-personality.sh: the guide to a personality of one's own, with its part for the device.
exec userspace/tests/cli/guide.py --vm
