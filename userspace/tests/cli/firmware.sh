#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Firmware images: from descriptions and back, and what is told about those that are wrong.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

# What is built in is what is described.
runs "build the default firmware" 0 fw build "$ROOT/firmware/vnpu.yaml" -o default.fw --source builtin.c
same "the built-in personalities are those of firmware/ (else: make firmware)" builtin.c \
	"$ROOT/driver/model/npum_builtin.c"
runs "build it again, from another folder" 0 fw build "$(realpath --relative-to=. "$ROOT/firmware")/vnpu.yaml" \
	-o again.fw
same "and it is the same byte for byte" default.fw again.fw
runs "verify it" 0 fw verify default.fw
prints "and say what it is" 'default.fw: "vnpu default", format 1.0, '
runs "show it" 0 fw show default.fw
prints "its personalities" "xnnpack  id 4, exact, digest 66d67b84cc456f21"
prints "and where they come from" "from: gemmlowp fixedpoint/fixedpoint.h"
runs "no difference to itself" 0 fw diff default.fw again.fw
prints "is told" "default.fw and again.fw hold the same"

# A personality of one's own
cat >mine.yaml <<'END'
# Rounds once, multipliers of 16 bits
personality: mine
id: 1000
summary: "my board"
evidence: guess
sources: [measured on my board]
like: tflite-single
arithmetic:
  mult_bits: 16
  mult_round: truncate
END
runs "add a personality to the built-in ones" 0 fw build mine.yaml -o mine.fw
runs "show both kinds" 0 fw show mine.fw --json
cp stdout report.json
python "a description says what is not usual, and like what" <<'END'
import json
found = {p["name"]: p for p in json.load(open("report.json"))["personalities"]}
mine, single = found["mine"], found["tflite-single"]
assert mine["id"] == 1000 and mine["evidence"] == "guess"
assert mine["sources"] == "measured on my board"
changed = {k for k in mine["arithmetic"] if mine["arithmetic"][k] != single["arithmetic"][k]}
assert changed == {"mult_bits", "mult_round"}, changed
assert mine["arithmetic"]["mult_bits"] == 16 and mine["digest"] != single["digest"]
END
sed -e 's/mult_bits: 16/mult_bits: 15/; s/my board/my other board/' mine.yaml >other.yaml
runs "another one" 0 fw build other.yaml -o other.fw
runs "differs" 1 fw diff mine.fw other.fw
prints "in a field" "mine: mult_bits: 16 -> 15"
prints "in a text" "mine: summary: my board -> my other board"
runs "differs from the default" 1 fw diff default.fw mine.fw
prints "in being there" "mine: personality: not there -> there"
runs "as JSON" 1 fw diff mine.fw other.fw --json
cp stdout report.json
python "every difference is an object" <<'END'
import json
found = json.load(open("report.json"))
assert found["artifact_type"] == "npu-fw-diff" and not found["equal"]
assert {"of": "mine", "what": "mult_bits", "a": "16", "b": "15"} in found["differences"]
END

# The sim device takes an image, and programs say what they were compiled for
model=$DIGITS/digits_int8.tflite
runs "the device has what the image has" 0 info --device sim --firmware mine.fw --json
cp stdout report.json
python "that one, too" <<'END'
import json
found = json.load(open("report.json"))
assert found["device"]["firmware"]["version"].endswith(" + mine"), found["device"]["firmware"]
assert not found["device"]["firmware"]["built_in"]
assert found["personalities"][-1]["name"] == "mine" and found["personalities"][-1]["on_device"]
END
runs "run with one's own personality" 0 run "$model" --device sim --firmware mine.fw -p mine -o mine
prints "and be told" "personality mine"
runs "auto is sim then" 0 run "$model" --firmware mine.fw -p mine --json
runs "check with it" 0 check "$model" --firmware mine.fw -p mine
runs "compile for it" 0 compile "$model" --firmware mine.fw -p mine -o mine.npu
runs "run what was compiled for it" 0 run mine.npu --device sim --firmware mine.fw -o again
same "with the same outputs" mine/0.bin again/0.bin
"$NPU" run mine.npu --device sim >stdout 2>stderr
ok $(($? != 4)) "a device without it refuses the program"
cp stderr stdout
prints "and says what is missing" "it wants personality 1000 of digest"
prints "and what it has" "has only tflite-ref, "
"$NPU" run mine.npu --device sim --firmware other.fw >stdout 2>stderr
ok $(($? != 4)) "so does one whose personality of that id is another"
cp stderr stdout
prints "and says so" "the device's firmware (other.fw, version built-in"
refused "a personality that is not in the image" 2 "npu run: mien: unknown personality, did you mean mine?" \
	run "$model" --firmware mine.fw -p mien
