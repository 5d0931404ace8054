"""The built site, and what stands in its files."""

from __future__ import annotations

import functools
import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import patience
from filelock import FileLock

from autograder.course import Course
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import tags
from autograder.notebook.secret import BLOCKS, without_hidden

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BUILD = ROOT / "build" / "site"
COURSE = Course.find(ROOT)
CHAPTERS = [f"chapters/{name}" for name in COURSE.assignments]
INCLUDED = DOCS / "benchmarks"
"""Tables that a page includes."""
WRITTEN = [
    str(path.relative_to(DOCS).with_suffix(""))
    for path in sorted(DOCS.rglob("*.md"))
    if "README" not in path.name and path.parent != INCLUDED
]
PAGES = [*CHAPTERS, *WRITTEN, "genindex", "py-modindex", "search"]


@functools.cache
def build() -> Path:
    """Build the site as `make site` does, with few drawings for explorers, once in a run of the tests.

    Return the folder of its pages.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    target, built_for = BUILD / "html", BUILD / "built-for"
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    options = ["-W", "--keep-going", "--quiet", "-b", "html", "-D", "few_scenes=1", "-d", str(BUILD / "doctrees")]
    with FileLock(BUILD / "lock"):
        if run and built_for.exists() and built_for.read_text() == run:
            return target
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", *options, str(DOCS), str(target)],
            capture_output=True,
            text=True,
            check=False,
            timeout=patience.SECONDS,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        built_for.write_text(run)
    return target


def secrets() -> set[str]:
    """Return the lines of answers, hidden tests and instructor cells that stand nowhere else in the course."""
    hidden: set[str] = set()
    public_files = [*(ROOT / "mlpkit").rglob("*.py"), *DOCS.rglob("*.md"), *(DOCS / "_static").rglob("*.js")]
    shown: list[str] = [path.read_text(encoding="utf-8") for path in public_files]
    for name in COURSE.assignments:
        for path in COURSE.folder("source", name).glob("*.ipynb"):
            for cell in read_notebook(path.read_bytes()).cells:
                public = "" if "instructor" in tags(cell) else without_hidden(cell.source, BLOCKS)
                shown.append(public)
                public_lines = set(map(str.strip, public.splitlines()))
                hidden |= {line.strip() for line in cell.source.splitlines() if line.strip() not in public_lines}
    everything = "\n".join(shown).replace("`", "")  # the marks of code in a text, where the page has none
    return {line for line in hidden if len(line) > 15 and line not in everything}


class _Page(HTMLParser):
    """Collects the anchors, references and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.references: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value and (name == "id" or (tag == "a" and name == "name")):
                self.anchors.add(value)
            elif value and name in {"href", "src"}:
                self.references.add(value)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(path: Path) -> _Page:
    """Return what stands in an HTML file."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def plain(path: Path) -> str:
    """Return all text of a file of the site, as it is written and as it is read."""
    raw = path.read_text(encoding="utf-8")
    return raw + ("".join(parsed(path).text) if path.suffix == ".html" else html.unescape(re.sub(r"\\(.)", r"\1", raw)))
