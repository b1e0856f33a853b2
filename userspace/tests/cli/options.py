#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Walk over every option of every command, and every key of configuration files.

    options.py [--npu FILE]

The tables that drive parsing, help and manual page ("npu help --json") say what there is.
Of each option: a valid value works; its name mistyped is refused with the nearest one; a wrong value, a
missing one and one too many are refused; exit codes are 2 for the command line and 3 for
files.  Of each key likewise, with file, line and column.  A new option of a kind that is known
here is tested without a change; one of a new kind fails until VALUES says what may be given.  Prints TAP.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODEL = str(ROOT / "models/digits/digits_int8.tflite")
FLOAT = str(ROOT / "models/digits/digits_float.tflite")

# A command line of each command that works and to which an option can be added.
BASE = {
    "info": ["info", "--device", "sim"],
    "doctor": ["doctor", "--device", "sim"],
    "check": ["check", MODEL],
    "compile": ["compile", MODEL, "-o", "{}/x.npu"],
    "run": ["run", MODEL, "--device", "sim"],
    "bench": ["bench", MODEL, "--num_runs", "1", "--min_secs", "0", "--device", "sim"],
    "compare": ["compare", MODEL, "--personality", "tflite-ref,ort", "--device", "sim"],
    "objdump": ["objdump", "{}/good.npu"],
    "diff": ["diff", "{}/good.npu", "{}/good.npu"],
    "memory": ["memory", MODEL],
    "estimate": ["estimate", MODEL],
    "fw": ["fw", "show", "{}/vnpu.fw"],
    "coredump": ["coredump", "{}/empty.json"],
    "replay": ["replay", "{}/recording"],
    "top": ["top", "--batch", "--count", "1", "--delay", "0"],
    "events": ["events", "--timeout", "0.1"],
    "help": ["help"],
    "completion": ["completion", "bash"],
    "version": ["version"],
}
# What asks the module: where it is not loaded the device is refused in one line, exit code 4.
ASKS_MODULE = {"top", "events"}
# Whose files only a kernel writes: ours is refused, but for what it holds and in one line.
NO_SAMPLE = {"coredump"}
# Values of arguments by what help calls them: one that works, and one that is refused with its exit codes.
VALUES = {
    "N": ("1", None, None),
    "S": ("0", None, None),
    "SECONDS": ("0.1", None, None),
    "REWRITE": ("pool-cascade", "pool-cascdae", {2}),
    "PASS": ("fuse-pad", "fuse-pda", {2}),
    "DEVICE": ("sim", "simm", {2, 4}),
    "DEVICE[,DEVICE]": ("sim", "simm", {2, 4}),
    "PERSONALITY": ("tflite-ref", "tflite-fer", {2}),
    "A,B": ("tflite-ref,ort", "tflite-ref,otr", {2}),
    "TARGET": ("vnpu", "vnup", {2}),
    "MODE": ("csv", "proto", {2}),
    "OP[,OP]": ("SOFTMAX,RESHAPE", "SOFTMAX,REHSAPE", {3}),
    "NAME": ("probabilities", "probability", {3}),
}
# What the argument's name does not say: (works, refused, exit codes) or a whole command line that works.
SPECIAL = {
    ("check", "fix"): ("{}/fixed.tflite", "/nonexistent/x.tflite", {3, 4}),
    ("check", "input"): ["check", MODEL, "--fix", "{}/fixed.tflite", "-i", "{}/in.bin"],
    ("bench", "submit"): ["bench", "--submit", "--num_runs", "1", "--min_secs", "0", "--device", "sim"],
    ("check", "supported-ops"): ["check", "--supported-ops"],
    ("coredump", "model"): (MODEL, None, None),
    ("compile", "output"): ("{}/x.npu", "/nonexistent/x.npu", {3, 4}),
    ("compile", "check-target-only"): ["compile", MODEL, "--check-target-only"],
    ("compile", "input"): ["compile", MODEL, "-o", "{}/x.npu", "--opt-accuracy", "-i", "{}/in.bin"],
    ("compile", "device"): ["compile", MODEL, "-o", "{}/x.npu", "--device", "sim"],
    "start-tensor": ("pool1", "poool1", {3}),
    "end-tensor": ("logits", "lodgits", {3}),
    "input-shape": ("image=1x28x28x1", "nobody=1x2", {3}),
    ("run", "output"): ("{}/out", "/nonexistent/x/out", {3, 4}),
    ("run", "dump-tensors"): ("{}/tensors", "/nonexistent/x/tensors", {3, 4}),
    ("bench", "graph"): ["bench", "--graph", MODEL, "--num_runs", "1", "--min_secs", "0", "--device", "sim"],
    ("bench", "op_profiling_output_file"): ("{}/profile", None, None),
    ("doctor", "device"): ("sim", None, None),
    ("memory", "svg"): ("{}/plan.svg", "/nonexistent/x.svg", {3, 4}),
    ("compare", "device"): ("sim,sim:generic", "sim,simm", {2, 4}),
    ("bench", "input"): ("{}/in.bin", "{}/missing", {3}),
    ("run", "input"): ("{}/in.bin", "{}/missing", {3}),
    ("compare", "input"): ("{}/in.bin", "{}/missing", {3}),
    ("compare", "personality"): ("tflite-ref,ort", "tflite-ref,otr", {2}),
    ("estimate", "runs"): ["estimate", MODEL, "--measured", "--runs", "2"],
    ("fw", "output"): ["fw", "build", str(ROOT / "firmware/vnpu.yaml"), "-o", "{}/new.fw"],
    ("fw", "source"): ["fw", "build", str(ROOT / "firmware/vnpu.yaml"), "-o", "{}/new.fw", "--source", "{}/new.c"],
    "config": ("{}/empty.json", "{}/broken.json", {3}),
    "dump-graph": ("{}/graph", "/nonexistent/x/graph", {3, 4}),
    "firmware": ("{}/vnpu.fw", "{}/in.bin", {3}),
}
# Options that cannot be asked for together, and what is said must name both.
CONTRADICTIONS = [
    (["check", MODEL, "--supported-ops"], 2, ("MODEL", "--supported-ops")),
    (["check", MODEL, "--fix", "{}/fixed.tflite", "--relax-fp32"], 2, ("--fix", "relax_fp32")),
    (["compile", MODEL, "-o", "{}/x.npu", "--opt-accuracy", "-i", "{}/vnpu.fw"], 3, ("vnpu.fw", "input 0")),
    (["compile", MODEL, "-o", "{}/x.npu", "--check-target-only"], 2, ("--check-target-only", "--output")),
    (["compile", MODEL, "--check-target-only", "--show-memory-summary"], 2,
     ("--check-target-only", "--show-memory-summary")),
    (["compile", MODEL, "-o", "{}/x.tflite", "--emit", "tflite", "--show-exec-plan"], 2,
     ("--emit tflite", "--show-exec-plan")),
    (["compile", MODEL, "--check-target-only", "--show-exec-plan"], 2, ("--check-target-only", "--show-exec-plan")),
    (["compile", MODEL, "--check-target-only", "--show-config"], 2, ("--check-target-only", "--show-config")),
    (["estimate", MODEL, "--runs", "2"], 2, ("--runs", "--measured")),
    (["check", MODEL, "--target", "vnpu", "--device", "sim"], 2, ("--target", "--device")),
    (["check", MODEL, "--firmware", "{}/vnpu.fw", "--device", "sim"], 2, ("--firmware", "--device")),
    (["compile", MODEL, "-o", "{}/x.npu", "--target", "vnpu", "--firmware", "{}/vnpu.fw"], 2, ("--target", "--firmware")),
    (["run", MODEL, "--device", "sim", "--suppress-input", "--config", "{}/inputs.json"], 2,
     ("suppress_input", "input_processors")),
    (["run", MODEL, "--device", "sim", "--suppress-output", "--config", "{}/outputs.json"], 2,
     ("suppress_output", "output_processors")),
    (["run", "{}/good.npu", "--device", "sim", "--relax-fp32"], 3, ("relax_fp32", "source model")),
    (["run", "{}/good.npu", "--device", "sim", "--personality", "ort"], 3, ("ort", "source model")),
    (["run", "{}/good.npu", "--device", "sim", "--deny", "SOFTMAX"], 3, ("deny", "source model")),
    (["bench", "{}/good.npu", "--device", "sim", "--min-nodes", "2"], 3, ("min_nodes", "source model")),
    (["bench", MODEL, "--graph", MODEL, "--device", "sim"], 2, ("MODEL", "--graph")),
]  # fmt: skip

