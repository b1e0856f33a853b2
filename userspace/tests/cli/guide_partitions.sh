#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Every command of the guide on partitions, with the output that it shows.
here=$(dirname "$0")
exec "$here/guide.py" "$here/../../../Documentation/guides/partitions.rst"
