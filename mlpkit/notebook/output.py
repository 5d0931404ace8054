"""Output with an end: a loop that prints a million lines must leave the page usable."""

from __future__ import annotations

from typing import Any, TextIO

__all__ = ["CHARACTERS", "IN_CHECKS", "LINES", "Limited", "whole"]

LINES = 1000
"""Of one cell."""
IN_CHECKS = 100
"""Lines of a student's function while it is checked."""
CHARACTERS = 200
"""A line, on the average."""


class Limited:
    """A stream of which only the beginning is shown; all else is that of the stream itself.

    Parameters
    ----------
    stream : file
        Where to write.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lines = LINES
        self.characters = LINES * CHARACTERS
        self.is_cut = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def limit(self, lines: int) -> None:
        """Allow so many more lines, at most."""
        self.lines, self.characters = min(self.lines, lines), min(self.characters, lines * CHARACTERS)

    def write(self, text: str) -> int:
        """Write, or drop what is too much.

        Parameters
        ----------
        text : str
            What to write.

        Returns
        -------
        int
            Its length.
        """
        if self.is_cut:
            return len(text)
        count = text.count("\n")
        if count < self.lines and len(text) <= self.characters:
            self.lines -= count
            self.characters -= len(text)
            self.stream.write(text)
            return len(text)
        self.is_cut = True
        shown = "\n".join(text[: self.characters].split("\n")[: self.lines])
        self.stream.write(f"{shown}\n… The rest is not shown. Is there a print in a loop?\n")
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)


def whole(stream: TextIO) -> TextIO:
    """Return a stream without its limit."""
    return stream.stream if isinstance(stream, Limited) else stream
