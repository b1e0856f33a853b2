#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Every command prints one JSON object with --json, and nothing else.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite

# json TYPE CODE ARGS...
json() {
	local type=$1 code=$2
	shift 2
	runs "$1 --json" "$code" "$@" --json
	cp stdout "$type.json"
	python "is a $type object" "$type" <<-'END'
		import json, sys
		def no_constant(text):
		    raise ValueError(text + " is not JSON")
		with open(sys.argv[1] + ".json") as stream:
		    found = json.load(stream, parse_constant=no_constant)
		assert found["artifact_type"] == sys.argv[1], found["artifact_type"]
		assert found["schema_version"] == 1
		assert found["tool_version"]
	END
}

json npu-version 0 version
json npu-info 0 info --device sim
json npu-doctor 0 doctor --device sim
json npu-check 0 check "$model"
json npu-compile 0 compile "$model" -o digits.npu
json npu-run 0 run "$model" --device sim -o out --dump-tensors dump
json npu-fw-build 0 fw build "$ROOT/firmware/vnpu.yaml" -o default.fw
json npu-fw 0 fw show default.fw
json npu-fw-verify 0 fw verify default.fw
json npu-fw-diff 0 fw diff default.fw default.fw
json npu-objdump 0 objdump digits.npu
json npu-memory 0 memory "$model" --svg digits.svg
json npu-estimate 0 estimate digits.npu
cp npu-estimate.json before.json
json npu-estimate 0 estimate digits.npu --measured --runs 2 --target vnpu --threads 1
json npu-bench 0 bench digits.npu --device sim --num_runs=3 --min_secs=0 --enable_op_profiling
json npu-bench-submit 0 bench --submit --device sim
json npu-compare 1 compare "$model" --device sim -p tflite-ref,tflite-single
python "outputs.json and tensors.json are JSON" <<'END'
import json
assert json.load(open("out/outputs.json"))["artifact_type"] == "npu-outputs"
assert json.load(open("dump/tensors.json"))["artifact_type"] == "npu-tensors"
END
python "what they tell fits together" <<'END'
import json
load = lambda name: json.load(open(f"npu-{name}.json"))
run, check, dump, bench = load("run"), load("check"), load("objdump"), load("bench")
assert check["op_count"] == len(check["ops"]) == len(dump["layers"])
assert [op["type"] for op in check["ops"]] == [layer["type"] for layer in dump["layers"]]
assert load("compile")["macs"] == dump["macs"] == bench["macs"]
assert bench["latency"]["count"] == 3 and bench["warmup"]["count"] == 1
latency = [bench["latency"][k + "_us"] for k in ("min", "p50", "p90", "p99", "max")]
cases = load("bench-submit")["cases"]
assert [(c["slots"], c["in_flight"]) for c in cases] == [(1, 1), (1, 64), (32, 1), (32, 64)]
# no kernel, no null ioctl
assert all(c["jobs_per_s"] > 0 and c["null_ioctls"] is None for c in cases)
assert latency == sorted(latency) and latency[0] > 0
assert sum(layer["macs"] for layer in bench["layers"]) == bench["macs"]
assert run["outputs"][0]["top"][0]["value"] >= run["outputs"][0]["top"][1]["value"]
assert run["device"]["kind"] == "sim"
before, estimate = json.load(open("before.json"))["estimate"], load("estimate")["estimate"]
took = [layer.pop("measured") for layer in estimate["layers"] if layer["cycles"]]
total = estimate["total"].pop("measured")
assert estimate.pop("runs") == 2 and estimate == before
assert all(row["us"] > 0 and row["utilisation"] >= 0 for row in took)
assert abs(sum(row["us"] for row in took) - total["us"]) < 1e-3 * total["us"]
assert abs(total["cycles"] - total["us"] * estimate["clock_mhz"]) < 1e-3 * total["cycles"]
assert {p["name"] for p in load("info")["personalities"]} >= {"tflite-ref", "tflite-single"}
END

# A model with an op that is refused: the bias of block4/depthwise is another tensor
python "make such a model" "$model" <<'END'
import struct, sys
data, inputs = open(sys.argv[1], "rb").read(), struct.pack("<III", 23, 24, 25)
assert data.count(inputs) == 1
open("refused.tflite", "wb").write(data.replace(inputs, struct.pack("<III", 23, 24, 13)))
END
"$NPU" check refused.tflite --json >refused.json 2>stderr
ok $(($? != 1)) "check of it says no"
python "with a reason for every op refused" <<'END'
import json
found = json.load(open("refused.json"))
refused = [op for op in found["ops"] if op["placement"] == "none"]
assert refused and len(refused) == found["refused"]
assert all(op["reason"] for op in refused)
assert all(not op["reason"] for op in found["ops"] if op["placement"] == "npu")
END

finish
