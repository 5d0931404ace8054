"""Write what was measured into the documentation, with the computer that it was measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"


def machine() -> str:
    """Return the processor, its number of cores, and the operating system."""
    try:
        names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:  # macOS, Windows
        names = []
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()} ({platform.machine()})"


def versions(packages: Iterable[str]) -> str:
    """Return the versions of Python and of those of the packages that are installed."""
    found = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def write(name: str, text: str, packages: Iterable[str]) -> Path:
    """Write a table in Markdown to ``docs/benchmarks/NAME.md``, which the site's page includes; return its path.

    Parameters
    ----------
    name : str
        Name of the program that measured.
    text : str
        What it found.
    packages : iterable of str
        Whose versions matter.
    """
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.md"
    path.write_text(f"{text}\n\nMeasured with `python -m benchmarks.{name}` on {machine()}; {versions(packages)}.\n")
    return path


def rewrite(name: str, text: str) -> None:
    """Write a table anew, and leave the line that says on what computer it was measured."""
    path = FOLDER / f"{name}.md"
    measured_on = path.read_text(encoding="utf-8").rstrip().rpartition("\n")[2]
    path.write_text(f"{text}\n\n{measured_on}\n", encoding="utf-8")


def row(cells: list[str]) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |"


def counted(n: int, name: str) -> str:
    """Return a number of things."""
    return f"{n} {name}" if n == 1 else f"{n} {name}s"


def listed(words: list[str]) -> str:
    """Return the words as a list in a sentence."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
