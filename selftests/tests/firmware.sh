#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# firmware: what the module is loaded with, and what it says of it.
# shellcheck source-path=SCRIPTDIR
cd "$(dirname "$0")" || exit 1
. ./module.inc

npu=../../build/bin/npu
# its files go
folder=${VNPU_FIRMWARE:?is a folder of the test machine}/vnpu
mkdir -p "$folder"
rm -f "$folder"/*

# says FILE PATTERN NAME: the device's attribute FILE matches
says() {
	local found result=0
	found=$(cat /sys/bus/platform/devices/vnpu*/"$1")
	# shellcheck disable=SC2053  # a pattern
	[[ $found == $2 ]] || result=1
	ok $result "$3"
	[ $result = 0 ] || echo "# $found"
}

# begins PATTERN NAME [PARAMETER]: loaded so, the device's firmware is what PATTERN says
begins() {
	loaded && unload_soon
	# shellcheck disable=SC2086  # nothing or one parameter
	load ${3:-}
	says firmware "$1" "$2"
}

# error PATTERN NAME: that is what the last load was refused for
error() {
	says firmware_error "$1" "$2"
}

begins "origin=built-in *generation=1" "without a file the built-in firmware is used"
error "" "a missing default is no error"

"$npu" fw build ../../firmware/vnpu.yaml -o "$folder/default.fw" >/tmp/log
ok $? "an image is built"
begins "origin=vnpu/default.fw *generation=2" "the default file is loaded"
error "" "there is no error"
passes "programs run on it" vnpu_ctx
digest() { "$npu" info --device "$(node)" --json | grep -o '"digest": *"[0-9a-f]*"'; }
from_file=$(digest)
begins "origin=built-in *" "firmware=built-in wins over the file" firmware=built-in
[ -n "$from_file" ] && [ "$from_file" = "$(digest)" ]
ok $? "it is what the shipped descriptions say"

cp "$folder/default.fw" "$folder/other.fw"
begins "origin=vnpu/other.fw *" "the parameter names another file" firmware=vnpu/other.fw
begins "origin=built-in *" "a missing file that was asked for" firmware=vnpu/nothing.fw
error "vnpu/nothing.fw: no such file*" "is an error"
begins "origin=built-in *" "a name that goes upwards" firmware=vnpu/../vnpu/other.fw
error "the name is not*" "is an error"

head -c 200 "$folder/other.fw" >"$folder/default.fw"
begins "origin=built-in *" "a damaged default" ""
error "vnpu/default.fw: refused, reason 1: *" "is an error"
dmesg | grep -q "vnpu/default.fw: refused, reason 1: .*the built-in one is used"
ok $? "and the log says so"
passes "the device works nevertheless" vnpu_ctx

cp "$folder/other.fw" "$folder/default.fw"
begins "origin=vnpu/default.fw *" "the default again" ""
echo vnpu/other.fw >"$(echo /sys/bus/platform/devices/vnpu*/firmware)"
says firmware "origin=vnpu/other.fw *generation=3" "another is loaded"
unload_soon && load
ok $? "the module goes and comes with it loaded"
rm -f "$folder"/*

finish
