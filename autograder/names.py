"""Names of assignments: they become names of folders and files, parts of addresses, and words of commands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 200
"""So many bytes leave room for an ending; file systems take 255."""
WINDOWS = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
"""Names of devices on Windows, with or without an ending."""


def unfit(name: str) -> str:
    """Return why a name cannot be that of an assignment, "" if it can."""
    if reason := no_folder(name):
        return reason
    if "\\" in name:
        return "it holds a backslash, which separates folders on Windows"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        return "it holds a control character or half a character"
    if len(name.encode()) > LONGEST:
        return f"it is longer than {LONGEST} bytes"
    if name != name.strip():
        return "it begins or ends with a space"
    if name.startswith("."):
        return "it begins with a dot, as hidden files do"
    if name.startswith("-"):
        return "it begins with a dash, as options of commands do"
    if "+" in name:
        return "it holds a plus sign, which nbgrader refuses"
    if name.split(".")[0].upper() in WINDOWS:
        return "Windows keeps it for a device"
    return ""


def no_folder(name: str) -> str:
    """Return why a name cannot be that of one folder in another, as a student's is; "" if it can."""
    if not name or name in (".", ".."):
        return "it names no folder of its own"
    if "/" in name:
        return "it holds a slash: a name is wanted, not a path"
    if "\0" in name:
        return "it holds a null character"
    return ""


def meant(name: str, known: Iterable[str], prefix: str = "") -> str:
    """Return the question whether the known name that is most like this one was meant; "" if none is.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What there is.
    prefix : str
        What stands before a name where it is written.
    """
    known = list(known)
    by_case = {one.casefold(): one for one in known}
    parts = [part for part in name.replace("\\", "/").split("/") if part]
    for part in reversed(parts or [name]):
        wanted = part.removesuffix(".ipynb").casefold()
        if found := [by_case[wanted]] if wanted in by_case else get_close_matches(wanted, by_case, n=1):
            return f"; did you mean {prefix}{by_case[found[0].casefold()]}?"
    return ""
