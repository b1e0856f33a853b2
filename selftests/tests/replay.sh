#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# replay.sh: what one device recorded another one computes again, bit for bit.
cd "$(dirname "$0")" || exit 1
. ./module.inc
cd ../.. || exit 1

npu=build/bin/npu
device=$(node)
digits=models/digits

# records DEVICE FILE
records() {
	NPU_RECORD=$2 "$npu" run "$digits/digits_int8.tflite" --device "$1" \
		-i "$digits/inputs/digit_7.png" -o /tmp/outputs >/tmp/log 2>&1
}

# again DEVICE FILE NAME
again() {
	local result
	"$npu" replay "$2" --device "$1" >/tmp/log 2>&1 && grep -q "all as recorded" /tmp/log
	result=$?
	ok $result "$3"
	[ $result = 0 ] || sed 's/^/# /' /tmp/log
}

records "$device" /tmp/kernel
ok $? "a run on the kernel's device is recorded"
records sim /tmp/sim
ok $? "and one on sim"
again sim /tmp/kernel "what the kernel computed sim computes again"
again "$device" /tmp/sim "what sim computed the kernel computes again"
again "$device" /tmp/kernel "and what it computed itself"

# A bit of the output goes over when all is computed: replay tells the job and the slot.
ops=$("$npu" compile "$digits/digits_int8.tflite" -o /tmp/digits.npu | sed -n 's/.* in \([0-9]*\) ops.*/\1/p')
inject=$(echo /sys/kernel/debug/accel/*/inject)
echo 4 >"$inject/flip_kind" && echo 17 >"$inject/flip_bit" && echo "$ops" >"$inject/flip_op"
"$npu" replay /tmp/sim --device "$device" >/tmp/log 2>&1
[ $? = 1 ] && grep -q "job 1: slot [0-9]*: " /tmp/log
result=$?
ok $result "a bit that went over is found"
[ $result = 0 ] || sed 's/^/# /' /tmp/log
echo 1 >"$inject/flip_kind"
again "$device" /tmp/sim "and it went over once"
finish
