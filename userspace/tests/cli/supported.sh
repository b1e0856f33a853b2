#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The page of operators is what the constraints say, and says what a target's numbers are.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

runs "print the page" 0 check --supported-ops
same "the manual's page is this one (else: make supported-ops)" stdout "$ROOT/Documentation/supported-ops.rst"
runs "of another target" 0 check --supported-ops --target mediatek-nnapi
prints "with its numbers" "- int8, uint8, int16: Windows must cover at most 256 elements. Else: pool in two steps. \`\`--fix\`\`: *pool-cascade*."
prints "and its types" "Element types: int8 uint8 int32 int16 float16"
runs "as JSON" 0 check --supported-ops --json --target mediatek-nnapi
cp stdout report.json
python "every operator is there with its sentences" <<'END'
import json
report = json.load(open("report.json"))
assert report["artifact_type"] == "npu-supported-ops" and report["target"] == "mediatek-nnapi"
ops = {op["operator"]: op for op in report["operators"]}
assert len(ops) > 70 and ops["CONV_2D"]["types"] == "int8, uint8, int16, float32, float16"
pool = [c for c in ops["AVERAGE_POOL_2D"]["constraints"] if c["name"] == "window_area"]
assert pool and all("256" in c["sentence"] and c["rewrite"] == "pool-cascade" for c in pool)
for op in list(ops.values()) + [{"constraints": report["every_operator"]}]:
    for c in op["constraints"]:
        assert c["sentence"] and "{" not in c["sentence"], c
END
refused "a model and the page" 2 "npu check: give one of MODEL and --supported-ops" \
	check "$DIGITS/digits_int8.tflite" --supported-ops
refused "neither" 2 "npu check: give one of MODEL and --supported-ops" check
finish
