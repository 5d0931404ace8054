"""The untrusted side: read a job from standard input, run its cells, report each on standard output.

Run as ``python -I -m autograder.execute.worker``. Every report is one line of JSON: ``{"start": key}``
before a cell, ``{"done": outcome}`` after it, ``{"end": true}`` last. Nothing that a cell prints reaches
these lines: standard input, output and error of the cells lead nowhere, and text is captured.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import asdict, replace
from typing import Any, NoReturn

from autograder.plan import CellError, CellOutcome, Job


class CellTimeoutError(BaseException):
    """Raised in a cell that ran longer than it may; not an `Exception`, so that `except Exception` passes it."""


def main() -> None:
    """Run the job on standard input."""
    job = Job.from_json(sys.stdin.buffer.read().decode())
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)

    from autograder.execute.capture import Shell, install

    shell = Shell.instance(job.limits)  # the instance that get_ipython() and matplotlib find
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    own = os.getpid()
    timed_out = False
    too_long = f"the cell ran longer than {job.limits.cell_seconds:g} seconds"

    def time_out(signum: int, frame: object) -> NoReturn:
        nonlocal timed_out
        timed_out = True
        raise CellTimeoutError(too_long)

    signal.signal(signal.SIGALRM, time_out)

    def report(**fields: Any) -> None:
        reports.write(json.dumps(fields, default=repr) + "\n")
        reports.flush()

    for cell in job.cells:
        report(start=cell.key)
        timed_out = False
        began = time.monotonic()
        install(shell)  # anew for each cell: the one before may have put something in place of the streams
        signal.setitimer(signal.ITIMER_REAL, job.limits.cell_seconds)
        try:
            outcome = shell.run(cell)
        except CellTimeoutError:  # it came while IPython itself was at work on the cell
            timed_out = True
            outcome = CellOutcome(cell.key, "stopped", (), CellError(CellTimeoutError.__name__, too_long))
        except Exception as error:  # IPython itself failed on what the cell left behind
            outcome = CellOutcome(
                cell.key, "error", (), CellError(type(error).__name__[:200], "the cell broke the shell")
            )
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if os.getpid() != own:
            os._exit(0)  # a child that the cell forked must not go on with the notebook
        if timed_out and outcome.error is not None and outcome.error.ename == CellTimeoutError.__name__:
            outcome = replace(outcome, status="stopped")
        report(done=asdict(replace(outcome, seconds=round(time.monotonic() - began, 4))))
    report(end=True)
    os._exit(0)  # not sys.exit: threads, atexit hooks and destructors of the notebook do not get a say


if __name__ == "__main__":
    main()
