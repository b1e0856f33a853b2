# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What the tests of the tool that are written in Python share: runs of npu, and TAP."""

import os
import subprocess
from pathlib import Path


class Tests:
    """Test points, and a tool that they ask; files go to a folder that the caller removes."""

    def __init__(self, npu, folder):
        self.npu, self.folder, self.points = npu, Path(folder), []

    def point(self, name, passed, note=""):
        self.points.append(bool(passed))
        print(f"{'' if passed else 'not '}ok {len(self.points)} - {name}", flush=True)
        if note and not passed:
            print(f"# {note}")

    def skip(self, name, why):
        self.points.append(True)
        print(f"ok {len(self.points)} - {name} # SKIP {why}")

    def end(self):
        """Print the plan; the exit code."""
        print(f"1..{len(self.points)}")
        return 0 if all(self.points) else 1

    def run(self, *args, want=0):
        """One command to its end; another exit code than that is an error, with None none is."""
        done = subprocess.run([self.npu, *map(str, args)], text=True, capture_output=True, check=False,
                              env={**os.environ, "NO_COLOR": "1"})  # fmt: skip
        if want is not None and done.returncode != want:
            raise AssertionError(f"npu {' '.join(map(str, args))}: exit {done.returncode}: {done.stderr}")
        return done
