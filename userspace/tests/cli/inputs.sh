#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Input files of every kind give the same bits; wrong ones are refused with the reason.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite
make_input() {
	python3 "$ROOT/userspace/tests/cli/make_input.py" "$@"
}
input="input 0 (input)"
input=$("$NPU" run "$model" --device sim --json --dump-tensors dump |
	python3 -c 'import json
for t in json.load(open("dump/tensors.json"))["tensors"]:
    if t["role"] == "input":
        print("input {index} ({name})".format(**t))')

# One image, 28 x 28, as the int8 codes that the model takes and as the grey pixels they stand for
python3 -c 'import sys
sys.stdout.buffer.write(bytes((7 * i + i // 28) % 256 for i in range(784)))' >pixels
python3 -c 'import sys
sys.stdout.buffer.write(bytes(p ^ 0x80 for p in sys.stdin.buffer.read()))' <pixels >codes.bin
make_input npy v1.npy '|i1' 1,28,28,1 <codes.bin
make_input npy v2.npy '|i1' 28,28,1 --version 2 <codes.bin
make_input npy v3.npy '|i1' 28,28,1 --version 3 <codes.bin
make_input png grey.png 28 28 1 <pixels
python3 -c 'import sys
for p in sys.stdin.buffer.read():
    sys.stdout.buffer.write(bytes([p, p, p]))' <pixels >rgb
make_input png rgb.png 28 28 3 <rgb

runs "raw file" 0 run "$model" --device sim -i codes.bin -o raw
for file in v1.npy v2.npy v3.npy grey.png rgb.png; do
	runs "$file" 0 run "$model" --device sim -i "$file" -o out
	same "$file gives what the raw file gives" raw/0.bin out/0.bin
done
runs "pattern" 0 run "$model" --device sim -o pattern1
runs "pattern of another seed" 0 run "$model" --device sim --seed 2 --dump-tensors pattern2
runs "the same seed again" 0 run "$model" --device sim --seed 2 --dump-tensors pattern3
same "gives the same input" pattern2/0.bin pattern3/0.bin
runs "the default seed" 0 run "$model" --device sim --dump-tensors pattern4
cmp -s pattern2/0.bin pattern4/0.bin
ok $(($? != 1)) "another seed gives another input"

# A grey ramp of twice the size shrinks to the mean of each two by two pixels.
python3 -c 'import sys
sys.stdout.buffer.write(bytes((x // 2 + y // 2) * 4 for y in range(56) for x in range(56)))' >big
make_input png big.png 56 56 1 <big
runs "--resize" 0 run "$model" --device sim --resize -i big.png --dump-tensors resized
python "halves an image" <<'END'
import json
tensor = next(t for t in json.load(open("resized/tensors.json"))["tensors"] if t["role"] == "input")
found = open("resized/" + tensor["file"], "rb").read()
assert found == bytes((4 * (x + y)) ^ 0x80 for y in range(28) for x in range(28)), found.hex()
END
refused "image of another size" 3 \
	"npu run: big.png: is 56 x 56 pixels, but the input is 28 wide and 28 high; --resize scales it" \
	run "$model" --device sim -i big.png

head -c 783 codes.bin >short.bin
refused "raw file too short" 3 \
	"npu run: short.bin: has 783 bytes, but $input takes 784: int8[1,28,28,1]" \
	run "$model" --device sim -i short.bin
refused "no such file" 3 "npu run: nowhere: cannot be opened: No such file or directory" \
	run "$model" --device sim -i nowhere
refused "a folder" 3 "npu run: .: is not a regular file" run "$model" --device sim -i .
make_input npy shape.npy '|i1' 28,14,2 <codes.bin
refused "other shape" 3 \
	"npu run: shape.npy: has another shape than $input takes: int8[1,28,28,1]" \
	run "$model" --device sim -i shape.npy
make_input npy dtype.npy '|u1' 1,28,28,1 <codes.bin
refused "other dtype" 3 \
	"npu run: dtype.npy: has another dtype than $input takes: int8[1,28,28,1]" \
	run "$model" --device sim -i dtype.npy
make_input npy double.npy '<f8' 1,28,28,1 <codes.bin
refused "dtype we do not have" 3 \
	"npu run: double.npy: its dtype is none of int8, uint8, int32, float32 (little-endian)" \
	run "$model" --device sim -i double.npy
make_input npy fortran.npy '|i1' 1,28,28,1 --fortran <codes.bin
refused "Fortran order" 3 \
	"npu run: fortran.npy: it is in Fortran order; save numpy.ascontiguousarray(x) instead" \
	run "$model" --device sim -i fortran.npy
make_input npy huge.npy '|i1' 4294967295,4294967295,4294967295 <codes.bin
refused "shape that overflows" 3 "npu run: huge.npy: its shape is too large" \
	run "$model" --device sim -i huge.npy
make_input npy long.npy '|i1' 1,28,29,1 <codes.bin
refused "shape longer than the data" 3 \
	"npu run: long.npy: its data is not as long as its shape says" run "$model" --device sim -i long.npy
for bytes in 7 9 20 60; do
	head -c $bytes v1.npy >cut.npy
	"$NPU" run "$model" --device sim -i cut.npy >stdout 2>stderr
	ok $(($? != 3)) ".npy cut to $bytes bytes"
done
head -c 80 grey.png >cut.png
"$NPU" run "$model" --device sim -i cut.png >stdout 2>stderr
ok $(($? != 3)) "image cut off"
grep -q '^npu run: cut.png: broken image: ' stderr
ok $? "is called broken"

# Models that are none
head -c 5000 "$model" >cut.tflite
for command in run check bench "compile -o x.npu" "compare -p tflite-ref,tflite-single"; do
	# shellcheck disable=SC2086
	"$NPU" $command cut.tflite >stdout 2>stderr
	ok $(($? != 3)) "$command refuses a model cut off"
	[ "$(wc -l <stderr)" = 1 ] && grep -q "^npu ${command%% *}: cut.tflite: " stderr
	ok $? "in one line that names it"
done
echo "no model" >text.tflite
"$NPU" check text.tflite >stdout 2>stderr
ok $(($? != 3)) "a text file is no model"
: >empty.tflite
"$NPU" check empty.tflite >stdout 2>stderr
ok $(($? != 3)) "an empty file is no model"
runs "compile" 0 compile "$model" -o digits.npu
refused "compile what is compiled" 3 \
	"npu compile: digits.npu: is compiled already; give the source model" compile digits.npu -o y.npu
refused "another personality than compiled for" 3 \
	"npu run: digits.npu: is compiled for tflite-ref; give the source model to use tflite-single" \
	run --device sim -p tflite-single digits.npu
refused "dump tensors that share memory" 3 \
	"npu run: digits.npu: has tensors that share memory; give the source model" \
	run --device sim --dump-tensors d digits.npu
head -c 2000 digits.npu >cut.npu
for command in run objdump; do
	"$NPU" "$command" cut.npu >stdout 2>stderr
	ok $(($? != 3)) "$command refuses an artefact cut off"
done
refused "objdump of a source model" 3 \
	"npu objdump: $model: is no .npu; 'npu compile' makes one from a model" objdump "$model"
refused "output that cannot be written" 3 \
	"npu compile: nowhere/x.npu: cannot be created: No such file or directory" \
	compile "$model" -o nowhere/x.npu
refused "folder that cannot be made" 3 \
	"npu run: codes.bin: is there and is not a directory" run --device sim "$model" -o codes.bin

finish
