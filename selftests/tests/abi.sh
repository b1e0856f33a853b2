#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# abi: the files that Documentation/ABI promises are there, and those that are there it describes.
# shellcheck source-path=SCRIPTDIR
cd "$(dirname "$0")" || exit 1
. ./module.inc
docs=../../Documentation

# there PATTERN: a file's name as the documents have it, with * and {a,b}
there() {
	local found
	found=$(bash -c "ls -d $1" 2>/dev/null) && [ -n "$found" ]
}

# A core dump has to happen first: its file has a test of its own.
while read -r what; do
	there "$what"
	ok $? "$what is there"
done < <(sed -n 's/^What:[[:space:]]*//p' $docs/ABI/*-vnpu | grep -v devcoredump)

# described FILE TEXT: each of a folder of files, all of which are the driver's
described() {
	local path name result=0
	for path in $1; do
		name=$(basename "$path")
		grep -qw -- "$name" "$2" && continue
		echo "# $path is not in $2"
		result=1
	done
	ok $result "$1: $2 describes each"
}

device=/sys/bus/platform/devices/vnpu
described "$device/health/*" $docs/ABI/sysfs-driver-vnpu
described "/sys/kernel/debug/accel/*/inject/*" $docs/ABI/debugfs-driver-vnpu
described "/sys/module/vnpu/parameters/*" $docs/accel/overview.rst

# Whatever root may read can be read, and says something or is empty; nothing crashes.
result=0
for path in $device/health/* $device/firmware $device/firmware_error $device/npu_busy_time_us \
	/sys/kernel/debug/accel/*/{cores,contexts,programs,gems,dump_bytes,cpu_share}; do
	cat "$path" >/dev/null || result=1
done
ok $result "each can be read"

result=0
for path in $device/firmware $device/reset; do
	[ "$(stat -c %A "$path" | cut -c6,9)" = "--" ] || result=1
done
ok $result "what changes the device is writable for root alone"
finish
