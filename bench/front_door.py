"""How long `scopewatch --help` takes beside `python -c "import click"` (at most 3 times, issue 2)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    door = [sys.executable, "-m", "scopewatch", "--help"]
    rival = [sys.executable, "-c", "import click"]
    pairs = [(seconds(door), seconds(rival)) for _ in range(RUNS + 1)][1:]
    ratios = [ours / theirs for ours, theirs in pairs]
    print("command                      median ms")
    print(f"scopewatch --help            {statistics.median(p[0] for p in pairs) * 1000:9.1f}")
    print(f'python -c "import click"     {statistics.median(p[1] for p in pairs) * 1000:9.1f}')
    print(
        f"ratio, pair by pair          {statistics.median(ratios):9.2f}  (min {min(ratios):.2f}, max {max(ratios):.2f})"
    )


if __name__ == "__main__":
    main()
