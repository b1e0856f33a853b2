#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What is for people only, progress and colour, goes to terminals only.  Prints TAP."""

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NPU = os.environ.get("NPU", str(ROOT / "build/bin/npu"))
MODEL = str(ROOT / "models/digits/digits_int8.tflite")
BENCH = ["bench", MODEL, "--device", "sim", "--num_runs=5", "--min_secs=0", "--quiet"]
ESCAPE = b"\x1b["


def read_all(terminal):
    """What was written to the other end, until it was closed."""
    data = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says EIO at the end
            return data
        if not piece:
            return data
        data += piece


def run(args, on_terminal, **environment):
    """Output and error of the tool; the streams in on_terminal are a terminal."""
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | environment
    ours, theirs = pty.openpty()
    streams = {name: theirs if name in on_terminal else subprocess.PIPE for name in ("stdout", "stderr")}
    with subprocess.Popen([NPU, *args], env=env, stdin=subprocess.DEVNULL, **streams) as tool:
        os.close(theirs)
        seen = read_all(ours)
        piped = {name: getattr(tool, name).read() for name in streams if name not in on_terminal}
    os.close(ours)
    return {name: piped.get(name, seen) for name in streams}


def main():
    loud = [word for word in BENCH if word != "--quiet"]
    progress = run(loud, {"stderr"})["stderr"]
    cases = {
        "progress on a terminal": b"run 4/5" in progress,
        "is wiped away at its end": progress.endswith(b"\r" + ESCAPE + b"K"),
        "no progress in a pipe": run(loud, {"stdout"})["stderr"] == b"",
        "no progress under --quiet": run(BENCH, {"stderr"})["stderr"] == b"",
        "no progress under --json": run([*loud, "--json"], {"stderr"})["stderr"] == b"",
        "bold titles on a terminal": ESCAPE + b"1m" in run(BENCH, {"stdout"})["stdout"],
        "plain titles in a pipe": ESCAPE not in run(BENCH, {"stderr"})["stdout"],
        "plain titles under NO_COLOR": ESCAPE not in run(BENCH, {"stdout"}, NO_COLOR="1")["stdout"],
        "NO_COLOR set to nothing does not count": ESCAPE in run(BENCH, {"stdout"}, NO_COLOR="")["stdout"],
        "colour in doctor": ESCAPE + b"32m" in run(["doctor"], {"stdout"})["stdout"],
    }
    for number, (name, passed) in enumerate(cases.items(), 1):
        print(f"{'ok' if passed else 'not ok'} {number} - {name}")
    print(f"1..{len(cases)}")
    sys.exit(not all(cases.values()))


main()
