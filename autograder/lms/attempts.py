"""What the names of files say: which attempt it is, and how to write a stranger's file name safely."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from autograder.names import WINDOWS

COPY = re.compile(
    r"(?:copy of |kopie von |copie de |copia de |copia di )(?P<rest>.+)"
    r"|(?P<stem>.+?)[ _-]*"
    r"(?:\((?P<paren>\d{1,6})\)|[ _-](?:copy|kopie|copie|copia)(?: ?\(?(?P<copy>\d{1,6})\)?)?|-(?P<dash>\d{1,6}))",
    re.IGNORECASE | re.DOTALL,
)
NOTEBOOK = re.compile(r"(?P<stem>.*?)\.ipynb(?:\.(?:txt|json))?", re.IGNORECASE | re.DOTALL)
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\/]')
LONGEST = 150
"""So many bytes leave room for an ending that makes two names different."""
LONGEST_STEM = 255
"""More characters no file system gives a name; a zip can, and the time to look at it grows with their square."""


def stem_of(name: str) -> str | None:
    """Return a notebook's name without its ending, also with one too many (``.ipynb.txt``); None of another file."""
    found = NOTEBOOK.fullmatch(name)
    return None if found is None else found["stem"]


def attempt(stem: str, expected: str) -> int:
    """Return which attempt a name means: 0 for the first, `n` for ``name-n``, ``name (n)`` or a copy.

    A number that belongs to the notebook's own name is none: ``lab-1`` is the first attempt of ``lab-1``. A name of
    more than `LONGEST_STEM` characters is not looked at.
    """
    if len(stem) > LONGEST_STEM:
        return 0
    number, rest = 0, unicodedata.normalize("NFC", stem).strip()
    while rest.casefold() != expected.casefold() and (found := COPY.fullmatch(rest)):
        counted = found["paren"] or found["copy"] or found["dash"]
        number += int(counted) if counted else 1
        rest = (found["rest"] or found["stem"]).strip()
    return number


def safe_name(name: str) -> str:
    """Return a file name that every system can write, as like the given one as can be."""
    clean = FORBIDDEN.sub("_", unicodedata.normalize("NFC", name).encode(errors="replace").decode())
    clean = clean.strip().rstrip(". ") or "_"
    if clean.split(".")[0].strip().upper() in WINDOWS:
        clean = f"_{clean}"
    if len(clean.encode()) <= LONGEST:
        return clean
    ending = PurePosixPath(clean).suffix
    ending = ending if len(ending.encode()) <= 20 else ""
    room = LONGEST - len(ending.encode())
    return clean.encode()[:room].decode(errors="ignore").rstrip(". ") + ending
