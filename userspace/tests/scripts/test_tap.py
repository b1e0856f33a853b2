#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""How the results of every other test are counted."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
import tap  # noqa: E402

NESTED = """\
KTAP version 1
1..2
    KTAP version 1
    1..2
    ok 1 x
    not ok 2 y # why
not ok 1 a
    1..2
        1..2
        ok 1 p
        ok 2 q # SKIP no hardware
    ok 1 deep
    ok 2 z
ok 2 b
"""

# name, stream, passed, failed, skipped
CASES = (
    ("plain", "TAP version 13\n1..2\nok 1 - a\nok 2 - b\n", 2, 0, 0),
    ("failure", "1..2\nok 1 - a\nnot ok 2 - b\n", 1, 1, 0),
    ("plan behind the points", "ok 1 - a\nok 2 - b\n1..2\n", 2, 0, 0),
    ("fewer points than promised", "1..3\nok 1 - a\n", 1, 1, 0),
    ("fewer points than a plan behind says", "ok 1 - a\n1..3\n", 1, 1, 0),
    ("skip", "1..1\nok 1 - a # SKIP no device\n", 0, 0, 1),
    ("skip of all", "1..0 # SKIP no device\n", 0, 0, 1),
    ("nested: only leaves count", NESTED, 3, 1, 1),
    ("parent that failed without a failed child", "1..1\n    1..1\n    ok 1 x\nnot ok 1 a\n", 1, 1, 0),
    ("child that stopped early", "1..1\n    1..2\n    ok 1 x\nnot ok 1 a\n", 1, 1, 0),
    ("two streams", "1..1\nok 1 a\n1..1\nok 1 b\n", 2, 0, 0),
    ("second stream stops early", "1..1\nok 1 a\n1..2\nok 1 b\n", 2, 1, 0),
    ("kernel time stamps", "[   12.345678] 1..1\n[   12.345679] ok 1 a\n", 1, 0, 0),
    ("noise", "hello\nok so far\nnot ok at all\n", 0, 0, 0),
)


def main():
    failed = 0
    print(f"TAP version 13\n1..{len(CASES)}")
    for number, (name, stream, *wanted) in enumerate(CASES, 1):
        results = tap.parse(stream)
        counts = [sum(r.status == s for r in results) for s in ("passed", "failed", "skipped")]
        if counts != wanted:
            failed += 1
            print(f"# passed, failed, skipped are {counts}, not {wanted}: {results}")
        print(f"{'ok' if counts == wanted else 'not ok'} {number} - {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
