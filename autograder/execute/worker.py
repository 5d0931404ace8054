"""The shared mode: read a job from standard input, run all its cells here, report each on standard output.

`autograder.sandbox.inside.program` calls `main`. Every report is one line of JSON: ``{"start": key}``
before a cell, ``{"done": outcome}`` after it, ``{"end": true}`` last. Nothing that a cell prints reaches
these lines: standard input, output and error of the cells lead nowhere, and text is captured.
"""

from __future__ import annotations

import json
import os
from typing import IO, Any

from autograder.execute.folder import open_to_imports
from autograder.execute.runner import Runner, own_channels
from autograder.fields import as_data
from autograder.plan import Job


def report(reports: IO[bytes], **fields: Any) -> None:
    """Write one report."""
    reports.write(json.dumps(fields, default=repr).encode() + b"\n")
    reports.flush()


def main() -> None:
    """Run the job on standard input."""
    job = Job.from_json(os.fdopen(os.dup(0), "rb").read().decode())
    runner = Runner(job.limits)
    open_to_imports()
    _, reports = own_channels()
    for cell in job.cells:
        report(reports, start=cell.key)
        report(reports, done=as_data(runner.run(cell)))
    report(reports, end=True)
    os._exit(0)  # not sys.exit: threads, atexit hooks and destructors of the notebook do not get a say
