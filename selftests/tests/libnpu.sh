#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# libnpu.sh: the runtime library on the kernel's device, beside sim.
exec build/test/libnpu_drm