# Of each kind of key: a value that works, one that does not, and part of what is said.
KEYS = {
    "flag": ("true", '"yes"', "true or false"),
    "number": ("1", "4294967295", "a number from 0 to"),
    "text": ('"DEFAULT"', "[]", "text must be here"),
    "texts": ('["DEFAULT"]', '"x"', "a list of texts"),
    "integer": ("0", '"0"', "a whole number"),
    "integers": ("[0, 0, 0, 0, 0, 0, 0, 0]", "[0.5]", "a whole number"),
    "reals": ("[2]", '["2"]', "a number must be here"),
    "objects": ("[]", "{}", "a list of objects"),
    "object": ("{}", "[]", "lines must be here"),
    "foreign": ("{}", None, None),
}
KEY_VALUES = {
    "personality": '"ort"',
    "disable_pass": '["fuse-pad"]',
    "deny": '["CONV_2D"]',
    "deny_nodes": '["probabilities"]',
    "layer_name": '"@OP"',
    "layer_names": '["@OP"]',
    "op_type": '"CONV_2D"',
    "op_types": '["CONV_2D"]',
    "dst_perm": "[1, 0]",
    "csc_mat": "[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]",
}
# Keys that an object must have beside the one that is tested.
BESIDE = {
    "input_processors": '"tensor_name": "DEFAULT"',
    "output_processors": '"tensor_name": "DEFAULT"',
    "layer_configs": '"op_type": "CONV_2D"',
}
# Which words need other keys beside them, or do not fit a grey picture of one channel.
WORDS = {
    ("tensor_format", "BGR"): None, ("tensor_format", "RGB"): None, ("tensor_format", "RAW"): None,
    ("tensor_format", "YUYV422"): None, ("tensor_format", "UYVY422"): None,
    ("tensor_format", "YUV420SP"): None, ("tensor_format", "YVU420SP"): None,
    ("src_format", "BGR"): None, ("src_format", "RGB"): None, ("src_format", "YUYV422"): None,
    ("src_format", "UYVY422"): None, ("src_format", "YUV420SP"): None, ("src_format", "YVU420SP"): None,
    ("tensor_layout", "NCHW"): "", ("csc_mode", "Matrix"): None, ("csc_mode", "FullRange"): None,
    ("csc_mode", "LimitedRange"): None,
}  # fmt: skip
CONFIG_CONTRADICTIONS = [
    ('{"suppress_input": true, "input_processors": [{"tensor_name": "DEFAULT"}]}', "suppress_input", "input_processors"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "csc_mode": "FullRange", "src_format": "RGB"}]}',
     "csc_mode", "src_format RGB"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "csc_mode": "Matrix", "src_format": "YUYV422"}]}',
     "Matrix", "csc_mat"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "csc_mat": [1]}]}', "csc_mat", "csc_mode NoCSC"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "src_format": "YUV420SP", "src_layout": "NCHW"}]}',
     "src_layout", "src_format YUV420SP"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "src_format": "YUV420SP", "tensor_format": "GRAY"}]}',
     "tensor_format", "src_format YUV420SP"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "src_format": "YUV420SP", "tensor_format": "RGB"}]}',
     "tensor_format", "csc_mode NoCSC"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "mean": [1, 2], "std": [1, 2, 3]}]}', "std", "mean"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "std": [0]}]}', "std", "divided by"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "padding": [-1, 0]}]}', "padding", "slicing"),
    ('{"input_processors": [{"tensor_name": "DEFAULT", "padding_constant_value": 4}]}', "padding_constant_value",
     "no padding"),
    ('{"input_processors": [{"tensor_name": "a"}, {"tensor_name": "a"}]}', "input_processors[1]", "input_processors[0]"),
    ('{"output_processors": [{"tensor_name": "a"}, {"tensor_name": "a"}]}', "output_processors[1]",
     "output_processors[0]"),
    ('{"layer_configs": [{"layer_name": "a", "op_type": "CONV_2D", "data_type": "FP16"}]}', "op_type", "layer_name"),
    ('{"layer_configs": [{"start_tensor_names": ["a"], "data_type": "FP16"}]}', "start_tensor_names",
     "end_tensor_names"),
    ('{"layer_configs": [{"data_type": "FP16"}]}', "data_type", "which ops"),
    ('{"layer_configs": [], "quant": {"layer_configs": [{"op_type": "CONV_2D"}]}}', None, None),
    ('{"layer_configs": [{"op_type": "CONV_2D"}], "quant": {"layer_configs": [{"op_type": "CONV_2D"}]}}',
     "quant.layer_configs", "elsewhere"),
    ('{"relax_fp32": true, "relax_fp32": false}', "JSON", "relax_fp32"),
    ('{"input_processors": [{"tensor_name": "nobody"}]}', "tensor_name", "no input 'nobody'"),
    ('{"output_processors": [{"tensor_name": "nobody"}]}', "tensor_name", "no output 'nobody'"),
    ('{"layer_configs": [{"op_type": "CONV_3D", "data_type": "FP16"}]}', "op_type", "CONV_3D"),
    ('{"disable_pass": ["fuse-pda"]}', "disable_pass", "did you mean fuse-pad?"),
    ('{"disable_pass": ["lower"]}', "disable_pass", "lower"),
    ("{", "JSON", ""),
    ("[]", "lines must be here", ""),
    ("{} {}", "JSON", ""),
    ('{"a": 1, // never ends\n /* nor this', "JSON", ""),
]  # fmt: skip


