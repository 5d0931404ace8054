"""What the outcomes of one notebook may take together, so that no submission fills the grader's memory or disk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from autograder.plan import CellOutcome

NOTEBOOK_BYTES = 30_000_000
"""All outputs and tracebacks of a notebook together."""
NOTEBOOK_OUTPUTS = 20_000
"""All outputs of a notebook together."""
MESSAGE_CHARACTERS = 500
"""What is left of an error's message when the room is used up."""


class Allowance:
    """Counts what was taken, and leaves out what exceeds it.

    Parameters
    ----------
    taken : iterable of CellOutcome
        What the notebook has already.
    """

    def __init__(self, taken: Iterable[CellOutcome] = ()) -> None:
        outputs = [outcome.outputs for outcome in taken]
        self._bytes = NOTEBOOK_BYTES - sum(len(json.dumps(one)) for one in outputs)
        self._outputs = NOTEBOOK_OUTPUTS - sum(map(len, outputs))

    def take(self, outcome: CellOutcome, size: int) -> CellOutcome:
        """Return the outcome, with a note in the place of its outputs if there is no room for them any more.

        Parameters
        ----------
        outcome : CellOutcome
            What came.
        size : int
            How long it was in JSON, in bytes.
        """
        if size <= self._bytes and len(outcome.outputs) <= self._outputs:
            self._bytes -= size
            self._outputs -= len(outcome.outputs)
            return outcome
        note = (
            f"[left out: the outputs of a notebook may take {NOTEBOOK_BYTES // 10**6} MB and be {NOTEBOOK_OUTPUTS:,} "
            "together; show less]\n"
        )
        error = outcome.error
        if error is not None:
            error = replace(error, evalue=error.evalue[:MESSAGE_CHARACTERS], traceback=(), notes=())
        shown = ({"output_type": "stream", "name": "stdout", "text": note},) if outcome.outputs else ()
        return replace(outcome, outputs=shown, error=error)
