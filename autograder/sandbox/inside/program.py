"""Start a worker: ``python -I -B -m autograder.sandbox.inside.program MODULE [PEER] [--masked NAME…]``."""

from __future__ import annotations

import argparse
import importlib

from autograder.sandbox.inside import hook


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("peer", nargs="?", type=int)
    parser.add_argument("--masked", nargs="*", default=())
    asked = parser.parse_args()
    if asked.masked:
        hook.install(asked.masked)
    run(asked.module, asked.peer)


def run(module: str, peer: int | None) -> None:
    """Run a worker's `main`; `peer` is the descriptor of its socket to the other side, if it has one."""
    start = importlib.import_module(module).main
    start() if peer is None else start(peer)


if __name__ == "__main__":
    main()