runs "compare it" 0 compare "$model" --firmware mine.fw -p mine,mine --device sim,sim:generic
refused "no image" 3 \
	"npu run: $DIGITS/README.md: the first word is not the magic of a vnpu firmware image (byte 0); 'npu fw verify' says more" \
	run "$model" --device sim --firmware "$DIGITS/README.md"
refused "an image for a kernel device" 2 \
	"npu run: /dev/accel/accel0: takes no firmware image when it is opened; as root write its name to the device's 'firmware' file in sysfs" \
	run "$model" --device /dev/accel/accel0 --firmware mine.fw

# A device of one's own
cat >device.yaml <<'END'
device: small
version: my device 3
personalities: [mine.yaml]
dtypes: [int8, int32]
ops: [CONV2D, ADD]
extra_cycles: {CONV2D: 12}
target:
  max_kernel: 11
END
runs "a device with one personality" 0 fw build device.yaml -o device.fw
runs "show it" 0 fw show device.fw
prints "its name" 'device.fw: "my device 3"'
prints "its only personality" "mine  id 1000, guess, digest"
prints "its types" "  dtypes int8 int32"
prints "its limit" "max_kernel             11"
"$NPU" run "$model" --device sim:generic --firmware device.fw --no-fallback >stdout 2>stderr
ok $(($? != 1)) "it takes only the ops it names"
cp stderr stdout
prints "and says which it does not" \
	"The device must take the instructions that the operation becomes: it has no DEPTHWISE"
runs "the CPU does the others" 0 run "$model" --device sim:generic --firmware device.fw
runs "a device of other kinds differs" 1 fw diff device.fw default.fw
prints "in its ops" "target: MUL: no -> yes"
prints "in its costs" "target's further cycles: CONV2D: 12 -> 0"
prints "in its default" "image: default: mine -> tflite-ref"

# Descriptions that are wrong.  wrong NAME TEXT SED...: that change of mine.yaml is refused so
wrong() {
	local name=$1 text=$2
	shift 2
	sed "$@" mine.yaml >wrong.yaml
	refused "$name" 3 "npu fw: wrong.yaml:$text" fw build wrong.yaml -o wrong.fw
}
wrong "mistyped key" "4: sumary: unknown key, did you mean summary?" -e s/summary/sumary/
wrong "mistyped field" "9: mult_bit: unknown key, did you mean mult_bits?" -e s/mult_bits/mult_bit/
wrong "key twice" "10: mult_bits: given already in line 9" -e 's/mult_round.*/mult_bits: 3/'
wrong "key missing" "2: evidence is missing" -e /evidence/d
wrong "mistyped word" "10: truncat: unknown, did you mean truncate?" -e s/truncate/truncat/
wrong "unknown word" "10: xyz: unknown; nearest, truncate, up are possible" -e s/truncate/xyz/
wrong "number out of range" "9: 32: a number from 8 to 31 must be here" -e 's/16/32/'
wrong "negative number" "9: -16: a number from 8 to 31 must be here" -e 's/16/-16/'
wrong "number far away" "9: 99999999999999999999: a number from 8 to 31 must be here" \
	-e 's/16/99999999999999999999/'
wrong "hexadecimal" "9: 0x10: a number from 8 to 31 must be here" -e 's/16/0x10/'
wrong "no number" "9: a number must be here" -e 's/mult_bits: 16/mult_bits: [16]/'
wrong "id 0" "3: 0: a number from 1 to 4294967295 must be here" -e 's/1000/0/'
wrong "no source" "6: a list of sources must be here: \"- where from\"" -e 's/\[.*\]/[]/'
wrong "line feed in the summary" "4: only printable ASCII characters" -e 's/my board"/my\\nboard"/'
wrong "summary too long" "4: 130 characters, at most 127 fit" \
	-e "s/\"my board\"/$(printf 'x%.0s' {1..130})/"
