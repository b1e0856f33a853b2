#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The whole way of the project's own model through the tool.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite
image=$DIGITS/inputs/digit_7.png

runs "check" 0 check "$model"
prints "all ops run on the NPU" "ops run on the NPU"
! grep -q ' cpu ' stdout
ok $? "none on the CPU"

runs "compile" 0 compile "$model" -o digits.npu --show-memory-summary
prints "memory summary" "temporary"
runs "run the model" 0 run "$model" --device sim -i "$image" -o from_model
same "as its golden output says" from_model/0.bin "$DIGITS/golden/digit_7.bin"
runs "run the artefact" 0 run digits.npu --device sim -i "$image" -o from_artefact
same "gives the same bytes" from_model/0.bin from_artefact/0.bin
same "and the same outputs.json" from_model/outputs.json from_artefact/outputs.json
sed -n '/^index/{n;p}' stdout | grep -q '^ *7 '
ok $? "the answer is a seven"

python "outputs.json keeps the contract" from_model/outputs.json <<'END'
import json, sys
outputs = json.load(open(sys.argv[1]))["outputs"]
assert len(outputs) == 1, outputs
for key in ("name", "dtype", "shape", "scale", "zero_point"):
    assert key in outputs[0], key
assert outputs[0]["dtype"] == "int8" and outputs[0]["shape"] == [1, 10]
assert outputs[0]["scale"] == 1 / 256 and outputs[0]["zero_point"] == -128
END

for isa in $("$NPU" info --device sim --json |
	python3 -c 'import json,sys
print(*[k for k, usable in json.load(sys.stdin)["host_isa"].items() if usable])'); do
	for threads in 1 3; do
		runs "sim:$isa, $threads threads" 0 \
			run digits.npu --device "sim:$isa" --threads $threads -i "$image" -o "$isa$threads"
		same "gives the same bytes" from_model/0.bin "$isa$threads/0.bin"
	done
done

runs "dump all tensors" 0 run "$model" --device sim -i "$image" --dump-tensors all -o with_all
same "does not change the output" from_model/0.bin with_all/0.bin
python "every tensor is there and as long as its shape says" <<'END'
import json, math, os
dump = json.load(open("all/tensors.json"))
size = {"int8": 1, "uint8": 1, "int32": 4, "float32": 4}
assert len(dump["tensors"]) > 10
for tensor in dump["tensors"]:
    bytes_ = size[tensor["dtype"]] * math.prod(tensor["shape"])
    assert tensor["bytes"] == bytes_ == os.path.getsize("all/" + tensor["file"]), tensor
output = next(t for t in dump["tensors"] if t["role"] == "output")
assert open("all/" + output["file"], "rb").read() == open("with_all/0.bin", "rb").read()
END

runs "count" 0 run digits.npu --device sim -i "$image" --counters -o counted
same "counting does not change the output" from_model/0.bin counted/0.bin
for text in "acc bits" "clamped low" block1/depthwise; do
	prints "shows $text" "$text"
done
for threads in 1 8; do
	runs "count on $threads threads" 0 \
		run "$model" --device sim --threads $threads -i "$image" --counters --json
	cp stdout counters$threads.json
done
python "counters do not depend on threads, and fit together" <<'END'
import json
one, eight = (json.load(open(f"counters{n}.json"))["counters"] for n in (1, 8))
assert one == eight
assert [row["op"] for row in one] == list(range(len(one)))
conv = [row for row in one if row["opcode"] == "CONV2D"]
assert len(conv) > 2
for row in conv:
    assert row["layer"] and row["clamped_low"] + row["clamped_high"] <= row["values"]
    assert 8 < row["acc_bits"] <= 32 and row["overflows"] == 0
END
runs "no counters unless asked" 0 run "$model" --device sim -i "$image" --json
! grep -q '"counters"' stdout
ok $? "none are in the report"

runs "objdump" 0 objdump digits.npu
for text in PROGRAM CONV_2D SOFTMAX "personality tflite-ref"; do
	prints "lists $text" "$text"
done

runs "bench" 0 bench "$model" --device sim --num_runs=5 --min_secs=0 --warmup_runs=2 \
	--enable_op_profiling
for text in warm-up inference "Run order" "Top by computation time" "Summary by node type" \
	"[cdf%]" "nodes observed in 5 runs"; do
	prints "shows $text" "$text"
done
runs "bench as benchmark_model is called" 0 bench --graph="$model" --num_runs=1 --min_secs=0 \
	--num_threads=2 --enable_op_profiling=true --op_profiling_output_mode=csv \
	--op_profiling_output_file=profile.csv --device sim
python "writes one line for each layer" <<'END'
import csv
rows = list(csv.DictReader(open("profile.csv")))
assert len(rows) >= 10 and abs(float(rows[-1]["cdf%"]) - 100) < 0.1, rows
END
runs "bench without a single run" 0 bench "$model" --num_runs=0 --min_secs=0 --device sim
runs "bench stops after max_secs" 0 bench "$model" --num_runs=100000000 --max_secs=0.1 --device sim

finish
