#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What npu says of memory and costs, against plans that are checked here and against real runs.

    memory.py [--npu FILE] [--models DIR] [--device D] [MODEL]...

For every model of DIR that the NPU takes: the temporary memory is within 2 % of its bound, no two
values that are wanted at the same time share a byte, and what a run allocates is what was said.
Programs with any size of on-chip memory give the bytes of those without.  On the kernel's device
the memory of a process that runs the model is asked of the kernel, too.  Prints TAP.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODELS = Path(os.environ.get("NPU_MODELS", ROOT.parent / "shared" / "models"))
L1_SIZES = (16, 64, 512)
# Greatest share of the bound that temporary memory may take.
MOST = 1.02


class Tap:
    """Test points, printed as they come."""

    def __init__(self):
        self.count, self.failed = 0, 0

    def point(self, good, name, why=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good and why:
            print(f"# {why}")

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def finish(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


class Npu:
    """The tool, on one device."""

    def __init__(self, path, device):
        self.path, self.device = path, device

    def json(self, *args):
        done = subprocess.run([self.path, *args, "--json"], capture_output=True, text=True, check=False)
        # A model may be refused, as unsupported or as a file; anything else is a failure of the tool.
        assert done.returncode in (0, 1, 3), f"npu {args}: exit {done.returncode}: {done.stderr}"
        return json.loads(done.stdout) if done.returncode == 0 else None, done.stderr.strip()

    def run(self, model, folder, *args):
        """The report of a run, and the bytes of its outputs."""
        report, error = self.json("run", model, "--device", self.device, "-o", folder, "--show-memory-summary", *args)
        return report, error or [path.read_bytes() for path in sorted(Path(folder).glob("*.bin"))]


def overlap(areas):
    """Two areas that share a record and a byte, or None."""
    for i, a in enumerate(areas):
        for b in areas[:i]:
            if (
                a["memory"] == b["memory"]
                and a["first_op"] <= b["last_op"]
                and b["first_op"] <= a["last_op"]
                and a["offset"] < b["offset"] + b["bytes"]
                and b["offset"] < a["offset"] + a["bytes"]
            ):
                return f"{a['name']} and {b['name']}"
    return None


def check_plan(tap, name, plan):
    """Is the plan sound, and what it says of itself true?"""
    memory, areas = plan["memory"], plan["areas"]
    temp, bound = memory["temporary_bytes"], memory["temporary_bound_bytes"]
    tap.point(temp <= MOST * bound, f"{name}: {temp} temporary bytes, bound {bound}")
    both = overlap(areas)
    tap.point(not both, f"{name}: none of {len(areas)} values overlap", both)
    last = max((a["last_op"] for a in areas), default=0)
    live = [
        sum(a["bytes"] for a in areas if a["memory"] == "temporary" and a["first_op"] <= op <= a["last_op"])
        for op in range(last + 1)
    ]
    tops = {kind: max((a["offset"] + a["bytes"] for a in areas if a["memory"] == kind), default=0)
            for kind in ("temporary", "l1")}  # fmt: skip
    good = max(live) == bound == memory.get("peak", {"bytes": 0})["bytes"] and tops["temporary"] == temp
    good = good and tops["l1"] == memory["l1_bytes"]
    tap.point(good, f"{name}: bound, peak and sizes follow from the values", f"{max(live)} {tops} {memory}")


def check_run(tap, npu, name, model, options, plan):
    """A run allocates what was said, and on-chip memory changes nothing of its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        report, want = npu.run(model, f"{folder}/0", *options)
        if not report:
            tap.point(False, f"{name}: runs", want)
            return
        said, got = plan["memory"]["device_bytes"], report["memory"]["allocated_bytes"]
        tap.point(said == got, f"{name}: {said} bytes on the device", f"allocated are {got}")
        wrong, used = [], []
        for size in L1_SIZES:
            report, found = npu.run(model, f"{folder}/{size}", *options, "--l1-size-kb", str(size))
            if not report or found != want or report["memory"]["l1_bytes"] > size << 10:
                wrong.append(f"{size} kB: {'other outputs' if report else found}")
            else:
                used.append(report["memory"]["l1_bytes"])
        tap.point(not wrong, f"{name}: the same outputs with L1 of {used} bytes", "; ".join(wrong))


def kernel_bytes(pid):
    """Bytes of all buffers of a process's open devices, as the kernel counts them."""
    units, total = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20}, 0
    for path in Path(f"/proc/{pid}/fdinfo").glob("*"):
        try:
            lines = path.read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("drm-total-memory:"):
                number, unit = (*line.split()[1:], "")[:2]
                total += int(number) * units[unit]
    return total


def check_kernel(tap, npu, name, model, options, plan):
    """A process that runs the model has on the device what was printed, from outside."""
    said, found = plan["memory"]["device_bytes"], 0
    args = [npu.path, "bench", model, "--device", npu.device, "--num_runs", "1000000000", "--max_secs", "60", *options]
    with subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as bench:
        try:
            # Buffers are made one by one: the sum grows to what the session needs, not beyond.
            for _ in range(400):
                found = max(found, kernel_bytes(bench.pid))
                if found >= said or bench.poll() is not None:
                    break
                time.sleep(0.05)
            time.sleep(0.2)
            found = max(found, kernel_bytes(bench.pid))
        finally:
            bench.kill()
    tap.point(found == said, f"{name}: {said} bytes, as fdinfo has it", f"fdinfo has {found}")


def check_estimate(tap, npu, name, model, options):
    """Sums and bounds of the columns hold."""
    report, error = npu.json("estimate", model, *options)
    if not report:
        tap.point(False, f"{name}: is estimated", error)
        return
    total, layers = report["estimate"]["total"], report["estimate"]["layers"]
    good = all(sum(row[key] for row in layers) == total[key] for key in ("cycles", "macs", "bytes", "l1_bytes"))
    good = good and all(0 <= row["utilisation"] <= 1 for row in layers)
    good = good and all(
        row["cycles"] >= max(row["compute_cycles"], row["transfer_cycles"]) or row["macs"] == 0 for row in layers
    )
    tap.point(good, f"{name}: {total['cycles']} cycles, {total['macs']} MACs, {total['bytes']} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npu", type=Path, default=Path(os.environ.get("NPU", ROOT / "build/bin/npu")))
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--device", default="sim")
    parser.add_argument("only", nargs="*", metavar="MODEL")
    args = parser.parse_args()
    tap, npu = Tap(), Npu(args.npu.resolve(), args.device)
    found = [("digits", ROOT / "models/digits/digits_int8.tflite", [])]
    for path in sorted(args.models.glob("*/golden.json")):
        golden = json.loads(path.read_text())
        options = ["--personality", "ort"] if golden["kind"] == "onnx" else []
        for tensor in golden["inputs"] if golden.get("dims") else []:
            options += ["--input-shape", f"{tensor['name']}={'x'.join(map(str, tensor['shape']))}"]
        found.append((golden["name"], path.parent / golden["model"], options))
    if len(found) == 1:
        tap.skip("real models", f"no folder {args.models}; NPU_MODELS names another one")
    for name, model, options in found:
        if args.only and name not in args.only:
            continue
        plan, error = npu.json("memory", model, *options)
        if not plan:
            tap.skip(name, f"not compiled: {error[:120]}")
            continue
        check_plan(tap, name, plan)
        for size in L1_SIZES:
            chip, error = npu.json("memory", model, *options, "--l1-size-kb", str(size))
            both = overlap(chip["areas"]) if chip else error
            tap.point(not both, f"{name}: none overlap with {size} kB of L1", both)
        check_estimate(tap, npu, name, model, options)
        check_run(tap, npu, name, model, options, plan)
        if args.device.startswith("/dev/"):
            check_kernel(tap, npu, name, model, options, plan)
            chip, error = npu.json("memory", model, *options, "--l1-size-kb", "64")
            check_kernel(tap, npu, f"{name} with L1", model, [*options, "--l1-size-kb", "64"], chip)
    tap.finish()


main()
