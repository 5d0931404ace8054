"""Code blocks of the pages can be read to their ends, and their colours mean something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
WIDTH = 80
"""Characters of code that fit into the column of the site in a window of 1280 pixels."""

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def lines_of_code(page: str) -> list[str]:
    """The lines of a page's code blocks, fenced and indented ones, with the space before them."""
    fence = re.compile(r"^( *)(`{3,})[^`\n]*\n(.*?)^\1\2 *$", re.M | re.S)
    fenced = [line for block in fence.finditer(page) for line in block[3].splitlines()]
    rest = fence.sub("", page)
    indented = re.findall(r"(?:\A|\n\n)((?: {4}(?![-*] |\d+\. ).*\n)+)", rest)
    return fenced + [line for block in indented for line in block.splitlines()]


def test_both_kinds_of_blocks_are_found():
    page = "Text.\n\n    make demo\n    make test\n\n- item\n\n  ```python\n  x = 1\n  ```\n\n```\nplain\n```\n"
    assert lines_of_code(page) == ["  x = 1", "plain", "    make demo", "    make test"]


@every_page
def test_no_line_of_a_code_block_is_cut(path):
    lines = lines_of_code(path.read_text(encoding="utf-8"))
    assert [line for line in lines if len(line) > WIDTH] == []


@every_page
def test_commands_are_not_coloured_by_halves(path):
    """What colours a shell's lines knows `cd` and `export`, also as words of other programs, and not `autograder`."""
    languages = re.findall(r"^ *```(\w+)$", path.read_text(encoding="utf-8"), re.M)
    assert not {"bash", "console", "sh", "shell"} & set(languages)


@every_page
def test_columns_have_headings(path):
    """A table's first line is its heading, which stands as an empty strip where it has no words."""
    tables = re.findall(r"^(\|.*\|)\n\|[-:| ]+\|$", path.read_text(encoding="utf-8"), re.M)
    assert [head for head in tables if not all(cell.strip() for cell in head.strip("|").split("|"))] == []
