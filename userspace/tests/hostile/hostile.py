#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Broken and malicious model files: each is refused in one line, quickly and in little memory.

    hostile.py [--npu FILE]... [--write DIR] [WORD]...

The files are made here, the same ones each time: by other modules of this folder, of .tflite, .onnx and
.npu, by hand or from a good model with one number written over.  Every one must make the tool exit with 3 and print nothing but "npu CMD: FILE: WHERE: WHY", within limits of memory and processor
time that the kernel enforces, and leave no output file.  The build with ASAN and UBSAN goes
through them too where there is one.  With WORDs only files whose names have all of them; --write keeps
them in a folder.  Prints TAP: a point for each kind of file and each build.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import flat  # noqa: E402
import npu_cases  # noqa: E402
import onnx_cases  # noqa: E402
import tflite_cases  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
REFUSED = 3
LEAST = 200  # files, all kinds together
SECONDS = 5
MIB = 1 << 20
# Memory that a process can have for itself: what the tool takes with an empty file, the stacks of the
# threads of a device included, and a multiple of the file.
MEMORY, PER_BYTE = 64 * MIB, 24
COMMANDS = {
    "tflite": (["check", "{}"], ["compile", "{}", "-o", "{out}"]),
    "onnx": (["check", "{}"], ["compile", "{}", "-o", "{out}"]),
    "npu": (["objdump", "{}"], ["run", "{}", "--device", "sim"]),
}


class Build:
    """One build of the tool, and how it is run."""

    def __init__(self, path, folder):
        self.path, self.folder = path.resolve(), folder
        self.asan = "asan" in path.parts

    def run(self, arguments, size):
        """Exit code (negative: killed), output, errors."""
        # a build with ASAN reserves terabytes of shadow: there is no limit that it could run under
        memory = [] if self.asan else [f"--data={MEMORY + PER_BYTE * size}"]
        limits = ["prlimit", *memory, f"--cpu={SECONDS}", "--core=0"]
        out, err = self.folder / "stdout", self.folder / "stderr"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            done = subprocess.run(
                [*limits, self.path, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stdout,
                stderr=stderr, check=False, close_fds=False,
            )  # fmt: skip
        return done.returncode, out.read_bytes(), err.read_bytes()


def complaint(build, kind, size, command):
    """What is wrong with how a command refuses the file, "" if nothing is."""
    name = f"case.{kind}"
    arguments = [word.format(name, out="out.npu") for word in command]
    code, stdout, stderr = build.run(arguments, size)
    start = f"npu {command[0]}: {name}: ".encode()
    if code != REFUSED:
        return f"{command[0]} exits with {code}: {stderr[-300:].decode(errors='replace').strip()}"
    if stdout:
        return f"{command[0]} prints: {stdout[:100]!r}"
    if not stderr.startswith(start) or stderr.count(b"\n") != 1 or stderr[-1:] != b"\n":
        return f"{command[0]} does not say one line: {stderr[:300]!r}"
    if len(stderr) < len(start) + 10 or any(c < 32 or c == 127 for c in stderr[:-1]):
        return f"{command[0]} does not say it well: {stderr[:300]!r}"
    if (build.folder / "out.npu").exists():
        (build.folder / "out.npu").unlink()
        return f"{command[0]} leaves an output file"
    return ""


def good_artefact(npu, folder):
    """A good .npu file of a few layers."""
    source, artefact = folder / "good.tflite", folder / "good.npu"
    source.write_bytes(flat.Flat(tflite_cases.base()).data)
    subprocess.run([npu.resolve(), "compile", source, "-o", artefact], check=True, stdout=subprocess.DEVNULL)
    return artefact.read_bytes()


def all_cases(npu, folder):
    good = good_artefact(npu, folder)
    return {
        "tflite": list(tflite_cases.cases()),
        "onnx": list(onnx_cases.cases()),
        "npu": list(npu_cases.cases(good)),
    }


def try_kind(build, kind, cases):
    """Complaints about the files of a kind."""
    wrong = []
    for i, (name, data) in enumerate(cases):
        (build.folder / f"case.{kind}").write_bytes(data)
        # both commands read with the same code: by turns, and by the other one under the sanitisers
        bad = complaint(build, kind, len(data), COMMANDS[kind][(i + build.asan) % 2])
        if bad:
            wrong.append(f"{name}: {bad}")
    return wrong


def builds(named):
    found = named or [Path(os.environ.get("NPU", ROOT / "build/bin/npu")), ROOT / "build/asan/bin/npu"]
    return found[:1] + [path for path in found[1:] if path.exists()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npu", type=Path, action="append")
    parser.add_argument("--write", type=Path, metavar="DIR")
    parser.add_argument("words", nargs="*", metavar="WORD")
    args = parser.parse_args()
    points = failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        paths = builds(args.npu)
        kinds = all_cases(paths[0], Path(temporary))
        total = sum(map(len, kinds.values()))
        for kind, cases in kinds.items():
            kinds[kind] = [c for c in cases if all(word in f"{kind} {c[0]}" for word in args.words)]
        if args.write:
            args.write.mkdir(parents=True, exist_ok=True)
            for kind, cases in kinds.items():
                for i, (_, data) in enumerate(cases):
                    (args.write / f"{i:03}.{kind}").write_bytes(data)
        for path in paths:
            build = Build(path, Path(temporary))
            for kind, cases in kinds.items():
                wrong = try_kind(build, kind, cases)
                points += 1
                failures += bool(wrong)
                name = f"{len(cases)} .{kind} files are refused in one line" + (", under ASAN and UBSAN" * build.asan)
                print(f"{'not ok' if wrong else 'ok'} {points} - {name}", flush=True)
                for line in wrong:
                    print(f"# {line}")
    points += 1
    failures += total < LEAST
    print(f"{'ok' if total >= LEAST else 'not ok'} {points} - there are {LEAST} files at least, {total}")
    print(f"1..{points}")
    sys.exit(failures > 0)


main()
