#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Recordings: any program on the library makes them, replay runs them again bit for bit,
# and every damage is found.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite
export NPU_RECORD

NPU_RECORD=$PWD/one
runs "a run is recorded" 0 run "$model" --device sim -i "$DIGITS/inputs/digit_3.png"
runs "another one goes into the same file" 0 run "$model" --device sim -i "$DIGITS/inputs/digit_4.png"
NPU_RECORD=$PWD/many
"$NPU" bench "$model" --device sim --num_runs=20 --warmup_runs=0 --min_secs=0 >stdout 2>stderr &&
	[ "$(stat -c %s many)" -lt $(($(stat -c %s one) + 20 * 1000)) ]
ok $? "what many jobs of a process read is there once"
NPU_RECORD=
runs "replay gives the same bits" 0 replay one --device sim
prints "of both jobs" "2 jobs on sim"
prints "and says so" "all as recorded"
for isa in generic avx2; do
	"$NPU" info --device sim:$isa >/dev/null 2>&1 || continue
	runs "and on sim:$isa" 0 replay one --device sim:$isa --threads 2
done
runs "one job alone" 0 replay one --device sim --job 2
prints "is one job" "1 job on sim"
refused "a job that is not there" 2 "npu replay: --job: 3: the recording has 2 jobs" \
	replay one --device sim --job 3

# A result that is changed along with its digest: replay must find the very byte.
python "a changed result is written" <<'END'
import struct
data = bytearray(open("one", "rb").read())
at, blobs = 32, []
while at < len(data):
    kind, _, size = struct.unpack_from("<IIQ", data, at)
    if kind == 1:
        blobs.append((at + 16, size))
    if kind == 2:
        job = at + 16
    at += 16 + size + -size % 8
slots = struct.unpack_from("<I", data, job + 16)[0]
# the last slot is the output: let its result be the input of the job
for i in range(slots):
    slot = job + 24 + 48 * i
    if struct.unpack_from("<I", data, slot)[0] == 4:
        out = slot
other = next(d for d, size in blobs if size - 16 == struct.unpack_from("<Q", data, out + 8)[0]
             and data[d:d + 16] != data[out + 32:out + 48])
data[out + 32:out + 48] = data[other:other + 16]
open("changed", "wb").write(data)
END
runs "replay finds it" 1 replay changed --device sim
prints "in the job and slot" "job 2: slot 3: "
runs "as JSON" 1 replay changed --device sim --json

# Every byte of the file counts, but zeros behind chunks and words that are not read yet.
python "damaged recordings are made" <<'END'
data = open("one", "rb").read()
step = max(1, len(data) // 97)
for i, at in enumerate(range(0, 8, 1)):
    open(f"bad{i}", "wb").write(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:])
for i, at in enumerate(range(32, len(data) - 600, step)):
    open(f"bad{100 + i}", "wb").write(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:])
for i, at in enumerate(range(0, len(data), step)):
    open(f"cut{i}", "wb").write(data[:at])
END
wrong=0
for file in bad* cut*; do
	timeout 20 "$NPU" replay "$file" --device sim >stdout 2>stderr
	code=$?
	# A cut file is what it was until then, a changed one may still have a meaning.
	case $code in
	0 | 1) [ ! -s stderr ] || [ $code = 1 ] ;;
	3) [ "$(wc -l <stderr)" = 1 ] && grep -q "^npu replay: $file: " stderr ;;
	*) false ;;
	esac || { wrong=1; echo "# $file: exit $code"; say stderr; }
done
ok $wrong "every damaged recording is refused in one line or means something"

NPU_RECORD=$PWD/stdout
refused "a file that is something else is not written to" 4 \
	"npu run: NPU_RECORD=$PWD/stdout: is there and no recording; name another" \
	run "$model" --device sim
NPU_RECORD=$PWD/none/x
refused "nor one that cannot be made" 4 \
	"npu run: NPU_RECORD=$PWD/none/x: No such file or directory" run "$model" --device sim
NPU_RECORD=$PWD/by-%p
runs "%p is the process" 0 run "$model" --device sim
set -- by-[0-9]*
[ -s "$1" ]
ok $? "whose number is in the name"

finish
