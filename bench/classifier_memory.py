"""What `scopewatch classify` holds in memory: flat over a long run, and under 1.2 GB for any input.

The long run pipes a day's mix many times over through the command and samples the proportional set size
of the command and its children each second (Linux: /proc/PID/smaps_rollup). The hostile inputs are
classified each in a process of its own. No rival: the goals are absolute (issue 3).

    python -m bench.classifier_memory [--documents 50000] [--plot docs/images/classifier_memory.png]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import IO

from bench.classifier_speed import mix

GOAL = 1200
HOSTILE = {
    "one character, 5 MB": "あ" * 1_700_000,
    "マイナンバー x 10,000": "マイナンバー" * 10_000,
    "a minute of 60,000 characters": "○番号大臣（汐見太郎君）　銀行がマイナンバーを使うか、検討してまいります。\n"
    * 1_600,
    "150,000 without a full stop": "マイナンバーと銀行と旅券と税の" * 10_000,
    "150,000 of digits": "１２３４５６７８９０マイナンバー" * 9_000,
    "emoji, 40 MB": "😀" * 10_000_000,
    "a line of 63 MB": "マイナンバーを銀行で使う。" * 1_690_000,
}


def memory(pid: int) -> float:
    """Megabytes of a process and its children, pages that they share counted once."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
            children = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
        except OSError:
            continue
        waiting += [int(child) for child in children.split()]
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return total / 1000


def lines(count: int) -> Iterator[bytes]:
    """The documents of the day's mix over and over, with ids of their own."""
    day = mix(2000)
    for n in range(count):
        row = {"id": str(n), "title": day[n % 2000].title, "body": day[n % 2000].text}
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def classify(source: IO[bytes], every: float = 1.0) -> tuple[list[tuple[float, float, int]], float]:
    """(seconds, megabytes, texts done) at each sample, and the peak, of one run of the command."""
    command = [sys.executable, "-m", "scopewatch", "classify", "-"]
    child = subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE)
    done = [0]

    def count() -> None:
        assert child.stdout
        for _ in child.stdout:
            done[0] += 1

    reader = threading.Thread(target=count)
    reader.start()
    began, samples = time.monotonic(), []
    while child.poll() is None:
        samples.append((time.monotonic() - began, memory(child.pid), done[0]))
        time.sleep(every)
    reader.join()
    return samples, max((s[1] for s in samples), default=0.0)


def plot(samples: list[tuple[float, float, int]], where: Path) -> None:
    """Draw megabytes over texts done."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 3))
    axes.plot([s[2] for s in samples], [s[1] for s in samples], linewidth=1)
    axes.axhline(GOAL, color="tab:red", linestyle=":", label=f"goal: {GOAL} MB")
    axes.set(xlabel="texts classified", ylabel="MB", ylim=(0, GOAL * 1.1))
    axes.legend()
    figure.tight_layout()
    figure.savefig(where, dpi=80)


def long_run(count: int, where: Path | None) -> None:
    with tempfile.TemporaryFile() as file:
        file.writelines(lines(count))
        file.seek(0)
        samples, peak = classify(file)
    steady = [s for s in samples if s[2] > count / 5]
    half = len(steady) // 2
    print(
        f"{count} texts in {samples[-1][0]:.0f} s: peak {peak:.0f} MB (goal {GOAL}); after the first fifth, median "
        f"{median(s[1] for s in steady[:half]):.0f} MB in the first half, {median(s[1] for s in steady[half:]):.0f} MB in the second"
    )
    if where:
        plot(samples, where)


def hostile() -> None:
    for name, body in HOSTILE.items():
        with tempfile.TemporaryFile() as file:
            file.write(
                json.dumps({"id": "1", "title": "", "body": body}, ensure_ascii=False).encode()
            )
            file.seek(0)
            samples, peak = classify(file, every=0.05)
        print(f"{name:32s} peak {peak:5.0f} MB   {samples[-1][0]:5.1f} s with start-up")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    hostile()
    long_run(options.documents, options.plot)


if __name__ == "__main__":
    main()