wrong "like nobody" "7: nobody: no personality that is built in or described before" \
	-e 's/^like: .*/like: nobody/'
wrong "rest to nobody" "7: nobody: no personality of that name is described" -e 's/^like: .*/rest: nobody/'
wrong "two documents" "12: a second document: give it a file of its own" -e '$s/$/\n---\nid: 3/'
wrong "neither" "2: neither \"personality: NAME\" nor \"device: NAME\" is here" -e s/personality/persona/
wrong "no YAML" "5: this is not YAML: found character that cannot start any token" -e 's/guess/@/'
wrong "a list" "1: \"key: value\" lines must be here" -e 's/.*/- x/'
wrong "nothing" "1: the file describes nothing" -e 's/.*//'
sed 's/1000/1/' mine.yaml >wrong.yaml
refused "id of another" 3 "npu fw: wrong.yaml: mine: two personalities must not have one id" \
	fw build wrong.yaml -o wrong.fw
sed 's/mult_bits: 16/bias: float/' mine.yaml >wrong.yaml
refused "fields that do not go together" 3 \
	"npu fw: wrong.yaml: mine: a float bias needs the rounding float for all convolutions and products" \
	fw build wrong.yaml -o wrong.fw
sed 's/^like: .*/like: xnnpack/' mine.yaml >wrong.yaml
sed 's/mine.yaml/wrong.yaml/' device.yaml >wrong-device.yaml
refused "like one whose rest is not listed" 3 \
	"npu fw: wrong.yaml:7: tflite-opt: no personality of that name is described" \
	fw build wrong-device.yaml -o wrong.fw
sed 's/CONV2D, ADD/CONV2D, ADDD/' device.yaml >wrong.yaml
refused "mistyped op" 3 "npu fw: wrong.yaml:5: ADDD: unknown, did you mean ADD?" \
	fw build wrong.yaml -o wrong.fw
sed 's/{CONV2D/{MUL/' device.yaml >wrong.yaml
refused "cycles of an op that is not there" 3 "npu fw: wrong.yaml:6: MUL is not among the ops" \
	fw build wrong.yaml -o wrong.fw
sed 's/mine.yaml/yours.yaml/' device.yaml >wrong.yaml
refused "personality file missing" 3 \
	"npu fw: yours.yaml: cannot be opened: No such file or directory" fw build wrong.yaml -o wrong.fw
refused "two devices" 3 "npu fw: device.yaml:1: an image describes one device" \
	fw build device.yaml device.yaml -o wrong.fw
refused "a device behind a personality" 3 "npu fw: device.yaml: a device must come first" \
	fw build other.yaml device.yaml -o wrong.fw
[ ! -e wrong.fw ]
ok $? "nothing is written of what is wrong"

# Images that are wrong
head -c 500 default.fw >short.fw
refused "an image cut short" 3 \
	"npu fw: short.fw: the image is shorter than its header says (byte 8)" fw verify short.fw
cp default.fw damaged.fw
printf 'x' | dd of=damaged.fw bs=1 seek=700 conv=notrunc status=none
refused "a damaged image" 3 \
	"npu fw: damaged.fw: the image's checksum is wrong: it is damaged (byte 12)" fw show damaged.fw
refused "no image" 3 \
	"npu fw: mine.yaml: the first word is not the magic of a vnpu firmware image (byte 0)" \
	fw diff mine.yaml default.fw

# Command lines that are wrong
refused "mistyped verb" 2 "npu fw: biuld: is nothing to do with firmware, did you mean build?" \
	fw biuld mine.yaml
refused "unknown verb" 2 \
	"npu fw: frobnicate: is nothing to do with firmware; build, show, diff and verify are" fw frobnicate x
refused "no description" 2 "npu fw: build: takes one or more descriptions" fw build -o x.fw
refused "no output" 2 "npu fw: --output: is missing: where to write the image" fw build mine.yaml
refused "one image to compare" 2 "npu fw: diff: takes two images" fw diff default.fw
refused "an output of show" 2 "npu fw: show: writes no file" fw show default.fw -o x

finish
