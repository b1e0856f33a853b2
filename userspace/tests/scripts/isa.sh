#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# isa.sh: every op has its section in the manual, every field of a personality its readers.
exec "$(dirname "$0")/../../../scripts/isa-table" --check
