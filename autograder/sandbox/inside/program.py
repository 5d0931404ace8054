"""Start a worker: ``python -I -B -m autograder.sandbox.inside.program SPEC PEER LIFELINE``.

PEER is the descriptor of its socket to the other side, LIFELINE that of a socket whose closing ends
it and all that it started; -1 means that there is none.
"""

from __future__ import annotations

import importlib
import os
import sys

from autograder.sandbox.inside import hook
from autograder.sandbox.inside.confine import confine
from autograder.sandbox.inside.spec import Spec


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    spec = Spec.from_json(arguments[0])
    peer, lifeline = map(int, arguments[1:])
    if lifeline >= 0:
        _leave_a_keeper(lifeline)
    confine(spec)
    run(spec, None if peer < 0 else peer)


def run(spec: Spec, peer: int | None) -> None:
    """Run the worker in this process, whose limits are set."""
    if spec.masked:
        hook.install(spec.masked)
    if spec.frozen:
        hook.freeze(os.getcwd())
    sys.argv = [spec.module]
    start = importlib.import_module(spec.module).main
    start() if peer is None else start(peer)


def _leave_a_keeper(lifeline: int) -> None:
    """Go on as a child; this process stays to end it, and what it started."""
    from autograder.sandbox.inside import processes, syscalls
    from autograder.sandbox.inside.keeper import close_all_but, keep

    syscalls.adopt_orphans()
    child = os.fork()
    if child == 0:
        os.close(lifeline)
        return
    close_all_but({lifeline})
    keep(lifeline, child)
    processes.sweep(os.getpid())
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
