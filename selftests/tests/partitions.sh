#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# partitions: models that the device and the library share, byte for byte what the device alone gives.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tests/module.inc
. selftests/tests/module.inc

digits=models/digits
device=/dev/accel/accel0
export NO_COLOR=1

# same MODEL WANTED NAME OPTIONS...: the outputs for three digits are those of the reference
same() {
	local model=$1 wanted=$2 name=$3 digit wrong=0
	shift 3
	for digit in 0 4 7; do
		build/bin/npu run "$model" --device "$device" -i "$digits/inputs/digit_$digit.png" -o /tmp/out "$@" >/tmp/log 2>&1 &&
			cmp -s /tmp/out/0.bin "$digits/golden/digit_$digit.bin" || wrong=1
		# one partition is nothing to speak of
		[ "$wanted" = 1 ] || grep -q "^partitions   $wanted" /tmp/log || wrong=1
	done
	ok $wrong "$name"
	[ $wrong = 0 ] || sed 's/^/# /' /tmp/log
}

model=$digits/digits_int8.tflite
same $model 1 "the device alone"
same $model "2, of these 1 on the NPU" "SOFTMAX on the CPU" --deny SOFTMAX
same $model "2, of these 1 on the NPU" "the first op on the CPU" --deny-node stem
same $model "9, of these 5 on the NPU" "sides take turns" --deny DEPTHWISE_CONV_2D
same $model "2, of these 1 on the NPU" "one partition on the device at most" --deny DEPTHWISE_CONV_2D --max-partitions 1
same $model "2, of these 1 on the NPU" "no partition of less than four ops" --deny DEPTHWISE_CONV_2D --min-nodes 4
build/bin/npu compile $model -o /tmp/cut.npu --deny ADD,SOFTMAX >/dev/null
same /tmp/cut.npu "6, of these 3 on the NPU" "a compiled file with partitions"
dmesg | grep -c 'WARNING\|BUG:' >/tmp/bad
[ "$(cat /tmp/bad)" = 0 ]
ok $? "the kernel has nothing to say"
finish
