#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What compare says of two runs is what their tensor dumps say, worked out anew in Python.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite
image=$DIGITS/inputs/digit_3.png

runs "two instruction sets are equal" 0 compare "$model" --device sim:generic,sim -i "$image"
prints "and it says so" "no layer makes anything else of equal inputs"

runs "two roundings differ" 1 compare "$model" --device sim -p tflite-ref,tflite-single -i "$image"
prints "with the first layer named" "first divergence: layer "
prints "and the answer" "the answer stays: greatest value at index 3"

runs "as JSON" 1 compare "$model" --device sim -p tflite-ref,tflite-single -i "$image" --json
mv stdout compare.json
runs "dump of A" 0 run "$model" --device sim -p tflite-ref -i "$image" --dump-tensors a
runs "dump of B" 0 run "$model" --device sim -p tflite-single -i "$image" --dump-tensors b

python "accumulated differences are those of the dumps" <<'END'
import json
found = json.load(open("compare.json"))
dtypes = {t["id"]: t["dtype"] for t in json.load(open("a/tensors.json"))["tensors"]}
checked = differing = 0

def codes(side, tensor):
    assert dtypes[tensor] == "int8"
    data = open(f"{side}/{tensor}.bin", "rb").read()
    return [(byte ^ 0x80) - 0x80 for byte in data]

for layer in found["layers"]:
    if layer["accumulated"] is None:
        continue
    a, b = codes("a", layer["output"]), codes("b", layer["output"])
    deltas = [y - x for x, y in zip(a, b)]
    want = layer["accumulated"]
    assert want["values"] == len(a)
    assert want["differing"] == sum(d != 0 for d in deltas), layer
    assert want["max_abs"] == max(map(abs, deltas)), layer
    assert abs(want["mean_abs"] - sum(map(abs, deltas)) / len(a)) < 1e-9, layer
    assert abs(want["mean"] - sum(deltas) / len(a)) < 1e-9, layer
    checked += 1
    differing += any(deltas)
assert checked >= 10 and differing > 0, (checked, differing)
first = next(i for i, l in enumerate(found["layers"])
             if l["accumulated"] and l["accumulated"]["differing"])
assert found["first_accumulated"] == first
# Up to there the inputs were equal, so the layer itself is the cause.
assert found["first_local"] == first
assert found["layers"][first]["local"] == found["layers"][first]["accumulated"]
assert found["equal"] is False
END

runs "the other way round" 1 compare "$model" --device sim -p tflite-single,tflite-ref -i "$image" \
	--json
mv stdout reverse.json
python "accumulated differences change their sign only" <<'END'
import json
there, back = (json.load(open(f))["layers"] for f in ("compare.json", "reverse.json"))
for x, y in zip(there, back):
    if x["accumulated"]:
        assert x["accumulated"]["differing"] == y["accumulated"]["differing"]
        assert x["accumulated"]["mean"] == -y["accumulated"]["mean"]
END

finish
