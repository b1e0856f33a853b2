# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""TAP and KTAP: what a test program printed, as a list of results."""

import dataclasses
import re

KERNEL_TIME = re.compile(r"^\[ *\d+\.\d+\] ")
LINE = re.compile(
    r"^(?P<indent> *)(?:1\.\.(?P<plan>\d+)|(?P<bad>not )?ok (?P<nr>\d+)(?: *-? *(?P<name>[^#]*))?)"
    r"(?: *# *(?P<note>.*))?$"
)


@dataclasses.dataclass
class Result:
    """One test point; status is passed, failed or skipped."""

    name: str
    status: str
    note: str = ""


class Block:
    """The test points of one nesting level, and how many its plan promised."""

    def __init__(self):
        self.results, self.seen, self.plan = [], 0, None

    def promise(self, count, note):
        """A plan stands before its points, or behind them."""
        behind = self.plan is None and self.seen
        if not behind:
            self.settle()
            self.seen = 0
        self.plan = count
        if behind:
            self.settle()
        if note and note.upper().startswith("SKIP"):
            self.results.append(Result("all", "skipped", note[4:].strip()))

    def settle(self):
        """A plan that promised more than came is a failure of its own."""
        if self.plan is not None and self.seen < self.plan:
            self.results.append(Result("plan", "failed", f"{self.plan} points promised, {self.seen} came"))
        self.plan, self.seen = None, 0

    def point(self, result, children):
        """A parent says again what its children said, so only leaves count."""
        self.seen += 1
        for child in children:
            child.name = f"{result.name}: {child.name}"
        self.results += children
        if not children or (result.status == "failed" and all(c.status != "failed" for c in children)):
            self.results.append(result)


def parse(text):
    """Results of a TAP 13/14 or KTAP stream; several streams may follow each other."""
    blocks = {0: Block()}
    children = []
    for raw in text.splitlines():
        line = LINE.match(KERNEL_TIME.sub("", raw))
        if not line:
            continue
        depth = len(line["indent"])
        deeper = sorted(d for d in blocks if d > depth)
        children = [r for d in deeper for r in _take(blocks, d)]
        block = blocks.setdefault(depth, Block())
        if line["plan"]:
            block.results += children
            block.promise(int(line["plan"]), line["note"])
        else:
            block.point(_result(line), children)
    return [r for d in sorted(blocks, reverse=True) for r in _take(blocks, d)]


def _take(blocks, depth):
    block = blocks.pop(depth)
    block.settle()
    return block.results


def _result(line):
    note = line["note"] or ""
    name = (line["name"] or "").strip() or f"test {line['nr']}"
    if note.upper().startswith("SKIP"):
        return Result(name, "skipped", note[4:].strip(" :"))
    return Result(name, "failed" if line["bad"] else "passed", note)
