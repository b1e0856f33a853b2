#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""guide.py [--vm] [--file FILE]... [GUIDE]: do what a guide says.

A block of YAML or JSON with a caption is a file of that name.  In console blocks lines that begin with
"$ " are commands, and those behind must be in the output in their order, each as part of a line.
"# " marks what only a test machine's root can do: with --vm.  There /lib/firmware stands for VNPU_FIRMWARE.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

REPO = pathlib.Path(__file__).resolve().parents[3]
GUIDE = REPO / "Documentation/guides/own-personality.rst"


def blocks(text):
    """(kind, caption, lines) of every code block, in order."""
    pattern = r"^\.\. code-block:: (\w+)\n((?:   :\w+:.*\n)*)\n((?:(?:   .*)?\n)+)"
    for kind, options, body in re.findall(pattern, text + "\n", re.M):
        caption = re.search(r":caption: (.*)", options)
        lines = [line[3:] for line in body.rstrip("\n").split("\n")]
        yield kind, caption.group(1) if caption else "", lines


def commands(lines):
    """(prompt, command, wanted lines) of a console block."""
    found = []
    for line in lines:
        if line[:2] in ("$ ", "# "):
            found.append((line[0], line[2:], []))
        elif line:
            found[-1][2].append(line)
    return found


def missing(wanted, output):
    """The first wanted line that does not follow, or None."""
    lines = iter(output.split("\n"))
    for want in wanted:
        if not any(want in line for line in lines):
            return want
    return None


def run(command, folder):
    path = os.environ.get("NPU", str(REPO / "build/bin/npu"))
    tools = folder / "bin"
    if not tools.exists():
        tools.mkdir()
        (tools / "npu").symlink_to(pathlib.Path(path).resolve())
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "NO_COLOR": "1"}
    firmware = os.environ.get("VNPU_FIRMWARE", "/lib/firmware")
    return subprocess.run(["bash", "-c", command.replace("/lib/firmware", firmware)], cwd=folder, env=env, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)  # fmt: skip


def follow(guide, virtual, files, folder):
    (folder / "models").symlink_to(REPO / "models")
    for file in files:
        (folder / file.name).symlink_to(file.resolve())
    number = failures = 0
    for kind, caption, lines in blocks(guide.read_text(encoding="utf-8")):
        if kind in ("yaml", "javascript") and caption:
            (folder / caption).write_text("\n".join(lines) + "\n", encoding="utf-8")
        for prompt, command, wanted in commands(lines) if kind == "console" else []:
            if prompt == "#" and not virtual:
                continue
            number += 1
            done = run(command, folder)
            lost = missing(wanted, done.stdout)
            good = not done.returncode and lost is None
            print("ok" if good else "not ok", number, "-", command.replace("#", ""))
            if not good:
                failures += 1
                print(f"# exit {done.returncode}; not there: {lost}")
                print("\n".join("# " + line for line in done.stdout.split("\n")))
    print(f"1..{number}")
    return number and not failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vm", action="store_true", help="do what only a test machine's root can do, too")
    parser.add_argument("--file", action="append", type=pathlib.Path, default=[], help="what the guide works on")
    parser.add_argument("guide", nargs="?", type=pathlib.Path, default=GUIDE)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if follow(args.guide, args.vm, args.file, pathlib.Path(folder)) else 1)


main()
