"""Text that strangers wrote, made safe to print: no character in it can command a terminal or reorder a line."""

from __future__ import annotations

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
BREAKS = {*map(ord, "\t\n\v\f\r\x85\u2028\u2029")}
"""What begins a new line or column somewhere; in a single line it becomes a space."""
CONTROLS = {*range(0x20), *range(0x7F, 0xA0)}
"""C0, DEL and C1: among them ESC and CSI, with which a terminal's commands begin."""
BIDIRECTIONAL = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""Marks by which text is shown in another order than it stands in."""
SURROGATES = range(0xD800, 0xE000)
"""Halves of characters: bytes of a file name that are not UTF-8, or what a program printed."""

_LINES = dict.fromkeys({*CONTROLS, *BIDIRECTIONAL, *SURROGATES}, REPLACEMENT) | dict.fromkeys(BREAKS, " ")
_LINES |= {ord("\t"): "\t", ord("\n"): "\n"}
_LINE = _LINES | dict.fromkeys(BREAKS, " ")


def printable(text: str) -> str:
    """Return a text of several lines with every control character replaced, but for line ends and tabs."""
    return text.translate(_LINES)


def one_line(text: str, most: int = 500) -> str:
    """Return a text as one line of at most `most` characters, with every control character replaced."""
    line = text[: most + 1].translate(_LINE)
    return line if len(text) <= most else f"{line[: most - 2]} …"