class Walk:
    def __init__(self, npu, folder):
        self.npu, self.folder, self.points = npu, folder, []

    def point(self, name, wrong):
        self.points.append(not wrong)
        print(f"{'not ' if wrong else ''}ok {len(self.points)} - {name}")
        if wrong:
            print(f"# {wrong}")

    def run(self, args, **env):
        args = [a.replace("{}", self.folder) for a in args]
        result = subprocess.run([self.npu, *args], text=True, capture_output=True, check=False, stdin=subprocess.DEVNULL,
                                env={**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8", **env})  # fmt: skip
        return result.returncode, result.stdout, result.stderr

    def works(self, name, args):
        code, _, err = self.run(args)
        good = code in (0, 1) and not err
        if (args[0] in ASKS_MODULE and code == 4) or (args[0] in NO_SAMPLE and code == 3):
            good = err.count("\n") == 1 and err.startswith(f"npu {args[0]}: ")
        self.point(name, "" if good else f"npu {' '.join(args)}: exit {code}: {err.strip()}")

    def refused(self, name, args, codes, *parts):
        """One line "npu COMMAND: ..." with these parts, nothing else, and that exit code."""
        code, out, err = self.run(args)
        wrong = ""
        if code not in codes:
            wrong = f"exit {code}, want {sorted(codes)}"
        elif out or err.count("\n") != 1 or not err.startswith(f"npu {args[0]}: "):
            wrong = "not one line that names the command"
        else:
            missing = [p for p in parts if p and p not in err]
            wrong = f"does not say {missing}" if missing else ""
        self.point(name, wrong and f"npu {' '.join(args)}: {wrong}: {err.strip()}")


def mistyped(name):
    """Two letters in the middle swapped, or one left out where they are the same."""
    m = max(1, len(name) // 2)
    swapped = name[: m - 1] + name[m] + name[m - 1] + name[m + 1 :]
    return swapped if swapped != name else name[:m] + name[m + 1 :]


def walk_option(walk, command, option):
    name, kind = option["name"], option["type"]
    base = BASE[command]
    what = f"{command} --{name}"
    special = SPECIAL.get((command, name), SPECIAL.get(name))
    if isinstance(special, list):
        good, bad, codes = special, None, None
    elif kind in ("flag", "bool"):
        good, bad, codes = [*base, f"--{name}"], None, None
    elif kind == "word":
        good, bad, codes = [*base, f"--{name}", option["words"][0]], None, None
    else:
        value, bad, codes = special or VALUES.get(option["arg"], (None, None, None))
        if value is None:
            walk.point(what, f"no value of {option['arg']} is known: add it to VALUES or SPECIAL")
            return
        good = [*base, f"--{name}", value]
    walk.works(f"{what} works", good)
    walk.refused(f"{what} mistyped", [*base, f"--{mistyped(name)}"], {2}, "unknown option, did you mean --")
    if kind == "flag":
        walk.refused(f"{what} takes no argument", [*base, f"--{name}=yes"], {2}, "takes no argument")
        return
    if kind == "bool":
        walk.refused(f"{what} is true or false", [*base, f"--{name}=perhaps"], {2}, "neither true nor false")
        return
    walk.refused(f"{what} needs an argument", [*base, f"--{name}"], {2}, "needs an argument")
    if kind == "number":
        for value in ("many", "-1", str(option["most"] + 1), ""):
            walk.refused(f"{what} is not '{value}'", [*base, f"--{name}={value}"], {2},
                         f"--{name}", f"no whole number from 0 to {option['most']}")  # fmt: skip
    elif kind == "seconds":
        for value in ("nan", "-1", "soon"):
            walk.refused(f"{what} is not '{value}'", [*base, f"--{name}={value}"], {2}, "no number of seconds")
    elif kind == "word":
        for word in option["words"]:
            walk.works(f"{what} {word} works", [*base, f"--{name}", word])
        walk.refused(f"{what} is none of its words", [*base, f"--{name}", "zzz"], {2}, *option["words"])
    elif bad:
        walk.refused(f"{what} is not '{bad}'", [*base, f"--{name}", bad], codes)


def walk_commands(walk, commands):
    for command in commands:
        name = command["name"]
        if name not in BASE:
            walk.point(f"{name} is known here", "add a command line that works to BASE")
            continue
        walk.works(f"{name} works", BASE[name])
        for option in command["options"]:
            walk_option(walk, name, option)
        walk.refused(f"{name} with an option nobody has", [*BASE[name], "--qqqqqqqqqq"], {2}, "unknown option")


def value_of(row, word=None):
    if row["kind"] == "word":
        return json.dumps(word)
    return KEY_VALUES.get(row["key"], KEYS[row["kind"]][0])


def place(walk, row, text, beside=True):
    """A file in which that text stands where the key belongs, in line 3."""
    outer = row["object"]
    more = BESIDE.get(outer, "") if beside and row["key"] != "tensor_name" else ""
    if row["object"] == "layer_configs" and (row["key"] != "data_type" and "_te" not in row["key"]):
        more = ""
    if row["key"] == "start_tensor_names":
        more = '"end_tensor_names": ["DEFAULT"]'
    if row["key"] == "end_tensor_names":
        more = '"start_tensor_names": ["DEFAULT"]'
    if row["key"] == "csc_mat":
        more += ', "csc_mode": "Matrix", "src_format": "YUYV422"'
    inner = f"{more}{', ' if more else ''}\n{text}"
    body = inner
    if outer in ("input_processors", "output_processors", "layer_configs"):
        body = f'"{outer}": [ {{ {inner} }} ]'
    elif outer == "quant":
        body = f'"quant": {{ {inner} }}'
    Path(walk.folder, "c.json").write_text(f"// options.py\n{{ {body} }}\n")
    return ["check", MODEL, "--config", "{}/c.json"]


def walk_key(walk, row):
    key = row["key"].removeprefix("quant.") if row["kind"] == "foreign" else row["key"]
    row = {**row, "object": "quant" if row["key"].startswith("quant.") else row["object"]}
    what = f"key {row['object'] + '.' if row['object'] else ''}{key}"
    where = "c.json:3:"
    if row["kind"] == "word":
        for word in row["words"]:
            if WORDS.get((key, word), "") is not None:
                walk.works(f"{what} {word} works", place(walk, row, f'"{key}": {json.dumps(word)}'))
        walk.refused(f"{what} of no such word", place(walk, row, f'"{key}": "qqqqqqq"'), {3}, where, key, "unknown")
        walk.refused(f"{what} of a word mistyped", place(walk, row, f'"{key}": "{mistyped(row["words"][-1])}"'), {3},
                     where, "unknown")  # fmt: skip
        walk.refused(f"{what} of a number", place(walk, row, f'"{key}": []'), {3}, where, key)
        text = f'"{mistyped(key)}": "{row["words"][0]}"'
    else:
        if key != "csc_mat":  # needs three channels: processors.py has it
            walk.works(f"{what} works", place(walk, row, f'"{key}": {value_of(row)}'))
        _, wrong, part = KEYS[row["kind"]]
        if wrong:
            walk.refused(f"{what} of another type", place(walk, row, f'"{key}": {wrong}'), {3}, where, key, part)
        text = f'"{mistyped(key)}": {value_of(row)}'
    walk.refused(f"{what} mistyped", place(walk, row, text), {3}, where, "unknown key, did you mean")


def walk_keys(walk, rows, op):
    KEY_VALUES["layer_name"] = KEY_VALUES["layer_name"].replace("@OP", op)
    KEY_VALUES["layer_names"] = KEY_VALUES["layer_names"].replace("@OP", op)
    for row in rows:
        walk_key(walk, row)
    for text, one, other in CONFIG_CONTRADICTIONS:
        Path(walk.folder, "c.json").write_text(text)
        args = ["check", FLOAT, "--config", "{}/c.json"]
        if one is None:
            walk.works(f"no contradiction: {text}", args)
        else:
            walk.refused(f"contradiction: {text!r}", args, {3}, "c.json:", one, other)


def prepare(walk):
    folder = Path(walk.folder)
    (folder / "empty.json").write_text("{ } # nothing\n")
    (folder / "broken.json").write_text("{ nothing\n")
    (folder / "inputs.json").write_text('{"input_processors": [{"tensor_name": "DEFAULT"}]}')
    (folder / "outputs.json").write_text('{"output_processors": [{"tensor_name": "DEFAULT"}]}')
    code, _, err = walk.run(["compile", MODEL, "-o", "{}/good.npu"])
    assert not code, err
    code, _, err = walk.run(["fw", "build", str(ROOT / "firmware/vnpu.yaml"), "-o", "{}/vnpu.fw"])
    assert not code, err
    code, _, err = walk.run(["run", MODEL, "--device", "sim"], NPU_RECORD=f"{walk.folder}/recording")
    assert not code, err
    tensors = json.loads(walk.run(["objdump", "{}/good.npu", "--json"])[1])["tensors"]
    size = {"int8": 1, "uint8": 1, "float32": 4}
    given = next(t for t in tensors if t["role"] == "input")
    count = size[given["dtype"]]
    for extent in given["shape"]:
        count *= extent
    (folder / "in.bin").write_bytes(bytes(count))


def documented(walk, tables):
    """The manual page and the manual tell every option and key."""
    page = walk.run(["help", "--mdoc"])[1].replace("\\-", "-")
    missing = [f"{c['name']} --{o['name']}" for c in tables["commands"] for o in c["options"]
               if not re.search(rf"Fl -{re.escape(o['name'])}\b", page)]  # fmt: skip
    walk.point("the manual page has every option", ", ".join(missing))
    table = subprocess.run([ROOT / "scripts/config-table"], text=True, capture_output=True, check=True).stdout
    missing = [r["key"] for r in tables["config_keys"] if f"``{r['key']}``" not in table]
    walk.point("the manual's table has every key", ", ".join(missing))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npu", default=os.environ.get("NPU", str(ROOT / "build/bin/npu")))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(os.path.realpath(args.npu), folder)
        tables = json.loads(walk.run(["help", "--json"])[1])
        prepare(walk)
        walk_commands(walk, tables["commands"])
        for line, code, parts in CONTRADICTIONS:
            walk.refused(f"contradiction: {' '.join(line)}".replace(str(ROOT), ""), line, {code}, *parts)
        ops = json.loads(walk.run(["check", MODEL, "--json"])[1])["ops"]
        walk_keys(walk, tables["config_keys"], ops[0]["name"])
        documented(walk, tables)
    print(f"1..{len(walk.points)}")
    return 0 if all(walk.points) else 1


if __name__ == "__main__":
    sys.exit(main())
