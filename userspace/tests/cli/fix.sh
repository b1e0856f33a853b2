#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Models that a device refuses in part, rewritten; the story of DeepLab on MediaTek's NPUs.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite
here=$ROOT/userspace/tests/cli

# A model without need
runs "nothing to rewrite" 0 check "$model" --fix same.tflite
prints "is said" "same.tflite: "
for i in "$model" same.tflite; do
	"$NPU" run "$i" --device sim --seed 5 -o "out-$(basename "$i")" >stdout 2>stderr || ok 1 "run $i"
done
same "and the file is the model again" out-digits_int8.tflite/0.bin out-same.tflite/0.bin

# A device that wants one scale for all channels
cat >board.yaml <<END
device: board
version: one scale
personalities: ["$ROOT/firmware/tflite-single.yaml"]
dtypes: [int8, int32, float32]
ops: all
target: {per_channel: 0}
END
runs "weights with one scale" 0 check "$model" --target board.yaml --fix one.tflite --json
cp stdout report.json
python "each rewrite says what it does to the numbers" <<'END'
import json
report = json.load(open("report.json"))
assert report["artifact_type"] == "npu-fix" and report["refused"] == 0
rewrites = report["rewrites"]
assert rewrites and {r["rewrite"] for r in rewrites} == {"per-tensor-weights"}
assert all(r["reason"] and r["what"] and r["cause"] for r in rewrites)
assert all(0 <= r["local"]["differing"] <= r["local"]["values"] and r["local"]["values"] for r in rewrites)
assert any(r["local"]["differing"] and r["local"]["max_abs"] >= 1 for r in rewrites)
END
runs "an image of that device" 0 fw build board.yaml -o board.fw
runs "runs what was rewritten" 0 run one.tflite --device sim --firmware board.fw
"$NPU" check "$model" --target board.yaml --without per-tensor-weights --fix none.tflite >stdout 2>stderr
ok $(($? != 1)) "what must not be rewritten stays refused"
refused "mistyped rewrite" 2 "npu check: pool-casade: unknown rewrite, did you mean pool-cascade?" \
	check "$model" --fix x.tflite --without pool-casade
refused "unknown rewrite" 2 "npu check: zx81: unknown rewrite; 'npu help check' lists them" \
	check "$model" --fix x.tflite --without zx81
"$NPU" check "$model" --fix no/such/folder/x.tflite >stdout 2>stderr
[ "$(wc -l <stderr)" = 1 ] && [ ! -s stdout ]
ok $? "nowhere to write it"
"$NPU" help check >stdout
for name in align-corners half-pixel narrow-index pool-cascade pool-depthwise symmetric-weights per-tensor-weights; do
	tr -s ' \n' '  ' <stdout | grep -q -- "$name" || ok 1 "help names $name"
done

# DeepLab
models=${NPU_MODELS:-$ROOT/../shared/models}
if [ ! -d "$models/deeplab_pascal_257_os16_uint8" ]; then
	tests=$((tests + 1))
	echo "ok $tests - DeepLab # SKIP no models in $models"
	finish
fi
for size in 257_os16 513_os8; do
	name=deeplab_${size%_*}
	/usr/bin/python3 "$here/deeplab_original.py" "$models"/deeplab_pascal_${size}_uint8/*.tflite "$name.tflite"
	cp "$models/deeplab_pascal_${size}_uint8/in/bird_segmentation.0.bin" "bird_${size%_*}.bin"
	runs "$name is refused in part" 1 check "$name.tflite" --target mediatek-nnapi --json
	cp stdout report.json
	python "for exactly three reasons" <<'END'
import json
report = json.load(open("report.json"))
assert [(r["op_count"], r["sentence"]) for r in report["reasons"]] == [
    (1, "Windows must cover at most 256 elements"),
    (3, "The device must be able to align corners"),
    (1, "The device must have the elements' types"),
], report["reasons"]
refused = {op["op"]: (op["type"], op["rewrite"]) for op in report["ops"] if op["reason"]}
assert refused == {
    61: ("AVERAGE_POOL_2D", "pool-cascade"), 63: ("RESIZE_BILINEAR", "align-corners"),
    68: ("RESIZE_BILINEAR", "align-corners"), 69: ("RESIZE_BILINEAR", "align-corners"),
    70: ("ARG_MAX", "narrow-index")}, refused
END
done
runs "repair it" 0 check deeplab_257.tflite --target mediatek-nnapi --fix fixed.tflite -i bird_257.bin --json
cp stdout report.json
python "only the mean differs, by one code" <<'END'
import json
report = json.load(open("report.json"))
assert report["refused"] == 0 and report["op_count"] == 73
effect = {r["op"]: (r["rewrite"], r["local"]) for r in report["rewrites"]}
assert sorted(effect) == [61, 63, 68, 69, 70]
assert all(not effect[op][1]["differing"] for op in (63, 68, 69, 70))
assert 0 < effect[61][1]["differing"] < 32 and effect[61][1]["max_abs"] == 1
# Every pixel that differs does so because of the mean.
mean = next(r for r in report["rewrites"] if r["op"] == 61)
assert report["outputs"] == mean["outputs"] and mean["outputs"]["differing"] < 66049 // 100
END
runs "nothing is refused any more" 0 check fixed.tflite --target mediatek-nnapi
runs "one program" 0 compile fixed.tflite --target mediatek-nnapi -o fixed.npu
runs "the target as a device" 0 fw build "$ROOT/firmware/mediatek-nnapi.yaml" -o mediatek.fw
runs "takes it" 0 run fixed.npu --device sim --firmware mediatek.fw -i bird_257.bin -o on-target
runs "as a depthwise convolution" 0 check deeplab_257.tflite --target mediatek-nnapi --fix depthwise.tflite \
	-i bird_257.bin --without pool-cascade --json
cp stdout report.json
python "nothing differs at all" <<'END'
import json
report = json.load(open("report.json"))
assert report["outputs"]["differing"] == 0 and report["refused"] == 0
assert report["rewrites"][0]["rewrite"] == "pool-depthwise"
END
"$here/guide.py" --file deeplab_513.tflite --file bird_513.bin "$ROOT/Documentation/guides/deeplab.rst" >stdout 2>&1
ok $? "the guide says what happens"
grep -v '^ok' stdout | sed 's/^/# /'
finish
