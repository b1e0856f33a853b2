#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# npu coredump on a dump of a real device, and on what is none.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

dump=$ROOT/userspace/tests/cli/seeds_coredump/hang.dump
advice="copy it whole from /sys/class/devcoredump/devcdN/data"
table=$((4096 + 24))

# says NAME PATTERN: a line of the last output matches
says() {
	grep -qE "$2" stdout
	ok $? "$1"
}

# put FILE OFFSET BYTES...: overwrite bytes of a copy
put() {
	local file=$1 offset=$2
	shift 2
	# shellcheck disable=SC2059  # bytes
	printf "$(printf '\\x%02x' "$@")" | dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
}

# broken NAME SENTENCE AT: the file "bad" is refused, with that sentence about that byte
broken() {
	refused "$1" 3 "npu coredump: bad: $2, at byte $3; $advice" coredump bad
	cp "$dump" bad
}

runs "a dump is explained" 0 coredump "$dump"
says "what and where" 'hang\.dump: hang in op 3 of [0-9]+ \([A-Z0-9_]+\)$'
says "why" '^why +the job made no progress for its context.s timeout'
says "the error" '^error +-62 \('
says "the process" '^process +npu, pid [0-9]+, client [0-9]+$'
says "the op is marked" '^> 3: [A-Z0-9_]+'
says "those before are listed" '^  2: [A-Z0-9_]+'
says "bindings" '^ +[0-9]+ +const +r- '
says "what to do" '^Make a new context'

runs "as JSON" 0 coredump --json "$dump"
python3 - <<'PY'
import json
r = json.load(open("stdout"))
assert r["artifact_type"] == "npu-coredump"
assert r["fault"]["name"] == "hang" and r["fault"]["op"] == 3 and r["fault"]["error"] == -62
assert r["fault"]["layer"] is None and r["fault"]["op_count"] > 3
assert any(b["kind"] == "const" for b in r["bindings"])
assert r["jobs"][-1]["job"] == r["fault"]["job"] and r["jobs"][-1]["error"] == -62
assert r["events"][-1]["event"] == "fault"
assert r["context"]["process"] == "npu"
PY
ok $? "has all of it"

"$NPU" compile -q "$DIGITS/digits_float.tflite" -o other.npu
refused "a model that was not run" 3 \
	"npu coredump: other.npu: its program is not the one in the dump; give the artefact that was run" \
	coredump "$dump" --model other.npu
refused "a model that is none" 3 \
	"npu coredump: $DIGITS/digits_int8.tflite: is no .npu; 'npu compile' makes one from a model" \
	coredump "$dump" --model "$DIGITS/digits_int8.tflite"

head -c 4000 "$dump" >bad
broken "a file that is too short" "too short to be a core dump of a vnpu device" 0
put bad 0 65
broken "a file of another kind" "no core dump of a vnpu device: it does not begin with its name" 0
put bad 4096 0
broken "no binary part" "no binary part of version 1 behind the text" 4096
put bad 4100 2
broken "a later version" "no binary part of version 1 behind the text" 4096
echo more >>bad
broken "a file that is too long" "the file is not as long as it says" 4096
put bad 4108 255 255
broken "too many sections" "too many sections" 4096
put bad $((table + 8)) 0 0
broken "a section in the text" "a section does not lie in the file" $table
put bad $((table + 16 + 7)) 127
broken "a section of too many bytes" "a section does not lie in the file" $table
put bad $((table + 24)) 0 0
broken "more than there is" "a section has more than it says there is" $table
put bad $((table + 4)) 7
broken "half a record" "a section ends within a record" $table
put bad $((table + 4)) 0
broken "records of no length" "a section of records without a record's length" $table
put bad $((table + 40)) 1
broken "the same section twice" "a section is there twice" $((table + 40))
put bad $table 60
broken "no fault" "no section says what went wrong" $table

finish
