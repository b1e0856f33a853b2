#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# older_driver.sh: what the library and the tool do with drivers of older interfaces, played
# by this one: userspace/tests/libnpu/older_driver.h.
cd "$(dirname "$0")" || exit 1
. ./module.inc
cd ../.. || exit 1

# as_of MINOR COMMAND...: as if the driver were of interface 1.MINOR
as_of() {
	local minor=$1
	shift
	NPU_OLDER_DRIVER=1.$minor LD_PRELOAD=$PWD/build/test/preload/older_driver.so "$@" >/tmp/log 2>&1
}

device=$(node)
# All that 1.2 had not 1.1 had not, either.
NPU_OLDER_DRIVER=1.1 build/test/libnpu_drm >/tmp/log 2>&1
result=$?
ok $result "the library with a driver of 1.1"
[ $result = 0 ] || sed 's/^/# /' /tmp/log
as_of 1 build/bin/npu info --device "$device" && grep -q "vnpu 1\.1\." /tmp/log && ! grep -q ^limits /tmp/log
ok $? "npu info tells 1.1, and no limits"
as_of 2 build/bin/npu info --device "$device" && grep -q "vnpu 1\.2\." /tmp/log && grep -q ^limits /tmp/log
ok $? "and 1.2 with them"
as_of 2 build/bin/npu run models/digits/digits_int8.tflite --device "$device" -i models/digits/inputs/digit_7.png
ok $? "which runs a model"

as_of 1 userspace/tests/digits/test_inference.py --device "$device" --held-out 10
result=$?
ok $result "the shipped model through a driver of 1.1 gives the same bytes"
[ $result = 0 ] || sed 's/^/# /' /tmp/log

as_of 0 build/bin/npu info --device "$device"
[ $? != 0 ] && grep -q "the driver's interface is 1.0, this library needs 1.1: load" /tmp/log
ok $? "a driver of 1.0 is refused with what to do"
finish
