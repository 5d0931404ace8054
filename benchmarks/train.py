"""How long training takes, next to other libraries: ``python -m benchmarks.train``.

Everything trains the same networks with Adam in float32. Each program has a process of its own, with one thread, and
they run in turn, an epoch at a time, so that what else the computer does hits all alike. A figure is the ratio of the
medians of the CPU times: ours to theirs, so that below 1 we are faster. ``floor`` is numpy's matrix products alone;
``memory_vs_torch`` is the ratio of the processes' peak memory. Two threads (in wall time), JAX, and an epoch of the
real MNIST (with the environment variable ``MLPKIT_DATA_DIR``) are reported too, without a limit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from typing import Any

from benchmarks.peers import installed
from benchmarks.tables import FOLDER, listed, row, write
from benchmarks.workloads import WORKLOADS, with_threads

FILE = FOLDER / "train.json"
LIMITS = {  # what the ratios should not exceed
    "W1": {"floor": 1.80, "torch_fused": 0.62, "torch_default": 0.50, "sklearn": 0.53, "memory_vs_torch": 0.4},
    "W2": {"floor": 1.35, "torch_fused": 1.00, "torch_default": 0.88, "sklearn": 0.72, "memory_vs_torch": 0.4},
    "W3": {"floor": 4.5, "torch_fused": 0.16, "torch_default": 0.13, "sklearn": 0.27, "memory_vs_torch": 0.4},
    "W4": {"floor": 1.07, "torch_fused": 1.00, "torch_default": 0.90, "sklearn": 0.80, "memory_vs_torch": 0.4},
}
HEADS = {
    "floor": "floor",
    "torch_fused": "fused PyTorch",
    "torch_default": "PyTorch",
    "sklearn": "scikit-learn",
    "memory_vs_torch": "memory",
}
"""What the columns of the page are called."""


class Worker:
    """A program in a process of its own, which trains an epoch when told to."""

    def __init__(self, who: str, name: str, n_threads: int) -> None:
        command = [sys.executable, "-m", "benchmarks.worker", who, name]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=with_threads(n_threads))

    def epoch(self) -> tuple[float, float, float]:
        """Train an epoch, and return its CPU time and its wall time in seconds, and the peak memory in MiB."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        cpu, wall, memory = map(float, self.process.stdout.readline().split())
        return cpu, wall, memory

    def stop(self) -> None:
        """End the process."""
        self.process.communicate()


def measure(name: str, rounds: int, n_threads: int = 1) -> dict[str, float]:
    """Return the ratios of our time for an epoch, and of our memory, to those of each peer."""
    workers = {who: Worker(who, name, n_threads) for who in ["mlpkit", *installed()]}
    measured: dict[str, list[tuple[float, float, float]]] = {who: [] for who in workers}
    for i in range(rounds + 1):
        for who, worker in workers.items():
            result = worker.epoch()
            if i:  # the first epoch only warms up
                measured[who].append(result)
    for worker in workers.values():
        worker.stop()
    clock = 0 if n_threads == 1 else 1  # with several threads, what counts is how long it takes
    times = {who: statistics.median(result[clock] for result in results) for who, results in measured.items()}
    memory = {who: max(result[2] for result in results) for who, results in measured.items()}
    ours = times.pop("mlpkit")
    ratios = {who: round(ours / theirs, 3) for who, theirs in times.items()}
    if "torch_default" in memory:
        ratios["memory_vs_torch"] = round(memory["mlpkit"] / memory["torch_default"], 3)
    return ratios | {"milliseconds_per_epoch": round(1e3 * ours, 3), "memory_MiB": round(memory["mlpkit"], 1)}


def table(results: dict[str, Any]) -> str:
    """Return the ratios as a table, with a mark at those above their limit."""
    names = [*LIMITS["W1"], "jax_scan", "milliseconds_per_epoch"]
    lines = ["".join(["      ", *(f"{name:>24}" for name in names)])]
    for work, ratios in results.items():
        cells = []
        for name in names:
            limit = LIMITS.get(work, {}).get(name)
            value = f"{ratios[name]:g}" if name in ratios else "-"
            allowed = "" if limit is None else f" (≤ {limit:g}{'' if ratios.get(name, 0) <= limit else ' !'})"
            cells.append(f"{value + allowed:>24}")
        lines.append("".join([f"{work:<6}", *cells]))
    return "\n".join(lines)


def as_markdown(results: dict[str, Any]) -> str:
    """Return the ratios and their limits as two tables in Markdown: CPU time with one thread, wall time with two."""
    heads = [row(["network", *HEADS.values()]), "|---|" + "---:|" * len(HEADS)]
    lines, above = list(heads), {name: [] for name in HEADS}
    for work, limits in LIMITS.items():
        found = results.get(work, {})
        cells = {name: f"{found[name]:.2f}\u00a0(≤\u00a0{limits[name]:.2f})" for name in HEADS if name in found}
        for name in cells:
            if round(found[name], 2) > limits[name]:
                cells[name] = f"**{cells[name]}**"
                above[name].append(work)
        lines.append(row([work, *(cells.get(name, "") for name in HEADS)]))
    lines += ["", _missed(above), "", "With two threads, in wall time:", "", *heads]
    for work in LIMITS:
        found = results.get(work, {}).get("two_threads", {})
        lines.append(row([work, *(f"{found[name]:.2f}" if name in found else "" for name in HEADS)]))
    return "\n".join(lines)


def _missed(above: dict[str, list[str]]) -> str:
    """Return which ratios are above their limit, in a sentence."""
    missed = [f"{HEADS[name]} ({listed(works)})" for name, works in above.items() if works]
    if not missed:
        return "No ratio is above its limit."
    n = sum(map(len, above.values()))
    said = "1 ratio is above its limit" if n == 1 else f"{n} ratios are above their limits"
    return f"{said}, in bold: {listed(missed)}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="few rounds, one thread only: less than a minute")
    parser.add_argument("--rounds", type=int, help="epochs of each program, 15 if not given")
    parser.add_argument("--only", choices=WORKLOADS, help="one workload")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks/")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 15)
    results: dict[str, Any] = {}
    for name in [options.only] if options.only else WORKLOADS:
        results[name] = measure(name, rounds)
        if not options.quick:
            results[name]["two_threads"] = measure(name, max(3, rounds // 3), n_threads=2)
    if os.environ.get("MLPKIT_DATA_DIR") and not options.quick and not options.only:
        results["MNIST"] = measure("MNIST", 5)
    print(json.dumps(results, indent=1) if options.json else table(results))
    if options.write:
        FILE.write_text(json.dumps(results, indent=1) + "\n")
        write("train", as_markdown(results), ["numpy", "torch", "scikit-learn"])


if __name__ == "__main__":
    main()
