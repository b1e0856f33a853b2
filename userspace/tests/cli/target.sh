#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What a model is checked and compiled for: names, descriptions, images, devices.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite

runs "a target by its name" 0 check "$model" --target mediatek-nnapi
runs "the default target by its name" 0 check "$model" --target vnpu
refused "mistyped target" 2 "npu check: mediatek-napi: unknown target, did you mean mediatek-nnapi?" \
	check "$model" --target mediatek-napi
refused "unknown target" 2 \
	"npu check: zx81: unknown target; give a name that 'npu help check' lists, FILE.yaml or FILE.fw" \
	check "$model" --target zx81
refused "a personality is no target" 2 \
	"npu compile: mdla: unknown target; give a name that 'npu help check' lists, FILE.yaml or FILE.fw" \
	compile "$model" -o x.npu --target mdla
refused "two targets" 2 "npu check: --target: give one of --target, --firmware and --device" \
	check "$model" --target vnpu --device sim
refused "a personality that the target lacks" 2 \
	"npu check: xnnpack: unknown personality; 'npu info' lists them" \
	check "$model" --target mediatek-nnapi --personality xnnpack
refused "no such description" 3 "npu check: no.yaml: cannot be opened: No such file or directory" \
	check "$model" --target no.yaml
refused "no such image" 3 "npu check: ./no: cannot be opened: No such file or directory" \
	check "$model" --target ./no

# A device that lacks what the digits model needs, limit by limit.
board() {
	cat >board.yaml <<END
device: board
version: first try
personalities: ["$ROOT/firmware/tflite-ref.yaml"]
dtypes: [${1:-int8, int32, float32}]
ops: ${2:-all}
target:
  ${3:-max_rank: 8}
END
}
board
runs "a description that lacks nothing" 0 check "$model" --target board.yaml
board int32,float32
runs "types that it lacks" 1 check "$model" --target board.yaml
prints "are named" "The device must have the elements' types: an input is int8"
board "" "[CONV2D, FULLY_CONNECTED]"
runs "instructions that it lacks" 1 check "$model" --target board.yaml
prints "are named, too" "The device must take the instructions that the operation becomes: it has no "
board "" "" "max_kernel: 1"
runs "windows that are too large" 1 check "$model" --target board.yaml
prints "are named with the target's limit" "Windows must be at most 1 high and wide"
board "" "" "max_dim: 2"
runs "axes that are too long" 1 check "$model" --target board.yaml
prints "are named with the limit" "Axes must be at most 2 elements long: "
board "" "" "max_rank: 1"
runs "too many dimensions" 1 check "$model" --target board.yaml
prints "are named with the shape" "Tensors must have at most 1 dimensions: an input is ["
board "" "" "per_channel: 0"
runs "as JSON" 1 check "$model" --target board.yaml --json
cp stdout report.json
python "the reason is the sentence with the offending value" <<'END'
import json
ops = json.load(open("report.json"))["ops"]
assert any(o["reason"].startswith("Weights must have one scale: '") for o in ops), ops
assert all((o["placement"] == "cpu") == bool(o["reason"]) for o in ops)
END
"$NPU" compile "$model" -o x.npu --target board.yaml --no-fallback >stdout 2>stderr
[ $? = 1 ] && grep -q "Weights must have one scale: '" stderr && [ ! -e x.npu ]
ok $? "what the check refuses does not compile without a fallback"

# What the check takes the device takes, with one and the same image on both sides.
board "" "" "max_window: 4"
runs "an image of the description" 0 fw build board.yaml -o board.fw
runs "is a target" 0 check "$model" --target board.fw
runs "runs what it takes" 0 run "$model" --device sim --firmware board.fw
board "" "" "max_window: 3"
runs "an image with a narrower limit" 0 fw build board.yaml -o board.fw
runs "refuses the pooling" 1 check "$model" --target board.fw
prints "in the target's words" "Windows must cover at most 3 elements: 2 x 2"
runs "a device that exists" 0 check "$model" --device sim

# Descriptions that are wrong
board "" "" "max_rank: 9"
refused "a limit out of range" 3 "npu check: board.yaml:7: 9: a number from 1 to 8 must be here" \
	check "$model" --target board.yaml
board "" "" "max_rnak: 4"
"$NPU" check "$model" --target board.yaml >stdout 2>stderr
[ $? = 3 ] && grep -q "board.yaml:7: .*max_rank" stderr
ok $? "a mistyped limit"
for bytes in 0 20 60 100; do
	head -c $bytes board.yaml >short.yaml
	"$NPU" check "$model" --target short.yaml >stdout 2>stderr
	[ $? = 3 ] && [ "$(wc -l <stderr)" = 1 ] && grep -q '^npu check: short.yaml' stderr
	ok $? "a description of $bytes bytes"
done
head -c 900 board.fw >short.fw
"$NPU" check "$model" --target short.fw >stdout 2>stderr
[ $? = 3 ] && [ "$(wc -l <stderr)" = 1 ]
ok $? "half an image"
finish
