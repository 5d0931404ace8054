"""What one cell has put out so far, in nbformat's form and within the limits."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from autograder.plan import CellError, Limits

DISPLAYS = 200
"""How many outputs of a cell are kept."""
ALL_DISPLAYS = 4
"""All rich outputs of a cell together may be so many times as large as one."""


class Recorder:
    """Collects the outputs of the cell that is running, within the limits.

    Parameters
    ----------
    limits : Limits
        `output_characters` bounds the text of one cell, `display_characters` each rich output.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.reset()

    def reset(self) -> None:
        """Forget the previous cell."""
        self.outputs: list[dict[str, Any]] = []
        self.error: CellError | None = None
        self._written = 0
        self._named: dict[str, list[dict[str, Any]]] = {}
        self._display_room = ALL_DISPLAYS * self.limits.display_characters

    def stream(self, name: str, text: str) -> None:
        """Append text to stdout or stderr; what exceeds the cell's share is dropped with a note."""
        room = self.limits.output_characters - self._written
        if not text or room <= 0:
            return
        self._written += len(text)
        if len(text) > room:
            text = f"{text[:room]}\n[more than {self.limits.output_characters} characters: the rest is dropped]\n"
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def display(
        self,
        output_type: str,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        display_id: str | None = None,
        *,
        update: bool = False,
    ) -> None:
        """Append a rich output, or a note in its place when it is too large or there are too many.

        Parameters
        ----------
        output_type : {"display_data", "execute_result"}
            nbformat's kind.
        data, metadata : dict
            The output by MIME type, and what belongs to it.
        display_id : str, optional
            The name under which it can be updated.
        update : bool
            Put it in the place of this cell's outputs of that name instead of appending it.
        """
        if len(self.outputs) >= DISPLAYS and not update:
            return
        bundle = json.loads(self._bundle(data, metadata or {}))
        output: dict[str, Any] = {"output_type": output_type, **bundle}
        if output_type == "execute_result":
            output["execution_count"] = None
        if update:
            for old in self._named.get(str(display_id), []):
                old.update(bundle)
            return
        self.outputs.append(output)
        if display_id is not None:
            self._named.setdefault(str(display_id), []).append(output)

    def _bundle(self, data: dict[str, Any], metadata: dict[str, Any]) -> str:
        """Return the content of an output as JSON within the limits, or a note that says why it is left out."""
        data = {kind: b64encode(value).decode() if type(value) is bytes else value for kind, value in data.items()}
        try:
            text = json.dumps({"data": data, "metadata": metadata}, default=repr, skipkeys=True)
        except (TypeError, ValueError, RecursionError) as error:
            text = _note(f"[an output is left out: {error}]")
        if len(text) > min(self.limits.display_characters, self._display_room):
            limit = self.limits.display_characters
            text = _note(f"[an output of {len(text)} characters is left out; the limit is {limit}]")
        self._display_room -= len(text)
        return text

    def clear(self) -> None:
        """Drop the outputs so far, as ``clear_output`` does; the text already counted stays counted."""
        self.outputs.clear()

    def fail(self, error: CellError) -> None:
        """Keep the error that ended the cell."""
        self.error = error
        self.outputs.append(
            {
                "output_type": "error",
                "ename": error.ename,
                "evalue": error.evalue,
                "traceback": list(error.traceback),
            }
        )


def _note(text: str) -> str:
    return json.dumps({"data": {"text/plain": text}, "metadata": {}})
